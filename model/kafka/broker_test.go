package kafka

import (
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// brokerWorld has one broker with two partitions and no clients.
func brokerWorld(t testing.TB) (*bench, *probe) {
	s := newSetup().must("topic", "partitions", "2")
	s.brokers, s.producers = 1, 0
	b := s.build(t)
	return b, b.probe()
}

// The sequence rules of one producer id on one partition: the next sequence is
// appended, one of the last five batches is answered again without an append, and
// anything else is out of order. A producer id that the partition does not know
// may begin anywhere.
func TestSequenceRules(t *testing.T) {
	_, p := brokerWorld(t)
	l := p.dial(0)
	type answer struct {
		err  errorCode
		base int64
	}
	ask := func(pid, sequence int32, count int, want answer) {
		t.Helper()
		pb := l.produce(pid, 0, sequence, count)
		if got := (answer{pb.err, pb.base}); pb.err != want.err || (pb.err == errNone && got != want) {
			t.Errorf("producer %d, sequence %d: %v, want %v", pid, sequence, got, want)
		}
	}
	outOfOrder := answer{err: errOutOfOrderSequence}
	for i := range 6 {
		ask(1, int32(2*i), 2, answer{base: int64(2 * i)})
	}
	ask(1, 10, 2, answer{base: 10}) // the newest again
	ask(1, 2, 2, answer{base: 2})   // the oldest of five
	ask(1, 0, 2, outOfOrder)        // the sixth is forgotten
	ask(1, 14, 1, outOfOrder)       // a gap
	ask(1, 2, 1, outOfOrder)        // a batch of another length is another batch
	ask(2, 100, 1, answer{base: 12})
	ask(2, 99, 1, outOfOrder)
	ask(2, 101, 1, answer{base: 13})
	ask(1, 12, 1, answer{base: 14})
	if pb := l.produce(1, 1, 40, 1); pb.err != errNone || pb.base != 0 {
		t.Errorf("sequences of one partition hold for another: %v", pb.err)
	}
	for range 2 { // without an id the same batch is appended twice
		l.produce(-1, 0, 0, 1)
	}
	if end := p.b.w.brokers[0].replicas[0].log.end; end != 17 {
		t.Errorf("the log ends at %d, want 17", end)
	}
}

// TestSequenceProperty sends batches at random, repeated and left out, and
// compares with the plain rules.
func TestSequenceProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_, p := brokerWorld(t)
		l := p.dial(0)
		type sent struct{ first, count, base int64 }
		var log []sent // accepted batches
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			first, count := int32(rapid.IntRange(0, 12).Draw(rt, "sequence")), rapid.IntRange(1, 2).Draw(rt, "count")
			want := errOutOfOrderSequence
			base := int64(0)
			for i := max(0, len(log)-cachedBatches); i < len(log); i++ {
				if log[i].first == int64(first) && log[i].count == int64(count) {
					want, base = errNone, log[i].base
				}
			}
			if want != errNone {
				if n := len(log); n == 0 {
					want = errNone
				} else if x := log[n-1]; int64(first) == x.first+x.count {
					want, base = errNone, x.base+x.count
				}
				if want == errNone {
					log = append(log, sent{int64(first), int64(count), base})
				}
			}
			if pb := l.produce(7, 0, first, count); pb.err != want || (want == errNone && pb.base != base) {
				rt.Fatalf("sequence %d of %d records: %q at %d, want %q at %d", first, count, pb.err, pb.base, want, base)
			}
		}
	})
}

// at lists parts of a fetch: a partition and an offset, and so on.
func at(pairs ...int64) []fetchPart {
	var out []fetchPart
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, fetchPart{partition: int32(pairs[i]), offset: pairs[i+1]})
	}
	return out
}

// How much a fetch is answered with: up to the partition's limit and the whole
// answer's, in whole batches; the first batch of the answer in any case.
func TestFetchLimits(t *testing.T) {
	b, p := brokerWorld(t)
	l := p.dial(0)
	for partition := range int32(2) {
		for range 4 { // batches of 2 records: 61 + 2*(100+7) bytes
			l.produce(-1, partition, 0, 2)
		}
	}
	const batch = batchOverhead + 2*(100+recordOverhead)
	for _, c := range []struct {
		partMax, most int32
		parts         []fetchPart
		want          string // records of each partition
	}{
		{10 * batch, 100 * batch, at(0, 0, 1, 0), "8 8"},
		{2 * batch, 100 * batch, at(0, 0, 1, 0), "4 4"},
		{2*batch + batch - 1, 100 * batch, at(0, 2, 1, 4), "4 4"},
		{10 * batch, 5 * batch, at(0, 0, 1, 0), "8 2"},
		{1, 100 * batch, at(0, 0, 1, 0), "2 0"}, // one batch, of the first only
		{1, 100 * batch, at(0, 8, 1, 0), "0 2"}, // of the first that has any
		{10 * batch, 1, at(1, 6, 0, 0), "2 0"},
		{10 * batch, 100 * batch, at(0, 3), "6"}, // from inside a batch: whole batches
	} {
		got := ""
		body := l.fetch(sim.Second, c.partMax, c.most, c.parts...)
		for i, part := range body.parts {
			n := 0
			for _, ref := range body.refs[part.from:part.to] {
				n += int(b.w.arena.batches[ref].count)
			}
			if i > 0 {
				got += " "
			}
			got += fmt.Sprint(n)
		}
		if got != c.want {
			t.Errorf("fetch of %v with limits %d and %d: %s records, want %s", c.parts, c.partMax, c.most, got, c.want)
		}
	}
}

