package explore

// minimize takes items out of a list of n for as long as what is left still
// fails, first in halves and then in ever smaller pieces of at least the given
// number of items. It returns the indexes that are left, in order: with pieces
// down to one, taking any one more of them out made the failure go away. The
// whole list must fail.
//
// When give up says so between two trials, the smallest list so far is returned.
//
// Reference: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing
// Input, IEEE TSE 28 (2002), reduced to complements, because a piece alone
// rarely fails where the rest makes it wait.
func minimize(n, piece int, fails func(kept []int) bool, giveUp func() bool) []int {
	kept := make([]int, n)
	for i := range kept {
		kept[i] = i
	}
	trial := make([]int, 0, n)
	size := max(piece, n/2)
	for len(kept) > 0 {
		removed := false
		for at := 0; at < len(kept); {
			if giveUp() {
				return kept
			}
			end := min(at+size, len(kept))
			trial = append(append(trial[:0], kept[:at]...), kept[end:]...)
			if fails(trial) {
				kept = append(kept[:0], trial...)
				removed = true
				continue // what followed is at the same index now
			}
			at = end
		}
		switch {
		case size > piece:
			size = max(piece, min(size/2, len(kept)/2))
		case !removed:
			return kept
		}
	}
	return kept
}
