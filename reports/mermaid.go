package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// The columns of a sequence diagram, in the order in which a message passes
// them. Processes that are none of these stand between places and consumers.
const (
	roleProducer = iota
	rolePlace
	roleOther
	roleConsumer
	roleSink
	roles
)

// prefixes begin the ids of participants, by role.
var prefixes = [roles]string{"P", "Q", "X", "C", "S"}

// Mermaid writes a witness as a sequence diagram: producers, the places where
// messages lay, consumers, sinks. Each arrow carries its time. The error is the
// writer's.
func Mermaid(w io.Writer, witness *result.Witness) error {
	d := &diagram{}
	for i := range witness.Operations {
		d.operation(&witness.Operations[i])
	}
	var out strings.Builder
	out.WriteString("sequenceDiagram\n")
	for role, names := range d.names {
		for i, name := range names {
			fmt.Fprintf(&out, "  participant %s%d as %s\n", prefixes[role], i, escapeMermaid(name))
		}
	}
	for _, l := range d.lines {
		out.WriteString("  " + l + "\n")
	}
	if first, last := d.ends(); first != "" && witness.Text != "" {
		over := first
		if last != first {
			over += "," + last
		}
		fmt.Fprintf(&out, "  Note over %s: %s\n", over, escapeMermaid(witness.Text))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// diagram gathers participants and arrows.
type diagram struct {
	names [roles][]string
	lines []string
}

// id returns the participant's id, and declares it the first time.
func (d *diagram) id(role int, name string) string {
	if name == "" {
		name = "?"
	}
	i := slices.Index(d.names[role], name)
	if i < 0 {
		i = len(d.names[role])
		d.names[role] = append(d.names[role], name)
	}
	return fmt.Sprintf("%s%d", prefixes[role], i)
}

// known returns the id of a process that already has a column, or gives it one.
func (d *diagram) known(process string) string {
	for role, names := range d.names {
		if role != rolePlace && role != roleSink && slices.Contains(names, process) {
			return d.id(role, process)
		}
	}
	return d.id(roleOther, process)
}

// ends returns the first and the last column.
func (d *diagram) ends() (first, last string) {
	for role, names := range d.names {
		for i := range names {
			last = fmt.Sprintf("%s%d", prefixes[role], i)
			if first == "" {
				first = last
			}
		}
	}
	return first, last
}

// operation draws one operation. Where the witness does not name the other end,
// the operation is a note at its process.
func (d *diagram) operation(op *result.Operation) {
	label := seconds(moment(op)) + " " + what(op)
	if op.Message != "" {
		label += " " + messageText(op)
	}
	kind, _ := history.ParseKind(op.Kind)
	switch {
	case kind == history.KindSend && op.Place != "":
		d.arrow("->>", d.id(roleProducer, op.Process), d.id(rolePlace, op.Place), label)
	case kind == history.KindSend:
		d.note(d.id(roleProducer, op.Process), label)
	case kind == history.KindAck && op.Place != "":
		d.arrow("-->>", d.id(rolePlace, op.Place), d.id(roleProducer, op.Process), label+tail(op))
	case kind == history.KindAck:
		d.note(d.id(roleProducer, op.Process), label+tail(op))
	case kind == history.KindStore && op.Place != "":
		d.store(op, label+tail(op))
	case kind == history.KindDeliver && op.Place != "":
		d.arrow("->>", d.id(rolePlace, op.Place), d.id(roleConsumer, op.Process), label+tail(op))
	case kind == history.KindApply:
		sink := firstOf(op.Detail, "sink")
		d.arrow("->>", d.id(roleConsumer, op.Process), d.id(roleSink, sink), label)
	case kind == history.KindRebalance, kind == history.KindPoll, kind == history.KindCommit,
		kind == history.KindDispose, kind == history.KindDeliver:
		d.note(d.id(roleConsumer, op.Process), strings.TrimSpace(label+" "+where(op)))
	default:
		d.note(d.known(op.Process), strings.TrimSpace(label+" "+where(op)))
	}
}

// store draws the way of a message into a log or queue: from its producer, which
// its name begins with, when there is one.
func (d *diagram) store(op *result.Operation, label string) {
	producer, _, named := strings.Cut(op.Message, "#")
	if !named {
		d.note(d.id(rolePlace, op.Place), label)
		return
	}
	d.arrow("->>", d.id(roleProducer, producer), d.id(rolePlace, op.Place), label)
}

// tail adds position and detail, whose place the arrow already shows.
func tail(op *result.Operation) string {
	s := ""
	if op.Position != nil {
		s += fmt.Sprintf(" at %d", *op.Position)
	}
	if op.Detail != "" {
		s += " " + op.Detail
	}
	return s
}

func (d *diagram) arrow(head, from, to, label string) {
	d.lines = append(d.lines, fmt.Sprintf("%s%s%s: %s", from, head, to, escapeMermaid(label)))
}

func (d *diagram) note(at, label string) {
	d.lines = append(d.lines, fmt.Sprintf("Note over %s: %s", at, escapeMermaid(label)))
}

// escapeMermaid replaces what Mermaid reads as syntax by its entity codes, and
// line breaks by spaces.
func escapeMermaid(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "\r", " ", "\n", " ").Replace(s)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
