package checker

import (
	"cmp"
	"math"
	"slices"

	"orderlab/model/history"
)

// lateness is how long something that was overtaken stood out of order.
type lateness struct {
	row int32
	by  int64 // nanoseconds
}

// outOfOrder notes of all items of a sequence that were overtaken how long ago the
// first that overtook them was. Of the items before only those count that are larger
// than all before them, and these are in order of their values: it takes n log n time.
func (s *scratch) outOfOrder(h *history.History, items []item) {
	s.peaks = s.peaks[:0]
	for _, it := range items {
		at, _ := slices.BinarySearchFunc(s.peaks, it.bound, func(p item, bound int64) int {
			if p.value <= bound {
				return -1
			}
			return 1
		})
		if at < len(s.peaks) {
			s.lates = append(s.lates, lateness{it.row, between(h.EndAt(int(s.peaks[at].row)), h.EndAt(int(it.row)))})
		}
		if n := len(s.peaks); it.value != unranked && (n == 0 || it.value > s.peaks[n-1].value) {
			s.peaks = append(s.peaks, it)
		}
	}
}

// addLateness takes what was overtaken in. What was overtaken in the orders of
// several sessions, because they sent it again, counts once, with the longest time.
func (v *Verdict) addLateness(lates []lateness) {
	slices.SortFunc(lates, func(a, b lateness) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(b.by, a.by)) })
	for i, l := range lates {
		if i > 0 && lates[i-1].row == l.row {
			continue
		}
		v.MaxOutOfOrder = max(v.MaxOutOfOrder, l.by)
		v.TotalOutOfOrder = after(v.TotalOutOfOrder, l.by)
	}
}

// between is the time from one moment to a later one, at most the largest there is.
func between(from, to int64) int64 {
	if d := to - from; d >= 0 || to < from {
		return d
	}
	return math.MaxInt64
}
