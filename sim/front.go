package sim

import (
	"math"
	"slices"
)

// front holds the earliest events of a queue in an array in their order. A slot
// of the wheel that has many items when its turn comes goes there at once instead
// of being carried down level by level: each level would touch every item again,
// and the items of a list lie all over the memory. Two passes order them, by the
// six bits of their times that name a slot of the level below, and then by the
// next six and by comparing; the second is done in pieces, when their turn comes.
//
// What is scheduled later goes to the lists as ever, and stands behind an event
// of the front with the same time, because that was scheduled before.
type front struct {
	list    []dated // in order; list[next:] is not taken yet
	next    int
	rest    []dated // in pieces: the k-th ends before ends[k]
	ends    [radix]int32
	piece   int // the next one
	shift   int // where the six bits begin of which a piece has one value
	scratch []dated
}

// dated is an item in the front. One whose slot is in another use was cancelled.
type dated struct {
	at   Time
	slot int32
	gen  uint32
}

const (
	// A slot with fewer items than frontLeast or more than frontMost is not for
	// the front: a few are cheaper to carry, and of many the arrays would be too
	// large for the nearest caches.
	frontLeast = 12
	frontMost  = 8192
	// frontSmall is how many are sorted without a first pass, and frontLarge
	// how many by insertion.
	frontSmall = 128
	frontLarge = 512
	// inFront stands for the item before of one in the front.
	inFront = -1
	// forever is after every event of the front.
	forever Time = math.MaxInt64
)

func (f *front) empty() bool { return f.next == len(f.list) && f.piece == radix }

// first returns the slot of the first item.
func (f *front) first() int32 { return f.list[f.next].slot }

func (f *front) reset() { f.list, f.next, f.piece = f.list[:0], 0, radix }

// head drops what was cancelled and returns the time of the first item, or forever.
func (f *front) head(q *queue) Time {
	for ; f.next < len(f.list); f.next++ {
		if d := &f.list[f.next]; q.items[d.slot].gen == d.gen {
			return d.at
		}
	}
	if f.piece == radix {
		return forever
	}
	return f.refill(q)
}

// take removes the first item and returns its slot.
func (f *front) take() int32 {
	f.next++
	return f.list[f.next-1].slot
}

// gather takes a list that the wheel has come to, of which the times differ in
// the bits below shift+6, and says whether it did. If not, only the items' prev
// has changed.
func (f *front) gather(q *queue, first, last int32, shift int) bool {
	few := 0
	for i := first; i != 0 && few < frontLeast; few++ {
		i = q.items[i].next
	}
	if few < frontLeast {
		return false
	}
	if f.scratch == nil {
		f.scratch = make([]dated, frontMost)
	}
	lo, hi := f.collect(q, first, last)
	if lo < 0 {
		return false
	}
	head, tail := f.scratch[:lo], f.scratch[hi:]
	n := len(head) + len(tail)
	if n <= frontSmall || shift == 0 {
		f.sort(head, tail, shift)
		return true
	}
	f.rest = resized(f.rest, n)
	scatter(f.rest, head, tail, shift, &f.ends)
	f.list, f.next, f.piece, f.shift = f.list[:0], 0, 0, shift-radixBits
	return true
}

// collect copies a list to the scratch, its first items to the beginning and its
// last ones to the end, up to lo and from hi on. It walks from both ends, because
// it waits at each item for the memory. lo is -1 when the list is not for the front.
func (f *front) collect(q *queue, first, last int32) (lo, hi int) {
	hi = frontMost
	for i, j := first, last; ; {
		x, y := &q.items[i], &q.items[j]
		if lo+2 > hi || x.at == forever || y.at == forever {
			return -1, hi
		}
		next, before := x.next, y.prev
		f.scratch[lo] = dated{x.at, i, x.gen}
		x.prev = inFront
		lo++
		if i == j {
			return lo, hi
		}
		hi--
		f.scratch[hi] = dated{y.at, j, y.gen}
		y.prev = inFront
		if next == j {
			return lo, hi
		}
		i, j = next, before
	}
}

// refill sorts the next piece that is not empty.
func (f *front) refill(q *queue) Time {
	for f.piece < radix {
		begin, end := int32(0), f.ends[f.piece]
		if f.piece > 0 {
			begin = f.ends[f.piece-1]
		}
		f.piece++
		if begin < end {
			f.sort(f.rest[begin:end], nil, f.shift)
			return f.head(q)
		}
	}
	return forever
}

// sort puts two parts, of which the second was scheduled later, into the list.
func (f *front) sort(a, b []dated, shift int) {
	f.list, f.next = resized(f.list, len(a)+len(b)), 0
	var ends [radix]int32
	scatter(f.list, a, b, shift, &ends)
	if len(f.list) > frontLarge {
		slices.SortStableFunc(f.list, func(a, b dated) int { return int(min(1, max(-1, a.at-b.at))) })
	} else {
		sortDated(f.list)
	}
}

// resized returns a list of a length, with any content.
func resized(list []dated, n int) []dated { return slices.Grow(list[:0], n)[:n] }

// scatter puts the items of two parts in the order of six bits of their times, and
// tells where those of each value end.
func scatter(to, a, b []dated, shift int, ends *[radix]int32) {
	*ends = [radix]int32{}
	for i := range a {
		ends[a[i].at>>(shift&63)&(radix-1)]++
	}
	for i := range b {
		ends[b[i].at>>(shift&63)&(radix-1)]++
	}
	sum := int32(0)
	for k := range ends {
		sum, ends[k] = sum+ends[k], sum
	}
	put(to, a, shift, ends)
	put(to, b, shift, ends)
}

// put moves each item to the end of its piece.
func put(to, from []dated, shift int, ends *[radix]int32) {
	for i := range from {
		end := &ends[from[i].at>>(shift&63)&(radix-1)]
		to[*end] = from[i]
		*end++
	}
}

// sortDated sorts by insertion, which keeps the order of equal times.
func sortDated(list []dated) {
	for i := 1; i < len(list); i++ {
		d := list[i]
		k := i
		for ; k > 0 && list[k-1].at > d.at; k-- {
			list[k] = list[k-1]
		}
		list[k] = d
	}
}

// each calls fn for every item in the front that was not cancelled.
func (f *front) each(q *queue, fn func(slot int32, it *item)) {
	visit := func(list []dated) {
		for _, d := range list {
			if it := &q.items[d.slot]; it.gen == d.gen {
				fn(d.slot, it)
			}
		}
	}
	visit(f.list[f.next:])
	if f.piece < radix {
		begin := int32(0)
		if f.piece > 0 {
			begin = f.ends[f.piece-1]
		}
		visit(f.rest[begin:])
	}
}
