package sim

import "math/bits"

// Kind tells a node what an event of its own is about. Kinds from
// kindEngine on are the engine's.
type Kind uint16

// TimerID names a pending timer. It stays safe after the timer fired: a slot is
// told from its later uses by a generation.
type TimerID uint64

// NoTimer is the id of no timer; cancelling it does nothing.
const NoTimer TimerID = 0

// item is a pending event: 32 bytes without pointers, so that the queue costs
// the garbage collector nothing. Two items share a cache line.
type item struct {
	at   Time
	arg  uint64
	tag  tag
	gen  uint32 // which use of the slot this is
	next int32  // in the slot's list, or in the free list
	prev int32
}

// tag is the node and the kind of an event in one word. The bits that this
// saves are the generation's: with 16 bits of it a slot that is used for every
// frame would come round in a moment, and the id of a timer that fired long ago
// would name somebody else's.
type tag int32

const (
	kindBits = 12
	maxNodes = 1<<(31-kindBits) - 1
)

func tagOf(n NodeID, k Kind) tag { return tag(n)<<kindBits | tag(k) }

func (t tag) node() NodeID { return NodeID(t >> kindBits) }
func (t tag) kind() Kind   { return Kind(t & (1<<kindBits - 1)) }

// The wheel has radix 64: level l has a slot for each value of the l-th group
// of six bits of a time. Eleven levels cover 63 bits.
const (
	radixBits = 6
	radix     = 1 << radixBits
	levels    = 11
)

// queue is an exact hierarchical timing wheel with a tick of 1 ns.
//
// An item lies at the level of the highest group of bits in which its time
// differs from the wheel's, in the slot that its own group names:
//
//	now  = 0 .. 0 | 12 | 07 | 55        level 0: times that differ only in the
//	at   = 0 .. 0 | 12 | 31 | 02                 lowest group
//	                     ^              level 1: this one, slot 31
//
// When level 0 is empty, the earliest slot of the lowest level that is not is
// spread over the levels below it, in the order of its list. All items of a
// level-0 slot have the same time, and items of one time are always in the
// order of their scheduling: an item reaches a lower level only once the wheel
// stands at its slot, and from then on later items for that time go there too,
// behind it. So no sequence number is needed. A slot with many items is not
// spread; they go to the [front].
type queue struct {
	now     Time
	items   []item
	free    int32
	pending int
	used    uint32 // bit l: level l has items
	bits    [levels]uint64
	head    [levels * radix]int32 // of lists that are not empty
	tail    [levels * radix]int32 // 0 when the list is empty
	front   front
	// ties, when not nil, orders the events of one time otherwise than by their
	// scheduling.
	ties *ties
	// causes, when not nil, is told of what is scheduled and taken back.
	causes *causes
	// past is called when an event is scheduled before the wheel's time.
	past func(at Time, node NodeID, kind Kind)
}

// What pop returns instead of a slot.
const (
	none  int32 = 0  // no event is pending
	later int32 = -1 // the earliest is after the limit
)

func (q *queue) reset() {
	q.now, q.pending, q.used, q.free = 0, 0, 0, 0
	q.ties, q.causes = nil, nil
	q.front.reset()
	q.bits, q.tail = [levels]uint64{}, [levels * radix]int32{}
	q.items = append(q.items[:0], item{}) // slot 0 is never used: 0 ends a list
}

// push adds an event at or after the wheel's time and returns its slot.
func (q *queue) push(at Time, node NodeID, kind Kind, arg uint64) int32 {
	if at < q.now {
		q.past(at, node, kind)
	}
	i := q.free
	if i != 0 {
		q.free = q.items[i].next
	} else {
		i = int32(len(q.items))
		q.items = append(q.items, item{gen: 1})
	}
	it := &q.items[i]
	it.at, it.arg, it.tag = at, arg, tagOf(node, kind)
	q.place(i, it)
	q.pending++
	if q.causes != nil {
		q.causes.scheduled(i, it)
	}
	return i
}

// slotOf returns the list that a time belongs to now.
func (q *queue) slotOf(at Time) (level, slot int) {
	level = (bits.Len64(uint64(at^q.now)|(radix-1)) - 1) / radixBits
	return level, int(uint64(at)>>(level*radixBits)) & (radix - 1)
}

// place puts an item at the end of its list. Whether the list is empty is a
// coin's toss, so nothing is skipped when it is: then the item before is the
// item 0, which nobody reads.
func (q *queue) place(i int32, it *item) {
	level, slot := q.slotOf(it.at)
	list := level*radix + slot
	last := q.tail[list]
	if q.ties != nil && last != 0 && q.ties.opened == it.at {
		before, after := q.ties.neighbours(q, list, it)
		q.link(list, before, i, after)
		return
	}
	it.next, it.prev = 0, last
	q.items[last].next = i
	q.tail[list] = i
	head := q.head[list]
	if last == 0 {
		head = i
	}
	q.head[list] = head
	q.bits[level] |= 1 << slot
	q.used |= 1 << level
}

// link puts an item between two others of a list, 0 being its ends.
func (q *queue) link(list int, before, i, after int32) {
	q.items[i].prev, q.items[i].next = before, after
	if before == 0 {
		q.head[list] = i
	} else {
		q.items[before].next = i
	}
	if after == 0 {
		q.tail[list] = i
	} else {
		q.items[after].prev = i
	}
}

