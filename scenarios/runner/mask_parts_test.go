package runner_test

import (
	"context"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// explicit is the explicit form of a seed's run, from which parts can be taken.
func explicit(t *testing.T, c *scenarios.Case, seed uint64) *scenarios.Case {
	t.Helper()
	out, err := runner.New(registry()).Explicit(context.Background(), c, seed)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sharedTimes counts the messages of both runs whose moments, of those that are
// picked, are the same in both.
func sharedTimes(a, b *traced, picked func(p *points) []int64) (all, kept int) {
	for id, x := range a.seen {
		if y := b.seen[id]; y != nil {
			all++
			if slices.Equal(picked(x), picked(y)) {
				kept++
			}
		}
	}
	return all, kept
}

// expectAlike: what is asked in both runs is answered alike, and at least a share
// of all is asked in both.
func expectAlike(t *testing.T, whole, without *traced, percent int) {
	t.Helper()
	all, both, alike := (&pair{whole: whole, without: without}).decisions()
	t.Logf("%d decisions, %d asked in both runs, %d answered alike", all, both, alike)
	if alike < both || both < all*percent/100 {
		t.Errorf("of %d decisions %d are asked in both runs and %d answered alike", all, both, alike)
	}
}

// Taking a fault out changes no decision about the rest, and nothing at all that
// happened before it struck.
func TestMaskedFaultKeepsDecisions(t *testing.T) {
	const crashed = 20 * second
	for seed := range uint64(seeds) {
		c := calmCase()
		c.Faults = []scenarios.ScheduledFault{{At: "steady", After: crashed, For: 5 * second,
			Fault: model.Fault{Kind: "crash", Values: model.Values{}.Set("node", model.TextValue("billing-1"))}}}
		whole := explicit(t, c, seed+1)
		at := whole.Faults[0].After
		without := *whole
		without.Faults = nil
		a, b := trace(t, whole, seed+1, nothing, byIdentity), trace(t, &without, seed+1, nothing, byIdentity)
		expectAlike(t, a, b, 95)
		before := func(p *points) []int64 {
			var out []int64
			for _, v := range p.times {
				if v < at {
					out = append(out, v)
				}
			}
			return out
		}
		if all, kept := sharedTimes(a, b, before); kept < all || all < 1000 {
			t.Errorf("seed %d: before the fault %d of %d messages have the same times", seed+1, kept, all)
		}
		if all, kept := sharedTimes(a, b, func(p *points) []int64 { return p.times[:] }); kept == all {
			t.Errorf("seed %d: the fault changed nothing, so there was nothing to mask", seed+1)
		}
	}
}

// Taking a consumer out changes no decision about the rest, and no message on its
// way to the log.
func TestMaskedConsumerKeepsDecisions(t *testing.T) {
	for seed := range uint64(seeds) {
		whole := explicit(t, calmCase(), seed+1)
		without := *whole
		without.Consumers.Members--
		a, b := trace(t, whole, seed+1, nothing, byIdentity), trace(t, &without, seed+1, nothing, byIdentity)
		expectAlike(t, a, b, 75) // the consumer's own and its connections' are gone
		all, kept := sharedTimes(a, b, func(p *points) []int64 { return append(p.times[:3:3], p.position) })
		if kept < all*99/100 || all < 1000 {
			t.Errorf("seed %d: %d of %d messages are stored alike", seed+1, kept, all)
		}
		if all, kept := sharedTimes(a, b, func(p *points) []int64 { return []int64{int64(p.consumer)} }); kept > all*9/10 {
			t.Errorf("seed %d: %d of %d messages have the same consumer, so there was none to mask", seed+1, kept, all)
		}
	}
}
