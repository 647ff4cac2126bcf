package linear

import "slices"

// Value is the life of a value in a queue. Its enqueue began at EnqCall and ended
// at EnqRet, or Never where it is not known to have happened; its dequeue
// likewise. A value that was not dequeued has Never for both. One that neither
// was surely enqueued nor dequeued is left out: it need not have existed.
type Value struct {
	EnqCall, EnqRet, DeqCall, DeqRet int64
}

// Span is an operation that began and ended.
type Span struct{ Call, Ret int64 }

// Open is a dequeue of which nothing is known but when it began: it took any one
// value, or with Many any number of them, or none.
type Open struct {
	Call int64
	Many bool
}

// FaultKind says what is wrong with a queue.
type FaultKind uint8

// What can be wrong with a queue, but for values that were dequeued twice or
// never enqueued.
const (
	// FaultEarly: the value B was dequeued before its enqueue began.
	FaultEarly FaultKind = iota + 1
	// FaultOrder: A was enqueued before B, and B dequeued before A.
	FaultOrder
	// FaultEmpty: Empty found nothing, while one or another of Values was there.
	FaultEmpty
)

// Fault is why a queue has no linearization: the fewest values that show it.
type Fault struct {
	Kind   FaultKind
	A, B   int32   // indexes of values
	Empty  int32   // index of the empty dequeue
	Values []int32 // all values that show it, A and B among them
	// Open are indexes of dequeues of which nothing is known but that they began:
	// whichever values they took, the others still show the fault.
	Open []int32
}

// Queue decides FIFO queues. It keeps its memory from one to the next.
type Queue struct {
	sorter       sorter
	rets, calls  []item
	empty, opens []item
	values       []Value // with the open dequeues that took them
}

// Check looks for a fault. Empties are the dequeues that found the queue empty.
func (q *Queue) Check(values []Value, empties []Span, open []Open) *Fault {
	q.order(values)
	if len(open) > 0 {
		values = q.assign(values, open)
	}
	f := q.overtaken(values)
	if f == nil && len(empties) > 0 {
		f = q.covered(values, empties)
	}
	return f
}

// order sorts the ends of enqueues, and their begins where they are not in order.
func (q *Queue) order(values []Value) {
	q.rets, q.calls = grown(q.rets, len(values))[:0], q.calls[:0]
	sorted, last := true, Ever
	for i := range values {
		v := &values[i]
		sorted = sorted && v.EnqCall >= last
		last = v.EnqCall
		if v.EnqRet != Never {
			q.rets = append(q.rets, item{v.EnqRet, int32(i)})
		}
	}
	q.rets = q.sorter.sort(q.rets)
	if sorted {
		return
	}
	q.calls = grown(q.calls, len(values))
	for i := range values {
		q.calls[i] = item{values[i].EnqCall, int32(i)}
	}
	q.calls = q.sorter.sort(q.calls)
}

// assign gives the open dequeues to values that nobody else took: the first to
// begin to the first that was surely enqueued. What has to have left the queue at
// a time is always a first part of those values, so no other way does better.
func (q *Queue) assign(values []Value, open []Open) []Value {
	q.sortOpens(open)
	q.values = append(q.values[:0], values...)
	next := 0
	for _, r := range q.rets {
		if next == len(q.opens) {
			break
		}
		if v := &q.values[r.id]; v.DeqCall == Never {
			v.DeqCall = q.opens[next].time
			if !open[q.opens[next].id].Many {
				next++
			}
		}
	}
	return q.values
}

func (q *Queue) sortOpens(open []Open) {
	q.opens = grown(q.opens, len(open))
	for i := range open {
		q.opens[i] = item{open[i].Call, int32(i)}
	}
	q.opens = q.sorter.sort(q.opens)
}

// overtaken looks for values that came out too early, or before one that went in
// before. Of those that were surely inside when b went in, the one that came out
// last decides.
func (q *Queue) overtaken(values []Value) *Fault {
	i, latest, who := 0, Ever, int32(-1)
	for j := range values {
		b := int32(j)
		if len(q.calls) > 0 {
			b = q.calls[j].id
		}
		v := &values[b]
		for i < len(q.rets) && q.rets[i].time < v.EnqCall {
			if out := values[q.rets[i].id].DeqCall; out > latest {
				latest, who = out, q.rets[i].id
			}
			i++
		}
		switch {
		case v.DeqRet < v.EnqCall:
			return &Fault{Kind: FaultEarly, A: b, B: b, Values: []int32{b}}
		case v.DeqRet < latest:
			return &Fault{Kind: FaultOrder, A: who, B: b, Values: []int32{who, b}}
		}
	}
	return nil
}

