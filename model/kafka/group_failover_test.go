package kafka

import (
	"testing"

	"orderlab/sim"
)

// A rebalance that is under way dies with its coordinator: the next one has the group
// as it was after its last assignment, and knows nothing of the newer generation.
func TestRebalanceDiesWithCoordinator(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 2)
	lines[1].group(frameJoin, 1, 1, owning(1))
	lines[0].askGroup(frameJoin, 0, 1, owning(0))
	if got := lines[1].waitGroup(); got.generation != 2 {
		t.Fatalf("generation %d", got.generation)
	}
	before := b.w.controller.coordinator
	b.sim.Crash(b.w.brokers[before].node)
	b.until("another coordinates", func() bool { return b.w.group.b != nil && b.w.group.b.index != before })
	l := p.coordinator()
	if got := l.askGroup(frameHeartbeat, 1, 2, nil).err; got != errIllegalGeneration {
		t.Errorf("the newer generation is answered with %q", got)
	}
	for i := range 2 {
		if got := l.askGroup(frameHeartbeat, i, 1, nil).err; got != errNone {
			t.Errorf("member %d of the older one is answered with %q", i, got)
		}
		if got := b.w.group.seat(member(i)).assigned; len(got) != 1 || got[0] != int32(i) {
			t.Errorf("member %d is assigned %v", i, got)
		}
	}
}

// A member whose application has been at work for too long cannot leave while it knows
// no coordinator, and does so when it does.
func TestLeavingWaitsForCoordinator(t *testing.T) {
	s := newSetup().must("consumer", "max.poll.interval.ms", "2s").must("consumer", "auto.offset.reset", "earliest")
	s.consumers, s.work = 1, 20*sim.Second
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.send(0, "a")
	b.run(sim.Second)
	b.sim.Crash(b.w.brokers[b.w.controller.coordinator].node)
	steps, over := 0, false
	b.sim.At(b.sim.Now()+15*sim.Second, func() { over = true })
	for !over && b.sim.Step(1) == sim.Running {
		steps++
	}
	if steps > 100_000 || len(b.w.group.seats) != 0 {
		t.Errorf("after %d steps there are %d members", steps, len(b.w.group.seats))
	}
}
