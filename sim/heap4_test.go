package sim

// heap4 is a 4-ary heap on (time, order of pushing): the other way to keep a
// total order, and an oracle for the wheel. Its items are 24 bytes without
// pointers, and it cannot cancel.
type heap4 struct {
	list []heap4Item
	seq  uint64
}

type heap4Item struct {
	at  Time
	seq uint64
	arg uint64
}

func (a *heap4Item) before(b *heap4Item) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

func (h *heap4) push(at Time, arg uint64) {
	h.seq++
	it := heap4Item{at, h.seq, arg}
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
}

func (h *heap4) pop() (Time, uint64) {
	top := h.list[0]
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
	return top.at, top.arg
}
