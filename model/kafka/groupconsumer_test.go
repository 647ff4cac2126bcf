package kafka

import (
	"fmt"
	"testing"

	"orderlab/sim"
)

// modernWorld is a broker whose group of the newer protocol has no members, and a
// probe with a connection for each member.
func modernWorld(t testing.TB, set ...[3]string) (*bench, []*line) {
	s := modernSetup().must("consumer", "max.poll.interval.ms", "30s")
	for _, v := range set {
		s.must(v[0], v[1], v[2])
	}
	s.brokers, s.producers, s.consumers = 1, 0, 3
	b := s.build(t)
	b.silence()
	b.run(sim.Second)
	p := b.probe()
	return b, []*line{p.coordinator(), p.coordinator(), p.coordinator()}
}

// beat sends a heartbeat of member i, which owns partitions or, with nil, says nothing
// about that. It returns the answer in short.
func (l *line) beat(i int, epoch int32, owned []int32) string {
	l.p.b.tb.Helper()
	body := l.askGroup(frameGroupBeat, i, epoch, func(body *groupBody) {
		body.full, body.owned = owned != nil, owned
	})
	switch {
	case body.err != errNone:
		return body.err.String()
	case body.full:
		return fmt.Sprintf("epoch %d %v", body.generation, body.owned)
	}
	return fmt.Sprintf("epoch %d", body.generation)
}

func wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// The second member gets a partition only when the first has said that it has given
// it up; until then the first stays in its epoch, and its commits are accepted.
func TestRevocationBeforeAssignment(t *testing.T) {
	b, l := modernWorld(t)
	wants(t, "the first joins", l[0].beat(0, 0, []int32{}), "epoch 1 [0 1 2 3]")
	wants(t, "it goes on", l[0].beat(0, 1, []int32{0, 1, 2, 3}), "epoch 1")
	wants(t, "the second joins", l[1].beat(1, 0, []int32{}), "epoch 2 []")
	wants(t, "it waits", l[1].beat(1, 2, nil), "epoch 2")
	wants(t, "the first is told", l[0].beat(0, 1, nil), "epoch 1 [0 1]")
	wants(t, "it has not given up", l[0].beat(0, 1, []int32{0, 1, 2}), "epoch 1")
	if err := l[0].commit(0, 1, 3, 7); err != errNone {
		t.Errorf("its commit is answered with %v", err)
	}
	wants(t, "the second still waits", l[1].beat(1, 2, nil), "epoch 2")
	wants(t, "the first has given up", l[0].beat(0, 1, []int32{0, 1}), "epoch 2")
	wants(t, "the second gets them", l[1].beat(1, 2, nil), "epoch 2 [2 3]")
	if err := l[0].commit(0, 1, 0, 7); err != errStaleMemberEpoch {
		t.Errorf("a commit of the epoch before is answered with %v", err)
	}
	if !b.w.group.settled(2) {
		t.Error("the group is not settled")
	}
}

// A heartbeat of another epoch is refused, but for one whose answer was lost.
func TestMemberEpochs(t *testing.T) {
	_, l := modernWorld(t)
	wants(t, "who is no member", l[0].beat(0, 3, nil), "UNKNOWN_MEMBER_ID")
	l[0].beat(0, 0, []int32{})
	l[1].beat(1, 0, []int32{})
	l[0].beat(0, 1, nil)
	wants(t, "the first gives up", l[0].beat(0, 1, []int32{0, 1}), "epoch 2")
	wants(t, "and again, since the answer was lost", l[0].beat(0, 1, []int32{0, 1}), "epoch 2")
	wants(t, "with what it does not own", l[0].beat(0, 1, []int32{0, 1, 2}), "FENCED_MEMBER_EPOCH")
	wants(t, "without saying", l[0].beat(0, 1, nil), "FENCED_MEMBER_EPOCH")
	wants(t, "an epoch to come", l[0].beat(0, 3, nil), "FENCED_MEMBER_EPOCH")
	if err := l[0].commit(2, 2, 0, 1); err != errUnknownMember {
		t.Errorf("a commit of who is no member is answered with %v", err)
	}
}

// A member that does not give up in time is taken out, though its heartbeats come; one
// without heartbeats is when its session is over.
func TestMembersTakenOut(t *testing.T) {
	b, l := modernWorld(t)
	l[0].beat(0, 0, []int32{})
	l[1].beat(1, 0, []int32{})
	l[0].beat(0, 1, nil)
	for range 9 {
		b.run(4 * sim.Second)
		l[0].beat(0, 1, nil)
		l[1].beat(1, 2, nil)
	}
	wants(t, "who has not given up", l[0].beat(0, 1, nil), "UNKNOWN_MEMBER_ID")
	wants(t, "the other", l[1].beat(1, 3, nil), "epoch 3")
	if g := b.w.group.consumers; len(g.seats) != 1 || len(g.seats[0].assigned) != 4 {
		t.Errorf("%+v", g.seats)
	}
	b.run(44 * sim.Second)
	if g := b.w.group.consumers; len(g.seats) != 1 {
		t.Error("the session was over too soon")
	}
	b.run(2 * sim.Second)
	if g := b.w.group.consumers; len(g.seats) != 0 {
		t.Error("the session was not over in time")
	}
}

