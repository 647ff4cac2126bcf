package checker_test

import (
	"cmp"
	"slices"

	"orderlab/checker"
	"orderlab/model/history"
)

// The oracle decides guarantees straight from their definitions: it makes lists
// of what was sent, acked, delivered and applied, and tries all pairs.

// event is an operation with its row.
type event struct {
	history.Op
	row int
}

// world is a history as lists, each in order of time.
type world struct {
	h                                                 *history.History
	sends, acks, stores, delivers, disposals, effects []event
	doubts                                            []event // effects that may have taken place
	sinks                                             []history.Symbol
	distances, leads, wholes                          map[[2]history.Message]int64 // what was found before
	causes                                            [][]bool
}

func newWorld(h *history.History) *world {
	w := &world{h: h}
	for i := range h.Len() {
		e := event{h.Op(i), i}
		ok := e.Outcome == history.OK
		switch {
		case e.Kind == history.KindSend:
			w.sends = append(w.sends, e)
		case e.Kind == history.KindAck && ok:
			w.acks = append(w.acks, e)
		case e.Kind == history.KindStore && ok:
			w.stores = append(w.stores, e)
		case e.Kind == history.KindDeliver && ok:
			w.delivers = append(w.delivers, e)
		case e.Kind == history.KindDispose && ok:
			w.disposals = append(w.disposals, e)
		case e.Kind == history.KindApply && (e.Outcome == history.Unknown || e.End == history.Pending):
			w.doubts = append(w.doubts, e)
		case e.Kind == history.KindApply && ok:
			w.effects = append(w.effects, e)
			if !slices.Contains(w.sinks, e.Detail) {
				w.sinks = append(w.sinks, e.Detail)
			}
		}
	}
	slices.SortFunc(w.sends, func(a, b event) int { return order(a.Begin, b.Begin, a, b) })
	for _, list := range [][]event{w.acks, w.stores, w.delivers, w.disposals, w.effects} {
		slices.SortFunc(list, func(a, b event) int { return order(a.End, b.End, a, b) })
	}
	return w
}

// order compares by time, and at one instant by row.
func order(s, t int64, a, b event) int { return cmp.Or(cmp.Compare(s, t), cmp.Compare(a.row, b.row)) }

func (w *world) sameKey(a, b history.Message) bool {
	k := w.h.Message(a).Key
	return a != b && k != history.NoKey && k == w.h.Message(b).Key
}

// remember keeps what a slow function said of two messages.
func remember(memory *map[[2]history.Message]int64, a, b history.Message, slow func(a, b history.Message) int64) int64 {
	if *memory == nil {
		*memory = map[[2]history.Message]int64{}
	}
	d, ok := (*memory)[[2]history.Message{a, b}]
	if !ok {
		d = slow(a, b)
		(*memory)[[2]history.Message{a, b}] = d
	}
	return d
}

// distance says how far apart a and b were sent by a session that sent a first:
// the number of messages of their key that it sent from a to b. It is 0 where no
// session sent a before b.
func (w *world) distance(a, b history.Message) int64 {
	return remember(&w.distances, a, b, func(a, b history.Message) (best int64) {
		if !w.sameKey(a, b) {
			return 0
		}
		for _, id := range w.sessions() {
			if d := w.sessionDistance(id, a, b); d > 0 && (best == 0 || d < best) {
				best = d
			}
		}
		return best
	})
}

type sessionID struct {
	process history.Process
	number  uint16
}

