package kafka

import (
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// oneRecord is the size of a batch of one record in a test world.
const oneRecord = batchOverhead + 100 + recordOverhead

// fetchAtLeast sends a fetch that waits for so many bytes. It returns how many
// milliseconds the answer took and how many batches it has of each partition.
func (l *line) fetchAtLeast(least int32, wait sim.Time, partMax, most int32, parts ...fetchPart) string {
	l.p.b.tb.Helper()
	b, began := l.p.b, l.p.b.sim.Now()
	id, body := b.w.arena.bodies.fetch.Take()
	*body = fetchBody{follower: -1, minBytes: least, parts: parts, maxWait: wait, partMax: partMax, max: most}
	l.send(sim.Frame{Kind: frameFetch, Body: id})
	got := b.w.arena.bodies.fetched.At(l.wait().Body)
	out := fmt.Sprintf("%d ms:", (b.sim.Now()-began)/sim.Millisecond)
	for _, p := range got.parts {
		if out += fmt.Sprintf(" %d", p.to-p.from); p.err != errNone {
			out += " " + p.err.String()
		}
	}
	return out
}

// A fetch waits until the partitions that it asks for have as many bytes together as it
// wants, or its time is over; then it is given what there is.
func TestFetchMinBytes(t *testing.T) {
	b, p := brokerWorld(t)
	reader, writer := p.dial(0), p.dial(0)
	// Every 50 ms a record is written to one partition and the other in turn.
	writes := func(count int) {
		for i := range count {
			b.sim.At(b.sim.Now()+sim.Time(i+1)*50*sim.Millisecond, func() { writer.postProduce(-1, int32(i%2), 0, 1) })
		}
	}
	writes(6)
	wants(t, "three records", reader.fetchAtLeast(3*oneRecord, sim.Second, mib, mib, at(0, 0, 1, 0)...), "152 ms: 2 1")
	wants(t, "of one partition", reader.fetchAtLeast(3*oneRecord, sim.Second, mib, mib, at(0, 0)...), "100 ms: 3")
	b.run(100 * sim.Millisecond)
	wants(t, "what is there", reader.fetchAtLeast(6*oneRecord, sim.Second, mib, mib, at(0, 0, 1, 0)...), "2 ms: 3 3")
	got := reader.fetchAtLeast(7*oneRecord, 300*sim.Millisecond, mib, mib, at(0, 0, 1, 0)...)
	wants(t, "more than comes", got, "302 ms: 3 3")
	wants(t, "none", reader.fetchAtLeast(0, sim.Second, mib, mib, at(0, 3)...), "2 ms: 0")
	wants(t, "an error", reader.fetchAtLeast(mib, sim.Second, mib, mib, at(0, 0, 1, 9)...), "2 ms: 3 0 OFFSET_OUT_OF_RANGE")
	// Of one partition no more counts than the fetch takes of one: it waits in vain.
	got = reader.fetchAtLeast(3*oneRecord, 300*sim.Millisecond, 2*oneRecord, mib, at(0, 0)...)
	wants(t, "more than it takes", got, "302 ms: 2")
	// What it may be given in all is enough.
	wants(t, "more than it is given", reader.fetchAtLeast(mib, sim.Second, mib, 2*oneRecord, at(0, 0)...), "2 ms: 2")
	// A first batch that is larger than what it takes counts in full on arrival.
	writer.produce(-1, 0, 0, 10)
	wants(t, "a large batch", reader.fetchAtLeast(5*oneRecord, sim.Second, oneRecord, mib, at(0, 3)...), "2 ms: 1")
}

// A fetch that waits is answered when its partition goes on in a new segment.
func TestFetchMinBytesNewSegment(t *testing.T) {
	s := newSetup().must("topic", "partitions", "2").must("topic", "segment.ms", "10s")
	s.brokers, s.producers = 1, 0
	b := s.build(t)
	p := b.probe()
	reader, writer := p.dial(0), p.dial(0)
	writer.produce(-1, 0, 0, 1)
	b.run(11 * sim.Second)
	b.sim.At(b.sim.Now()+50*sim.Millisecond, func() { writer.postProduce(-1, 0, 0, 1) })
	wants(t, "in a new segment", reader.fetchAtLeast(mib, sim.Second, mib, mib, at(0, 1)...), "52 ms: 1")
	b.sim.At(b.sim.Now()+50*sim.Millisecond, func() { writer.postProduce(-1, 0, 0, 1) })
	wants(t, "in the same", reader.fetchAtLeast(mib, sim.Second, mib, mib, at(0, 2)...), "1002 ms: 1")
}

// Whatever is asked for and written, an answer comes when the bytes that can be read
// first suffice, and not before, or when the time is over: compared with a count by
// hand of what was written when.
func TestFetchMinBytesProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, p := brokerWorld(t)
		reader, writer := p.dial(0), p.dial(0)
		least := int32(rapid.IntRange(1, 12*oneRecord).Draw(rt, "least"))
		partMax := int32(rapid.IntRange(oneRecord, 8*oneRecord).Draw(rt, "of a partition"))
		began := b.sim.Now()
		var have [2]int32
		want, enough := 1000, false
		for i := range rapid.IntRange(0, 12).Draw(rt, "writes") {
			ms, partition := 10*(i+1), int32(rapid.IntRange(0, 1).Draw(rt, "partition"))
			b.sim.At(began+sim.Time(ms)*sim.Millisecond, func() { writer.postProduce(-1, partition, 0, 1) })
			have[partition] += oneRecord
			if !enough && min(have[0], partMax)+min(have[1], partMax) >= least {
				enough, want = true, ms
			}
		}
		got, ms := reader.fetchAtLeast(least, sim.Second, partMax, mib, at(0, 0, 1, 0)...), 0
		_, _ = fmt.Sscanf(got, "%d ms:", &ms)
		// The request, or the write, and the answer take 1 ms each; the clock of the
		// purgatory ticks, see TestPurgatoryTicks.
		if ms != want+2 && (enough || ms != want+1) {
			rt.Fatalf("%s, want %d ms", got, want+2)
		}
	})
}

// A consumer with a larger fetch.min.bytes asks less often and is given more at once;
// without it each record is fetched as it comes.
func TestConsumerMinBytes(t *testing.T) {
	for _, c := range []struct {
		least   string
		fetches int // that brought something
		late    sim.Time
	}{{"1", 20, 10 * sim.Millisecond}, {"840", 4, 500 * sim.Millisecond}} {
		s := newSetup().must("producer", "linger.ms", "0s").must("consumer", "auto.offset.reset", "earliest").
			must("consumer", "fetch.min.bytes", c.least).must("consumer", "fetch.max.wait.ms", "2s")
		s.consumers = 1
		b := s.build(t)
		b.until("the group is stable", b.w.Ready)
		b.run(2 * sim.Second)
		began := b.sim.Now()
		for range 20 {
			b.send(0, "a")
			b.run(100 * sim.Millisecond)
		}
		b.run(3 * sim.Second)
		fetches, late, last := 0, sim.Time(0), sim.Time(-1)
		for i := range b.hist.Len() {
			if op := b.hist.Op(i); op.Kind == history.KindDeliver {
				if at := sim.Time(op.End); at > last {
					fetches, last = fetches+1, at
				}
				late = max(late, last-began-sim.Time(b.hist.Message(op.Message).Index)*100*sim.Millisecond)
			}
		}
		if fetches != c.fetches || late > c.late {
			t.Errorf("fetch.min.bytes=%s: %d fetches brought records, the latest %v after it was sent", c.least, fetches, late)
		}
	}
}
