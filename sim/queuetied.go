package sim

// placeTied is place with another order of ties: it keeps that of a list which was
// put in it already.
func (q *queue) placeTied(i int32, it *item) {
	list := q.listOf(it.at)
	if q.lists[list].last == 0 || q.ties.opened != it.at {
		q.place(i, it)
		return
	}
	before, after := q.ties.neighbours(q, list, it)
	q.link(list, before, i, after)
}

// link puts an item between two others of a list, 0 being its ends.
func (q *queue) link(list int, before, i, after int32) {
	q.items[i].prev, q.items[i].next = before, after
	if before == 0 {
		q.lists[list].first = i
	} else {
		q.items[before].next = i
	}
	if after == 0 {
		q.lists[list].last = i
	} else {
		q.items[after].prev = i
	}
}

// popTied is pop without the front. Only an event that is taken moves the wheel.
func (q *queue) popTied(limit Time) int32 {
	for q.used != 0 {
		list, base := q.lowest()
		first := q.lists[list].first
		if list < radix || q.items[first].next == 0 {
			if q.items[first].at > limit {
				return later
			}
			return q.taken(list)
		}
		if limit-base < 1<<(list>>radixBits*radixBits) && !q.has(first, limit) {
			return later
		}
		q.base = base
		q.clear(list)
		q.spread(first)
	}
	return none
}

// taken removes the event that is next of a list whose events have one time.
func (q *queue) taken(list int) int32 {
	first := q.ties.first(q, list)
	q.now = q.items[first].at
	q.pending--
	q.unlink(first, list)
	q.base = q.now
	return first
}

// has says whether an event of a list is not after the limit.
func (q *queue) has(first int32, limit Time) bool {
	for i := first; i != 0; i = q.items[i].next {
		if q.items[i].at <= limit {
			return true
		}
	}
	return false
}
