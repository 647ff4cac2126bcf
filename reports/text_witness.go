package reports

import (
	"fmt"
	"strings"

	"orderlab/scenarios/result"
)

// firstViolation returns the violation to show: the first that should not have
// been, else the first of all; nil when there is none.
func firstViolation(set *result.Set, ids []string) (*result.Result, *result.Guarantee) {
	var first *result.Result
	var found *result.Guarantee
	for i := range set.Results {
		r := &set.Results[i]
		for _, id := range ids {
			g := guarantee(r, id)
			if g == nil || g.Verdict != result.Violated {
				continue
			}
			if g.Expectation() == result.StatusFailed {
				return r, g
			}
			if found == nil {
				first, found = r, g
			}
		}
	}
	return first, found
}

// witness shows how the first violation came about.
func (t *textReport) witness() {
	r, g := firstViolation(t.set, t.ids)
	if g == nil {
		return
	}
	about := ": " + caseText(r)
	if g.FirstSeed != nil {
		about += fmt.Sprintf(", seed %d", *g.FirstSeed)
	}
	t.section("FIRST VIOLATION", about)
	t.wrapped(violationText(g), indent, "")
	if lost := lostText(g); lost != "" {
		t.wrapped(lost, indent, "")
	}
	if g.Witness != nil {
		if g.Witness.Text != "" {
			t.wrapped(sentence(g.Witness.Text), indent, "")
		}
		t.operations(g.Witness.Operations)
	}
	t.commands(r, g)
}

// violationText says how often and how badly a guarantee broke.
func violationText(g *result.Guarantee) string {
	s := fmt.Sprintf("%s broke in %d of %s", g.ID, g.ViolatedRuns, plural(g.DecidedRuns, "run"))
	if g.DecidedRuns > 1 {
		s += fmt.Sprintf(" (95%% interval of the rate %s..%s)", compact(g.RateCI95[0]), compact(g.RateCI95[1]))
	}
	if g.Inversions != nil {
		s += fmt.Sprintf(", %s messages a run on average", compact(g.Inversions.Mean))
		if g.Keys != nil && g.Keys.Mean > 0 {
			s += fmt.Sprintf(" of %s keys", compact(g.Keys.Mean))
		}
	}
	return s + "."
}

// lostText says where order was lost.
func lostText(g *result.Guarantee) string {
	split := "the two messages lay in different places, so no log or queue ordered them"
	switch {
	case g.LostAt != "" && g.KeySplit:
		return fmt.Sprintf("Order was lost when %s; the key was split: %s.", g.LostAt, split)
	case g.LostAt != "":
		return fmt.Sprintf("Order was lost when %s.", g.LostAt)
	case g.KeySplit:
		return fmt.Sprintf("The key was split: %s.", split)
	}
	return ""
}

// operationsMax bounds the lines of a witness.
const operationsMax = 14

// operations writes a witness's operations as a table.
func (t *textReport) operations(ops []result.Operation) {
	if len(ops) == 0 {
		return
	}
	tab := &table{labels: 5, head: []string{"time", "who", "what", "message", "where"}}
	for i := range ops {
		if i == operationsMax {
			break
		}
		op := &ops[i]
		tab.rows = append(tab.rows, []cell{
			{seconds(moment(op)), plain}, {op.Process, plain}, {what(op), plain},
			{messageText(op), plain}, {where(op), plain},
		})
	}
	tab.labels = 4
	t.table(tab)
	if more := len(ops) - operationsMax; more > 0 {
		t.note(fmt.Sprintf("... and %s.", plural(more, "more operation")))
	}
}

// moment is the time at which an operation counts: its end where it has one,
// because an effect or an answer is there only then.
func moment(op *result.Operation) int64 {
	if op.End != nil {
		return *op.End
	}
	return op.Begin
}

// what names the operation, with its outcome when that is not ok.
func what(op *result.Operation) string {
	s := op.Kind
	if op.Attempt > 1 {
		s += fmt.Sprintf(" (attempt %d)", op.Attempt)
	}
	if op.Outcome != "" && op.Outcome != "ok" {
		s += " " + op.Outcome
	}
	return s
}

func messageText(op *result.Operation) string {
	if op.Key == "" {
		return op.Message
	}
	return strings.TrimSpace(op.Message + " key " + op.Key)
}

func where(op *result.Operation) string {
	s := op.Place
	if op.Position != nil {
		s += fmt.Sprintf("@%d", *op.Position)
	}
	return strings.TrimSpace(s + " " + op.Detail)
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// commands writes the lines that show a finding again. They are not wrapped: they
// are there to be copied.
func (t *textReport) commands(r *result.Result, g *result.Guarantee) {
	for _, c := range failureCommands(t.set, r, g) {
		t.line(indent + t.paint(c.name, faint) + ": " + c.line)
	}
}

// command is a command line and what it does.
type command struct{ name, line string }

// failureCommands returns what to type to see a finding again: for a violation
// the run of its first seed, and what happened in it.
func failureCommands(set *result.Set, r *result.Result, g *result.Guarantee) []command {
	if g.FirstSeed == nil {
		return []command{{"reproduce", set.SweepCommand(r)}}
	}
	out := []command{{"reproduce", set.RunCommand(r, *g.FirstSeed)}}
	if g.Witness != nil {
		out = append(out, command{"replay", g.Witness.Reproduce})
	}
	return out
}
