package kafka

import (
	"testing"

	"orderlab/model"
	"orderlab/sim"
)

// A leader whose disk is full answers the write that finds it out with a storage
// error, and its process ends at once: it has one log directory. Another leads when
// its session has run out. When there is room it is started again and catches up.
func TestFullDisk(t *testing.T) {
	b, p := trio(t)
	l := p.dial(0)
	l.produce(-1, 0, 0, 1)
	f := b.inject(faultFull, node("broker-0"))
	b.run(sim.Second)
	start := b.sim.Now()
	if pb := l.produce(-1, 0, 0, 1); pb.err != errKafkaStorage || !b.sim.Down(b.w.brokers[0].node) {
		t.Errorf("the write is answered %v, and the process is down: %v", pb.err, b.sim.Down(b.w.brokers[0].node))
	}
	if got := b.replica(0).log.end; got != 1 {
		t.Errorf("its log ends at %d", got)
	}
	b.until("another one leads", func() bool { return b.part().leader == 1 })
	if took := b.sim.Now() - start; took < 6*sim.Second {
		t.Errorf("another one leads after %v", took)
	}
	if pb := p.dial(1).produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("a write to the new leader: %v", pb.err)
	}
	b.w.Heal(f)
	b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) })
	if got := b.w.Findings(); len(got) > 0 {
		t.Error(got)
	}
}

// A follower whose disk is full ends as well, with what it has just fetched.
func TestFullDiskOfFollower(t *testing.T) {
	b, p := trio(t)
	l := p.dial(0)
	b.inject(faultFull, node("broker-2"))
	start := b.sim.Now()
	if pb := l.produce(-1, 0, 0, 1); pb.err != errNone || !b.sim.Down(b.w.brokers[2].node) || b.replica(2).log.end != 0 {
		t.Errorf("the write is answered %v; the follower has %d records", pb.err, b.replica(2).log.end)
	}
	if took := b.sim.Now() - start; took < 6*sim.Second || took > 12*sim.Second {
		t.Errorf("the write is answered after %v", took)
	}
}

// Without a write a process with a full disk ends when it writes down its high
// watermarks, every 5 s; and so does its successor while the disk is full.
func TestFullDiskWithoutWrites(t *testing.T) {
	b, _ := trio(t)
	n := b.w.brokers[1].node
	b.inject(faultFull, node("broker-1"))
	b.run(4900 * sim.Millisecond)
	if b.sim.Down(n) {
		t.Error("it is down before it has written anything")
	}
	b.run(100 * sim.Millisecond)
	if !b.sim.Down(n) {
		t.Error("it has written down its high watermarks")
	}
	b.restart(1)
	b.run(checkpointEvery)
	if !b.sim.Down(n) {
		t.Error("its successor has written them down")
	}
}

// syncWorld is a trio in which every record is synced, which takes 10 ms.
func syncWorld(t *testing.T) (*bench, *line, *line) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("broker", "log.flush.interval.messages", "1")
	s.producers = 0
	s.values["top"] = s.values["top"].Set("disk.sync.latency",
		model.DistValue(model.Distribution{Shape: model.Constant, A: int64(10 * sim.Millisecond)}))
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	p := b.probe()
	return b, p.dial(0), p.dial(0)
}

// Where every record is synced, the leader wakes its followers when the sync is done,
// and they go on to fetch when theirs is. A request for the partition has to wait for
// its log meanwhile. On a slow disk all of that takes longer.
func TestSyncTakesTime(t *testing.T) {
	for factor, sync := range map[int64]sim.Time{1: 10 * sim.Millisecond, 5: 50 * sim.Millisecond} {
		b, l, other := syncWorld(t)
		times := model.Value{Type: model.Number, Int: factor * int64(sim.Whole)}
		f := b.inject(faultSlow, node("brokers").Set("factor", times))
		start := b.sim.Now()
		l.postProduce(-1, 0, 0, 1)
		other.postProduce(-1, 0, 0, 1)
		b.run(sync + sim.Millisecond - 1)
		if got := b.replica(0).log.end; got != 1 {
			t.Errorf("before the sync is done the log ends at %d", got)
		}
		l.wait()
		// To the leader, to the followers, back, and the answer; and two syncs.
		if took, want := b.sim.Now()-start, 4*sim.Millisecond+2*sync; took != want {
			t.Errorf("factor %d: the answer came after %v, want %v", factor, took, want)
		}
		other.wait()
		if took, want := b.sim.Now()-start, 4*sim.Millisecond+3*sync; took < want || took > want+2*sync {
			t.Errorf("factor %d: the answer to the other came after %v, want %v", factor, took, want)
		}
		b.w.Heal(f)
		start = b.sim.Now()
		l.postProduce(-1, 0, 0, 1)
		l.wait()
		if took := b.sim.Now() - start; took != 24*sim.Millisecond {
			t.Errorf("after the fault the answer came after %v", took)
		}
	}
}

// acks=1 waits for the leader's sync only; and a leader that is deposed meanwhile says
// so.
func TestSyncOfDeposedLeader(t *testing.T) {
	b, l, _ := syncWorld(t)
	l.postProduce(-1, 0, 0, 1)
	b.run(3 * sim.Millisecond)
	b.w.ask(action{faultReassign, 0, []int8{1, 2}})
	if pb := b.w.arena.bodies.produce.At(l.wait().Body).batches[0]; pb.err != errNotLeaderOrFollower {
		t.Errorf("the answer is %v", pb.err)
	}
}
