package checker

import (
	"fmt"

	"orderlab/model/history"
)

func monotonicWrites() Guarantee {
	return Guarantee{
		ID: MonotonicWrites,
		Holds: "Of two messages that one session sent one after the other and that were acked at positions of one place, " +
			"the earlier one has the lower position.",
		decide: (*Checker).monotonicWrites,
	}
}

// monotonicWrites compares every message with the largest position of those that
// its session sent before. A message that was sent again has no one place in the
// order.
func (c *Checker) monotonicWrites(*Options) Verdict {
	x, l := &c.ix, &c.s.sessionLogs
	h := x.h
	c.begin()
	l.reset(h)
	var v Verdict
	for i, send := range x.sends {
		m := h.MessageAt(int(send))
		ack := x.stored(m)
		if ack == none {
			continue
		}
		highest, position := l.at(x.rank.ids[i], h.PlaceAt(int(ack))), h.PositionAt(int(ack))
		if highest.position != history.NoPosition {
			v.Decided++
			if position <= highest.position {
				c.count(&v, m)
				if v.Witness == nil {
					v.Witness = x.writesWitness(highest.row, send)
				}
			}
		}
		highest.raise(position, send)
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session had two messages acked at positions of one place")
	}
	return v
}

// stored returns the ack of a message that was sent once and acked at a
// position, or none.
func (x *index) stored(m history.Message) int32 {
	ack := x.ack[m]
	switch {
	case ack == none || x.h.PlaceAt(int(ack)) == history.NoPlace || x.h.PositionAt(int(ack)) == history.NoPosition:
		return none
	case len(x.resent) > 0 && x.resent[m]:
		return none
	}
	return ack
}

func (x *index) writesWitness(first, second int32) *Witness {
	h := x.h
	m, n := h.MessageAt(int(first)), h.MessageAt(int(second))
	a, b := x.ack[m], x.ack[n]
	w := x.witness([]history.Message{m, n}, first, second, a, b)
	w.Text = fmt.Sprintf("%s was sent before %s by one session and stored not before it: positions %d and %d of %s",
		h.MessageName(m), h.MessageName(n), h.PositionAt(int(a)), h.PositionAt(int(b)), h.PlaceName(h.PlaceAt(int(a))))
	return w
}

func writesFollowReads() Guarantee {
	return Guarantee{
		ID: WritesFollowReads,
		Holds: "A message that a session sends after it was delivered another one, and that is acked at a position of the " +
			"same place, has a higher position than the other one.",
		decide: (*Checker).writesFollowReads,
	}
}

// writesFollowReads compares every message with the largest position that its
// session was delivered before the send.
func (c *Checker) writesFollowReads(*Options) Verdict {
	x, l := &c.ix, &c.s.sessionLogs
	h := x.h
	c.begin()
	l.reset(h)
	l.reads = x.deliveredToSenders(l.reads)
	var v Verdict
	next := 0
	for i, send := range x.sends {
		at := h.BeginAt(int(send))
		for ; next < len(l.reads) && precedes(h, l.reads[next], send, at); next++ {
			if row := l.reads[next]; placed(h, int(row)) {
				l.at(x.rank.sender(h, row), h.PlaceAt(int(row))).raise(h.PositionAt(int(row)), row)
			}
		}
		ack := x.stored(h.MessageAt(int(send)))
		if ack == none {
			continue
		}
		read := l.at(x.rank.ids[i], h.PlaceAt(int(ack)))
		if read.position == history.NoPosition {
			continue
		}
		v.Decided++
		if read.position < h.PositionAt(int(ack)) {
			continue
		}
		c.count(&v, h.MessageAt(int(send)))
		if v.Witness == nil {
			v.Witness = x.followWitness(read.row, send, ack)
		}
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session sent a message to a place after it had been delivered one from there")
	}
	return v
}

// deliveredToSenders returns the deliveries to sessions that send, in order of time, in
// the memory of others.
func (x *index) deliveredToSenders(memory []int32) []int32 {
	h := x.h
	memory = memory[:0]
	for _, row := range x.of(history.KindDeliver) {
		if h.OutcomeAt(int(row)) == history.OK && x.rank.sender(h, row) != none {
			memory = append(memory, row)
		}
	}
	sortRows(memory, h.EndAt)
	return memory
}

func (x *index) followWitness(delivery, send, ack int32) *Witness {
	h := x.h
	n, m := h.MessageAt(int(delivery)), h.MessageAt(int(send))
	w := x.witness([]history.Message{n, m}, delivery, send, ack)
	w.Text = fmt.Sprintf("%s was sent after the session had been delivered %s, and stored not behind it: "+
		"positions %d and %d of %s", h.MessageName(m), h.MessageName(n), h.PositionAt(int(ack)),
		h.PositionAt(int(delivery)), h.PlaceName(h.PlaceAt(int(ack))))
	return w
}
