package kafka

import (
	"fmt"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// outputSetup is a group whose members write effects and positions in transactions.
func outputSetup(profile, protocol string) *setup {
	s := newSetup().must("consumer", "group.protocol", protocol).must("topic", "partitions", "3").
		must("consumer", "auto.offset.reset", "earliest").must("producer", "linger.ms", "0s").
		must("broker", "group.initial.rebalance.delay.ms", "0s")
	s.profile, s.consumers = profile, 2
	s.app = model.Values{}.Set(model.TransactionalOutput, model.BooleanValue(true))
	return s
}

// Effects take place, and positions are committed, when the transaction of their poll
// is: not before its last record is finished.
func TestOutputsOfPoll(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		s := outputSetup(profile, "classic").must("topic", "partitions", "1").must("producer", "linger.ms", "5ms")
		s.consumers, s.work = 1, 100*sim.Millisecond
		b := s.build(t)
		b.run(5 * sim.Second)
		b.send(0, "a")
		b.run(20 * sim.Millisecond)
		for range 3 {
			b.send(0, "a")
		}
		b.run(300 * sim.Millisecond)
		if got := len(b.applied()); got != 1 || b.w.group.committed[0] != 1 {
			t.Errorf("%d applied, committed %v", got, b.w.group.committed)
		}
		b.run(250 * sim.Millisecond)
		if got := len(b.applied()); got != 4 || b.w.group.committed[0] != 4 || b.count(history.KindCommitTxn) != 2 {
			t.Errorf("%d applied, committed %v", got, b.w.group.committed)
		}
	})
}

// A member that the group has gone on without cannot commit: its transaction is
// aborted, and nothing in it takes effect.
func TestOutputsOfOlderGeneration(t *testing.T) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := outputSetup("kafka-4.0", protocol).must("consumer", "max.poll.interval.ms", "5s").
			must("consumer", "max.poll.records", "1")
		b := s.build(t)
		b.run(20 * sim.Second)
		b.apps[0].work = 20 * sim.Second
		b.apps[1].work = sim.Millisecond
		for _, key := range keyNames {
			b.send(0, key)
		}
		b.run(15 * sim.Second)
		b.apps[0].work = sim.Millisecond
		if got := len(b.applied()); got != len(keyNames) {
			t.Errorf("%s: the other has done %d of %d", protocol, got, len(keyNames))
		}
		b.run(60 * sim.Second)
		if got := len(b.applied()); got != len(keyNames) || b.count(history.KindAbortTxn) != 1 {
			t.Errorf("%s: %d effects, %d transactions aborted", protocol, got, b.count(history.KindAbortTxn))
		}
	}
}

// The group's coordinator dies while it is told the positions: they are written by the
// next one, and nothing is aborted.
func TestOutputsOutliveCoordinator(t *testing.T) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := outputSetup("kafka-4.0", protocol).must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
			must("broker", "broker.session.timeout.ms", "900ms").must("broker", "broker.heartbeat.interval.ms", "200ms").
			must("client", "metadata.max.age.ms", "1s")
		s.consumers = 1
		b := s.build(t)
		b.run(10 * sim.Second)
		b.send(0, "a")
		out := b.w.consumers[0].out
		b.until("the positions are on their way", func() bool { return out.asked == frameTxnOffsets })
		b.sim.Crash(b.w.group.b.node)
		b.run(30 * sim.Second)
		commits, aborts := b.count(history.KindCommitTxn), b.count(history.KindAbortTxn)
		if got := b.applied(); len(got) != 1 || commits != 1 || aborts != 0 || b.w.group.committed[0]+b.w.group.committed[1]+
			b.w.group.committed[2] < 1 {
			t.Errorf("%s: applied %v, %d commits, %d aborts, committed %v", protocol, got, commits, aborts, b.w.group.committed)
		}
	}
}

// A position in a transaction that is undecided is not told to the next owner until it
// is decided.
func TestUnstableOffsets(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 1)
	b.w.addTxn("probe")
	b.w.addTxn("other")
	b.w.beginTxns()
	l := p.dial(b.w.txns[0].b.index)
	pid := l.txn(frameInitPid, -1, -1, nil).pid
	l.txn(frameAddOffsets, pid, 0, nil)
	held := func(generation int32) errorCode {
		return p.coordinator().txn(frameTxnOffsets, pid, 0, func(body *txnBody) {
			body.member, body.generation, body.positions = member(0), generation, at(0, 5)
		}).err
	}
	if err := held(7); err != errIllegalGeneration {
		t.Errorf("another generation is answered with %v", err)
	}
	if err := held(1); err != errNone {
		t.Fatal(err)
	}
	ask := func() string {
		id, body := b.w.arena.bodies.offsets.Take()
		*body = offsetsBody{group: member(0), generation: 1, parts: at(0, -1)}
		lines[0].send(sim.Frame{Kind: frameOffsets, Body: id})
		got := b.w.arena.bodies.offsets.At(lines[0].wait().Body)
		return fmt.Sprintf("%d %v", got.parts[0].offset, got.err)
	}
	wants(t, "undecided", ask(), "-1 UNSTABLE_OFFSET_COMMIT")
	other := func(body *txnBody) { body.id = b.w.addTxn("other") }
	l2 := p.dial(b.w.txns[1].b.index)
	pid2 := l2.txn(frameInitPid, -1, -1, other).pid
	l2.txn(frameAddOffsets, pid2, 0, other)
	l2.txn(frameEndTxn, pid2, 0, other)
	b.run(sim.Second)
	wants(t, "another transaction is aborted", ask(), "-1 UNSTABLE_OFFSET_COMMIT")
	l.txn(frameEndTxn, pid, 0, commits)
	b.run(sim.Second)
	wants(t, "committed", ask(), "5 ")
}

