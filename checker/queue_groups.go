package checker

import (
	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

// linearScratch is memory of the checks of linearizability.
type linearScratch struct {
	queues    queues
	queue     linear.Queue
	values    []linear.Value
	empties   []linear.Span
	emptyRows []int32
	open      []linear.Open
	openRows  []int32
	registers registers
	zones     linear.Zones
}

// grow returns a slice of n elements, with the memory of s where that suffices.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// group sorts the values by their queues. Those of which it is not known that
// they ever were in one are left out, and so are those that may be in it twice.
func (q *queues) group(h *history.History) {
	places := h.Places() + 1
	q.ends = resize(q.ends, places, 0)
	unnamed := int32(places - 1)
	for v, p := range q.where {
		if p == none {
			p = unnamed
			q.where[v] = p
		}
		if q.flags[v]&queueSentAgain == 0 && q.there(v) {
			q.ends[p]++
		}
	}
	sum := int32(0)
	for p, n := range q.ends {
		q.ends[p] = sum
		sum += n
	}
	q.ids = grow(q.ids, int(sum))
	for v, p := range q.where {
		if q.flags[v]&queueSentAgain == 0 && q.there(v) {
			q.ids[q.ends[p]] = int32(v)
			q.ends[p]++
		}
	}
}

// there says whether a value was surely in its queue.
func (q *queues) there(v int) bool {
	value := &q.values[v]
	return value.EnqCall != linear.Never && (value.EnqRet != linear.Never || value.DeqRet != linear.Never)
}

// of returns the values of a queue.
func (q *queues) of(place int) []int32 {
	from := int32(0)
	if place > 0 {
		from = q.ends[place-1]
	}
	return q.ids[from:q.ends[place]]
}
