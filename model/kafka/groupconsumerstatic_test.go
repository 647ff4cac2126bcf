package kafka

import (
	"fmt"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// staticWorld is a group of two static members of the newer protocol.
func staticWorld(t testing.TB, set ...string) *bench {
	s := modernSetup().must("consumer", "group.instance.id", "*").must("broker", "group.consumer.session.timeout.ms", "20s")
	for i := 0; i < len(set); i += 3 {
		s.must(set[i], set[i+1], set[i+2])
	}
	s.consumers = 2
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.run(sim.Second) // for the last answer
	return b
}

// session makes a heartbeat one of another process than that of [member].
func session(n uint16, owned ...int32) func(*groupBody) {
	return func(body *groupBody) { body.member.session, body.full, body.owned = n, true, owned }
}

// A static member that leaves with epoch -2 keeps its place. The next one with its name
// gets what it had, in the epoch of the group, and nobody else hears of it. While it has
// not left, its name is not free, not even for itself.
func TestStaticMemberReplaced(t *testing.T) {
	b, l := modernWorld(t, [3]string{"consumer", "group.instance.id", "*"})
	wants(t, "the first joins", l[0].beat(0, 0, []int32{}), "epoch 1 [0 1 2 3]")
	wants(t, "the second joins", l[1].beat(1, 0, []int32{}), "epoch 2 []")
	l[0].beat(0, 1, nil)
	wants(t, "the first gives up", l[0].beat(0, 1, []int32{0, 1}), "epoch 2")
	wants(t, "the second gets it", l[1].beat(1, 2, nil), "epoch 2 [2 3]")
	if got := l[2].askGroup(frameGroupBeat, 0, 0, session(10)); got.err != errUnreleasedInstance {
		t.Errorf("while the first is there: %q", got.err)
	}
	wants(t, "the first once more", l[0].beat(0, 0, []int32{}), "UNRELEASED_INSTANCE_ID")
	if got := l[2].askGroup(frameGroupBeat, 0, leaveStaticEpoch, session(10)); got.err != errFencedInstance {
		t.Errorf("another leaves in its name: %q", got.err)
	}
	wants(t, "one that is no member leaves", l[2].beat(2, leaveStaticEpoch, nil), "UNKNOWN_MEMBER_ID")
	wants(t, "the first leaves", l[0].beat(0, leaveStaticEpoch, nil), "epoch -2")
	wants(t, "it goes on", l[0].beat(0, 2, nil), "FENCED_MEMBER_EPOCH")
	wants(t, "the second has what it had", l[1].beat(1, 2, []int32{2, 3}), "epoch 2")
	got := l[2].askGroup(frameGroupBeat, 0, 0, session(10))
	if got.err != errNone || got.generation != 2 || fmt.Sprint(got.owned) != "[0 1]" {
		t.Errorf("the successor is told %q, epoch %d %v", got.err, got.generation, got.owned)
	}
	if n := len(b.w.group.consumers.seats); n != 2 {
		t.Errorf("%d members", n)
	}
	wants(t, "the first is back", l[0].beat(0, 2, nil), "FENCED_INSTANCE_ID")
	if err := l[0].commit(0, 2, 0, 7); err != errUnknownMember {
		t.Errorf("a commit of the first: %v", err)
	}
}

// What a static member was to lose is free when it has left.
func TestStaticMemberLeavesRevoking(t *testing.T) {
	_, l := modernWorld(t, [3]string{"consumer", "group.instance.id", "*"})
	l[0].beat(0, 0, []int32{})
	l[1].beat(1, 0, []int32{})
	wants(t, "the first is told", l[0].beat(0, 1, nil), "epoch 1 [0 1]")
	wants(t, "the second waits", l[1].beat(1, 2, nil), "epoch 2")
	l[0].beat(0, leaveStaticEpoch, nil)
	wants(t, "the second waits no more", l[1].beat(1, 2, nil), "epoch 2 [2 3]")
}

// A static member that closes in order comes back to what it had, and nobody else stops.
// One that is killed cannot: its name is not free before its session is over, so that
// every process of it ends with an exception until then.
func TestStaticMemberCloses(t *testing.T) {
	b := staticWorld(t)
	epoch, before := b.w.group.consumers.epoch, b.owners()
	f := b.inject(faultClose, model.Values{}.Set(model.ParamNode, model.NodesValue("billing-0")))
	b.run(5 * sim.Second)
	if !b.sim.Down(b.w.consumers[0].node) || b.w.Ready() {
		t.Error("the process is there")
	}
	b.w.Heal(f)
	b.run(12 * sim.Second)
	if now := b.w.group.consumers.epoch; now != epoch || b.owners() != before || !b.w.Ready() {
		t.Errorf("in epoch %d, with %s, ready %v; before in %d with %s", now, b.owners(), b.w.Ready(), epoch, before)
	}

	b = staticWorld(t, "consumer", "restart.after", "8s")
	b.sim.Crash(b.w.consumers[0].node)
	b.sim.Restart(b.w.consumers[0].node, sim.Second)
	b.run(15 * sim.Second)
	wants(t, "poll throws", fmt.Sprint(b.thrown()),
		"[billing-0 UnreleasedInstanceIdException billing-0 UnreleasedInstanceIdException]")
	wants(t, "meanwhile", b.owners(), "[[] [2 3]]")
	b.run(30 * sim.Second)
	wants(t, "after its session", b.owners(), "[[2 3] [0 1]]")
}

// A static member that has not polled for too long leaves with -2, and takes its place
// again when it polls.
func TestStaticMemberPollInterval(t *testing.T) {
	b := staticWorld(t, "consumer", "max.poll.interval.ms", "2s")
	epoch := b.w.group.consumers.epoch
	b.apps[0].work = 8 * sim.Second
	b.send(0, "a")
	b.send(0, "b")
	b.send(0, "c")
	b.run(7 * sim.Second)
	if s := b.w.group.consumers.seatOf(0); s == nil || s.epoch != leaveStaticEpoch {
		t.Fatalf("its seat is %+v", s)
	}
	b.apps[0].work = sim.Millisecond
	b.run(15 * sim.Second)
	if now := b.w.group.consumers.epoch; now != epoch || !b.w.Ready() || len(b.thrown()) > 0 {
		t.Errorf("epoch %d, before %d; ready: %v; exceptions: %v", now, epoch, b.w.Ready(), b.thrown())
	}
}

// A static member of the classic protocol whose name has been taken is fenced, and its
// poll throws.
func TestStaticMemberFenced(t *testing.T) {
	b, p := groupWorld(t, "consumer", "group.instance.id", "*")
	l := [2]*line{p.coordinator(), p.coordinator()}
	l[0].group(frameJoin, 0, -1, unnamed)
	l[0].waitGroup()
	l[0].askGroup(frameSync, 0, 1, nil)
	l[1].group(frameJoin, 0, -1, func(body *groupBody) { body.named, body.member.session = false, 10 })
	l[1].waitGroup()
	if got := l[0].askGroup(frameHeartbeat, 0, 1, nil); got.err != errFencedInstance {
		t.Errorf("a heartbeat: %q", got.err)
	}
	if got := l[0].commit(0, 1, 0, 1); got != errFencedInstance {
		t.Errorf("a commit: %q", got)
	}
	if got := l[0].askGroup(frameJoin, 0, 1, nil); got.err != errFencedInstance {
		t.Errorf("a join: %q", got.err)
	}
	if got := b.w.group.unknown(member(3)); got != errUnknownMember {
		t.Errorf("one that was never there: %q", got)
	}

	s := newSetup().must("consumer", "group.instance.id", "*").must("consumer", "auto.offset.reset", "earliest")
	s.consumers = 1
	b = s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.w.group.replace(&b.w.group.seats[0], member(0))
	b.run(10 * sim.Second)
	wants(t, "poll throws", fmt.Sprint(b.thrown()), "[billing-0 FencedInstanceIdException]")
	if len(b.w.group.seats) != 1 {
		t.Error("who took its place is gone")
	}
}

// A consumer that is asked to stop finishes what it has in hand, commits, gives up, and
// leaves at once, so that nobody waits for its session.
func TestCloseInOrder(t *testing.T) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := modernSetup().must("consumer", "group.protocol", protocol).must("consumer", "auto.commit.interval.ms", "60s")
		s.consumers, s.work = 2, 100*sim.Millisecond
		b := s.build(t)
		b.until("the group is stable", b.w.Ready)
		for _, key := range keyNames {
			b.send(0, key)
		}
		b.run(500 * sim.Millisecond)
		f := b.inject(faultClose, model.Values{}.Set(model.ParamNode, model.NodesValue("billing-0")))
		c := b.w.consumers[0]
		b.until("its process has ended", func() bool { return b.sim.Down(c.node) })
		b.run(12 * sim.Second)
		wants(t, protocol+", soon afterwards", b.owners(), "[[] [0 1 2 3]]")
		if n := len(b.applied()); n != len(keyNames) || len(b.thrown()) > 0 {
			t.Errorf("%s: %d of %d effects, exceptions: %v", protocol, n, len(keyNames), b.thrown())
		}
		revoked := 0
		for i := range b.hist.Len() {
			op := b.hist.Op(i)
			if op.Kind == history.KindRebalance && op.Process == c.process && b.hist.SymbolName(op.Detail) == "revoked" {
				revoked++
			}
		}
		if revoked < 2 {
			t.Errorf("%s: it has given %d partitions up", protocol, revoked)
		}
		b.w.Heal(f)
		b.run(20 * sim.Second)
		if !b.w.Ready() {
			t.Errorf("%s: it is not back", protocol)
		}
	}
}