// A fetch at the end waits for data of its partitions, at most its time, and is
// not woken by others.
func TestFetchWaits(t *testing.T) {
	b, p := brokerWorld(t)
	reader, writer := p.dial(0), p.dial(0)
	began := b.sim.Now()
	if body := reader.fetch(300*sim.Millisecond, mib, mib, fetchPart{partition: 0, offset: 0}); len(body.refs) != 0 ||
		b.sim.Now()-began != 302*sim.Millisecond {
		t.Errorf("a fetch of an empty partition gave %d batches after %v", len(body.refs), b.sim.Now()-began)
	}
	began = b.sim.Now()
	b.sim.At(began+50*sim.Millisecond, func() { writer.postProduce(-1, 1, 0, 1) })
	b.sim.At(began+100*sim.Millisecond, func() { writer.postProduce(-1, 0, 0, 1) })
	if body := reader.fetch(300*sim.Millisecond, mib, mib, fetchPart{partition: 0, offset: 0}); len(body.refs) != 1 ||
		b.sim.Now()-began != 102*sim.Millisecond {
		t.Errorf("a fetch that waited gave %d batches after %v", len(body.refs), b.sim.Now()-began)
	}
	// A fetch that waited for both is answered; the next asks for partition 0 only,
	// and what the first watched on partition 1 wakes it no more.
	b.sim.At(b.sim.Now()+50*sim.Millisecond, func() { writer.postProduce(-1, 0, 0, 1) })
	reader.fetch(sim.Second, mib, mib, fetchPart{partition: 0, offset: 1}, fetchPart{partition: 1, offset: 1})
	began = b.sim.Now()
	b.sim.At(began+50*sim.Millisecond, func() { writer.postProduce(-1, 1, 0, 1) })
	if body := reader.fetch(300*sim.Millisecond, mib, mib, fetchPart{partition: 0, offset: 2}); len(body.refs) != 0 ||
		b.sim.Now()-began != 302*sim.Millisecond {
		t.Errorf("a fetch was woken by another partition after %v", b.sim.Now()-began)
	}
	began = b.sim.Now()
	if body := reader.fetch(300*sim.Millisecond, mib, mib, fetchPart{partition: 0, offset: 0}); len(body.refs) != 2 ||
		b.sim.Now()-began != 2*sim.Millisecond {
		t.Errorf("a fetch of what is there gave %d batches after %v", len(body.refs), b.sim.Now()-began)
	}
}

// The errors about partitions and positions.
func TestPartitionErrors(t *testing.T) {
	s := newSetup().must("topic", "partitions", "2")
	s.brokers, s.producers = 2, 0
	b := s.build(t)
	l := b.probe().dial(0) // broker-0 leads partition 0, broker-1 partition 1
	for partition, want := range map[int32]errorCode{
		0: errNone, 1: errNotLeaderOrFollower, 2: errUnknownTopicOrPartition,
	} {
		if pb := l.produce(-1, partition, 0, 1); pb.err != want {
			t.Errorf("produce to partition %d: %q, want %q", partition, pb.err, want)
		}
		if got := l.fetch(0, mib, mib, fetchPart{partition: partition, offset: 0}).parts[0].err; got != want {
			t.Errorf("fetch of partition %d: %q, want %q", partition, got, want)
		}
		id, body := b.w.arena.bodies.offsets.Take()
		*body = offsetsBody{parts: at(int64(partition), -1), latest: true}
		l.send(sim.Frame{Kind: frameListOffsets, Body: id})
		got := b.w.arena.bodies.offsets.At(l.wait().Body)
		if got.errs[0] != want || (want == errNone && got.parts[0].offset != 1) {
			t.Errorf("the end of partition %d is %d, %q, want %q", partition, got.parts[0].offset, got.errs[0], want)
		}
	}
	if got := l.fetch(sim.Second, mib, mib, fetchPart{partition: 0, offset: 2}).parts[0].err; got != errOffsetOutOfRange {
		t.Errorf("a fetch behind the end: %q", got)
	}
}

