package kafka

import (
	"fmt"
	"slices"
	"testing"

	"orderlab/sim"
)

// groupWorld has a coordinator and no members but those of the test.
func groupWorld(t *testing.T, settings ...string) (*bench, *probe) {
	s := newSetup().must("topic", "partitions", "4").must("broker", "group.initial.rebalance.delay.ms", "500ms")
	s.must("consumer", "session.timeout.ms", "10s").must("consumer", "max.poll.interval.ms", "30s")
	for i := 0; i < len(settings); i += 3 {
		s.must(settings[i], settings[i+1], settings[i+2])
	}
	s.consumers = 4
	b := s.build(t)
	b.silence()
	return b, b.probe()
}

// stable makes a stable group of n members; member i owns partition i. It returns
// a connection of each.
func stable(t *testing.T, p *probe, n int) []*line {
	t.Helper()
	var lines []*line
	for i := range n {
		lines = append(lines, p.coordinator())
		lines[i].register(t, i)
	}
	var all []groupMember
	for i, l := range lines {
		if body := l.waitGroup(); body.err != errNone || body.generation != 1 || body.leader != (i == 0) {
			t.Fatalf("member %d joined with %v, generation %d, leader %v", i, body.err, body.generation, body.leader)
		}
		all = append(all, groupMember{id: member(i), assigned: []int32{int32(i)}})
	}
	for i, l := range lines {
		l.group(frameSync, i, 1, nil)
	}
	lines[0].p.b.run(10 * sim.Millisecond)
	// The leader's sync was empty and is answered; tests need an assignment.
	for _, l := range lines {
		if body := l.waitGroup(); body.err != errNone {
			t.Fatal(body.err)
		}
	}
	g := p.b.w.group
	for i := range g.seats {
		g.seats[i].assigned = all[i].assigned
	}
	return lines
}

func state(p *probe) groupState { return p.b.w.group.state }

// A member is given its id first (KIP-394), and an id that the coordinator did not
// give, or has dropped, is refused.
func TestMemberIDRequired(t *testing.T) {
	_, p := groupWorld(t)
	l := p.coordinator()
	if err := l.askGroup(frameJoin, 0, -1, nil).err; err != errUnknownMember {
		t.Errorf("a join with an unknown id: %v", err)
	}
	if err := l.askGroup(frameJoin, 0, -1, unnamed).err; err != errMemberIDRequired {
		t.Errorf("a join without an id: %v", err)
	}
	if state(p) != groupEmpty {
		t.Error("a member that was only given its id began a rebalance")
	}
	l.group(frameJoin, 0, -1, nil)
	if body := l.waitGroup(); body.err != errNone || !body.leader || body.generation != 1 {
		t.Errorf("the join with the id: %v, generation %d, leader %v", body.err, body.generation, body.leader)
	}
}

// A rebalance waits for a member that was given its id and has not come back, at
// most until its session runs out.
func TestRebalanceWaitsForNamedMember(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 1)
	late := p.coordinator()
	late.askGroup(frameJoin, 1, -1, unnamed)
	lines[0].group(frameJoin, 0, 1, nil)
	if !lines[0].silent(9 * sim.Second) {
		t.Error("the rebalance did not wait for the member that was given its id")
	}
	b.run(2 * sim.Second)
	if body, ok := lines[0].take(); !ok || b.w.arena.bodies.group.At(body.Body).generation != 2 {
		t.Error("the rebalance did not go on when the session of the absent member ran out")
	}
}

// The first rebalance of an empty group is delayed, again for as long when a
// member joined meanwhile, and at most for the rebalance time-out in all.
func TestInitialRebalanceDelay(t *testing.T) {
	for _, c := range []struct {
		joins []sim.Time // of further members, after the first
		want  sim.Time   // from the first join to the answer
	}{
		{nil, 500 * sim.Millisecond},
		{[]sim.Time{400 * sim.Millisecond}, 1000 * sim.Millisecond},
		{[]sim.Time{400 * sim.Millisecond, 900 * sim.Millisecond}, 1500 * sim.Millisecond},
		{[]sim.Time{100 * sim.Millisecond, 200 * sim.Millisecond, 300 * sim.Millisecond}, 1000 * sim.Millisecond},
		{[]sim.Time{400 * sim.Millisecond, 900 * sim.Millisecond, 1400 * sim.Millisecond}, 1700 * sim.Millisecond},
	} {
		b, p := groupWorld(t, "consumer", "max.poll.interval.ms", "1700ms")
		var lines []*line
		for i := range 1 + len(c.joins) {
			lines = append(lines, p.coordinator())
			lines[i].askGroup(frameJoin, i, -1, unnamed)
		}
		began := b.sim.Now() + sim.Millisecond
		lines[0].group(frameJoin, 0, -1, nil)
		for i, at := range c.joins {
			b.run(began + at - b.sim.Now() - sim.Millisecond)
			lines[i+1].group(frameJoin, i+1, -1, nil)
		}
		lines[0].wait()
		if got := b.sim.Now() - sim.Millisecond - began; got != c.want {
			t.Errorf("with joins after %v the first rebalance took %v, want %v", c.joins, got, c.want)
		}
	}
}

