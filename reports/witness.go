package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// moment is the time at which an operation counts: its end where it has one,
// because an effect or an answer is there only then.
func moment(op *result.Operation) int64 {
	if op.End != nil {
		return *op.End
	}
	return op.Begin
}

// decimalsOf returns how many decimals of a second tell most of the moments of
// operations apart, 3 or 6. Their order tells the rest.
func decimalsOf(ops []result.Operation) int {
	steps, lost := 0, 0
	for i := 1; i < len(ops); i++ {
		a, b := moment(&ops[i-1]), moment(&ops[i])
		if a != b {
			steps++
			if seconds(a, 3) == seconds(b, 3) {
				lost++
			}
		}
	}
	if 2*lost > steps {
		return 6
	}
	return 3
}

// lostAt returns the operation of a witness at which its first message, the
// overtaken one, came behind its second; -1 when it is not there. hop is a word
// of the checker: sent, stored, delivered or applied.
func lostAt(w *result.Witness, hop string) int {
	kind, ok := map[string]history.Kind{
		"sent": history.KindSend, "stored": history.KindStore,
		"delivered": history.KindDeliver, "applied": history.KindApply,
	}[hop]
	if !ok || len(w.Messages) != 2 {
		return -1
	}
	overtaken := false
	for i := range w.Operations {
		op := &w.Operations[i]
		if op.Kind != kind.String() {
			continue
		}
		switch op.Message {
		case w.Messages[1].ID:
			overtaken = true
		case w.Messages[0].ID:
			if overtaken {
				return i
			}
		}
	}
	return -1
}

// isOf says that an operation is about a message of the witness.
func isOf(op *result.Operation, w *result.Witness) bool {
	return slices.ContainsFunc(w.Messages, func(m result.WitnessMessage) bool { return m.ID == op.Message })
}

// measuredText says what a sample measured, or what is not known to have been.
func measuredText(op *result.Operation, who string) cell {
	text := fmt.Sprintf("%s measured %s", who, clean(op.Detail))
	if op.Value != nil {
		text += fmt.Sprintf(" = %d", *op.Value)
	}
	if at := clean(op.Place); at != "" {
		text += " of " + at
	}
	return cell{text: text}
}

// step says what an operation did. short leaves out the message, where a column
// names it.
func step(op *result.Operation, short bool) cell {
	out := cell{tone: plain}
	at := clean(op.Place)
	if op.Position != nil {
		at += fmt.Sprintf("@%d", *op.Position)
	}
	who := clean(op.Process)
	kind, _ := history.ParseKind(op.Kind)
	switch kind {
	case history.KindSend:
		out.text = "sent by " + who
	case history.KindAck:
		out.text = "acked to " + who
	case history.KindStore:
		out.text = "stored in " + at
	case history.KindDeliver:
		out.text = "delivered to " + who
	case history.KindApply:
		out.text = "applied by " + who
	case history.KindDispose:
		out.text = "disposed of by " + who
	case history.KindSample:
		return measuredText(op, who)
	default:
		out.text = strings.TrimSpace(fmt.Sprintf("%s %s %s", who, clean(op.Kind), at))
	}
	if op.Attempt > 1 {
		out.text += fmt.Sprintf(" (attempt %d)", op.Attempt)
	}
	if !short && op.Message != "" {
		out.text = strings.TrimSpace(clean(op.Message) + " " + out.text)
	}
	if op.Outcome != "" && op.Outcome != history.OK.String() {
		out.text += ": " + op.Outcome
		out.tone = mixed
	}
	// The sink of an effect says nothing new.
	if op.Detail != "" && kind != history.KindApply {
		out.text += " (" + clean(op.Detail) + ")"
	}
	return out
}
