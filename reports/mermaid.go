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

// noteColumns is the width at which a note over the whole diagram is broken.
const noteColumns = 72

// Mermaid writes a guarantee's witness as a sequence diagram: producers, the
// places where messages lay, consumers, sinks. Each arrow carries its time in
// seconds of virtual time; messages are called A, B, ... as the first note says;
// the step at which order was lost is marked. A guarantee without a witness gives
// a diagram that says so. The error is the writer's.
func Mermaid(w io.Writer, g *result.Guarantee) error {
	d := &diagram{}
	witness := g.Witness
	if witness == nil {
		witness = &result.Witness{Text: "There is no witness of " + g.ID}
	}
	mark := lostAt(witness, g.LostAt)
	d.letters, d.positions = witness.Messages, g.LostAt == ""
	d.decimals = decimalsOf(witness.Operations)
	var faults []result.CausingFault
	if witness.Cause != nil {
		faults = witness.Cause.Faults
	}
	for i := range witness.Operations {
		for len(faults) > 0 && struckAt(&faults[0]) <= moment(&witness.Operations[i]) {
			d.fault(&faults[0], g.ID)
			faults = faults[1:]
		}
		if i == mark {
			d.marked(&witness.Operations[i], g.LostAt)
		} else {
			d.operation(&witness.Operations[i])
		}
	}
	for i := range faults {
		d.fault(&faults[i], g.ID)
	}
	if d.empty() {
		d.id(roleOther, "-")
	}
	var out strings.Builder
	out.WriteString("sequenceDiagram\n")
	for role, names := range d.names {
		for i, name := range names {
			fmt.Fprintf(&out, "  participant %s%d as %s\n", prefixes[role], i, escapeMermaid(name))
		}
	}
	out.WriteString(d.over(d.legend()))
	for _, l := range d.lines {
		if l.wide {
			out.WriteString(d.over(l.text))
		} else {
			out.WriteString("  " + l.text + "\n")
		}
	}
	out.WriteString(d.over(witness.Text))
	_, err := io.WriteString(w, out.String())
	return err
}

// diagram gathers participants and arrows.
type diagram struct {
	letters  []result.WitnessMessage
	decimals int
	// positions says that it matters where messages stood, as where no order was lost.
	positions bool
	names     [roles][]string
	lines     []diagramLine
}

// diagramLine is a line of the diagram; a wide one is the text of a note over all
// of its columns, which are known only in the end.
type diagramLine struct {
	text string
	wide bool
}

func (d *diagram) line(text string) { d.lines = append(d.lines, diagramLine{text: text}) }

// fault notes a fault that is at fault, at its time.
func (d *diagram) fault(f *result.CausingFault, guarantee string) {
	text := fmt.Sprintf("%s fault: %s. Without it %s holds.", seconds(struckAt(f), d.decimals), f.Fault, guarantee)
	d.lines = append(d.lines, diagramLine{text, true})
}