func (w *world) sessions() (out []sessionID) {
	for _, s := range w.sends {
		if id := (sessionID{s.Process, s.Session}); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// sessionDistance is the distance in one session.
func (w *world) sessionDistance(id sessionID, a, b history.Message) int64 {
	var order []history.Message
	for _, s := range w.sends {
		if (sessionID{s.Process, s.Session}) == id && w.h.Message(s.Message).Key == w.h.Message(a).Key &&
			!slices.Contains(order, s.Message) {
			order = append(order, s.Message)
		}
	}
	i, j := slices.Index(order, a), slices.Index(order, b)
	if i < 0 || j < i || !w.sameKey(a, b) {
		return 0
	}
	return int64(j - i)
}

// lead returns by how much a was acked before b was sent; 0 where it was not.
func (w *world) lead(a, b history.Message) int64 {
	return remember(&w.leads, a, b, func(a, b history.Message) int64 {
		acked := slices.IndexFunc(w.acks, func(e event) bool { return e.Message == a })
		sent := slices.IndexFunc(w.sends, func(e event) bool { return e.Message == b })
		if acked < 0 || sent < 0 || !w.sameKey(a, b) {
			return 0
		}
		return max(0, w.sends[sent].Begin-w.acks[acked].End)
	})
}

// at returns the certain effects at a sink, without those of messages of which it
// is not certain when the sink applied them first.
func (w *world) at(sink history.Symbol) (out []event) {
	for _, e := range w.effects {
		if e.Detail == sink && !slices.ContainsFunc(w.doubts, func(d event) bool {
			return d.Detail == sink && d.Message == e.Message
		}) {
			out = append(out, e)
		}
	}
	return out
}

func firsts(effects []event) (out []event) {
	for _, e := range effects {
		if !slices.ContainsFunc(out, func(f event) bool { return f.Message == e.Message }) {
			out = append(out, e)
		}
	}
	return out
}

// found is what the oracle says of a guarantee.
type found struct {
	decided, violations, displacement int
	displaced                         [checker.DisplacementsApart]int
	longest, waited                   int64 // out of order: of one violation, and of all
	keys                              map[history.Key]bool
	// The closest pair: its distance, and the rows of the effects of the message
	// that was overtaken first and of the other one.
	distance                int64
	overtaken, overtakerRow int
}

// unnamed stands for overtaken where the witness may be about other rows.
const unnamed = -1

func (f *found) broke(w *world, m history.Message) {
	f.violations++
	if f.keys == nil {
		f.keys = map[history.Key]bool{}
	}
	if k := w.h.Message(m).Key; k != history.NoKey {
		f.keys[k] = true
	}
}

// displacedBy notes how many overtook one.
func (f *found) displacedBy(overtakers int) {
	f.displacement = max(f.displacement, overtakers)
	for i, from := 0, 1; overtakers > 0 && i < len(f.displaced); i, from = i+1, 2*from {
		if from <= overtakers && (overtakers < 2*from || i == len(f.displaced)-1) {
			f.displaced[i]++
		}
	}
}

// waitedFor notes how long a violation was out of order.
func (f *found) waitedFor(ns int64) {
	f.longest = max(f.longest, ns)
	f.waited += ns
}

// order decides whether first effects respect an order, given as the distance by
// which a message should be before another, or 0.
func (w *world) order(should func(a, b history.Message) int64) (f found) {
	for _, sink := range w.sinks {
		list := firsts(w.at(sink))
		for i, e := range list {
			fixed, overtakers, longest := false, 0, int64(0)
			for _, before := range list[:i] {
				fixed = fixed || should(before.Message, e.Message) > 0 || should(e.Message, before.Message) > 0
				d := should(e.Message, before.Message)
				if d == 0 {
					continue
				}
				overtakers++
				longest = max(longest, e.End-before.End)
				f.closer(w, d, e.row, before.row)
			}
			f.waitedFor(longest)
			if fixed {
				f.decided++
			}
			if overtakers > 0 {
				f.broke(w, e.Message)
			}
		}
	}
	return f
}

// closer keeps the pair with the least distance, of several the one whose
// overtaken message came first.
func (f *found) closer(w *world, distance int64, overtaken, by int) {
	e, old := w.h.Op(overtaken), w.h.Op(f.overtaken)
	switch {
	case f.distance == 0, distance < f.distance:
	case distance > f.distance, order(e.End, old.End, event{e, overtaken}, event{old, f.overtaken}) >= 0:
		return
	}
	f.distance, f.overtaken, f.overtakerRow = distance, overtaken, by
}

// displacements notes how many messages of one sequence overtook one: with a session
// and key, or a key.
func (w *world) displacements(f *found, overtook func(late, early history.Message) bool) {
	for _, sink := range w.sinks {
		list := firsts(w.at(sink))
		for i, e := range list {
			n := 0
			for _, before := range list[:i] {
				if overtook(e.Message, before.Message) {
					n++
				}
			}
			f.displacedBy(n)
		}
	}
}

func (w *world) perKeyOrder() found {
	f := w.order(w.distance)
	for _, id := range w.sessions() {
		w.displacements(&f, func(a, b history.Message) bool { return w.sessionDistance(id, a, b) > 0 })
	}
	return f
}

func (w *world) perKeyRealtimeOrder() found {
	f := w.order(w.lead)
	w.displacements(&f, func(a, b history.Message) bool { return w.lead(a, b) > 0 })
	return f
}

func (w *world) noRegression() (f found) {
	newer := func(a, b history.Message) bool { return w.distance(a, b) > 0 || w.lead(a, b) > 0 }
	for _, sink := range w.sinks {
		list := w.at(sink)
		for i, e := range list {
			again, back, fixed := false, false, false
			for _, before := range list[:i] {
				again = again || before.Message == e.Message
				back = back || newer(e.Message, before.Message)
				fixed = fixed || newer(e.Message, before.Message) || newer(before.Message, e.Message)
			}
			if fixed {
				f.decided++
			}
			if again && back {
				f.broke(w, e.Message)
				f.closer(w, 1, e.row, e.row)
			}
		}
	}
	return f
}

func (w *world) noDuplicates() (f found) {
	for _, sink := range w.sinks {
		for i, e := range w.effects {
			if e.Detail != sink {
				continue
			}
			if slices.ContainsFunc(w.effects[:i], func(b event) bool { return b.Detail == sink && b.Message == e.Message }) {
				f.broke(w, e.Message)
				f.closer(w, 1, e.row, e.row)
			} else {
				f.decided++
			}
		}
	}
	return f
}

// noLoss also says how many acked messages may or may not have taken effect.
func (w *world) noLoss(allowed, sinks []string) (f found, doubtful int) {
	wanted := sinks
	if len(wanted) == 0 {
		wanted = []string{"any"}
	}
	for _, sink := range wanted {
		here := func(e event) bool { return len(sinks) == 0 || w.h.SymbolName(e.Detail) == sink }
		for m := range history.Message(w.h.Messages()) {
			acked := slices.IndexFunc(w.acks, func(e event) bool { return e.Message == m })
			if acked < 0 {
				continue
			}
			f.decided++
			applied := slices.ContainsFunc(w.effects, func(e event) bool { return e.Message == m && here(e) })
			disposed := slices.ContainsFunc(w.disposals, func(e event) bool {
				return e.Message == m && (allowed == nil || slices.Contains(allowed, w.h.SymbolName(e.Detail)))
			})
			switch {
			case applied || disposed:
			case slices.ContainsFunc(w.doubts, func(e event) bool { return e.Message == m && here(e) }):
				doubtful++
			default:
				f.broke(w, m)
				f.closer(w, 1, w.acks[acked].row, w.acks[acked].row)
			}
		}
	}
	return f, doubtful
}

func (w *world) partitionOrder() (f found) {
	var list []event
	for i, e := range w.delivers {
		if e.Place == history.NoPlace || e.Position == history.NoPosition || e.Attempt > 1 {
			continue
		}
		if !slices.ContainsFunc(w.delivers[:i], func(b event) bool {
			return b.Process == e.Process && b.Place == e.Place && b.Message == e.Message && b.Position != history.NoPosition
		}) {
			list = append(list, e)
		}
	}
	for i, e := range list {
		seen, overtakers, longest := 0, 0, int64(0)
		for _, before := range list[:i] {
			if before.Process != e.Process || before.Place != e.Place {
				continue
			}
			seen++
			if before.Position > e.Position {
				overtakers++
				longest = max(longest, e.End-before.End)
				f.closer(w, before.Position-e.Position, e.row, before.row)
			}
		}
		f.waitedFor(longest)
		if seen > 0 {
			f.decided++
		}
		if overtakers > 0 {
			f.broke(w, e.Message)
		}
		f.displacedBy(overtakers)
	}
	return f
}

// verdict is what the checker should say for what was found.
func (f *found) verdict(id string, unknown bool) checker.Verdict {
	v := checker.Verdict{Guarantee: id, Status: checker.Holds, Decided: f.decided, Violations: f.violations,
		Keys: len(f.keys), MaxDisplacement: f.displacement, Displaced: f.displaced,
		MaxOutOfOrder: f.longest, TotalOutOfOrder: f.waited}
	switch {
	case f.violations > 0:
		v.Status = checker.Violated
	case unknown:
		v.Status = checker.Unknown
	case f.decided == 0:
		v.Vacuous = true
	}
	return v
}
