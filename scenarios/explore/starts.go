package explore

import (
	"slices"

	"orderlab/scenarios"
)

const (
	// mostStarts is how many beginnings are tried.
	mostStarts = 6
	// fewMessages is a run so small that no other beginning is tried.
	fewMessages = 8
	// coarse is into how many pieces a run is cut at most while it is only to be
	// seen how small it can get.
	coarse = 32
)

// choose looks for the beginning that shrinks best. Which of many failures is
// left when messages are taken out is a matter of chance, and some need far more
// of a run than others. So each producer's messages alone are tried, and what is
// left of the failures when the key that was found first is taken out.
func (s *shrinker) choose() {
	original := s.best
	var best *scenarios.Case
	starts := s.starts(original)
	for i := 0; i < len(starts) && i < mostStarts && !s.giveUp(); i++ {
		if s.best = original; len(starts[i]) < len(s.sends()) {
			c := s.copied()
			c.Workload.Phases[0].Sends = starts[i]
			if !s.try(c) {
				continue
			}
		}
		s.settle(s.coarsely)
		if best == nil || len(s.sends()) < len(best.Workload.Phases[0].Sends) {
			best = s.best
		}
		if len(s.sends()) <= fewMessages {
			break
		}
		last := s.sends()[len(s.sends())-1]
		same := func(m scenarios.Send) bool { return m.Key == last.Key }
		starts = append(starts, slices.DeleteFunc(slices.Clone(starts[i]), same))
	}
	if s.best = original; best != nil {
		s.best = best
	}
}

// starts returns the messages of each producer alone, and all of them.
func (s *shrinker) starts(c *scenarios.Case) [][]scenarios.Send {
	all := c.Workload.Phases[0].Sends
	var out [][]scenarios.Send
	for p := range min(c.Workload.Producers, mostStarts/2) {
		own := slices.DeleteFunc(slices.Clone(all), func(m scenarios.Send) bool { return m.Producer != p })
		if len(own) > 0 && len(own) < len(all) {
			out = append(out, own)
		}
	}
	return append(out, all)
}

// coarsely shows how small a run can get, with few trials.
func (s *shrinker) coarsely() {
	s.dropFaults()
	s.dropMessages(max(1, len(s.sends())/coarse))
	s.dropWait()
	s.closeGaps()
}

// pass takes out what can go. Consumers go last, when nothing else does: with
// fewer of them a run may need more messages for the same failure.
func (s *shrinker) pass() {
	s.dropFaults()
	s.dropMessages(1)
	s.dropWait()
	s.closeGaps()
}
