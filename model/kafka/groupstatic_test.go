package kafka

import (
	"testing"

	"orderlab/model"
	"orderlab/sim"
)

// A static member that comes back within its session has what it had, in the same
// generation, and nobody else stops; a dynamic one begins a rebalance, and its
// partitions wait for the session of the dead one.
func TestStaticMember(t *testing.T) {
	for id, again := range map[string]bool{"": true, "billing-*": false} {
		s := newSetup().must("topic", "partitions", "4").must("consumer", "auto.offset.reset", "earliest").
			must("consumer", "session.timeout.ms", "20s").must("consumer", "group.instance.id", id)
		s.consumers = 2
		b := s.build(t)
		b.until("the group is stable", b.w.Ready)
		generation, before := b.w.group.generation, b.owners()
		for _, c := range b.w.consumers {
			b.sim.Crash(c.node)
			b.sim.Restart(c.node, 2*sim.Second)
			b.run(8 * sim.Second)
			if now := b.w.group.generation != generation || b.w.group.state != groupStable; now != again {
				t.Errorf("%q: a rebalance: %v", id, now)
			}
		}
		b.run(60 * sim.Second)
		if !b.w.Ready() || id != "" && b.owners() != before {
			t.Errorf("%q: %s before, %s after; ready: %v", id, before, b.owners(), b.w.Ready())
		}
	}
}

// A static member that stays away is taken out when its session is over; one that
// works for too long does not leave.
func TestStaticMemberStaysAway(t *testing.T) {
	s := newSetup().must("topic", "partitions", "4").must("consumer", "session.timeout.ms", "20s").
		must("consumer", "max.poll.interval.ms", "2s").must("consumer", "auto.offset.reset", "earliest").
		must("consumer", "group.instance.id", "*")
	s.consumers = 2
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.apps[0].work = 60 * sim.Second
	for _, key := range keyNames[:8] {
		b.send(0, key)
	}
	b.run(15 * sim.Second)
	if got := len(b.w.group.seats); got != 2 || !b.w.consumers[0].member.lost {
		t.Errorf("%d members; the first knows: %v", got, b.w.consumers[0].member.lost)
	}
	b.run(15 * sim.Second)
	if got := len(b.w.group.seats); got != 1 {
		t.Errorf("after its session there are %d members", got)
	}
}

// A static member that comes back during a rebalance joins it, and its predecessor's
// join is answered no more.
func TestStaticMemberDuringRebalance(t *testing.T) {
	b, p := groupWorld(t, "consumer", "group.instance.id", "*")
	l := [3]*line{p.coordinator(), p.coordinator(), p.coordinator()}
	l[0].group(frameJoin, 0, -1, unnamed)
	if got := l[0].waitGroup(); got.err != errNone || got.generation != 1 || !got.leader {
		t.Fatalf("%+v", got)
	}
	l[0].askGroup(frameSync, 0, 1, nil)
	l[1].group(frameJoin, 1, -1, unnamed)
	b.run(10 * sim.Millisecond)
	l[2].group(frameJoin, 1, -1, func(body *groupBody) { body.named, body.member.session = false, 10 })
	if got := l[1].waitGroup(); got.err != errFencedInstance {
		t.Errorf("the predecessor is answered with %q", got.err)
	}
	l[0].group(frameJoin, 0, 1, nil)
	got := l[2].waitGroup()
	if got.err != errNone || got.generation != 2 || len(b.w.group.seats) != 2 {
		t.Errorf("the successor is answered with %q, generation %d, %d members", got.err, got.generation, len(b.w.group.seats))
	}
}

// Without a * all members would have one name.
func TestStaticMemberChecks(t *testing.T) {
	for text, problems := range map[string]int{"": 0, "a-*": 0, "a": 1} {
		values := model.Values{}.Set("group.instance.id", model.TextValue(text))
		found := 0
		checkStatic(&model.Config{Sections: []model.ConfigSection{{Name: "consumer", Values: values}}},
			func(string, ...string) { found++ })
		if found != problems {
			t.Errorf("%q: %d problems", text, found)
		}
	}
}

// The eager sticky assignor leaves everyone what it had, though all have given it up.
func TestEagerSticky(t *testing.T) {
	s := newSetup().must("topic", "partitions", "6").must("consumer", "partition.assignment.strategy", "sticky").
		must("client", "metadata.max.age.ms", "1s")
	s.consumers = 3
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.sim.Crash(b.w.consumers[2].node)
	b.run(90 * sim.Second)
	before := b.owners()
	b.sim.Restart(b.w.consumers[2].node, 0)
	b.run(30 * sim.Second)
	if got := b.owners(); !b.w.Ready() || before != "[[0 2 3] [1 4 5] []]" || got != "[[0 2] [1 4] [3 5]]" {
		t.Errorf("%s before, %s after", before, got)
	}
}

// The leader of a group looks for new partitions. A static one that comes back takes what
// there is then for what its assignment was about, so that a partition that was added
// while it was away is nobody's; one that is added later is found, and with it the other.
func TestStaticLeaderMissesPartitions(t *testing.T) {
	s := newSetup().must("topic", "partitions", "4").must("consumer", "auto.offset.reset", "earliest").
		must("consumer", "group.instance.id", "*").must("client", "metadata.max.age.ms", "2s")
	s.consumers = 2
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	leader := 0
	if b.w.consumers[1].member.leader {
		leader = 1
	}
	b.sim.Crash(b.w.consumers[leader].node)
	b.run(sim.Second)
	b.w.Expand("orders", 5)
	b.run(4 * sim.Second)
	b.sim.Restart(b.w.consumers[leader].node, 0)
	b.run(60 * sim.Second)
	if got := b.owners(); got != "[[0 1] [2 3]]" || !b.w.Ready() {
		t.Errorf("partition 4 is missed: %s, ready: %v", got, b.w.Ready())
	}
	b.w.Expand("orders", 6)
	b.run(20 * sim.Second)
	if got := b.owners(); got != "[[0 1 2] [3 4 5]]" {
		t.Errorf("after another expansion: %s", got)
	}
}
