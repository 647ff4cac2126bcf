package explore

import (
	"slices"

	"orderlab/scenarios"
)

// Gaps between two messages are closed down to smallestGap, in at most gapSteps
// halvings. With more than mostGaps messages it would take too long.
const (
	smallestGap = int64(1_000_000)
	gapSteps    = 16
	mostGaps    = 3_000
)

// closeGaps moves messages closer together: those before a gap later, and those
// behind it earlier. That makes a run shorter, and what lies between two messages
// only because time has to pass becomes needless.
func (s *shrinker) closeGaps() {
	if len(s.sends()) > mostGaps {
		return
	}
	for i := len(s.sends()) - 1; i > 0 && !s.giveUp(); i-- {
		s.closeGap(i, s.delayBefore)
		s.closeGap(i, s.advanceFrom)
	}
}

// gap is the time between the message at i and the one before.
func (s *shrinker) gap(i int) int64 { return s.sends()[i].At - s.sends()[i-1].At }

// closeGap makes the gap before the i-th message as small as a bisection finds,
// with a move that takes a time out of it.
func (s *shrinker) closeGap(i int, move func(i int, by int64) *scenarios.Case) {
	lo, hi := int64(0), s.gap(i) // taking out lo works, more than hi is not asked for
	for step := 0; step < gapSteps && hi-lo > smallestGap && !s.giveUp(); step++ {
		by := hi
		if step > 0 {
			by = lo + (hi-lo)/2
		}
		// What was taken out already is out of the smallest case.
		if c := move(i, by-lo); c != nil && s.try(c) {
			lo = by
		} else {
			hi = by
		}
		if lo == hi {
			return
		}
	}
}

// delayBefore sends everything before the i-th message later.
func (s *shrinker) delayBefore(i int, by int64) *scenarios.Case {
	c := s.copied()
	sends := slices.Clone(s.sends())
	for j := range sends[:i] {
		sends[j].At += by
	}
	c.Workload.Phases[0].Sends = sends
	return c
}

// advanceFrom sends the i-th message and everything behind it earlier.
func (s *shrinker) advanceFrom(i int, by int64) *scenarios.Case {
	c := s.copied()
	sends := slices.Clone(s.sends())
	for j := i; j < len(sends); j++ {
		sends[j].At -= by
	}
	c.Workload.Phases[0].Sends = sends
	return c
}