// A consumer reads up to the high watermark, and a position between that and the
// end waits; a later produce request on a connection waits for the purgatory of
// the first.
func TestHighWatermarkBoundsReaders(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "2")
	s.brokers, s.producers = 2, 0
	b := s.build(t)
	p := b.probe()
	writer, reader := p.dial(0), p.dial(0)
	b.run(50 * sim.Millisecond)
	follower, _ := b.sim.NodeByName("broker-1")
	b.sim.Crash(follower) // it fetches no more
	writer.postProduce(-1, 0, 0, 1)
	writer.postProduce(-1, 0, 0, 1)
	if !writer.silent(sim.Second) {
		t.Error("acks=all was answered without the follower")
	}
	r := b.w.brokers[0].replicas[0]
	if r.log.end != 1 || r.watermark != 0 {
		t.Errorf("the log ends at %d with high watermark %d: want 1, because the second request waits, and 0", r.log.end, r.watermark)
	}
	for offset := range int64(2) {
		began := b.sim.Now()
		body := reader.fetch(100*sim.Millisecond, mib, mib, fetchPart{partition: 0, offset: offset})
		if body.parts[0].err != errNone || len(body.refs) != 0 || b.sim.Now()-began < 100*sim.Millisecond {
			t.Errorf("a fetch at %d with high watermark 0: %q, %d batches, after %v", offset, body.parts[0].err, len(body.refs), b.sim.Now()-began)
		}
	}
}

// A follower that is behind is answered at once, with the high watermark from
// before this fetch told of its progress.
func TestFollowerWatermarkLags(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "2")
	s.brokers, s.producers = 2, 0
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	real, _ := b.sim.NodeByName("broker-1")
	b.sim.Crash(real)
	p := b.probe()
	b.run(50 * sim.Millisecond)
	for range 3 {
		p.dial(0).postProduce(-1, 0, 0, 1)
	}
	b.run(10 * sim.Millisecond)
	follower := p.dial(0)
	for offset, want := range []int64{0, 0, 1} {
		id, body := b.w.arena.bodies.fetch.Take()
		*body = fetchBody{follower: 1, minBytes: 1, parts: at(0, int64(offset)), maxWait: sim.Second, partMax: mib, max: mib}
		body.parts[0].lastEpoch = -1
		follower.send(sim.Frame{Kind: frameFetch, Body: id})
		if got := b.w.arena.bodies.fetched.At(follower.wait().Body).parts[0].watermark; got != want {
			t.Errorf("a fetch at %d is told the high watermark %d, want %d", offset, got, want)
		}
		if got := b.w.brokers[0].replicas[0].watermark; got != int64(offset) {
			t.Errorf("after a fetch at %d the leader's high watermark is %d", offset, got)
		}
	}
}

// TestReplication draws sends and looks at every replica after every event: the
// high watermark never goes back and never passes a replica's end; a follower's
// never passes its leader's; a follower's log is the beginning of the leader's. A
// send is acked when all replicas have it.
func TestReplication(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSetup().must("topic", "partitions", "2").must("topic", "replicas", "3").must("producer", "linger.ms", "1ms")
		s.producers = 2
		b := s.build(t)
		last := make([][2]int64, 3)
		check := func() {
			for p := range 2 {
				leader := b.w.leader(int32(p))
				for i, x := range b.w.brokers {
					r := x.replicas[p]
					if r.watermark < last[i][p] || r.watermark > r.log.end ||
						r.watermark > leader.watermark || leader.watermark > r.log.end {
						rt.Fatalf("partition %d at %v: broker-%d has end %d and watermark %d (before %d); the leader's is %d",
							p, b.sim.Now(), i, r.log.end, r.watermark, last[i][p], leader.watermark)
					}
					last[i][p] = r.watermark
					for j, ref := range r.log.batches {
						if leader.log.batches[j] != ref {
							rt.Fatalf("broker-%d differs from the leader of partition %d at batch %d", i, p, j)
						}
					}
				}
			}
		}
		for range rapid.IntRange(1, 20).Draw(rt, "sends") {
			b.send(rapid.IntRange(0, 1).Draw(rt, "producer"), rapid.SampledFrom(keyNames).Draw(rt, "key"))
			wait := b.sim.Now() + sim.Time(rapid.IntRange(0, 6000).Draw(rt, "wait us"))*sim.Microsecond
			over := false
			b.sim.At(wait, func() { over = true })
			for !over && b.sim.Step(1) == sim.Running {
				check()
			}
		}
		b.until("everything is acked", func() bool { check(); return b.rec.Unanswered == 0 })
		for i := range b.hist.Len() {
			op := b.hist.Op(i)
			if op.Kind == history.KindAck && op.Outcome != history.OK {
				rt.Fatalf("message %d was not acked", op.Message)
			}
		}
	})
}
