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
	r.collect(h)
	var v Verdict
	for _, event := range r.events {
		row := event.row
		f := r.front(h, row)
		if f == nil || h.Kind(int(row)) == history.KindDeliver && h.AttemptAt(int(row)) > 1 {
			continue
		}
		if f.position != history.NoPosition {
			v.Decided++
			if back := r.back(h, event, f.position); back != none {
				c.countRead(&v, back)
				if v.Witness == nil {
					v.Witness = x.readWitness(f.row, row, back)
				}
			}
		}
		f.position, f.row = next(h, row), row
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session read a place twice")
	}
	return v
}

// back returns the row that shows that a read went back behind a position: its
// own or that of a delivery of its answer, or none.
func (r *reads) back(h *history.History, event readEvent, position int64) int32 {
	if h.PositionAt(int(event.row)) < position {
		return event.row
	}
	if h.Kind(int(event.row)) == history.KindPoll {
		for i := int(event.row) + 1; i < int(event.end); i++ {
			if placed(h, i) && h.PositionAt(i) < position && h.AttemptAt(i) <= 1 {
				return int32(i)
			}
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