// outputLife draws a life of a group with crashes, pauses and slow members, of whom
// brokers die, too. It returns how many messages took effect twice, and how many that
// were acked did not.
func outputLife(rt *rapid.T, t testing.TB, transactional bool) (b *bench, twice, never int) {
	s := outputSetup(rapid.SampledFrom(profiles()).Draw(rt, "profile"),
		rapid.SampledFrom([]string{"classic", "consumer"}).Draw(rt, "protocol")).
		must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").must("producer", "transaction.timeout.ms", "4s").
		must("broker", "broker.session.timeout.ms", "900ms").must("broker", "broker.heartbeat.interval.ms", "200ms").
		must("broker", "replica.lag.time.max.ms", "1s").must("client", "metadata.max.age.ms", "1s").
		must("broker", "group.consumer.heartbeat.interval.ms", "300ms").must("broker", "group.consumer.session.timeout.ms", "2s").
		must("consumer", "auto.commit.interval.ms", "500ms").must("consumer", "heartbeat.interval.ms", "300ms").
		must("consumer", "session.timeout.ms", "2s").must("consumer", "max.poll.interval.ms", "3s").
		must("consumer", "max.poll.records", rapid.SampledFrom([]string{"1", "5", "500"}).Draw(rt, "records"))
	s.app = s.app.Set(model.TransactionalOutput, model.BooleanValue(transactional))
	s.latency = model.Distribution{Shape: model.Uniform, A: int64(sim.Millisecond / 10), B: int64(5 * sim.Millisecond)}
	b = s.build(t)
	b.sim.SetSource(sim.Random{Seed: rapid.Uint64().Draw(rt, "seed")})
	b.run(4 * sim.Second)
	for range rapid.IntRange(5, 30).Draw(rt, "steps") {
		i := rapid.IntRange(0, 1).Draw(rt, "consumer")
		c := b.w.consumers[i].node
		switch rapid.SampledFrom([]string{"send", "send", "crash", "pause", "slow", "broker"}).Draw(rt, "what") {
		case "send":
			for range rapid.IntRange(1, 10).Draw(rt, "count") {
				b.send(0, rapid.SampledFrom(keyNames).Draw(rt, "key"))
			}
		case "crash":
			b.sim.Crash(c)
			b.sim.Restart(c, sim.Time(rapid.IntRange(0, 4000).Draw(rt, "away"))*sim.Millisecond)
		case "pause":
			b.sim.Pause(c)
			b.run(sim.Time(rapid.IntRange(0, 6000).Draw(rt, "paused")) * sim.Millisecond)
			b.sim.Resume(c)
		case "slow":
			b.apps[i].work = rapid.SampledFrom([]sim.Time{1, 50, 1000}).Draw(rt, "work") * sim.Millisecond
		case "broker":
			n := b.w.brokers[rapid.IntRange(0, 2).Draw(rt, "which")].node
			b.sim.Crash(n)
			b.run(sim.Time(rapid.IntRange(0, 3000).Draw(rt, "down")) * sim.Millisecond)
			b.sim.Restart(n, 0)
			b.run(2 * sim.Second)
		}
		b.run(sim.Time(rapid.IntRange(0, 500).Draw(rt, "ms")) * sim.Millisecond)
	}
	b.apps[0].work, b.apps[1].work = sim.Millisecond, sim.Millisecond
	b.run(300 * sim.Second)
	times := map[history.Message]int{}
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindApply {
			times[op.Message]++
		}
	}
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindAck && op.Outcome == history.OK && times[op.Message] == 0 {
			never++
		}
	}
	for _, n := range times {
		twice += n - 1
	}
	return b, twice, never
}

// Whoever dies and whenever, each record takes effect once.
func TestOutputProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, twice, never := outputLife(rt, t, true)
		if twice+never > 0 || !b.w.Settled() {
			rt.Fatalf("%d effects took place again, %d never; settled: %v", twice, never, b.w.Settled())
		}
	})
}

// The twin: with automatic commits effects take place again.
func TestOutputTwin(t *testing.T) {
	again := 0
	rapid.Check(t, func(rt *rapid.T) {
		_, twice, never := outputLife(rt, t, false)
		if never > 0 {
			rt.Fatalf("%d effects never took place", never)
		}
		again += twice
	})
	if again == 0 {
		t.Error("no effect took place twice")
	}
}