// The first member to join is the leader, is told of all members, and stays the
// leader in later rebalances; when it leaves, the next member takes its place.
func TestLeaderStays(t *testing.T) {
	_, p := groupWorld(t)
	lines := stable(t, p, 2)
	third := p.coordinator()
	third.register(t, 2)
	lines[1].group(frameJoin, 1, 1, owning(1))
	lines[0].group(frameJoin, 0, 1, owning(0))
	leader := lines[0].waitGroup()
	if !leader.leader || len(leader.members) != 3 || leader.generation != 2 {
		t.Fatalf("leader %v, %d members, generation %d", leader.leader, len(leader.members), leader.generation)
	}
	if !slices.Equal(leader.members[1].owned, []int32{1}) || leader.members[1].ownedGeneration != 1 {
		t.Errorf("the leader was told that member 1 owns %v", leader.members[1].owned)
	}
	if body := lines[1].waitGroup(); body.leader || len(body.members) != 0 {
		t.Error("a follower was told of the members")
	}
	lines[0].group(frameLeave, 0, 2, nil)
	third.wait() // its join, answered with generation 2
	lines[1].p.b.run(10 * sim.Millisecond)
	lines[1].group(frameJoin, 1, 2, owning(1))
	third.group(frameJoin, 2, 2, nil)
	if body := lines[1].waitGroup(); !body.leader || body.generation != 3 {
		t.Errorf("after the leader has left: leader %v, generation %d", body.leader, body.generation)
	}
}

// A join while the leader's assignment is awaited sends the members that wait for
// it back to join again.
func TestJoinDuringCompletingRebalance(t *testing.T) {
	b, p := groupWorld(t)
	var lines []*line
	for i := range 2 {
		lines = append(lines, p.coordinator())
		lines[i].register(t, i)
	}
	lines[0].wait()
	lines[1].wait()
	lines[1].group(frameSync, 1, 1, nil)
	if b.run(5 * sim.Millisecond); state(p) != groupCompleting {
		t.Fatal("the group does not wait for the leader's assignment")
	}
	late := p.coordinator()
	late.register(t, 2)
	if err := lines[1].waitGroup().err; err != errRebalanceInProgress {
		t.Errorf("the waiting sync was answered with %v", err)
	}
	if err := lines[0].askGroup(frameSync, 0, 1, nil).err; err != errRebalanceInProgress {
		t.Errorf("the leader's sync was answered with %v", err)
	}
	if state(p) != groupPreparing {
		t.Error("the group does not prepare a rebalance")
	}
}

// A join that brings nothing new is told the current generation, while the
// assignment is awaited and, of a follower, in a stable group. The leader's begins
// a rebalance, and so does one with other partitions.
func TestJoinAgain(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 2)
	body := lines[1].askGroup(frameJoin, 1, -1, nil)
	if body.err != errNone || body.generation != 1 || state(p) != groupStable {
		t.Errorf("a follower's join as before: %v, generation %d", body.err, body.generation)
	}
	lines[1].group(frameJoin, 1, 1, owning(1))
	if b.run(5 * sim.Millisecond); state(p) != groupPreparing {
		t.Error("a follower's join with other partitions began no rebalance")
	}
	lines[0].askGroup(frameJoin, 0, 1, owning(0))
	body = lines[0].askGroup(frameJoin, 0, 1, owning(0))
	if body.generation != 2 || !body.leader || state(p) != groupCompleting {
		t.Errorf("the leader's repeated join: generation %d, leader %v", body.generation, body.leader)
	}
	_, p = groupWorld(t)
	lines = stable(t, p, 2)
	lines[0].group(frameJoin, 0, -1, nil)
	if p.b.run(5 * sim.Millisecond); state(p) != groupPreparing {
		t.Error("the leader's join began no rebalance")
	}
}

