package kafka

import (
	"slices"
	"testing"

	"orderlab/sim"
)

// quartet is a partition on three of four brokers, with a few records.
func quartet(t testing.TB, settings ...[3]string) (*bench, *line) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("broker", "replica.lag.time.max.ms", "1s")
	s.producers, s.brokers = 0, 4
	for _, v := range settings {
		s.must(v[0], v[1], v[2])
	}
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	l := b.probe().dial(0)
	for range 3 {
		l.produce(-1, 0, 0, 1)
	}
	return b, l
}

func (b *bench) reassign(brokers ...int8) { b.w.ask(action{faultReassign, 0, brokers}) }

// expectPart compares the partition at the controller, and who has a replica of it.
func expectPart(t *testing.T, b *bench, leader int8, isr brokerSet, replicas ...int8) {
	t.Helper()
	p := b.part()
	if p.leader != leader || p.isr != isr || !slices.Equal(p.replicas, replicas) {
		t.Errorf("leader %d, %v in sync of %v, want %d, %v of %v", p.leader, p.isr, p.replicas, leader, isr, replicas)
	}
	for i := range b.w.brokers {
		if has := b.replica(i) != nil; has != setOf(replicas...).has(i) {
			t.Errorf("broker-%d has a replica: %v", i, has)
		}
	}
}

// A new broker is a replica at once and an old one until the new ones are in sync.
// Then the old ones go in a new leader epoch, with the lead if they have it.
func TestReassignment(t *testing.T) {
	b, l := quartet(t)
	b.cut(0, 3) // the new one gets nothing
	epoch := b.part().epoch
	b.reassign(1, 2, 3)
	b.run(20 * sim.Millisecond)
	expectPart(t, b, 0, setOf(0, 1, 2), 1, 2, 3, 0)
	if p := b.part(); p.adding != setOf(3) || p.removing != setOf(0) || p.epoch != epoch {
		t.Errorf("adding %v, removing %v, epoch %d", p.adding, p.removing, p.epoch)
	}
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("a send meanwhile: %v", pb.err)
	}
	b.join(0, 3)
	b.until("the reassignment is done", func() bool { return b.part().adding == 0 })
	b.run(5 * sim.Second)
	expectPart(t, b, 1, setOf(1, 2, 3), 1, 2, 3)
	if p := b.part(); p.removing != 0 || p.epoch != epoch+1 {
		t.Errorf("removing %v, epoch %d after %d", p.removing, p.epoch, epoch)
	}
	if got, want := b.replica(3).log.end, b.replica(1).log.end; got != want || got != 4 {
		t.Errorf("the new broker has %d of %d records", got, want)
	}
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNotLeaderOrFollower {
		t.Errorf("a send to the broker that went: %v", pb.err)
	}
	if got := b.w.Findings(); len(got) > 0 {
		t.Error(got)
	}
}

// A leader that stays leads on in the new epoch and remembers its followers: what is
// sent is not held up, and nobody leaves the in-sync replicas.
func TestReassignmentKeepsLeader(t *testing.T) {
	b, l := quartet(t)
	version := b.part().version
	b.reassign(0, 3)
	b.until("the reassignment is done", func() bool { return b.part().removing == 0 && b.part().version > version })
	b.until("the leader knows", func() bool { return b.replica(0).epoch == b.part().epoch })
	if p := b.replica(0).progress; p[3].end < 0 || p[1].assigned || p[2].assigned || !p[3].assigned {
		t.Errorf("the leader knows of its followers: %+v", p)
	}
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("a send: %v", pb.err)
	}
	b.run(3 * sim.Second)
	expectPart(t, b, 0, setOf(0, 3), 0, 3)
	if want := version + 2; b.part().version != want { // asked for, and done
		t.Errorf("partition epoch %d, want %d", b.part().version, want)
	}
}

// What needs nobody new is done at once: another order, or fewer brokers. The leader
// stays, and the new preferred one leads when the controller gives partitions back.
func TestReassignmentAtOnce(t *testing.T) {
	b, l := quartet(t)
	epoch := b.part().epoch
	b.reassign(2, 1, 0)
	b.run(5 * sim.Millisecond)
	expectPart(t, b, 0, setOf(0, 1, 2), 2, 1, 0)
	if b.part().epoch != epoch {
		t.Errorf("epoch %d after %d", b.part().epoch, epoch)
	}
	b.w.ask(action{kind: faultElect})
	b.run(5 * sim.Millisecond)
	expectPart(t, b, 2, setOf(0, 1, 2), 2, 1, 0)
	b.reassign(0)
	b.run(50 * sim.Millisecond)
	expectPart(t, b, 0, setOf(0), 0)
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("with one replica min.insync.replicas is 1, and a send is answered %v", pb.err)
	}
}

