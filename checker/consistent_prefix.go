package checker

import (
	"fmt"
	"slices"

	"orderlab/model/history"
)

func consistentPrefix() Guarantee {
	return Guarantee{
		ID: ConsistentPrefix,
		Holds: "What a session reads of a place has no hole: from where one read ended to where the next one ends, and " +
			"from the first message of a session's first read on, no position of an acked message is left out.",
		decide: (*Checker).consistentPrefix,
	}
}

// consistentPrefix looks for acked messages between what the reads of a session
// show. A position of which nothing is known may have been a marker, or removed.
// A read that goes back begins anew; that is for monotonic-reads.
func (c *Checker) consistentPrefix(*Options) Verdict {
	x, r := &c.ix, &c.s.reads
	h := x.h
	c.begin()
	r.collect(x)
	var v Verdict
	for _, event := range r.events {
		row := event.row
		f := r.front(h, row)
		if f == nil {
			continue
		}
		if event.again(h) && f.position != history.NoPosition && h.PositionAt(int(row)) < f.position {
			continue // a redelivery on the way
		}
		if first, whole := event.first(h); whole && f.position >= first {
			v.Decided++ // and it goes on where the last one ended, or before
		} else if from, shown := r.start(h, event, f); from != history.NoPosition {
			v.Decided++
			c.holes(&v, row, from, shown)
		}
		f.move(h, row)
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session read two messages of a place")
	}
	return v
}

// start returns the position from which on a read is judged, with the row that
// shows it, and fills in the positions of its answer. It is NoPosition where a
// session's first read shows nothing.
func (r *reads) start(h *history.History, event readEvent, f *front) (from int64, shownBy int32) {
	r.shown = r.shown[:0]
	row, first, least := event.row, none, h.PositionAt(int(event.row))
	sorted, last := true, int64(-1)
	if h.Kind(int(row)) == history.KindDeliver {
		r.shown = append(r.shown, h.PositionAt(int(row)))
		return f.position, f.row
	}
	end := h.PositionAt(int(row))
	for i := int(row) + 1; i < int(event.end); i++ {
		position := h.PositionAt(i)
		if !placed(h, i) || position >= end {
			continue
		}
		r.shown = append(r.shown, position)
		sorted, last = sorted && last <= position, position
		if position < least {
			first, least = int32(i), position
		}
	}
	if !sorted {
		slices.Sort(r.shown)
	}
	switch {
	case f.position != history.NoPosition:
		return f.position, f.row
	case first == none:
		return history.NoPosition, none
	}
	return h.PositionAt(int(first)), first
}

// holes counts the acked messages that a read leaves out.
func (c *Checker) holes(v *Verdict, row int32, from int64, shownBy int32) {
	x, r := &c.ix, &c.s.reads
	h := x.h
	place := h.PlaceAt(int(row))
	at, end := from, next(h, row)
	for i := 0; at < end; i++ {
		to := end
		if i < len(r.shown) {
			to = r.shown[i]
		}
		if at < to {
			c.hole(v, row, shownBy, r.acked(x).between(h, place, at, to))
		}
		at = max(at, to+1)
	}
}

// hole counts the acked messages of a hole, among which there may be none.
func (c *Checker) hole(v *Verdict, row, shownBy int32, acks []int32) {
	for _, ack := range acks {
		if ack == none {
			continue
		}
		c.count(v, c.ix.h.MessageAt(int(ack)))
		if v.Witness == nil {
			v.Witness = c.ix.holeWitness(shownBy, row, ack)
		}
	}
}

func (x *index) holeWitness(before, row, ack int32) *Witness {
	h := x.h
	m := h.MessageAt(int(ack))
	w := x.witness([]history.Message{m}, before, row, ack)
	w.Text = fmt.Sprintf("%s read %s up to position %d and was never shown %s at position %d",
		h.ProcessName(h.ProcessAt(int(row))), h.PlaceName(h.PlaceAt(int(row))), next(h, row), h.MessageName(m),
		h.PositionAt(int(ack)))
	return w
}
