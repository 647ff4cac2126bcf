package kafka

import (
	"testing"

	"orderlab/sim"
)

// trio is three brokers with one partition, which all have and broker-0 leads.
func trio(t testing.TB, settings ...[3]string) (*bench, *probe) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2")
	s.producers = 0
	for _, v := range settings {
		s.must(v[0], v[1], v[2])
	}
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	return b, b.probe()
}

func (b *bench) crash(broker int)   { b.sim.Crash(b.w.brokers[broker].node) }
func (b *bench) restart(broker int) { b.sim.Restart(b.w.brokers[broker].node, 0) }

// cut stops all frames between two brokers, join lets them through.
func (b *bench) cut(one, other int) {
	b.sim.Block(b.w.brokers[one].node, b.w.brokers[other].node)
	b.sim.Block(b.w.brokers[other].node, b.w.brokers[one].node)
}

func (b *bench) join(one, other int) {
	b.sim.Unblock(b.w.brokers[one].node, b.w.brokers[other].node)
	b.sim.Unblock(b.w.brokers[other].node, b.w.brokers[one].node)
}

func (b *bench) part() *registration      { return &b.w.controller.parts[0] }
func (b *bench) replica(i int) *replica   { return b.w.brokers[i].replicas[0] }
func (b *bench) isr(brokers ...int8) bool { return b.part().isr == setOf(brokers...) }

// A follower that cannot fetch leaves the in-sync replicas after 1 to 1.5 times
// replica.lag.time.max.ms; until then a send with acks=all waits. It comes back
// when it has reached the high watermark again.
func TestISRShrinksAndExpands(t *testing.T) {
	b, p := trio(t)
	l := p.dial(0)
	l.produce(-1, 0, 0, 1)
	b.run(sim.Second)
	b.cut(0, 2)
	cut := b.sim.Now()
	l.postProduce(-1, 0, 0, 1)
	b.until("the follower is out", func() bool { return b.isr(0, 1) })
	lag := b.w.cfg.replication.lagMax
	if took := b.sim.Now() - cut; took < lag-sim.Second || took > lag*3/2+10*sim.Millisecond {
		t.Errorf("the follower left after %v, want within %v and %v", took, lag, lag*3/2)
	}
	if len(l.answers) != 0 {
		t.Error("the send was answered while the follower was in sync")
	}
	l.wait()
	b.join(0, 2)
	b.until("the follower is back", func() bool { return b.isr(0, 1, 2) })
	if got, want := b.replica(2).log.end, b.replica(0).log.end; got != want {
		t.Errorf("the follower is back with its end at %d of %d", got, want)
	}
}

// A change of the in-sync replicas that the controller refuses leaves them as they were,
// and the leader may ask for another.
func TestRefusedISRChange(t *testing.T) {
	b, _ := trio(t)
	r := b.replica(0)
	r.isr = setOf(0, 1)
	b.w.brokers[0].alter(r, setOf(0, 1, 2))
	if got := r.maximal(); got != setOf(0, 1, 2) {
		t.Errorf("while nobody knows, %v may be in sync", got)
	}
	b.w.brokers[0].altered(&controlBody{err: errIneligibleReplica, change: isrChange{epoch: r.epoch}})
	if r.altering || r.isr != setOf(0, 1) {
		t.Errorf("after the refusal %v are in sync; asking: %v", r.isr, r.altering)
	}
}

// With fewer in sync than min.insync.replicas acks=all is refused, and what is
// stored stays below no high watermark. acks=1 is taken.
func TestNotEnoughReplicas(t *testing.T) {
	b, p := trio(t)
	b.crash(1)
	b.crash(2)
	b.until("one is in sync", func() bool { return b.isr(0) })
	b.run(10 * sim.Millisecond)
	l := p.dial(0)
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNotEnoughReplicas {
		t.Errorf("a send was answered with %q", pb.err)
	}
	if r := b.replica(0); r.log.end != 0 {
		t.Errorf("it was stored: the log ends at %d", r.log.end)
	}
}

