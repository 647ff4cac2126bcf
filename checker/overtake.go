package checker

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// unranked is the value of an item that cannot overtake another.
const unranked = math.MinInt64

// item is something that happened in a sequence which should be in order: the
// effect of a message, or a delivery. It was overtaken by every item before it
// whose value is above its bound.
//
//	order of sending:  value = bound = the number of the send
//	order in time:     value = when it was sent, bound = when it was acked
//	stored order:      value = bound = the position
type item struct {
	value, bound int64
	row          int32
}

// overtaking measures sequences.
type overtaking struct {
	order []int32 // indexes of the items that have a value, by value
	rank  []int32 // by item: its place in order
	first []int32 // by item: the first place in order with a value above its bound
	upTo  []int32 // by value, where they lie close together: how many are at most that
	tree  []int32 // Fenwick tree over order
	alive []int32 // union-find over order: the next place that is left
}

// measure counts the items that were overtaken, by how many overtook them, and
// returns the largest such number and the closest pair: an item and one that overtook
// it, with the least distance from the bound of the one to the value of the other; of
// several the first that was overtaken. It takes n log n time.
func (o *overtaking) measure(items []item, displaced *[DisplacementsApart]int) (most int, closest inversion) {
	o.prepare(items)
	o.tree = resize(o.tree, len(o.order)+1, 0)
	seen := 0
	for i := range items {
		if n := seen - o.below(o.first[i]); n > 0 {
			most = max(most, n)
			displaced[min(bits.Len(uint(n)), DisplacementsApart)-1]++
		}
		if o.rank[i] != none {
			o.add(o.rank[i])
			seen++
		}
	}
	return most, o.closest(items)
}

// prepare sorts the values: by counting where they lie close together, as numbers of
// sends do.
func (o *overtaking) prepare(items []item) {
	o.order = o.order[:0]
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range items {
		if v := items[i].value; v != unranked {
			o.order = append(o.order, int32(i))
			least, most = min(least, v), max(most, v)
		}
	}
	o.rank = resize(o.rank, len(items), none)
	o.first = resize(o.first, len(items), 0)
	if width := uint64(most) - uint64(least); len(o.order) > 0 && width < 4*uint64(len(o.order)) {
		o.count(items, least, int(width)+1)
		return
	}
	slices.SortFunc(o.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(items[a].value, items[b].value), cmp.Compare(a, b))
	})
	for r, i := range o.order {
		o.rank[i] = int32(r)
	}
	for i := range items {
		bound := items[i].bound
		at, _ := slices.BinarySearchFunc(o.order, bound, func(j int32, bound int64) int {
			if items[j].value <= bound {
				return -1
			}
			return 1
		})
		o.first[i] = int32(at)
	}
}

// count sorts values from least on that lie within a width.
func (o *overtaking) count(items []item, least int64, width int) {
	o.upTo = resize(o.upTo, width, 0)
	for _, i := range o.order {
		o.upTo[items[i].value-least]++
	}
	sum := int32(0)
	for v, n := range o.upTo {
		sum += n
		o.upTo[v] = sum
	}
	o.order = o.order[:0]
	for i := range items {
		switch bound := items[i].bound; {
		case bound < least:
		case bound-least < int64(width):
			o.first[i] = o.upTo[bound-least]
		default:
			o.first[i] = sum
		}
	}
	o.order = resize(o.order, int(sum), 0)
	for i := len(items) - 1; i >= 0; i-- {
		if v := items[i].value; v != unranked {
			o.upTo[v-least]--
			r := o.upTo[v-least]
			o.order[r], o.rank[i] = int32(i), r
		}
	}
}

// below returns how many items before have a place below r.
func (o *overtaking) below(r int32) int {
	n := 0
	for ; r > 0; r -= r & -r {
		n += int(o.tree[r])
	}
	return n
}

func (o *overtaking) add(r int32) {
	for i := r + 1; int(i) < len(o.tree); i += i & -i {
		o.tree[i]++
	}
}

// inversion is a pair in the wrong order, as rows of what happened. Found is
// false when there is none.
type inversion struct {
	overtaken, overtaker int32
	distance             int64
	found                bool
}

// closest takes the items away from the last to the first, so that those left
// are the ones before.
func (o *overtaking) closest(items []item) (best inversion) {
	o.alive = resize(o.alive, len(o.order)+1, 0)
	for r := range o.alive {
		o.alive[r] = int32(r)
	}
	for i := len(items) - 1; i >= 0; i-- {
		if r := o.rank[i]; r != none {
			o.alive[r] = r + 1
		}
		r := o.left(o.first[i])
		if int(r) == len(o.order) {
			continue
		}
		by := &items[o.order[r]]
		if d := by.value - items[i].bound; !best.found || d <= best.distance {
			best = inversion{items[i].row, by.row, d, true}
		}
	}
	return best
}

// left returns the first place from r on that was not taken away.
func (o *overtaking) left(r int32) int32 {
	for o.alive[r] != r {
		o.alive[r] = o.alive[o.alive[r]]
		r = o.alive[r]
	}
	return r
}