// A member that leaves is missed at once. New partitions are given out with the next
// heartbeat.
func TestMemberLeaves(t *testing.T) {
	b, l := modernWorld(t)
	l[0].beat(0, 0, []int32{})
	l[1].beat(1, 0, []int32{})
	l[0].beat(0, 1, nil)
	l[0].beat(0, 1, []int32{0, 1})
	l[1].beat(1, 2, nil)
	wants(t, "it leaves", l[1].beat(1, -1, nil), "epoch -1")
	wants(t, "the other has all", l[0].beat(0, 2, nil), "epoch 3 [0 1 2 3]")
	b.w.Expand("orders", 6)
	b.run(sim.Second)
	wants(t, "and the new ones", l[0].beat(0, 3, nil), "epoch 4 [0 1 2 3 4 5]")
}

// The assignors of the coordinator: uniform leaves everyone what it has as far as its
// share goes, range gives contiguous pieces whatever they have.
func TestRemoteAssignors(t *testing.T) {
	for assignor, want := range map[string]string{"uniform": "[[0 1] [2 4] [3 5]]", "range": "[[0 1] [2 3] [4 5]]"} {
		_, l := modernWorld(t, [3]string{"topic", "partitions", "6"}, [3]string{"consumer", "group.remote.assignor", assignor})
		for i := range 3 {
			l[i].beat(i, 0, []int32{})
		}
		m := l[0].p.b.w.group.consumers
		for i := range m.seats {
			m.seats[i].target = [][]int32{{0, 1, 3}, {2, 4, 5}, {}}[i]
		}
		m.epoch++
		m.retarget()
		var got []string
		for i := range m.seats {
			got = append(got, fmt.Sprint(m.seats[i].target))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", assignor, got, want)
		}
	}
}

// A member whose application is at work for longer than it may leaves, and joins again
// with its next poll; what it owned is lost meanwhile.
func TestModernPollInterval(t *testing.T) {
	s := modernSetup().must("consumer", "max.poll.interval.ms", "10s").must("consumer", "max.poll.records", "1")
	s.consumers = 2
	b := s.build(t)
	b.run(20 * sim.Second)
	b.apps[0].work = 30 * sim.Second
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.run(25 * sim.Second)
	if got := b.owners(); got != "[[0 1] [0 1 2 3]]" || b.w.group.consumers.seat(b.w.consumers[0].member.member) != nil {
		t.Errorf("while it works: %s", got)
	}
	b.apps[0].work = sim.Millisecond
	b.run(40 * sim.Second)
	if !b.w.Ready() || !b.w.Settled() {
		t.Errorf("in the end: %s", b.owners())
	}
}

// Before a member gives partitions up it commits, and returns nothing more of them.
func TestModernCommitsBefore(t *testing.T) {
	s := modernSetup().must("consumer", "auto.commit.interval.ms", "10m")
	s.consumers = 2
	b := s.build(t)
	b.sim.Crash(b.w.consumers[1].node)
	b.run(15 * sim.Second)
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.run(sim.Second)
	b.sim.Restart(b.w.consumers[1].node, 0)
	b.run(25 * sim.Second)
	if got := b.owners(); got != "[[0 1] [2 3]]" {
		t.Fatal(got)
	}
	if len(b.applied()) != len(keyNames) {
		t.Errorf("%d applied", len(b.applied()))
	}
	for p := range int32(4) {
		if got := b.w.group.committed[p]; got != b.w.leader(p).log.end {
			t.Errorf("partition %d is committed up to %d of %d", p, got, b.w.leader(p).log.end)
		}
	}
}

// Another broker becomes the coordinator: members keep their epochs, and find it.
func TestModernCoordinatorMoves(t *testing.T) {
	s := modernSetup().must("topic", "replicas", "3")
	s.consumers = 2
	b := s.build(t)
	b.run(20 * sim.Second)
	before := b.w.group.consumers.epoch
	b.sim.Crash(b.w.brokers[b.w.controller.coordinator].node)
	b.run(30 * sim.Second)
	if got := b.owners(); !b.w.Ready() || b.w.group.consumers.epoch != before {
		t.Errorf("owners %s, epoch %d before and %d after", got, before, b.w.group.consumers.epoch)
	}
}