// The rules of sync, heartbeat and commit, by the state of the group.
func TestGroupRequestsByState(t *testing.T) {
	for _, c := range []struct {
		state                   groupState
		sync, heartbeat, commit errorCode
	}{
		{groupStable, errNone, errNone, errNone},
		{groupPreparing, errRebalanceInProgress, errRebalanceInProgress, errNone},
		{groupCompleting, errNone, errNone, errRebalanceInProgress},
	} {
		b, p := groupWorld(t)
		lines := stable(t, p, 3)
		generation := int32(1)
		if c.state != groupStable {
			lines[1].group(frameJoin, 1, 1, owning(1))
			b.run(5 * sim.Millisecond)
		}
		if c.state == groupCompleting {
			for _, i := range []int{0, 2} {
				lines[i].group(frameJoin, i, 1, owning(int32(i)))
			}
			for _, l := range lines {
				l.wait()
			}
			generation = 2
		}
		if state(p) != c.state {
			t.Fatalf("the group is in state %d", state(p))
		}
		if err := lines[0].commit(0, generation, 0, 7); err != c.commit {
			t.Errorf("in state %d a commit is answered with %q, want %q", c.state, err, c.commit)
		}
		if err := lines[0].askGroup(frameHeartbeat, 0, generation, nil).err; err != c.heartbeat {
			t.Errorf("in state %d a heartbeat is answered with %q, want %q", c.state, err, c.heartbeat)
		}
		for kind, name := range map[uint16]string{frameHeartbeat: "heartbeat", frameSync: "sync"} {
			if err := lines[0].askGroup(kind, 0, generation+1, nil).err; err != errIllegalGeneration {
				t.Errorf("in state %d a %s of another generation is answered with %q", c.state, name, err)
			}
			if err := lines[0].askGroup(kind, 5, generation, nil).err; err != errUnknownMember {
				t.Errorf("in state %d a %s of a stranger is answered with %q", c.state, name, err)
			}
		}
		if err := lines[0].commit(0, generation-1, 0, 9); err != errIllegalGeneration {
			t.Errorf("in state %d a commit of an older generation is answered with %q", c.state, err)
		}
		if err := lines[0].commit(3, generation, 0, 9); err != errUnknownMember {
			t.Errorf("in state %d a commit of a stranger is answered with %q", c.state, err)
		}
		if got := b.w.group.committed; c.commit == errNone && got[0] != 7 {
			t.Errorf("in state %d the committed positions are %v", c.state, got)
		}
		if err := lines[0].askGroup(frameSync, 0, generation, nil).err; err != c.sync {
			t.Errorf("in state %d a sync is answered with %q, want %q", c.state, err, c.sync)
		}
	}
}

// In a stable group a sync is answered with what the member has.
func TestSyncInStableGroup(t *testing.T) {
	_, p := groupWorld(t)
	lines := stable(t, p, 2)
	if body := lines[1].askGroup(frameSync, 1, 1, nil); !slices.Equal(body.owned, []int32{1}) {
		t.Errorf("the sync was answered with %v", body.owned)
	}
}

// The leader's sync answers all that wait, each with its own part.
func TestLeaderAssigns(t *testing.T) {
	b, p := groupWorld(t)
	var lines []*line
	for i := range 3 {
		lines = append(lines, p.coordinator())
		lines[i].register(t, i)
	}
	for _, l := range lines {
		l.wait()
	}
	lines[1].group(frameSync, 1, 1, nil)
	if !lines[1].silent(20 * sim.Millisecond) {
		t.Error("a sync was answered before the leader's")
	}
	lines[0].group(frameSync, 0, 1, assigning(
		groupMember{id: member(0), assigned: []int32{0, 3}}, groupMember{id: member(1), assigned: []int32{1}}))
	b.run(5 * sim.Millisecond)
	lines[2].group(frameSync, 2, 1, nil)
	got := fmt.Sprint(lines[0].waitGroup().owned, lines[1].waitGroup().owned, lines[2].waitGroup().owned)
	if got != "[0 3] [1] []" {
		t.Errorf("the members were assigned %s", got)
	}
}

// The group's coordinator is where String.hashCode of its name says; the values
// are a Java program's. "polygenelubricants" has the one hash without an absolute
// value.
func TestCoordinatorPartition(t *testing.T) {
	for group, want := range map[string]int{
		"": 0, "a": 47, "billing": 9, "my-group": 12, "polygenelubricants": 0, "组": 2,
	} {
		if got := offsetsPartition(group); got != want {
			t.Errorf("group %q is in partition %d, want %d", group, got, want)
		}
	}
}

// A coordinator that hears that it was deposed sends away who waits for it, and times
// nothing any more, also while its successor does not know yet.
func TestDeposedCoordinatorResigns(t *testing.T) {
	s := newSetup().must("topic", "replicas", "3").must("consumer", "session.timeout.ms", "20s")
	s.consumers = 1
	b := s.build(t)
	b.until("the group is stable", func() bool { return b.w.Ready() })
	b.silence()
	old := b.w.group.b
	l := b.probe().dial(old.index)
	l.register(t, 1)
	controller := b.w.controller.node
	for _, other := range b.w.brokers {
		if other != old {
			b.sim.Block(controller, other.node)
		}
	}
	b.sim.Block(old.node, controller)
	b.until("it was deposed", func() bool { return b.w.controller.coordinator != old.index })
	if got := l.waitGroup().err; got != errNotCoordinator {
		t.Errorf("the join that waited was answered with %q", got)
	}
	b.run(30 * sim.Second) // the sessions would run out
	for _, other := range b.w.brokers {
		b.sim.Unblock(controller, other.node)
	}
	b.until("another coordinates", func() bool { return b.w.group.b != nil && b.w.group.b != old })
}
