package runner

import (
	"context"
	"fmt"
	"strings"

	"orderlab/scenarios"
	"orderlab/sim"
)

// NondeterminismError reports two runs of one seed that differed.
type NondeterminismError struct {
	Scenario, Strategy string
	Seed               uint64
	// Event is the number of the first event that differed, from 1, or that did
	// something else. It is 0 when the worlds differed before the first event.
	Event uint64
	// What is the event, as it was in the first run.
	What string
	// First and Second say how the two runs differed: what the event was, or what
	// it did.
	First, Second string
	// Causes is what led to the event in the first run, a line for each event on
	// the way, with its decisions and faults.
	Causes string
}

// Error implements error.
func (e *NondeterminismError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, strategy %s, seed %d is not deterministic: ", e.Scenario, e.Strategy, e.Seed)
	if e.Event == 0 {
		b.WriteString("the worlds differ before the first event")
	} else {
		fmt.Fprintf(&b, "the first event that differs is number %d, %s", e.Event, e.What)
	}
	fmt.Fprintf(&b, "\n  in the first run:  %s\n  in the second run: %s", e.First, e.Second)
	if e.Causes != "" {
		fmt.Fprintf(&b, "\nwhat led to it:\n%s", strings.TrimRight(e.Causes, "\n"))
	}
	return b.String()
}

const (
	// causesBudget is how much of the past is kept for the chain of causes, in
	// bytes: about 40,000 events.
	causesBudget = 4 << 20
	// causesShown is how many events of the chain are told.
	causesShown = 12
)

// Verify makes a run twice, in step, and compares after every event the trace
// hashes and what the event did. It returns a [*NondeterminismError] where they
// differ, and the context's error when that ends first.
func Verify(ctx context.Context, r *Runner, c *scenarios.Case, seed uint64) error {
	twin := New(r.reg)
	r.causes, twin.causes = causesBudget, causesBudget
	defer func() { r.causes = 0 }()
	if _, err := r.start(c, seed); err != nil {
		return err
	}
	if _, err := twin.start(c, seed); err != nil {
		return err
	}
	differ, err := compare(ctx, r.sim, twin.sim)
	if differ != nil {
		differ.Scenario, differ.Strategy, differ.Seed = c.Scenario, c.Strategy, seed
		return differ
	}
	return err
}

// compare runs two engines in step until they differ or end.
func compare(ctx context.Context, a, b *sim.Engine) (*NondeterminismError, error) {
	if a.EffectHash() != b.EffectHash() {
		first, second := differentEffect(a, b)
		return &NondeterminismError{First: first, Second: second}, nil
	}
	for n := uint64(1); ; n++ {
		before := a.Events()
		sa, sb := a.Step(1), b.Step(1)
		if sa != sb || a.Hash() != b.Hash() || a.EffectHash() != b.EffectHash() {
			return difference(a, b, before), nil
		}
		if sa != sim.Running {
			return nil, nil
		}
		if n%stepEvents == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// difference tells how the two runs came to differ in the step that they made
// after so many events.
func difference(a, b *sim.Engine, before uint64) *NondeterminismError {
	e := &NondeterminismError{Event: before + 1}
	if a.Events() != b.Events() { // one of them made no step
		of := func(x *sim.Engine) string {
			if x.Events() == before {
				return "nothing, because the run ended: " + x.Reason()
			}
			return latest(x)
		}
		e.First, e.Second = of(a), of(b)
		e.What = e.First
		longer := a
		if a.Events() == before {
			e.What, longer = e.Second, b
		}
		e.Causes = causes(longer)
		return e
	}
	e.What, e.Causes = latest(a), causes(a)
	if e.First, e.Second = latest(a), latest(b); e.First != e.Second {
		return e
	}
	if e.First, e.Second = a.Status().String(), b.Status().String(); e.First == e.Second {
		e.First, e.Second = differentEffect(a, b)
	}
	return e
}

// latest describes the event executed last.
func latest(e *sim.Engine) string {
	chain := e.Why(e.Events())
	if len(chain.Links) == 0 {
		return e.Describe(e.Last())
	}
	return e.Describe(chain.Links[0].Event)
}

// causes describes what led to the event executed last.
func causes(e *sim.Engine) string {
	chain := e.Why(e.Events())
	if len(chain.Links) > 0 {
		chain.Links = chain.Links[1:]
	}
	return e.DescribeChain(chain, causesShown)
}

// differentEffect describes the first thing that the latest events of two runs
// did differently.
func differentEffect(a, b *sim.Engine) (first, second string) {
	of := func(x *sim.Engine) (texts []string) {
		for _, ef := range x.Effects() {
			texts = append(texts, x.DescribeEffect(ef))
		}
		return append(texts, "did nothing more")
	}
	x, y := of(a), of(b)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i], y[i]
		}
	}
	const folded = "another value was fed to the trace hash"
	return folded, folded
}