// pop removes the earliest event, if it is not after the limit, and returns its
// slot, or none or later. The item stays readable until the slot is given to
// release. Only an event that is taken moves the wheel.
func (q *queue) pop(limit Time) int32 {
	for q.front.empty() {
		if q.used == 0 {
			return none
		}
		level, slot, base := q.lowest()
		first := q.head[level*radix+slot]
		if level == 0 || q.items[first].next == 0 {
			if q.items[first].at > limit {
				return later
			}
			return q.taken(level, slot, first)
		}
		if limit-base < 1<<(level*radixBits) && !q.has(first, limit) {
			return later
		}
		last := q.tail[level*radix+slot]
		q.now = base
		q.clear(level, slot)
		if level == 0 || q.ties != nil || !q.front.gather(q, first, last, (level-1)*radixBits) {
			q.spread(first)
		}
	}
	return q.popBeside(limit)
}

// popBeside is pop when the front is not empty: what was scheduled since it was
// filled lies in the lists.
func (q *queue) popBeside(limit Time) int32 {
	for {
		t := q.front.head(q)
		if t == forever { // all of it was cancelled
			return q.pop(limit)
		}
		if q.used == 0 {
			return q.popFront(t, limit)
		}
		level, slot, base := q.lowest()
		if base > t || base == t && level == 0 {
			return q.popFront(t, limit)
		}
		first := q.head[level*radix+slot]
		if at := q.items[first].at; at < t && (level == 0 || q.items[first].next == 0) {
			if at > limit {
				return later
			}
			return q.taken(level, slot, first)
		}
		if t > limit && !q.has(first, limit) {
			return later
		}
		q.now = base
		q.clear(level, slot)
		q.spread(first)
	}
}

func (q *queue) popFront(t, limit Time) int32 {
	if t > limit {
		return later
	}
	q.now = t
	q.pending--
	return q.front.take()
}

// taken removes the first event of a list whose events have one time.
func (q *queue) taken(level, slot int, first int32) int32 {
	if q.ties != nil {
		first = q.ties.first(q, level*radix+slot)
	}
	q.now = q.items[first].at
	q.pending--
	q.unlink(first, level, slot)
	return first
}

// lowest returns the earliest slot of the lowest level that is not empty, and
// the time at which it begins. Nothing in the lists is earlier.
func (q *queue) lowest() (level, slot int, base Time) {
	level = bits.TrailingZeros32(q.used)
	slot = bits.TrailingZeros64(q.bits[level])
	shift := level * radixBits
	return level, slot, Time(uint64(q.now)>>(shift+radixBits)<<(shift+radixBits) | uint64(slot)<<shift)
}

// spread moves the items of a list, at whose slot the wheel stands, to the levels
// below.
func (q *queue) spread(first int32) {
	for i := first; i != 0; {
		it := &q.items[i]
		next := it.next
		q.place(i, it)
		i = next
	}
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

// earliest returns the slot of the earliest event, or 0, and moves nothing.
func (q *queue) earliest() int32 {
	t := q.front.head(q)
	switch {
	case q.used == 0 && t == forever:
		return none
	case q.used == 0:
		return q.front.first()
	}
	level := bits.TrailingZeros32(q.used)
	best := q.head[level*radix+bits.TrailingZeros64(q.bits[level])]
	for i := q.items[best].next; i != 0; i = q.items[i].next {
		if q.items[i].at < q.items[best].at {
			best = i
		}
	}
	if t <= q.items[best].at && t != forever {
		return q.front.first()
	}
	return best
}

// clear notes that a list is empty.
func (q *queue) clear(level, slot int) {
	q.tail[level*radix+slot] = 0
	left, used := q.bits[level]&^(1<<slot), q.used
	if left == 0 {
		used &^= 1 << level
	}
	q.bits[level], q.used = left, used
}

func (q *queue) unlink(i int32, level, slot int) {
	it := &q.items[i]
	list := level*radix + slot
	switch {
	case it.prev == 0 && it.next == 0:
		q.clear(level, slot)
		return
	case it.prev == 0:
		q.head[list] = it.next
		q.items[it.next].prev = 0
	case it.next == 0:
		q.tail[list] = it.prev
		q.items[it.prev].next = 0
	default:
		q.items[it.next].prev = it.prev
		q.items[it.prev].next = it.next
	}
}

// release returns a popped slot to the free list.
func (q *queue) release(i int32) {
	it := &q.items[i]
	it.gen++
	if it.gen == 0 {
		it.gen = 1
	}
	it.next = q.free
	q.free = i
}

// cancel removes a pending event.
func (q *queue) cancel(i int32) {
	if q.causes != nil {
		q.causes.cancelled(&q.items[i])
	}
	if it := &q.items[i]; it.prev != inFront {
		level, slot := q.slotOf(it.at)
		q.unlink(i, level, slot)
	}
	q.pending--
	q.release(i)
}

// each calls f for every pending event, in no useful order, until f is done.
// f may cancel the event that it is given.
func (q *queue) each(f func(slot int32, it *item)) {
	q.front.each(q, f)
	for level := range q.bits {
		for b := q.bits[level]; b != 0; b &= b - 1 {
			for i := q.head[level*radix+bits.TrailingZeros64(b)]; i != 0; {
				next := q.items[i].next
				f(i, &q.items[i])
				i = next
			}
		}
	}
}

func (q *queue) timer(i int32) TimerID {
	return TimerID(uint64(q.items[i].gen)<<32 | uint64(uint32(i)))
}

// slot returns the pending slot of a timer, or 0 if it fired or was cancelled.
func (q *queue) slot(t TimerID) int32 {
	i := int32(uint32(t))
	if i == 0 || int(i) >= len(q.items) || q.items[i].gen != uint32(t>>32) {
		return 0
	}
	return i
}
