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

// The wheel has radix 4096: level l has a slot for each value of the l-th group
// of twelve bits of a time. Six levels cover 63 bits.
const (
	radixBits = 12
	radix     = 1 << radixBits
	levels    = 6
)

// queue is an exact hierarchical timing wheel with a tick of 1 ns, and before it
// a [front].
//
// An item lies at the level of the highest group of bits in which its time
// differs from the wheel's, in the slot that its own group names:
//
//	base = 0 .. 0 | 0012 | 1307 | 0000      level 0: times that differ only in
//	at   = 0 .. 0 | 0012 | 2731 | 0402               the lowest group
//	                       ^^^^             level 1: this one, slot 2731
//
// When its turn comes, the earliest slot of the lowest level that is not empty
// goes to the front if it is of level 1, and so about 4 us wide, or is spread over
// the levels below, in the order of its list. Items of one time are always in the
// order of their scheduling: an item reaches a lower level only once the wheel
// stands at its slot, and from then on later items for that time go there too,
// behind it. So no sequence number is needed.
type queue struct {
	base    Time // where the wheel stands: the begin of the slot that was taken last
	now     Time // of the last event taken
	items   []item
	free    int32
	pending int
	used    uint32 // bit l: level l has items
	front   front
	// frames, when not nil, is where the frames are that the items carry.
	frames *frameSlab
	// ties, when not nil, orders the events of one time otherwise than by their
	// scheduling. The front is not used then.
	ties *ties
	// causes, when not nil, is told of what is scheduled and taken back.
	causes *causes
	// past is called when an event is scheduled before the last one taken.
	past func(at Time, node NodeID, kind Kind)

	index [levels]slotIndex
	lists [levels * radix]itemList
}

// itemList is a slot of the wheel. When it is empty, last is 0 and first is not
// to be read.
type itemList struct{ first, last int32 }

// slotIndex tells which slots of a level have items: bit w of words says that
// slots[w] is not 0.
type slotIndex struct {
	words uint64
	slots [radix / 64]uint64
}

// What pop returns instead of a slot.
const (
	none  int32 = 0  // no event is pending
	later int32 = -1 // the earliest is after the limit
)

func (q *queue) reset() {
	q.base, q.now, q.pending, q.used, q.free = 0, 0, 0, 0, 0
	q.ties, q.causes = nil, nil
	q.front.reset()
	q.index = [levels]slotIndex{}
	clear(q.lists[:])
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
	switch {
	case uint64(at) < q.front.end:
		q.front.insert(q, i, it)
	case q.ties != nil:
		q.placeTied(i, it)
	default:
		q.place(i, it)
	}
	q.pending++
	if q.causes != nil {
		q.causes.scheduled(i, it)
	}
	return i
}

// listOf returns the list that a time belongs to now: its level and its slot in
// one number.
func (q *queue) listOf(at Time) int {
	if at^q.base < radix*radix { // the common levels, without waiting for which
		if at^q.base < radix {
			return int(at) & (radix - 1)
		}
		return radix | int(at>>radixBits)&(radix-1)
	}
	level := (bits.Len64(uint64(at^q.base)) - 1) / radixBits
	return level<<radixBits | int(at>>(level*radixBits&63))&(radix-1)
}

// place puts an item at the end of its list. When that is empty, the item before
// is the item 0, which nobody reads.
func (q *queue) place(i int32, it *item) {
	list := q.listOf(it.at)
	l := &q.lists[list]
	last := l.last
	it.next, it.prev = 0, last
	q.items[last].next = i
	l.last = i
	if last == 0 {
		l.first = i
		level, slot := list>>radixBits, list&(radix-1)
		x := &q.index[level]
		x.slots[slot>>6] |= 1 << (slot & 63)
		x.words |= 1 << (slot >> 6)
		q.used |= 1 << level
	}
}

// pop removes the earliest event, if it is not after the limit, and returns its
// slot, or none or later. The item stays readable until the slot is given to
// release.
func (q *queue) pop(limit Time) int32 {
	f := &q.front
	for {
		if f.next < len(f.list) {
			d := &f.list[f.next]
			if q.items[d.slot].gen != d.gen { // cancelled
				f.next++
				continue
			}
			if d.at > limit {
				return later
			}
			f.next++
			q.now = d.at
			q.pending--
			return d.slot
		}
		if q.ties != nil {
			return q.popTied(limit)
		}
		if !f.refill(q) {
			return none
		}
	}
}

// peek returns the earliest event, which is in the front then, or nil.
func (q *queue) peek() *dated {
	f := &q.front
	for {
		for ; f.next < len(f.list); f.next++ {
			if d := &f.list[f.next]; q.items[d.slot].gen == d.gen {
				return d
			}
		}
		if !f.refill(q) {
			return nil
		}
	}
}

// lowest returns the earliest slot of the lowest level that is not empty, and
// the time at which it begins. Nothing in the lists is earlier.
func (q *queue) lowest() (list int, base Time) {
	level := bits.TrailingZeros32(q.used)
	x := &q.index[level]
	word := bits.TrailingZeros64(x.words) & 63
	slot := word<<6 | bits.TrailingZeros64(x.slots[word])
	shift := level * radixBits
	return level<<radixBits | slot, Time(uint64(q.base)>>(shift+radixBits)<<(shift+radixBits) | uint64(slot)<<shift)
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

// earliest returns the slot of the earliest event, or 0, and takes nothing.
func (q *queue) earliest() int32 {
	if q.ties == nil {
		if d := q.peek(); d != nil {
			return d.slot
		}
		return none
	}
	if q.used == 0 {
		return none
	}
	list, _ := q.lowest()
	best := q.lists[list].first
	for i := q.items[best].next; i != 0; i = q.items[i].next {
		if q.items[i].at < q.items[best].at {
			best = i
		}
	}
	return best
}

// clear notes that a list is empty.
func (q *queue) clear(list int) {
	q.lists[list].last = 0
	level, slot := list>>radixBits, list&(radix-1)
	x := &q.index[level]
	if x.slots[slot>>6] &^= 1 << (slot & 63); x.slots[slot>>6] != 0 {
		return
	}
	if x.words &^= 1 << (slot >> 6); x.words == 0 {
		q.used &^= 1 << level
	}
}

func (q *queue) unlink(i int32, list int) {
	it := &q.items[i]
	switch {
	case it.prev == 0 && it.next == 0:
		q.clear(list)
		return
	case it.prev == 0:
		q.lists[list].first = it.next
		q.items[it.next].prev = 0
	case it.next == 0:
		q.lists[list].last = it.prev
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
		q.unlink(i, q.listOf(it.at))
	}
	q.pending--
	q.release(i)
}

// each calls f for every pending event, in no useful order, until f is done.
// f may cancel the event that it is given.
func (q *queue) each(f func(slot int32, it *item)) {
	q.front.each(q, f)
	for level := range q.index {
		for w, slots := range q.index[level].slots {
			for ; slots != 0; slots &= slots - 1 {
				list := level<<radixBits | w<<6 | bits.TrailingZeros64(slots)
				for i := q.lists[list].first; i != 0; {
					next := q.items[i].next
					f(i, &q.items[i])
					i = next
				}
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
