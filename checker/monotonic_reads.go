package checker

import (
	"fmt"

	"orderlab/model/history"
)

func monotonicReads() Guarantee {
	return Guarantee{
		ID: MonotonicReads,
		Holds: "No session reads a place from before the position up to which it has read it, unless it subscribed, was " +
			"assigned places or took part in a rebalance in between.",
		decide: (*Checker).monotonicReads,
	}
}

// monotonicReads compares every read with the position that the session's last
// read of the place reached. A delivery that says that it is a redelivery goes
// back rightly.
func (c *Checker) monotonicReads(*Options) Verdict {
	x, r := &c.ix, &c.s.reads
	h := x.h
	c.begin()
	r.collect(x)
	var v Verdict
	for _, event := range r.events {
		f := r.front(h, event.row)
		if f == nil || event.again(h) {
			continue
		}
		if f.position != history.NoPosition {
			v.Decided++
			if back := event.back(h, f.position); back != none {
				c.countRead(&v, back)
				if v.Witness == nil {
					v.Witness = x.readWitness(f.row, event.row, back)
				}
			}
		}
		f.move(h, event.row)
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session read a place twice")
	}
	return v
}

// back returns the row that shows that a read went back behind a position: its
// own or that of a delivery of its answer, or none.
func (e readEvent) back(h *history.History, position int64) int32 {
	if h.PositionAt(int(e.row)) < position {
		return e.row
	}
	if first, whole := e.first(h); whole && first >= position {
		return none
	}
	for i := int(e.row) + 1; i < int(e.end); i++ {
		if placed(h, i) && h.PositionAt(i) < position && h.AttemptAt(i) <= 1 {
			return int32(i)
		}
	}
	return none
}

// countRead notes a violation by a read, with the key of its message if it has one.
func (c *Checker) countRead(v *Verdict, row int32) {
	if m := c.ix.h.MessageAt(int(row)); m != history.NoMessage {
		c.count(v, m)
		return
	}
	v.Violations++
}

func (x *index) readWitness(before, row, back int32) *Witness {
	h := x.h
	var messages []history.Message
	if m := h.MessageAt(int(back)); m != history.NoMessage {
		messages = append(messages, m)
	}
	w := x.witness(messages, before, row, back)
	w.Text = fmt.Sprintf("%s had read %s up to position %d and then read it from position %d",
		h.ProcessName(h.ProcessAt(int(row))), h.PlaceName(h.PlaceAt(int(row))), next(h, before), h.PositionAt(int(back)))
	return w
}
