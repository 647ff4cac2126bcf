package history

import "slices"

// ByKind are the rows of a history by the kind of their operations. A pass over all
// rows that asks each for its kind spends most of its time on guessing wrongly which
// kind comes next; who looks at a few kinds again and again sorts the rows once. The
// zero value is ready to use, and keeps its memory from one history to the next.
type ByKind struct {
	rows [kindMask + 1][]int32
}

// Sort takes the rows of some kinds of a history, which has fewer than 2^31.
func (k *ByKind) Sort(h *History, kinds ...Kind) {
	var next [kindMask + 1]int
	var step [kindMask + 1]int // 0 for what nobody wants, which is written to one place
	var unwanted [1]int32
	for i := range k.rows {
		k.rows[i] = k.rows[i][:0]
	}
	lists := k.rows
	for i := range lists {
		lists[i] = unwanted[:]
	}
	for _, kind := range kinds {
		n := h.kinds[kind&kindMask]
		k.rows[kind&kindMask] = slices.Grow(k.rows[kind&kindMask], n)[:n]
		if n > 0 {
			lists[kind&kindMask], step[kind&kindMask] = k.rows[kind&kindMask], 1
		}
	}
	for first := 0; first < h.rows; first += chunkRows {
		c := h.chunks[first>>chunkBits]
		for i, meta := range c.meta[:min(chunkRows, h.rows-first)] {
			kind := meta & kindMask
			lists[kind][next[kind]] = int32(first + i)
			next[kind] += step[kind]
		}
	}
}

// Of returns the rows of a kind, in order, of those that were asked for. They are valid
// until the next Sort.
func (k *ByKind) Of(kind Kind) []int32 { return k.rows[kind&kindMask] }
