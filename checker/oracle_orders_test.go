package checker_test

import (
	"slices"

	"orderlab/model/history"
)

// whole is distance for whole sessions, whatever the key.
func (w *world) whole(a, b history.Message) int64 {
	return remember(&w.wholes, a, b, func(a, b history.Message) (best int64) {
		for _, id := range w.sessions() {
			if d := w.wholeDistance(id, a, b); d > 0 && (best == 0 || d < best) {
				best = d
			}
		}
		return best
	})
}

func (w *world) wholeDistance(id sessionID, a, b history.Message) int64 {
	var order []history.Message
	for _, s := range w.sends {
		if (sessionID{s.Process, s.Session}) == id && !slices.Contains(order, s.Message) {
			order = append(order, s.Message)
		}
	}
	i, j := slices.Index(order, a), slices.Index(order, b)
	if i < 0 || j < i {
		return 0
	}
	return int64(j - i)
}

func (w *world) perProducerOrder() found {
	f := w.order(w.whole)
	for _, id := range w.sessions() {
		w.displacements(&f, func(a, b history.Message) bool { return w.wholeDistance(id, a, b) > 0 })
	}
	return f
}

// firstSend returns the first send of a message.
func (w *world) firstSend(m history.Message) (event, bool) {
	i := slices.IndexFunc(w.sends, func(e event) bool { return e.Message == m })
	if i < 0 {
		return event{}, false
	}
	return w.sends[i], true
}

// closure completes a relation: what is behind something behind is behind.
func closure(r [][]bool) [][]bool {
	for k := range r {
		for i := range r {
			if r[i][k] {
				for j := range r {
					r[i][j] = r[i][j] || r[k][j]
				}
			}
		}
	}
	return r
}

func relation(n int) [][]bool {
	r := make([][]bool, n)
	for i := range r {
		r[i] = make([]bool, n)
	}
	return r
}

// cause is 1 where the send of a happened before that of b.
func (w *world) cause(a, b history.Message) int64 {
	if w.causes == nil {
		w.causes = relation(w.h.Messages())
		for i := range w.causes {
			for j := range w.causes {
				w.causes[i][j] = w.directCause(history.Message(i), history.Message(j))
			}
		}
		closure(w.causes)
	}
	if w.causes[a][b] {
		return 1
	}
	return 0
}

func (w *world) directCause(a, b history.Message) bool {
	first, ok := w.firstSend(a)
	second, ok2 := w.firstSend(b)
	if !ok || !ok2 || a == b {
		return false
	}
	if first.Process == second.Process && first.Session == second.Session {
		return order(first.Begin, second.Begin, first, second) < 0
	}
	return slices.ContainsFunc(w.delivers, func(d event) bool {
		return d.Message == a && d.Process == second.Process && d.Session == second.Session &&
			order(first.Begin, d.End, first, d) < 0 && order(d.End, second.Begin, d, second) < 0
	})
}

// transcript is what a sink applied, by first effects or by last ones.
func (w *world) transcript(sink history.Symbol, final bool) (out []event) {
	list := w.at(sink)
	if !final {
		return firsts(list)
	}
	for i, e := range list {
		if !slices.ContainsFunc(list[i+1:], func(f event) bool { return f.Message == e.Message }) {
			out = append(out, e)
		}
	}
	return out
}

// oneOrder looks for messages that should be before each other.
func (w *world) oneOrder(final bool) (f found) {
	n := w.h.Messages()
	r, sinks, applied := relation(n), make([]int, n), make([]bool, n)
	for _, sink := range w.sinks {
		list := w.transcript(sink, final)
		for i, e := range list {
			sinks[e.Message]++
			applied[e.Message] = true
			if i > 0 {
				r[list[i-1].Message][e.Message] = true
			}
		}
	}
	tied := make([]bool, n)
	for i := range n {
		tied[i] = tied[i] || sinks[i] > 1
		for j := range n {
			if !final && applied[i] && applied[j] && w.realtime(history.Message(i), history.Message(j)) {
				r[i][j], tied[i], tied[j] = true, true, true
			}
		}
	}
	closure(r)
	for i := range n {
		first := r[i][i]
		for j := range n {
			if r[i][j] && r[j][i] {
				first = first && i <= j
			}
		}
		if first {
			f.violations++
		}
		if r[i][i] {
			f.broke(w, history.Message(i))
			f.violations--
		}
	}
	for _, sink := range w.sinks {
		here := 0
		for _, e := range w.transcript(sink, final) {
			if tied[e.Message] {
				here++
			}
		}
		f.decided += max(0, here-1)
	}
	f.overtaken = unnamed
	return f
}

// realtime says whether a was acked before b was sent.
func (w *world) realtime(a, b history.Message) bool {
	acked := slices.IndexFunc(w.acks, func(e event) bool { return e.Message == a })
	sent, ok := w.firstSend(b)
	return acked >= 0 && ok && w.acks[acked].End < sent.Begin
}
