package linear

import "math/bits"

// item is something by its time.
type item struct {
	time int64
	id   int32
}

const (
	digitBits = 11
	digits    = 1 << digitBits
)

// sorter sorts items by time, and keeps its memory from one use to the next.
type sorter struct {
	spare  []item
	counts [6][digits]int32
}

// sort returns the items in order of time, those of one time in the order in
// which they came. The items' memory and the sorter's may change places.
//
// Operations nearly always come in nearly the order of time, in which an
// insertion takes a few steps each. Where it takes more, a radix sort takes over.
func (s *sorter) sort(items []item) []item {
	budget := 4*len(items) + 64
	for i := 1; i < len(items); i++ {
		x := items[i]
		j := i
		for j > 0 && items[j-1].time > x.time {
			items[j] = items[j-1]
			j--
		}
		items[j] = x
		if budget -= i - j; budget < 0 {
			return s.radix(items)
		}
	}
	return items
}

// radix sorts by digits of the distance from the first time, the least
// significant first.
func (s *sorter) radix(items []item) []item {
	first, last := Never, Ever
	for i := range items {
		first, last = min(first, items[i].time), max(last, items[i].time)
	}
	used := (bits.Len64(uint64(last)-uint64(first)) + digitBits - 1) / digitBits
	counts := s.counts[:used]
	clear(counts)
	for i := range items {
		d := uint64(items[i].time) - uint64(first)
		for k := range counts {
			counts[k][d&(digits-1)]++
			d >>= digitBits
		}
	}
	s.spare = grown(s.spare, len(items))
	from, to := items, s.spare
	for k := range counts {
		sum := int32(0)
		for v, n := range counts[k] {
			counts[k][v] = sum
			sum += n
		}
		shift := k * digitBits
		for _, x := range from {
			v := (uint64(x.time) - uint64(first)) >> shift & (digits - 1)
			to[counts[k][v]] = x
			counts[k][v]++
		}
		from, to = to, from
	}
	s.spare = to
	return from
}

// grown returns a slice of n elements, with the memory of s where that suffices.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
