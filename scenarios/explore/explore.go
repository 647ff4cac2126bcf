// Package explore makes many runs of a scenario: every case over a range of
// seeds, on as many workers as asked. It is the only place with a worker pool.
package explore

import (
	"context"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
)

// Options say how to sweep.
type Options struct {
	// First and Count are the seeds: First, First+1, ...
	First uint64
	Count int
	// Workers is how many runs go on at once; 0 means one for each processor.
	Workers int
	// Verify runs everything twice and compares the trace hashes.
	Verify bool
	// Progress is called after each run from one goroutine at a time.
	Progress func(Progress)
}

// Progress tells how far a sweep is.
type Progress struct {
	Done, Total int
	// Violated counts the runs so far in which a guarantee broke that was
	// expected to hold.
	Violated int
}

// Sweep runs the cases over the seeds. When ctx ends it returns what was
// finished, marked interrupted, without an error. An error is a fault of the
// program: a model that panicked, or [NondeterminismError].
func Sweep(ctx context.Context, reg *model.Registry, sc *scenarios.Scenario, cases []scenarios.Case, opt Options) (*result.Set, error) {
	panic("not yet")
}

// NondeterminismError reports two runs of one seed that differed.
type NondeterminismError struct {
	Strategy string
	Seed     uint64
	// Event is the number of the first event that differed, and First and
	// Second what it was in each run.
	Event         uint64
	First, Second string
}

func (e *NondeterminismError) Error() string { return "" }

// Rerun repeats one run of one case and returns its history and fault schedule
// (YAML), for `-o`.
func Rerun(reg *model.Registry, c *scenarios.Case, seed uint64) (*history.History, []byte, error) {
	panic("not yet")
}