// covered looks for an empty dequeue at each moment of which some value was
// surely inside: after the end of its enqueue and before the begin of its
// dequeue.
func (q *Queue) covered(values []Value, empties []Span) *Fault {
	q.empty = grown(q.empty, len(empties))
	for i := range empties {
		q.empty[i] = item{empties[i].Call, int32(i)}
	}
	q.empty = q.sorter.sort(q.empty)
	i, until := 0, Ever // some value was inside from before e began until then
	for _, e := range q.empty {
		for ; i < len(q.rets) && (q.rets[i].time < e.time || q.rets[i].time < until); i++ {
			from, out := q.rets[i].time, values[q.rets[i].id].DeqCall
			if from >= until {
				until = max(from, out)
			} else {
				until = max(until, out)
			}
		}
		if until > e.time && until > empties[e.id].Ret {
			return &Fault{Kind: FaultEmpty, A: -1, B: -1, Empty: e.id, Values: q.cover(values, empties[e.id])}
		}
	}
	return nil
}

// cover returns the fewest values whose times inside cover a span: from where
// the last one ends, the next is the one that stays longest.
func (q *Queue) cover(values []Value, e Span) (out []int32) {
	at, i := e.Call, 0
	for {
		best, until := int32(-1), at
		for ; i < len(q.rets) && q.rets[i].time < at; i++ {
			if v := q.rets[i].id; values[v].DeqCall > until {
				best, until = v, values[v].DeqCall
			}
		}
		if best < 0 {
			panic("linear: a span that was covered has a hole")
		}
		out = append(out, best)
		if until > e.Ret {
			return out
		}
		at = until
	}
}

// Explain makes a fault whole that was found beside open dequeues: which values
// these took is not known, so that all show the fault that they may have taken.
func (q *Queue) Explain(f *Fault, values []Value, empties []Span, open []Open) *Fault {
	last := Ever // the end of the last enqueue of a value that an open dequeue may have taken
	for _, v := range f.Values {
		if values[v].DeqCall == Never {
			last = max(last, values[v].EnqRet)
		}
	}
	if len(open) == 0 || last == Ever {
		return f
	}
	candidates := slices.Clone(f.Values)
	for i := range values {
		if v := &values[i]; v.DeqCall == Never && v.EnqRet <= last && !slices.Contains(f.Values, int32(i)) {
			candidates = append(candidates, int32(i))
		}
	}
	var e []Span
	if f.Kind == FaultEmpty {
		e = []Span{empties[f.Empty]}
	}
	var sub []Value
	kept := Minimal(len(candidates), func(keep []int) bool {
		sub = sub[:0]
		for _, k := range keep {
			sub = append(sub, values[candidates[k]])
		}
		return q.Check(sub, e, open) != nil
	})
	out := &Fault{Kind: f.Kind, A: f.A, B: f.B, Empty: f.Empty}
	for _, k := range kept {
		out.Values = append(out.Values, candidates[k])
	}
	slices.SortFunc(out.Values, func(a, b int32) int { return int(a - b) })
	if f.Kind == FaultOrder && !slices.Contains(out.Values, f.A) {
		out.A = out.Values[slices.IndexFunc(out.Values, func(v int32) bool { return v != f.B })]
	}
	q.context(out, values, open)
	return out
}

// context names the open dequeues that could have taken one of the fault's values.
func (q *Queue) context(f *Fault, values []Value, open []Open) {
	untaken := 0
	for _, v := range f.Values {
		if values[v].DeqCall == Never {
			untaken++
		}
	}
	q.sortOpens(open)
	for _, o := range q.opens[:min(untaken, len(open))] {
		f.Open = append(f.Open, o.id)
		if open[o.id].Many {
			break
		}
	}
}

// Minimal returns the fewest of n things, in the sense that none can be left
// out, for which a condition holds that holds for all n and for every set that
// contains one for which it holds.
func Minimal(n int, holds func(keep []int) bool) []int {
	var kept []int
	rest := n // the things below rest are candidates
	for !holds(kept) {
		lo, hi := 1, rest // the shortest first part of the rest that suffices beside kept
		for lo < hi {
			mid := (lo + hi) / 2
			if holds(with(kept, mid)) {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		if lo > rest {
			break // the condition was no such one: what is kept is all
		}
		kept = append(kept, lo-1)
		rest = lo - 1
	}
	return kept
}

// with returns the kept ones and all below n.
func with(kept []int, n int) []int {
	out := slices.Clone(kept)
	for i := range n {
		out = append(out, i)
	}
	return out
}
