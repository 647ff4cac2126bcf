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
	b.w.group.save()
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
	s.consumers, s.work = 1, 60*sim.Second
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.send(0, "a")
	b.run(sim.Second)
	for _, y := range b.w.brokers {
		b.sim.Crash(y.node)
	}
	steps := 0
	for b.sim.Now() < 15*sim.Second && b.sim.Step(1) == sim.Running {
		if steps++; steps > 100_000 {
			t.Fatalf("at %v it goes round in circles", b.sim.Now())
		}
	}
	if g := &b.w.consumers[0].member; g.state != stableState {
		t.Errorf("it has left, state %d", g.state)
	}
	for _, y := range b.w.brokers {
		b.sim.Restart(y.node, 0)
	}
	b.run(20 * sim.Second)
	if len(b.w.group.seats) != 0 {
		t.Error("it has not left")
	}
}