// Before Kafka 3.7 the high watermark went on with too few in sync: a send that was
// stored is told so by an error.
func TestNotEnoughReplicasAfterAppend(t *testing.T) {
	b, p := trio(t, [3]string{"broker", "replica.truncation", truncateKIP279})
	l := p.dial(0)
	b.cut(0, 1)
	b.cut(0, 2)
	l.postProduce(-1, 0, 0, 1)
	b.until("one is in sync", func() bool { return b.isr(0) })
	if pb := b.w.arena.bodies.produce.At(l.wait().Body).batches[0]; pb.err != errNotEnoughReplicasAfterAppend {
		t.Errorf("the send was answered with %q", pb.err)
	}
	if r := b.replica(0); r.log.end != 1 || r.watermark != 1 {
		t.Errorf("the log ends at %d with high watermark %d", r.log.end, r.watermark)
	}
}

// A leader that is dead is fenced a session after its last heartbeat; the first of
// the assignment that is in sync leads in a new epoch. When it is back and in sync
// the next look at preferred leaders gives the partition back.
func TestElection(t *testing.T) {
	b, _ := trio(t)
	died := b.sim.Now()
	b.crash(0)
	b.until("there is another leader", func() bool { return b.part().leader != 0 })
	session := b.w.cfg.replication.session
	if took := b.sim.Now() - died; took > session || took < session-b.w.cfg.replication.heartbeat-sim.Second {
		t.Errorf("it took %v", took)
	}
	if r := b.part(); r.leader != 1 || r.epoch != 1 || !b.isr(1, 2) {
		t.Errorf("broker-%d leads in epoch %d with %v", r.leader, r.epoch, r.isr)
	}
	b.restart(0)
	b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) })
	b.run(300*sim.Second - b.sim.Now() - sim.Second)
	if b.part().leader != 1 {
		t.Error("the preferred leader came back before its time")
	}
	b.run(2 * sim.Second)
	if r := b.part(); r.leader != 0 || r.epoch != 2 {
		t.Errorf("broker-%d leads in epoch %d", r.leader, r.epoch)
	}
}

// The last in-sync replica stays so when it dies. The partition has no leader
// until it is back, unless elections may be unclean.
func TestLastInSyncReplica(t *testing.T) {
	for _, unclean := range []bool{false, true} {
		text := map[bool]string{false: "false", true: "true"}[unclean]
		b, _ := trio(t, [3]string{"broker", "unclean.leader.election.enable", text})
		b.crash(1)
		b.crash(2)
		b.until("one is in sync", func() bool { return b.isr(0) })
		b.crash(0)
		b.restart(1)
		b.run(20 * sim.Second)
		if leader := b.part().leader; unclean && (leader != 1 || !b.isr(1)) || !unclean && (leader != noLeader || !b.isr(0)) {
			t.Errorf("unclean elections %v: broker-%d leads, %v in sync", unclean, leader, b.part().isr)
		}
		b.restart(0)
		b.run(10 * sim.Second)
		if leader := b.part().leader; !unclean && leader != 0 {
			t.Errorf("broker-%d leads when the last replica is back", leader)
		}
	}
}

// A process that comes back within its predecessor's session is not registered
// before that has run out, and takes no connections.
func TestQuickRestartWaitsForSession(t *testing.T) {
	b, p := trio(t)
	b.crash(2)
	died := b.sim.Now()
	b.restart(2)
	b.run(sim.Second)
	if b.w.brokers[2].registered || b.w.brokers[2].serving {
		t.Error("the new process takes part")
	}
	b.until("it is registered", func() bool { return b.w.brokers[2].serving })
	if took := b.sim.Now() - died; took < b.w.cfg.replication.session-b.w.cfg.replication.heartbeat-sim.Second {
		t.Errorf("it was registered after %v", took)
	}
	b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) })
	p.dial(2)
}

