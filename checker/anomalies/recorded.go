package anomalies

import (
	"slices"

	"orderlab/model/history"
)

// Recorded is a history in orderlab's own form, seen as operations on logs: a send
// with its answer, a poll with what it was handed, a transaction with all that lies
// in it. The logs are the places.
//
// A consumer that is given a place or loses it may go on elsewhere: a rebalance row
// releases the place, a crash ends the session. A send whose answer names no place is
// counted to the one where its message was seen; when it never was, it is left out.
type Recorded struct {
	History
	source   *history.History
	messages []history.Message // by value
}

// FromHistory reads the operations of a history.
func FromHistory(h *history.History) *Recorded {
	c := &converter{h: h, out: &Recorded{source: h}, sessions: make(map[session]int32), open: filled(h.Messages()),
		more: make(map[history.Message][]int32), early: make(map[history.Message][]int32)}
	c.out.Unit = "operation"
	c.out.nameOf = func(v Value) string { return h.MessageName(c.out.messages[v]) }
	c.reserve()
	for p := range h.Places() {
		c.out.AddKey(h.PlaceName(history.Place(p)))
	}
	c.locate()
	for row := range h.Len() {
		c.row(int32(row))
	}
	c.write()
	return c.out
}

// Messages returns the messages that a finding is about.
func (r *Recorded) Messages(f *Finding) (out []history.Message) {
	for _, v := range f.Values {
		if m := r.messages[v]; !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// Rows returns the rows of the history that make the witness of a finding: where each
// of its operations begins and ends, and what lies in it of the messages.
func (r *Recorded) Rows(f *Finding) (rows []int) {
	about := r.Messages(f)
	for _, i := range f.Witness {
		op := &r.Ops[i]
		rows = append(rows, int(op.Line))
		if op.F != Poll && op.Type != Pending {
			rows = append(rows, int(op.EndLine))
		}
		process, session := r.source.ProcessAt(int(op.Line)), r.source.SessionAt(int(op.Line))
		for row := int(op.Line) + 1; row <= int(op.EndLine); row++ {
			m := r.source.MessageAt(row)
			if r.source.ProcessAt(row) == process && r.source.SessionAt(row) == session &&
				(m == history.NoMessage || slices.Contains(about, m)) && op.holds(r.source.Kind(row)) {
				rows = append(rows, row)
			}
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// holds says whether rows of a kind are a part of an operation that they lie in.
func (op *Op) holds(k history.Kind) bool {
	switch op.F {
	case Poll:
		return k == history.KindDeliver
	case Txn:
		return k == history.KindSend || k == history.KindAck || k == history.KindPoll || k == history.KindDeliver
	}
	return false
}
