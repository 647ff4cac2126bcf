package scenarios

import (
	"slices"

	"orderlab/model"
)

// The guarantees that can only be decided about a run that has come to rest.
const (
	noLoss   = "no-loss"
	progress = "progress"
)

// settled checks that a case comes to rest where that is what it is about: an
// expectation of no-loss or progress.
func (x *expander) settled(c *Case, expect []expected) {
	phases := c.Workload.Phases
	last := &phases[len(phases)-1]
	for _, e := range expect {
		if e.Guarantee != noLoss && e.Guarantee != progress {
			continue
		}
		if last.Until == "" {
			x.d.ps.add(e.at, "%s cannot be decided: the run ends with the phase %s while messages are on their way; end it with "+
				"one that waits for them, as {name: settle, until: drained, at_most: 600s}", e.Guarantee, last.Name)
			continue
		}
		if e.Guarantee == progress && e.Verdict == holds {
			x.drains(c, e.at)
		}
	}
}

// drains checks that the consumers can work off what arrives in the time that a
// run has.
func (x *expander) drains(c *Case, at position) {
	work, arriving := c.Consumers.Work.Mean(), int64(0)
	capacity := int64(c.Consumers.Members) * x.parallel(c)
	time := int64(0)
	for i := range c.Workload.Phases {
		p := &c.Workload.Phases[i]
		arriving = min(maxQuantity, arriving+c.expected(p)+int64(len(p.Sends)))
		time = min(maxQuantity, time+p.Preload+p.For+p.AtMost)
	}
	if needed := mulDiv(arriving, work, capacity); needed > time {
		x.d.ps.add(at, "progress is impossible: about %d messages at %s each keep %d workers busy for %s, and the phases last at most %s; "+
			"lower the load, add members, or wait longer", arriving, durations.format(work), capacity,
			durations.format(round(needed)), durations.format(round(time)))
	}
}

// parallel returns how many messages one consumer works on at a time.
func (x *expander) parallel(c *Case) int64 {
	const workers = "workers"
	if !slices.ContainsFunc(x.d.reg.Features, func(f model.Feature) bool {
		return f.Name == workers && f.Type == model.Integer
	}) {
		return 1
	}
	return max(1, model.Resolve(x.d.reg.Features, c.App).Int(workers))
}

// round leaves out what is below a millisecond.
func round(ns int64) int64 { return ns - ns%1_000_000 }
