package runner

import (
	"context"
	"fmt"

	"orderlab/scenarios"
	"orderlab/sim"
)

// NondeterminismError reports two runs of one seed that differed.
type NondeterminismError struct {
	Scenario, Strategy string
	Seed               uint64
	// Event is the number of the first event that differed, from 1; First and
	// Second are what it was in each run.
	Event         uint64
	First, Second string
}

// Error implements error.
func (e *NondeterminismError) Error() string {
	return fmt.Sprintf("%s, strategy %s, seed %d is not deterministic: event %d was %s in the first run and %s in the second",
		e.Scenario, e.Strategy, e.Seed, e.Event, e.First, e.Second)
}

// Verify makes a run twice, in step, and compares the trace hashes after every
// event. It returns a [*NondeterminismError] where they differ, and the
// context's error when that ends first.
func Verify(ctx context.Context, r *Runner, c *scenarios.Case, seed uint64) error {
	twin := New(r.reg)
	if _, err := r.start(c, seed); err != nil {
		return err
	}
	if _, err := twin.start(c, seed); err != nil {
		return err
	}
	return compare(ctx, r.sim, twin.sim, func(event uint64) *NondeterminismError {
		return &NondeterminismError{Scenario: c.Scenario, Strategy: c.Strategy, Seed: seed, Event: event,
			First: r.sim.Describe(r.sim.Last()), Second: twin.sim.Describe(twin.sim.Last())}
	})
}

func compare(ctx context.Context, a, b *sim.Engine, differ func(event uint64) *NondeterminismError) error {
	for n := uint64(1); ; n++ {
		sa, sb := a.Step(1), b.Step(1)
		if sa != sb || a.Hash() != b.Hash() {
			return differ(n)
		}
		if sa != sim.Running {
			return nil
		}
		if n%stepEvents == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