// id returns the participant's id, and declares it the first time.
func (d *diagram) id(role int, name string) string {
	if strings.TrimSpace(clean(name)) == "" {
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

func (d *diagram) empty() bool {
	first, _ := d.ends()
	return first == ""
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

// over writes a note over the whole diagram, in lines that can be read.
func (d *diagram) over(text string) string {
	if text = strings.TrimSpace(clean(text)); text == "" {
		return ""
	}
	first, last := d.ends()
	if last != first {
		first += "," + last
	}
	var lines []string
	for _, l := range wrap(text, noteColumns, "") {
		lines = append(lines, escapeMermaid(l))
	}
	return fmt.Sprintf("  Note over %s: %s\n", first, strings.Join(lines, "<br/>"))
}

// legend says which message is called what, with their keys.
func (d *diagram) legend() string {
	var parts []string
	same := true
	for i, m := range d.letters {
		same = same && m.Key == d.letters[0].Key
		name := m.ID
		if l := letter(i); l != "" {
			name = l + " is " + m.ID
		}
		parts = append(parts, name)
	}
	if same && len(parts) > 0 && d.letters[0].Key != "" {
		return strings.Join(parts, ", ") + ", key " + d.letters[0].Key
	}
	for i, m := range d.letters {
		if m.Key != "" {
			parts[i] += " of key " + m.Key
		}
	}
	return strings.Join(parts, ", ")
}

// letter names the i-th message of a witness, "" after the alphabet.
func letter(i int) string {
	if i >= 26 {
		return ""
	}
	return string(rune('A' + i))
}

// label says when and what: "0.583 s A stored at 41".
func (d *diagram) label(op *result.Operation, verb, rest string) string {
	name := op.Message
	for i, m := range d.letters {
		if m.ID == op.Message && letter(i) != "" {
			name = letter(i)
		}
	}
	words := []string{seconds(moment(op), d.decimals), name, verb, rest}
	if op.Attempt > 1 {
		words = append(words, fmt.Sprintf("(attempt %d)", op.Attempt))
	}
	if op.Outcome != "" && op.Outcome != history.OK.String() {
		words = append(words, op.Outcome)
	}
	if op.Detail != "" && op.Kind != history.KindApply.String() {
		words = append(words, op.Detail)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, " ")
}

// operation draws one operation and returns the columns that it touches. Where
// the witness does not name the other end, it is a note at its process.
func (d *diagram) operation(op *result.Operation) (from, to string) {
	at := ""
	if op.Position != nil {
		at = fmt.Sprintf("at %d", *op.Position)
	}
	kind, _ := history.ParseKind(op.Kind)
	producer, _, named := strings.Cut(op.Message, "#")
	lies, stands := op.Place != "", ""
	if d.positions {
		stands = at
	}
	switch {
	case kind == history.KindSend && op.Position != nil: // when a delayed message is due
		due := "to be delivered at " + seconds(*op.Position, d.decimals)
		return d.note(d.id(roleProducer, op.Process), d.label(op, "sent", due))
	case kind == history.KindSend:
		return d.note(d.id(roleProducer, op.Process), d.label(op, "sent", ""))
	case kind == history.KindSample && op.Value != nil:
		value := fmt.Sprintf("%s: %s is %d", seconds(moment(op), d.decimals), op.Detail, *op.Value)
		if lies {
			value += " in " + op.Place
		}
		return d.note(d.known(op.Process), value)
	case kind == history.KindStore && lies && named:
		return d.arrow("->>", d.id(roleProducer, producer), d.id(rolePlace, op.Place), d.label(op, "stored", at))
	case kind == history.KindStore && lies:
		return d.note(d.id(rolePlace, op.Place), d.label(op, "stored", at))
	case kind == history.KindAck && lies:
		return d.arrow("-->>", d.id(rolePlace, op.Place), d.id(roleProducer, op.Process), d.label(op, "acked", stands))
	case kind == history.KindAck:
		return d.note(d.id(roleProducer, op.Process), d.label(op, "acked", ""))
	case kind == history.KindDeliver && lies:
		return d.arrow("->>", d.id(rolePlace, op.Place), d.id(roleConsumer, op.Process), d.label(op, "delivered", stands))
	case kind == history.KindApply:
		sink := op.Detail
		if sink == "" {
			sink = "sink"
		}
		return d.arrow("->>", d.id(roleConsumer, op.Process), d.id(roleSink, sink), d.label(op, "applied", ""))
	case kind == history.KindRebalance, kind == history.KindPoll, kind == history.KindCommit,
		kind == history.KindDispose, kind == history.KindDeliver:
		return d.note(d.id(roleConsumer, op.Process), d.label(op, op.Kind, strings.TrimSpace(op.Place+" "+at)))
	}
	return d.note(d.known(op.Process), d.label(op, op.Kind, strings.TrimSpace(op.Place+" "+at)))
}

// marked draws the operation at which order was lost.
func (d *diagram) marked(op *result.Operation, hop string) {
	d.line("rect rgba(213, 94, 0, 0.2)")
	from, to := d.operation(op)
	over := from
	if to != from {
		over += "," + to
	}
	d.line(fmt.Sprintf("Note over %s: order is lost here: A is %s after B", over, escapeMermaid(hop)))
	d.line("end")
}

func (d *diagram) arrow(head, from, to, label string) (string, string) {
	d.line(fmt.Sprintf("%s%s%s: %s", from, head, to, escapeMermaid(label)))
	return from, to
}

func (d *diagram) note(at, label string) (string, string) {
	d.line(fmt.Sprintf("Note over %s: %s", at, escapeMermaid(label)))
	return at, at
}

// escapeMermaid replaces what Mermaid reads as syntax by its entity codes, and
// what would break the line.
func escapeMermaid(s string) string {
	return strings.NewReplacer(
		"#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "%", "#37;", "\"", "#quot;").Replace(clean(s))
}
