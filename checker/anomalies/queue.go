package anomalies

import (
	"fmt"
	"slices"
)

// queue compares what went into a queue with what came out, value by value. A value
// may be enqueued more than once.
func (a *analysis) queue() {
	h := a.h
	n := h.Values()
	in := make([]flow, n)
	a.writer = filled(n)
	taken, first := 0, none // values that came out, and the first operation that was handed one
	for i := range h.Ops {
		op := &h.Ops[i]
		for _, s := range h.SendsOf(op) {
			f := &in[s.Value]
			if f.attempts == 0 {
				f.first = op.Invoked
			}
			f.attempts++
			switch op.Type {
			case OK:
				f.acked++
				f.lastAcked = int32(i)
			case Fail:
				f.failed++
			}
			if w := a.writer[s.Value]; w == none || rank(op.Type) > rank(h.Ops[w].Type) {
				a.writer[s.Value] = int32(i)
			}
		}
		if taken += len(h.ReadsOf(op)); taken > 0 && first == none {
			first = int32(i)
		}
	}
	for _, id := range Of(Queue) {
		a.tallies[id].decided, a.tallies[id].missing = taken, "nothing was dequeued"
	}
	for i := range h.Ops {
		for _, r := range h.ReadsOf(&h.Ops[i]) {
			a.dequeued(int32(i), r.Value, in)
		}
	}
	if taken == 0 {
		return // the history ends before anything should have come out
	}
	a.tallies[QueueLost].decided, a.tallies[QueueLost].missing = 0, "no enqueue succeeded"
	for v := range in {
		a.tallies[QueueLost].decided += in[v].acked
		for range in[v].acked - in[v].dequeued {
			if a.found(QueueLost, -1) {
				a.keep(QueueLost, sample{append(a.about(Value(v), Never), first), []Value{Value(v)},
					fmt.Sprintf("%s was enqueued by %s and never dequeued", h.Name(Value(v)), a.who(in[v].lastAcked))})
			}
		}
	}
}

// flow is what is known of a value that goes into a queue and comes out.
type flow struct {
	attempts, acked, failed, dequeued int
	first                             int32 // when an enqueue of it was first invoked
	lastAcked                         int32 // the latest enqueue of it that succeeded
}

// dequeued judges one value that came out.
func (a *analysis) dequeued(i int32, v Value, in []flow) {
	f, h := &in[v], a.h
	op := &h.Ops[i]
	f.dequeued++
	switch w := a.writer[v]; {
	case w == none:
		if a.found(QueueUnexpected, -1) {
			a.keep(QueueUnexpected, sample{[]int32{i}, []Value{v}, fmt.Sprintf("%s was handed %s, which was never enqueued", a.who(i), h.Name(v))})
		}
		return
	case op.Completed < f.first:
		if a.found(QueueUnexpected, -1) {
			a.keep(QueueUnexpected, sample{[]int32{w, i}, []Value{v},
				fmt.Sprintf("%s was handed %s before it was enqueued", a.who(i), h.Name(v))})
		}
		return
	case f.failed == f.attempts && a.found(QueueAbortedRead, -1):
		a.keep(QueueAbortedRead, sample{[]int32{w, i}, []Value{v},
			fmt.Sprintf("%s was handed %s, whose enqueue had failed", a.who(i), h.Name(v))})
	}
	switch {
	case f.dequeued > f.attempts:
		if a.found(QueueDuplicated, -1) {
			a.keep(QueueDuplicated, sample{a.about(v, i), []Value{v},
				fmt.Sprintf("%s was dequeued %s, but enqueued only %s", h.Name(v), times(f.dequeued), times(f.attempts))})
		}
	case f.dequeued > f.acked:
		if a.found(QueueRecovered, -1) {
			a.keep(QueueRecovered, sample{a.about(v, i), []Value{v},
				fmt.Sprintf("%s was handed %s, whose enqueue did not succeed for certain", a.who(i), h.Name(v))})
		}
	}
}

// about returns the operations that enqueued a value, and those up to i that were
// handed it.
func (a *analysis) about(v Value, i int32) (ops []int32) {
	is := func(p Place) bool { return p.Value == v }
	for j := range a.h.Ops {
		op := &a.h.Ops[j]
		if slices.ContainsFunc(a.h.SendsOf(op), is) || int32(j) <= i && slices.ContainsFunc(a.h.ReadsOf(op), is) {
			ops = append(ops, int32(j))
		}
	}
	return ops
}

// times writes a number of times.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
