package checker_test

import (
	"slices"

	"orderlab/checker"
	"orderlab/model/history"
)

// copies are the stores of a message that stayed: to whose position no other
// message was written later.
func (w *world) copies(m history.Message) (out []event) {
	for i, e := range w.stores {
		if e.Message == m && !slices.ContainsFunc(w.stores[i+1:], func(o event) bool {
			return o.Message != m && o.Place == e.Place && o.Position == e.Position
		}) {
			out = append(out, e)
		}
	}
	return out
}

// deliveries are those of a message to processes that may work for a sink: not
// to those that work for others only.
func (w *world) deliveries(m history.Message, sink history.Symbol) (out []event) {
	for _, e := range w.delivers {
		here, elsewhere := false, false
		for _, a := range w.effects {
			if a.Process == e.Process {
				here, elsewhere = here || a.Detail == sink, elsewhere || a.Detail != sink
			}
		}
		if e.Message == m && (here || !elsewhere) {
			out = append(out, e)
		}
	}
	return out
}

// spot is where a message lies, as far as anything tells.
func (w *world) spot(m history.Message, sink history.Symbol) (history.Place, int64) {
	for _, e := range append(w.copies(m), w.deliveries(m, sink)...) {
		return e.Place, e.Position
	}
	return history.NoPlace, history.NoPosition
}

// sentAgain says whether a message was sent, by a time, once more than before and after
// a newer one was sent at all.
func (w *world) sentAgain(older, newer history.Message, until int64) bool {
	about := func(m history.Message) func(event) bool { return func(e event) bool { return e.Message == m } }
	i, j := slices.IndexFunc(w.sends, about(older)), slices.IndexFunc(w.sends, about(newer))
	if i < 0 || j < 0 {
		return false
	}
	return slices.ContainsFunc(w.sends[max(i, j)+1:], func(s event) bool { return s.Message == older && s.Begin <= until })
}

// lostAt is the first hop at which the effect of a late message and that of an
// early one stand in the wrong order; again says that the late message was
// applied before and came again.
func (w *world) lostAt(late, early int, again bool) (checker.Hop, bool) {
	e, f := w.h.Op(late), w.h.Op(early)
	sink := e.Detail
	p, i := w.spot(e.Message, sink)
	q, j := w.spot(f.Message, sink)
	split := p != q && p != history.NoPlace && q != history.NoPlace
	old, young := w.deliveries(e.Message, sink), w.deliveries(f.Message, sink)
	before := func(a, b event) bool { return a.End < b.End || a.End == b.End && a.row < b.row }
	if again {
		if w.sentAgain(e.Message, f.Message, e.End) {
			return checker.HopSent, split
		}
		for _, c := range w.copies(e.Message) {
			if c.Place == q && j != history.NoPosition && c.Position > j {
				return checker.HopStored, split
			}
		}
		for _, d := range old {
			if len(young) > 0 && before(young[0], d) && d.End <= e.End {
				return checker.HopDelivered, split
			}
		}
		return checker.HopApplied, split
	}
	switch {
	case p == q && i > j && j != history.NoPosition:
		return checker.HopStored, split
	case len(old) > 0 && len(young) > 0 && before(young[0], old[0]):
		return checker.HopDelivered, split
	}
	return checker.HopApplied, split
}
