package checker

import (
	"fmt"
	"slices"

	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// window looks for two operations of a log that cannot both be: one with the
// later position that ended before the one with the earlier position began. A
// log in which every operation has its position has a linearization exactly when
// there are no two such operations: positions and time then order the operations
// without a cycle. Operations are given by position, reads before the append
// there; reads that reached the same position are in no order by position.
//
// Reference: Gibbons and Korach, Testing Shared Memories, 1997.
func (x *index) window(ops []logOp) *Witness {
	begun := newest{known: none, seen: none}
	for i := 0; i < len(ops); {
		end := i + 1
		for end < len(ops) && ops[end].beside(&ops[i]) {
			end++
		}
		for j := i; j < end; j++ {
			if k := begun.after(ops, ops[j].end); k != none {
				return x.windowWitness(&ops[k], &ops[j])
			}
		}
		for j := i; j < end; j++ {
			begun.add(ops, int32(j))
		}
		i = end
	}
	return nil
}

// beside says whether the position leaves the order of two operations open.
func (op *logOp) beside(other *logOp) bool {
	return op.position == other.position && op.read == other.read
}

// newest keeps, of the operations so far, the one that began last: of those whose
// begin stands in their own row, and of appends that only a read shows.
type newest struct{ known, seen int32 }

func (n *newest) add(ops []logOp, i int32) {
	last := &n.known
	if ops[i].poll != none {
		last = &n.seen
	}
	if *last == none || ops[i].begin > ops[*last].begin {
		*last = i
	}
}

// after returns an operation that began after a time. One that needs no read to
// show it makes the smaller witness.
func (n *newest) after(ops []logOp, end int64) int32 {
	for _, i := range [...]int32{n.known, n.seen} {
		if i != none && ops[i].begin > end {
			return i
		}
	}
	return none
}

// windowWitness says that op ended before another began that should be before. An
// append that only a read shows may have been sent after that very read.
func (x *index) windowWitness(before, op *logOp) *Witness {
	if before.poll != none {
		if poll := int(before.poll); x.h.EndAt(poll) < before.begin && x.h.PositionAt(poll) > before.position {
			op = &logOp{position: x.h.PositionAt(poll), read: true, message: history.NoMessage,
				begin: x.h.BeginAt(poll), end: x.h.EndAt(poll), row: before.poll, poll: none}
		}
	}
	w := x.logWitness(before, op, fmt.Sprintf("in %s, %s ended before %s began",
		x.placeOf(op), x.logText(op), x.logText(before)))
	if before.poll == none {
		return w
	}
	// When it began is known from its send.
	rows := []int32{x.send[before.message]}
	for _, row := range w.Rows {
		rows = append(rows, int32(row))
	}
	text := w.Text
	w = x.witness(w.Messages, rows...)
	w.Text = text
	return w
}

// logWitness is a witness of two operations.
func (x *index) logWitness(a, b *logOp, text string) *Witness {
	var messages []history.Message
	for _, op := range [...]*logOp{a, b} {
		if op.message != history.NoMessage && !slices.Contains(messages, op.message) {
			messages = append(messages, op.message)
		}
	}
	w := x.witness(messages, append(a.evidence(), b.evidence()...)...)
	w.Text = text
	return w
}

func (x *index) placeOf(op *logOp) string { return x.h.PlaceName(x.h.PlaceAt(int(op.row))) }

func (x *index) logText(op *logOp) string {
	if op.read {
		return fmt.Sprintf("a read that found the end at %d", op.position)
	}
	return fmt.Sprintf("the append of %s at %d", x.h.MessageName(op.message), op.position)
}

// logModel is a log as porcupine sees it: the state is the length. A position of
// which nothing is known was filled by somebody. What the log holds is no part of
// the state, because the positions tell it; that they do not contradict each other
// is a check of its own.
func logModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return int64(0) },
		Step: func(state, input, _ any) (bool, any) {
			length, o := state.(int64), input.(*searchOp)
			switch {
			case length > o.position, o.cannot:
				return false, state
			case o.do == doReadEnd:
				return true, o.position
			}
			return true, o.position + 1
		},
		Equal: func(a, b any) bool { return a == b },
	}
}