// A reassignment that is broken off leaves the partition as it was; the new brokers
// have nothing any more.
func TestCancelReassignment(t *testing.T) {
	b, _ := quartet(t)
	b.cut(0, 3)
	b.reassign(3, 2)
	b.run(20 * sim.Millisecond)
	expectPart(t, b, 0, setOf(0, 1, 2), 3, 2, 0, 1)
	b.w.ask(action{kind: faultCancel})
	b.run(20 * sim.Millisecond)
	expectPart(t, b, 0, setOf(0, 1, 2), 2, 0, 1)
	if p := b.part(); p.adding|p.removing != 0 {
		t.Errorf("adding %v, removing %v", p.adding, p.removing)
	}
	if got := b.w.controller.cancelReassignment(0); got != errNoReassignmentInProgress {
		t.Errorf("another one is answered %v", got)
	}
}

// Where only new brokers are in sync a reassignment can be broken off uncleanly only.
func TestCancelReassignmentUnclean(t *testing.T) {
	for unclean, want := range map[string]errorCode{"false": errInvalidReplicaAssignment, "true": errNone} {
		b, _ := quartet(t, [3]string{"broker", "unclean.leader.election.enable", unclean})
		b.part().isr, b.part().leader = setOf(3), 3
		b.part().replicas, b.part().adding, b.part().removing = []int8{3, 0, 1}, setOf(3), setOf(0)
		if got := b.w.controller.cancelReassignment(0); got != want {
			t.Errorf("unclean elections %s: %v, want %v", unclean, got, want)
		}
		if unclean == "true" && (b.part().leader != 0 || b.part().isr != setOf(0)) {
			t.Errorf("%d leads and %v are in sync", b.part().leader, b.part().isr)
		}
	}
}

func TestReassignmentRefused(t *testing.T) {
	b, _ := quartet(t)
	for _, c := range []struct {
		partition int32
		brokers   []int8
		want      errorCode
	}{
		{1, []int8{0}, errUnknownTopicOrPartition}, {0, nil, errInvalidReplicaAssignment},
		{0, []int8{1, 1}, errInvalidReplicaAssignment},
	} {
		if got := b.w.controller.reassign(c.partition, c.brokers); got != c.want {
			t.Errorf("partition %d to %v: %v, want %v", c.partition, c.brokers, got, c.want)
		}
	}
	if got := b.w.controller.cancelReassignment(1); got != errUnknownTopicOrPartition {
		t.Errorf("breaking off one of no partition: %v", got)
	}
}

// A new replica that asks its leader before that has heard of it is told to come
// again.
func TestFetchOfUnknownReplica(t *testing.T) {
	b, _ := quartet(t)
	b.sim.Block(b.w.controller.node, b.w.brokers[0].node) // the leader hears nothing
	b.reassign(0, 1, 2, 3)
	b.run(200 * sim.Millisecond)
	if r := b.replica(3); r == nil || r.log.end != 0 {
		t.Fatalf("the new replica is %+v", r)
	}
	b.sim.Unblock(b.w.controller.node, b.w.brokers[0].node)
	b.until("it is in sync", func() bool { return b.isr(0, 1, 2, 3) })
}

// A safe cluster in which operators reassign partitions, break that off, give leaders
// back and stop brokers, while brokers die and links break, loses nothing either.
func TestOperatorsLoseNothing(t *testing.T) {
	answered, moved := 0, int32(0)
	for seed := range 80 {
		w := weathers().Example(seed)
		for i := range w.steps {
			if i%3 == 0 {
				w.steps[i].what = operate
			}
		}
		c := w.run(t, twist{})
		if got := c.breaches(); len(got) > 0 {
			t.Fatalf("seed %d: %s", seed, got)
		}
		answered += len(c.acked)
		for p := range c.b.w.controller.parts {
			moved += c.b.w.controller.parts[p].epoch
		}
	}
	if answered < 2_000 || moved < 400 {
		t.Errorf("only %d messages were acked in all, with %d leader epochs", answered, moved)
	}
}
