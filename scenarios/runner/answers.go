package runner

import "orderlab/sim"

// Answer is a decision as it was answered in a run; see [sim.Answer].
type Answer = sim.Answer

// Answering returns what makes the source of a run whose decisions are answered by a
// list, and by the seed where the list has none, for [Options.Decisions]; and a
// function that returns what the run asked, in the order of first asking, with the
// answers.
func Answering(list []Answer) (decisions func(sim.Source) sim.Source, asked func() []Answer) {
	var recording *sim.Recording
	decisions = func(seed sim.Source) sim.Source {
		recording = sim.Record(sim.NewReplay(list, seed))
		return recording
	}
	return decisions, func() []Answer { return recording.Answers() }
}