// Followers and leaders of different epochs refuse each other, and a log that
// parts from the leader's is told where.
func TestLeaderEpochsOfFetches(t *testing.T) {
	b, p := trio(t)
	l0 := p.dial(0)
	l0.produce(-1, 0, 0, 3)
	b.run(sim.Second)
	b.crash(0)
	b.until("there is another leader", func() bool { return b.part().leader == 1 })
	b.run(20 * sim.Millisecond)
	l := p.dial(1)
	l.produce(-1, 0, 0, 2) // epoch 0: 0-2, epoch 1: 3-4
	ask := func(leaderEpoch, lastEpoch int32, offset int64) fetchedPart {
		id, body := b.w.arena.bodies.fetch.Take()
		*body = fetchBody{follower: 2, minBytes: 1, incarnation: 0, maxWait: sim.Second, partMax: mib, max: mib,
			parts: []fetchPart{{offset: offset, leaderEpoch: leaderEpoch, lastEpoch: lastEpoch}}}
		l.send(sim.Frame{Kind: frameFetch, Body: id})
		return b.w.arena.bodies.fetched.At(l.wait().Body).parts[0]
	}
	if got := ask(0, 0, 3).err; got != errFencedLeaderEpoch {
		t.Errorf("an older epoch: %q", got)
	}
	if got := ask(2, 0, 3).err; got != errUnknownLeaderEpoch {
		t.Errorf("a newer epoch: %q", got)
	}
	if got := ask(1, 0, 3); got.err != errNone || got.diverges || got.to == got.from {
		t.Errorf("the log is the same: %+v", got)
	}
	if got := ask(1, 0, 4); !got.diverges || got.epoch != 0 || got.diverged != 3 {
		t.Errorf("epoch 0 ends at 3: %+v", got)
	}
}

// A new leader knows the producers of what it has replicated: a batch that is sent
// again is a duplicate.
func TestNewLeaderKnowsProducers(t *testing.T) {
	b, p := trio(t)
	p.dial(0).produce(7, 0, 0, 2)
	b.run(sim.Second)
	b.crash(0)
	b.until("there is another leader", func() bool { return b.part().leader == 1 })
	b.run(20 * sim.Millisecond)
	l := p.dial(1)
	if pb := l.produce(7, 0, 0, 2); pb.err != errNone || pb.base != 0 {
		t.Errorf("the batch again: %q at %d", pb.err, pb.base)
	}
	if pb := l.produce(7, 0, 5, 1); pb.err != errOutOfOrderSequence {
		t.Errorf("a gap: %q", pb.err)
	}
	if pb := l.produce(7, 0, 2, 1); pb.err != errNone || pb.base != 2 {
		t.Errorf("the next: %q at %d", pb.err, pb.base)
	}
}

// Whoever waits for replication at a leader that is deposed is sent away.
func TestDeposedLeaderSendsAway(t *testing.T) {
	b, p := trio(t)
	l, reader := p.dial(0), p.dial(0)
	b.cut(0, 1)
	b.cut(0, 2)
	l.postProduce(-1, 0, 0, 1)
	controller := b.w.controller.node
	b.sim.Block(b.w.brokers[0].node, controller)
	b.until("there is another leader", func() bool { return b.part().leader == 1 })
	if len(l.answers) > 0 || !b.replica(0).leader {
		t.Error("the old leader knows already")
	}
	b.sim.Unblock(b.w.brokers[0].node, controller)
	if pb := b.w.arena.bodies.produce.At(l.wait().Body).batches[0]; pb.err != errNotLeaderOrFollower {
		t.Errorf("the send was answered with %q", pb.err)
	}
	if got := reader.fetch(sim.Second, mib, mib, fetchPart{}).parts[0].err; got != errNotLeaderOrFollower {
		t.Errorf("a fetch is answered with %q", got)
	}
	b.join(0, 1)
	b.until("the old leader's tail is cut", func() bool { return b.replica(0).log.end == 0 })
}

