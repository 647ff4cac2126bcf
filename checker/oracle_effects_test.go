package checker_test

import (
	"slices"

	"orderlab/model/history"
)

// failed says whether every send of a message definitely failed.
func (w *world) failed(m history.Message) bool {
	sends, fails, others := 0, 0, 0
	for i := range w.h.Len() {
		switch e := w.h.Op(i); {
		case e.Message != m:
		case e.Kind == history.KindSend:
			sends++
		case e.Kind == history.KindAck && e.Outcome == history.Fail:
			fails++
		case e.Kind == history.KindAck:
			others++
		}
	}
	return sends > 0 && others == 0 && fails >= sends
}

func (w *world) noGhost() (f found, unknown bool) {
	if len(w.sends) == 0 {
		return f, false
	}
	ghost := func(m history.Message) bool {
		_, sent := w.firstSend(m)
		return !sent || w.failed(m)
	}
	for _, sink := range w.sinks {
		var here []event
		for _, e := range w.effects {
			if e.Detail == sink {
				here = append(here, e)
			}
		}
		for _, e := range firsts(here) {
			f.decided++
			if ghost(e.Message) {
				f.broke(w, e.Message)
				f.closer(w, 1, e.row, e.row)
			}
		}
	}
	return f, slices.ContainsFunc(w.doubts, func(d event) bool { return ghost(d.Message) })
}

func (w *world) noGap(allowed []string) (f found) {
	for _, sink := range w.sinks {
		list := firsts(w.at(sink))
		for i, e := range list {
			missing := false
			earlier := slices.ContainsFunc(w.sends, func(s event) bool { return w.distance(s.Message, e.Message) > 0 })
			for _, a := range w.acks {
				m := a.Message
				if w.distance(m, e.Message) == 0 {
					continue
				}
				handled := slices.ContainsFunc(list[:i], func(b event) bool { return b.Message == m }) ||
					slices.ContainsFunc(w.disposals, func(d event) bool {
						return d.Message == m && order(d.End, e.End, d, e) < 0 &&
							(allowed == nil || slices.Contains(allowed, w.h.SymbolName(d.Detail)))
					}) ||
					slices.ContainsFunc(w.doubts, func(d event) bool { return d.Message == m && d.Detail == sink })
				missing = missing || !handled
			}
			if earlier {
				f.decided++
			}
			if missing {
				f.broke(w, e.Message)
				f.closer(w, 1, e.row, e.row)
			}
		}
	}
	return f
}

func (w *world) noStaleApply() (f found, unknown bool) {
	owned := func(e event) bool {
		return e.Epoch > 0 && (e.Place != history.NoPlace || w.h.Message(e.Message).Key != history.NoKey)
	}
	same := func(a, b event) bool {
		if a.Detail != b.Detail || a.Place != b.Place || !owned(a) || !owned(b) {
			return false
		}
		return a.Place != history.NoPlace || w.h.Message(a.Message).Key == w.h.Message(b.Message).Key
	}
	for i, e := range w.effects {
		others, newer := false, false
		for _, before := range w.effects[:i] {
			others = others || same(before, e)
			newer = newer || same(before, e) && before.Epoch > e.Epoch
		}
		if others {
			f.decided++
		}
		if newer {
			f.broke(w, e.Message)
			f.closer(w, 1, e.row, e.row)
		}
	}
	return f, slices.ContainsFunc(w.doubts, owned)
}

func (w *world) convergence() (f found, unknown bool) {
	for _, sink := range w.sinks {
		for key := range history.Key(w.h.Keys()) {
			var last *event
			for i, e := range w.effects {
				if e.Detail == sink && w.h.Message(e.Message).Key == key {
					last = &w.effects[i]
				}
			}
			if last == nil {
				continue // see below
			}
			if slices.ContainsFunc(w.doubts, func(d event) bool {
				return d.Detail == sink && w.h.Message(d.Message).Key == key
			}) {
				unknown = true
				continue
			}
			f.decided++
			if !w.mayBeLast(last.Message) {
				f.broke(w, last.Message)
				f.closer(w, 1, last.row, last.row)
			}
		}
	}
	for key := range history.Key(w.h.Keys()) {
		there := func(e event) bool { return w.h.KeyOf(e.Message) == key }
		acked := slices.IndexFunc(w.acks, there)
		switch {
		case acked < 0 || len(w.effects) == 0 || slices.ContainsFunc(w.effects, there):
		case slices.ContainsFunc(w.doubts, there):
			unknown = true
		default: // acked, and no sink has a state of the key
			f.decided++
			f.broke(w, w.acks[acked].Message)
			if f.distance == 0 {
				f.overtaken = unnamed
			}
		}
	}
	return f, unknown
}

func (w *world) mayBeLast(m history.Message) bool {
	return !w.failed(m) && !slices.ContainsFunc(w.acks, func(a event) bool {
		return w.distance(m, a.Message) > 0 || w.lead(m, a.Message) > 0
	})
}

// canBeLast tries all choices of unknown sends, and all orders of what was sent
// that respect sessions and real time.
func (w *world) canBeLast(m history.Message) bool {
	var must, may []history.Message
	for o := range history.Message(w.h.Messages()) {
		_, sent := w.firstSend(o)
		acked := slices.ContainsFunc(w.acks, func(a event) bool { return a.Message == o })
		switch {
		case w.h.KeyOf(o) != w.h.KeyOf(m) || !sent || w.failed(o):
		case acked:
			must = append(must, o)
		default:
			may = append(may, o)
		}
	}
	for choice := range 1 << len(may) {
		chosen := slices.Clone(must)
		for i, o := range may {
			if choice>>i&1 == 1 {
				chosen = append(chosen, o)
			}
		}
		if w.canEndWith(nil, chosen, m) {
			return true
		}
	}
	return false
}

// canEndWith says whether the rest can be put behind what stands already so that
// m comes last.
func (w *world) canEndWith(stands, rest []history.Message, m history.Message) bool {
	if len(rest) == 0 {
		return len(stands) > 0 && stands[len(stands)-1] == m
	}
	for i, next := range rest {
		others := slices.Delete(slices.Clone(rest), i, i+1)
		before := func(o history.Message) bool { return w.distance(o, next) > 0 || w.lead(o, next) > 0 }
		if !slices.ContainsFunc(others, before) && w.canEndWith(append(slices.Clone(stands), next), others, m) {
			return true
		}
	}
	return false
}
