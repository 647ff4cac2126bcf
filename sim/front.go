package sim

// front holds the earliest events of a queue in an array in their order: all that
// are before its end. Taking the next event is a step in the array, and an event
// that is scheduled before the end is put in its place there.
//
// When the front is empty, the wheel's earliest slot goes there, and the front
// ends where the slot does. So an item is touched when it is scheduled, when the
// turn of its slot comes and when it is taken.
type front struct {
	list    []dated // in order; list[next:] is not taken yet
	next    int
	end     uint64 // what is before it is in the list, or was
	moved   int    // how many were moved to make room for others
	scratch []dated
	// touched is made of what was read only to have it in the nearest cache.
	touched uint32
}

// dated is an item in the front. One whose slot is in another use was cancelled.
type dated struct {
	at   Time
	slot int32
	gen  uint32
}

const (
	// frontFew is how many are taken as they come, frontSome how many are sorted by
	// insertion alone, and frontMany how many without a second pass.
	frontFew  = 3
	frontSome = 12
	frontMany = 256
	// frontMost is how many a slot may have to go to the front: of more the arrays
	// would be too large for the nearest caches.
	frontMost = 8192
	// frontMoves is how many may be moved for each one in the front before it is
	// made shorter, and frontKeep what it keeps then.
	frontMoves = 16
	frontKeep  = 32
	// frontBits is how many bits of a time a pass sorts by.
	frontBits  = radixBits / 2
	frontRadix = 1 << frontBits
	// inFront stands for the item before of one in the front.
	inFront = -1
)

func (f *front) reset() {
	f.list, f.next, f.end, f.moved = f.list[:0], 0, 0, 0
	if f.scratch == nil {
		f.scratch = make([]dated, frontMost)
	}
}

// insert puts an event that is before the end in its place, behind those of its
// time.
func (f *front) insert(q *queue, i int32, it *item) {
	if len(f.list) == cap(f.list) || f.next == len(f.list) {
		f.moveDown()
	}
	k := len(f.list)
	list := append(f.list, dated{})
	f.list = list
	for ; k > f.next && list[k-1].at > it.at; k-- {
		list[k] = list[k-1]
	}
	list[k] = dated{it.at, i, it.gen}
	it.prev = inFront
	if f.moved += len(list) - 1 - k; f.moved > frontMoves*(len(list)+frontKeep) {
		f.shorten(q)
	}
}

// moveDown forgets what was taken, when that makes much room.
func (f *front) moveDown() {
	if f.next > cap(f.list)/2 || f.next == len(f.list) {
		n := copy(f.list, f.list[f.next:])
		f.list, f.next = f.list[:n], 0
	}
}

// shorten gives the later events back to the wheel.
func (f *front) shorten(q *queue) {
	f.moved = 0
	least := max(f.list[f.next].at, q.base)
	k := min(f.next+frontKeep, len(f.list))
	for k < len(f.list) && (f.list[k].at <= least || f.list[k].at == f.list[k-1].at) {
		k++
	}
	if k == len(f.list) {
		return
	}
	f.end = uint64(f.list[k].at)
	for _, d := range f.list[k:] {
		if it := &q.items[d.slot]; it.gen == d.gen {
			q.place(d.slot, it)
		}
	}
	f.list = f.list[:k]
}

// refill puts the next events into the list, which is empty, and says whether there
// were any.
func (f *front) refill(q *queue) bool {
	f.list, f.next, f.moved = f.list[:0], 0, 0
	for q.used != 0 {
		list, base := q.lowest()
		l, width := q.lists[list], uint64(radix)
		q.clear(list)
		switch {
		case list < radix:
			f.all(q, l.first)
			width = 1
		case l.first == l.last:
			f.all(q, l.first)
			base = f.list[0].at &^ (radix - 1)
		case list >= 2*radix || !f.few(q, l.first) && !f.slot(q, l):
			q.base, f.end = base, uint64(base)
			q.spread(l.first)
			continue
		}
		q.base, f.end = base, uint64(base)+width
		return true
	}
	return false
}

// all takes the items of a list that have one time.
func (f *front) all(q *queue, first int32) {
	for i := first; i != 0; {
		it := &q.items[i]
		f.list = append(f.list, dated{it.at, i, it.gen})
		it.prev = inFront
		i = it.next
	}
}

// few takes a slot of level 1 that has only a few items. It looks at no more of them
// than that, because it waits at each for the memory.
func (f *front) few(q *queue, first int32) (taken bool) {
	n := 0
	for i := first; i != 0; i = q.items[i].next {
		if n++; n > frontFew {
			return false
		}
	}
	f.all(q, first)
	sortDated(f.list)
	return true
}

// slot takes a slot of level 1, if it has not too many items. If not, only their
// prev has changed. It walks from both ends, because it waits at each item for the
// memory.
func (f *front) slot(q *queue, l itemList) (taken bool) {
	lo, hi := 0, frontMost
	for i, j := l.first, l.last; ; {
		if lo+2 > hi {
			return false
		}
		x, y := &q.items[i], &q.items[j]
		next, before := x.next, y.prev
		f.scratch[lo] = dated{x.at, i, x.gen}
		x.prev = inFront
		f.touch(q, x)
		lo++
		if i == j {
			break
		}
		hi--
		f.scratch[hi] = dated{y.at, j, y.gen}
		y.prev = inFront
		f.touch(q, y)
		if next == j {
			break
		}
		i, j = next, before
	}
	f.sort(f.scratch[:lo], f.scratch[hi:])
	return true
}

// touch reads a frame that will be needed soon, without waiting for it.
func (f *front) touch(q *queue, it *item) {
	if k := it.tag.kind(); (k == kindDatagram || k == kindFrame) && q.frames != nil {
		f.touched += q.frames.At(uint32(it.arg)).next
	}
}

// sort puts two parts, of which the second was scheduled later, into the list.
func (f *front) sort(a, b []dated) {
	n := len(a) + len(b)
	f.list = resized(f.list, n)
	switch {
	case n <= frontSome:
		copy(f.list[copy(f.list, a):], b)
	case n <= frontMany:
		scatter(f.list, a, b, frontBits)
	default:
		scatter(f.list, a, b, 0)
		copy(f.scratch, f.list)
		scatter(f.list, f.scratch[:n], nil, frontBits)
		return
	}
	sortDated(f.list)
}

// resized returns a list of a length, with any content.
func resized(list []dated, n int) []dated {
	if cap(list) < n {
		return make([]dated, n, 2*n)
	}
	return list[:n]
}

// scatter puts the items of two parts in the order of six bits of their times.
func scatter(to, a, b []dated, shift int) {
	var ends [frontRadix]int32
	for i := range a {
		ends[a[i].at>>(shift&63)&(frontRadix-1)]++
	}
	for i := range b {
		ends[b[i].at>>(shift&63)&(frontRadix-1)]++
	}
	sum := int32(0)
	for k := range ends {
		sum, ends[k] = sum+ends[k], sum
	}
	put(to, a, shift, &ends)
	put(to, b, shift, &ends)
}

// put moves each item to the end of its piece.
func put(to, from []dated, shift int, ends *[frontRadix]int32) {
	for i := range from {
		end := &ends[from[i].at>>(shift&63)&(frontRadix-1)]
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
	for _, d := range f.list[f.next:] {
		if it := &q.items[d.slot]; it.gen == d.gen {
			fn(d.slot, it)
		}
	}
}