// The point between the append and the answer: the record is stored, and nobody
// was told.
func TestPointAfterAppend(t *testing.T) {
	b, p := trio(t)
	l := p.dial(0)
	err := b.sim.Install(sim.Schedule{{Name: "kill", Fault: sim.Fault{Kind: sim.Crash, Nodes: []string{"broker-0"}},
		When:  sim.Trigger{Kind: sim.AtPoint, Node: "broker-0", Name: pointAppended, Count: 2},
		Until: sim.Until{Kind: sim.UntilHealed}}})
	if err != nil {
		t.Fatal(err)
	}
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("the first send was answered with %q", pb.err)
	}
	l.postProduce(-1, 0, 0, 1)
	if !l.silent(sim.Second) {
		t.Error("the second send was answered")
	}
	if end := b.replica(0).log.end; end != 2 {
		t.Errorf("the log ends at %d", end)
	}
}

// When the group's coordinator dies another broker takes the group over with its
// members and positions: the consumers find it and go on.
func TestCoordinatorMoves(t *testing.T) {
	s := newSetup().must("topic", "partitions", "3").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("consumer", "auto.offset.reset", "earliest").must("consumer", "auto.commit.interval.ms", "1s")
	s.consumers = 2
	b := s.build(t)
	b.until("the group is stable", func() bool { return b.w.Ready() })
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.until("all is applied", func() bool { return len(b.applied()) == len(keyNames) })
	b.run(5 * sim.Second)
	before, generation := b.w.controller.coordinator, b.w.group.generation
	committed := append([]int64(nil), b.w.group.committed...)
	b.crash(before)
	b.until("another coordinates", func() bool { return b.w.group.b != nil && b.w.group.b.index != before })
	for p, want := range committed {
		if b.w.group.committed[p] != want {
			t.Errorf("partition %d: committed %d, was %d", p, b.w.group.committed[p], want)
		}
	}
	b.run(10 * sim.Second)
	if !b.w.Ready() || b.w.group.generation != generation {
		t.Errorf("the group is not what it was: ready %v, generation %d of %d", b.w.Ready(), b.w.group.generation, generation)
	}
	for _, key := range keyNames {
		b.send(0, key)
	}
	b.until("all is applied", func() bool { return len(b.applied()) == 2*len(keyNames) })
	b.run(sim.Minute) // longer than a session
	if !b.w.Ready() || b.w.group.generation != generation {
		t.Errorf("a session later: ready %v, generation %d of %d", b.w.Ready(), b.w.group.generation, generation)
	}
	for p := range committed {
		if got, want := b.w.group.committed[p], b.w.leader(int32(p)).log.end; got != want {
			t.Errorf("partition %d: committed %d of %d", p, got, want)
		}
	}
}

// A consumer that has lost its coordinator looks for it again after the back-off by
// itself, not only with the next heartbeat or commit. The question may wait behind a
// fetch that is parked at the broker it asks.
func TestCoordinatorIsLookedFor(t *testing.T) {
	s := newSetup().must("topic", "partitions", "3").must("consumer", "heartbeat.interval.ms", "15s").
		must("consumer", "auto.commit.interval.ms", "1m")
	s.consumers = 1
	b := s.build(t)
	b.until("the group is stable", func() bool { return b.w.Ready() })
	c := b.w.consumers[0]
	b.run(sim.Second)
	c.member.loseCoordinator()
	b.run(c.cfg.backoff * 9 / 10)
	if c.member.coordinator >= 0 {
		t.Errorf("before the back-off of %v is over the coordinator is broker %d", c.cfg.backoff, c.member.coordinator)
	}
	b.run(c.cfg.backoff * 5)
	if c.member.coordinator < 0 {
		t.Errorf("%v after it was lost the coordinator is not known", 6*c.cfg.backoff)
	}
}
