package sim

// The other ways to keep a total order, as oracles for the wheel and to compare
// it with. Their items hold no pointers either. They cancel by leaving the item
// where it is and passing over it later.

// graves numbers pending items, so that one that was cancelled can be told.
type graves struct {
	gen  []uint32
	free []int32
}

func (g *graves) take() (slot int32, gen uint32) {
	if n := len(g.free); n > 0 {
		slot, g.free = g.free[n-1], g.free[:n-1]
		return slot, g.gen[slot]
	}
	g.gen = append(g.gen, 1)
	return int32(len(g.gen) - 1), 1
}

// bury frees a slot, of an item that was popped or cancelled.
func (g *graves) bury(slot int32) {
	g.gen[slot]++
	g.free = append(g.free, slot)
}

func (g *graves) cancel(id TimerID) {
	if slot := int32(uint32(id)); g.gen[slot] == uint32(id>>32) {
		g.bury(slot)
	}
}

// heap4 is a 4-ary heap on (time, order of pushing).
type heap4 struct {
	graves
	list []heap4Item
	seq  uint64
}

type heap4Item struct {
	at   Time
	seq  uint64
	arg  uint64
	slot int32
	gen  uint32
}

func (a *heap4Item) before(b *heap4Item) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

func (h *heap4) push(at Time, arg uint64) TimerID {
	h.seq++
	slot, gen := h.take()
	it := heap4Item{at, h.seq, arg, slot, gen}
	h.list = append(h.list, it)
	i := len(h.list) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !it.before(&h.list[up]) {
			break
		}
		h.list[i] = h.list[up]
		i = up
	}
	h.list[i] = it
	return TimerID(uint64(gen)<<32 | uint64(slot))
}

func (h *heap4) pop() (Time, uint64) {
	for {
		top := h.list[0]
		h.remove()
		if h.gen[top.slot] == top.gen {
			h.bury(top.slot)
			return top.at, top.arg
		}
	}
}

func (h *heap4) remove() {
	n := len(h.list) - 1
	it := h.list[n]
	h.list = h.list[:n]
	i := 0
	for n > 0 {
		first := 4*i + 1
		if first >= n {
			break
		}
		least := first
		for k := first + 1; k < min(first+4, n); k++ {
			if h.list[k].before(&h.list[least]) {
				least = k
			}
		}
		if !h.list[least].before(&it) {
			break
		}
		h.list[i] = h.list[least]
		i = least
	}
	if n > 0 {
		h.list[i] = it
	}
}

// radixHeap has a list for each number of low bits in which a time differs from
// the last one that was popped. Like in the wheel, equal times stay in order.
type radixHeap struct {
	graves
	last  Time
	lists [65][]radixItem
	head  int // of list 0
}

type radixItem struct {
	at   Time
	arg  uint64
	slot int32
	gen  uint32
}

func (h *radixHeap) push(at Time, arg uint64) TimerID {
	slot, gen := h.take()
	h.add(radixItem{at, arg, slot, gen})
	return TimerID(uint64(gen)<<32 | uint64(slot))
}

func (h *radixHeap) add(it radixItem) {
	b := bitsOf(it.at ^ h.last)
	h.lists[b] = append(h.lists[b], it)
}

func (h *radixHeap) pop() (Time, uint64) {
	for {
		for h.head < len(h.lists[0]) {
			it := h.lists[0][h.head]
			h.head++
			if h.gen[it.slot] == it.gen {
				h.bury(it.slot)
				return it.at, it.arg
			}
		}
		h.lists[0], h.head = h.lists[0][:0], 0
		h.refill()
	}
}

// refill spreads the first list that is not empty over those before it.
func (h *radixHeap) refill() {
	b := 1
	for len(h.lists[b]) == 0 {
		b++
	}
	list := h.lists[b]
	h.lists[b] = list[:0]
	least := list[0].at
	for i := range list {
		least = min(least, list[i].at)
	}
	h.last = least
	for i := range list {
		if h.gen[list[i].slot] == list[i].gen {
			h.add(list[i])
		}
	}
}