// One that is to be started again before it has ended is started then.
func TestReopenBeforeItEnds(t *testing.T) {
	s := modernSetup()
	s.consumers, s.work = 1, 5*sim.Second
	b := s.build(t)
	b.until("the group is stable", b.w.Ready)
	b.send(0, "a")
	b.run(sim.Second)
	f := b.inject(faultClose, model.Values{}.Set(model.ParamNode, model.NodesValue("consumers")))
	b.run(sim.Second)
	b.w.Heal(f)
	c := b.w.consumers[0]
	if b.run(sim.Second); c.session != 0 {
		t.Error("it has not finished its work")
	}
	b.run(10 * sim.Second)
	if c.session != 1 || b.sim.Down(c.node) {
		t.Errorf("session %d, down: %v", c.session, b.sim.Down(c.node))
	}
}

// Only consumers are closed.
func TestCloseChecks(t *testing.T) {
	consumers := &model.Consumers{Group: "billing", Members: 2}
	for name, problems := range map[string]int{"billing-1": 0, "consumers": 0, "billing-2": 1, "broker-0": 1} {
		f := &model.Fault{Kind: faultClose, Values: model.Values{}.Set(model.ParamNode, model.NodesValue(name))}
		if got := checkConsumers(nil, f, consumers, 1); len(got) != problems {
			t.Errorf("%s: %v", name, got)
		}
	}
}
