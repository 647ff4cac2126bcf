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

// peak is something that happened whose value is larger than those of all before.
type peak struct {
	value int64
	row   int32
}

// firstPeak returns the index of the first peak above a bound. What is overtaken is so
// by a few that happened just before, mostly; so it looks from the end on, in steps that
// double, and takes no more than log n of them.
func firstPeak(peaks []peak, bound int64) int {
	to, step := len(peaks), 1
	from := to
	for from > 0 && peaks[from-1].value > bound {
		to = from - 1
		from = max(0, from-step)
		step *= 2
	}
	for from < to { // those before from are at most the bound, that at to is above it
		if middle := (from + to) / 2; peaks[middle].value > bound {
			to = middle
		} else {
			from = middle + 1
		}
	}
	return to
}

// outOfOrder notes of all items of a sequence that were overtaken how long ago the
// first that overtook them was. Of the items before only those count that are larger
// than all before them, and these are in order of their values: it takes n log n time.
func (s *scratch) outOfOrder(h *history.History, items []item) {
	s.peaks = s.peaks[:0]
	for _, it := range items {
		if at := firstPeak(s.peaks, it.bound); at < len(s.peaks) {
			s.lates = append(s.lates, lateness{it.row, between(h.EndAt(int(s.peaks[at].row)), h.EndAt(int(it.row)))})
		}
		if n := len(s.peaks); it.value != unranked && (n == 0 || it.value > s.peaks[n-1].value) {
			s.peaks = append(s.peaks, peak{it.value, it.row})
		}
	}
}

// addLateness takes what was overtaken in. What was overtaken several times, in the
// orders of several sessions, because they sent it again, counts once, with the longest
// time.
func (v *Verdict) addLateness(lates []lateness, several bool) {
	if several {
		slices.SortFunc(lates, func(a, b lateness) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(b.by, a.by)) })
	}
	for i, l := range lates {
		if several && i > 0 && lates[i-1].row == l.row {
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
