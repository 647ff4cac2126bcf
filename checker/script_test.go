package checker_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"github.com/cockroachdb/datadriven"
)

// Histories in, verdicts out. A line is an operation, its message, and more:
//
//	send a1 @5 by=q session=1     the key of a1 is a, or key=other, or key= for none
//	ack a1 @7 in=x:3 outcome=fail
//	poll in=x:4 detail=end @5-8   a span; @5- is pending
//	apply a1 sink=s @9
//
// The command measure says how large the disorder is, besides.
func TestVerdicts(t *testing.T) {
	datadriven.Walk(t, "testdata/verdicts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "check" && d.Cmd != "measure" {
				d.Fatalf(t, "no command is called %q", d.Cmd)
			}
			var ids []string
			var opt checker.Options
			for _, arg := range d.CmdArgs {
				switch arg.Key {
				case "allow":
					opt.Disposals = append([]string{}, arg.Vals...)
				case "sinks":
					opt.Sinks = arg.Vals
				case "machine": // initial state, and then state, event, state for each transition
					opt.Machine = machineOf(arg.Vals)
				case "steps":
					opt.Budget = checker.Budget{Steps: int(number(t, arg.Vals[0])), Bytes: 1 << 20}
				case "within":
					opt.ProgressWithin = number(t, arg.Vals[0])
				case "tick":
					opt.Tick = number(t, arg.Vals[0])
				case "quiet":
					opt.Quiet = number(t, arg.Vals[0])
				case "conserved":
					opt.Conserved = arg.Vals
				case "bound":
					opt.Bounds = append(opt.Bounds, checker.Bound{Metric: arg.Vals[0], Most: number(t, arg.Vals[1])})
				case "truncated":
					opt.Truncated = "the run was cut short"
				default:
					ids = append(ids, arg.Key)
				}
			}
			var h history.History
			file := script(t, d.Input)
			if _, err := history.Read(&h, strings.NewReader(file), d.Pos, history.ReadOptions{}); err != nil {
				d.Fatalf(t, "%v\n%s", err, file)
			}
			var out strings.Builder
			c := checker.New()
			for _, v := range c.Check(&h, ids, opt) {
				out.WriteString(verdictText(&h, &v))
			}
			if d.Cmd == "measure" {
				measured := c.Disorder(opt)
				out.WriteString(disorderText(&measured))
			}
			return out.String()
		})
	})
}

func machineOf(words []string) *checker.Machine {
	m := &checker.Machine{Initial: words[0]}
	for words = words[1:]; len(words) > 2; words = words[3:] {
		m.Transitions = append(m.Transitions, checker.Transition{From: words[0], Event: words[1], To: words[2]})
	}
	return m
}

// script turns the short form into a history file.
func script(t *testing.T, input string) string {
	out := []string{`{"history":1}`}
	for _, line := range strings.Split(strings.TrimSpace(input), "\n") {
		fields := map[string]any{}
		for i, word := range strings.Fields(line) {
			name, value, assigned := strings.Cut(word, "=")
			switch {
			case i == 0:
				fields["op"] = word
				fields["process"] = "c"
				if word == "send" || word == "ack" {
					fields["process"] = "p"
				}
			case word[0] == '@':
				begin, end, span := strings.Cut(word[1:], "-")
				switch {
				case !span:
					fields["at"] = number(t, begin)
				case end == "":
					fields["begin"] = number(t, begin)
				default:
					fields["begin"], fields["end"] = number(t, begin), number(t, end)
				}
			case !assigned:
				fields["message"] = word
				if _, ok := fields["key"]; !ok {
					fields["key"] = strings.TrimRight(word, "0123456789")
				}
			case name == "by":
				fields["process"] = value
			case name == "in":
				place, position, _ := strings.Cut(value, ":")
				fields["place"] = place
				if position != "" {
					fields["position"] = number(t, position)
				}
			case slices.Contains([]string{"session", "attempt", "epoch", "due", "value"}, name):
				fields[name] = number(t, value)
			case name == "key" && value == "":
				delete(fields, "key")
			default:
				fields[name] = value
			}
		}
		b, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return strings.Join(out, "\n") + "\n"
}

func number(t *testing.T, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// verdictText writes a verdict with its witness in the short form.
func verdictText(h *history.History, v *checker.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", v.Guarantee, v.Status)
	if v.Vacuous {
		b.WriteString(", vacuous")
	}
	if v.Reason != "" {
		fmt.Fprintf(&b, ": %s", v.Reason)
	}
	if v.Status == checker.Violated {
		fmt.Fprintf(&b, ": %d of %d, keys %d", v.Violations, v.Decided, v.Keys)
		if v.MaxDisplacement > 0 {
			fmt.Fprintf(&b, ", displacement %d", v.MaxDisplacement)
		}
		if v.MaxOutOfOrder > 0 {
			fmt.Fprintf(&b, ", out of order up to %d ns, %d ns in all", v.MaxOutOfOrder, v.TotalOutOfOrder)
		}
		if v.LostAt != "" {
			fmt.Fprintf(&b, ", lost at %s", v.LostAt)
		}
		if v.KeySplit {
			b.WriteString(", key split")
		}
		fmt.Fprintf(&b, "\n  %s", v.Witness.Text)
		for _, row := range v.Witness.Rows {
			fmt.Fprintf(&b, "\n    %s", operationText(h, row))
		}
	} else if !v.Vacuous {
		fmt.Fprintf(&b, ", of %d", v.Decided)
	}
	b.WriteByte('\n')
	return b.String()
}

func operationText(h *history.History, row int) string {
	op := h.Op(row)
	words := []string{op.Kind.String()}
	if op.Message != history.NoMessage {
		words = append(words, h.MessageName(op.Message))
	}
	if op.Place != history.NoPlace {
		words = append(words, fmt.Sprintf("in=%s:%d", h.PlaceName(op.Place), op.Position))
	}
	if op.Detail != history.NoSymbol {
		words = append(words, h.SymbolName(op.Detail))
	}
	at := fmt.Sprintf("@%d", op.Begin)
	switch {
	case op.End == history.Pending:
		at += "-"
	case op.End != op.Begin:
		at += fmt.Sprintf("-%d", op.End)
	}
	return strings.Join(append(words, at), " ")
}
