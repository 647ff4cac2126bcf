package kafka

import (
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// assignedWorld has consumers that assign themselves their partitions.
func assignedWorld(t testing.TB, consumers int, set ...string) *bench {
	s := newSetup().must("topic", "partitions", "4").must("producer", "linger.ms", "0s").
		must("consumer", "assignment", "assign").must("consumer", "auto.offset.reset", "earliest").
		must("client", "metadata.max.age.ms", "2s").must("consumer", "auto.commit.interval.ms", "500ms").
		must("consumer", "session.timeout.ms", "6s")
	for i := 0; i < len(set); i += 3 {
		s.must(set[i], set[i+1], set[i+2])
	}
	s.consumers = consumers
	b := s.build(t)
	b.until("every consumer has its partitions", b.w.Ready)
	return b
}

// Each consumer has every n-th partition from the first moment on: there is no group to
// join, nothing is given up, and partitions that are added are nobody's until a process
// asks again which there are.
func TestAssign(t *testing.T) {
	for _, protocol := range []string{"classic", "consumer"} {
		b := assignedWorld(t, 3, "consumer", "group.protocol", protocol)
		wants(t, "at first", b.owners(), "[[0 3] [1] [2]]")
		if b.sim.Now() > sim.Second || b.w.group.state != groupEmpty || b.w.group.generation != 0 {
			t.Errorf("%s: at %v the group is in state %d, generation %d", protocol, b.sim.Now(), b.w.group.state, b.w.group.generation)
		}
		b.w.Expand("orders", 6)
		for _, key := range keyNames {
			b.send(0, key)
		}
		b.run(10 * sim.Second)
		wants(t, "with two more partitions", b.owners(), "[[0 3] [1] [2]]")
		b.sim.Crash(b.w.consumers[1].node)
		b.run(20 * sim.Second) // longer than a session
		wants(t, "while one is gone", b.owners(), "[[0 3] [] [2]]")
		b.sim.Restart(b.w.consumers[1].node, 0)
		b.run(10 * sim.Second)
		wants(t, "after it has come back", b.owners(), "[[0 3] [1 4] [2]]")
		for i := range b.hist.Len() {
			if op := b.hist.Op(i); op.Kind == history.KindRebalance {
				t.Fatalf("%s: a rebalance: %+v", protocol, op)
			}
		}
	}
}

// A consumer that is stopped for longer than a session goes on where it was: it has no
// session, nobody has taken its partitions, and its commits are accepted.
func TestAssignedHasNoSession(t *testing.T) {
	b := assignedWorld(t, 2)
	b.sim.Pause(b.w.consumers[0].node)
	b.run(30 * sim.Second)
	b.sim.Resume(b.w.consumers[0].node)
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.run(10 * sim.Second)
	if n := len(b.applied()); n != len(keyNames) {
		t.Errorf("%d of %d records are applied", n, len(keyNames))
	}
	for p := range b.w.places {
		c := b.w.consumers[p%2].part(int32(p))
		if got := b.w.group.committed[p]; got != c.consumed || got == 0 {
			t.Errorf("of partition %d %d is committed, and %d was returned", p, got, c.consumed)
		}
	}
}

// A commit without a member and a generation is accepted as long as nobody is a member;
// in a transaction, under the classic protocol, always.
func TestCommitWithoutMember(t *testing.T) {
	simple := func(l *line) errorCode {
		id, body := l.p.b.w.arena.bodies.offsets.Take()
		*body = offsetsBody{group: member(1), generation: noGeneration, simple: true, parts: at(0, 7)}
		l.send(sim.Frame{Kind: frameCommit, Body: id})
		return l.p.b.w.arena.bodies.offsets.At(l.wait().Body).err
	}
	b, p := groupWorld(t)
	l := p.coordinator()
	if err := simple(l); err != errNone || b.w.group.committed[0] != 7 {
		t.Errorf("in an empty group: %q, committed %v", err, b.w.group.committed)
	}
	l.register(t, 0)
	if got := simple(p.coordinator()); got != errUnknownMember {
		t.Errorf("while a member joins: %q", got)
	}
	if got := b.w.group.checkSimpleTxn(); got != errNone {
		t.Errorf("in a transaction: %q", got)
	}
	b, lines := modernWorld(t)
	if err := simple(lines[1]); err != errNone {
		t.Errorf("in an empty group of the newer protocol: %q", err)
	}
	lines[0].beat(0, 0, []int32{})
	if err := simple(lines[1]); err != errUnknownMember || b.w.group.checkSimpleTxn() != errUnknownMember {
		t.Errorf("in one with a member: %q", err)
	}
}

// A consumer that is no member writes in transactions, too.
func TestAssignedOutputs(t *testing.T) {
	s := outputSetup("kafka-4.0", "classic").must("consumer", "assignment", "assign")
	b := s.build(t)
	b.until("every consumer has its partitions", b.w.Ready)
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.run(20 * sim.Second)
	if n := len(b.applied()); n != len(keyNames) {
		t.Errorf("%d of %d records are applied", n, len(keyNames))
	}
}
