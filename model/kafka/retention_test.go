package kafka

import (
	"fmt"
	"testing"

	"orderlab/sim"
)

// Segments whose records are all older than retention.ms are deleted at the next
// look, on every replica. A fetch before the log's start is out of range, and the
// earliest offset is that start.
func TestRetention(t *testing.T) {
	b, p := trio(t, [3]string{"topic", "retention.ms", "60s"}, [3]string{"topic", "segment.ms", "20s"},
		[3]string{"broker", "log.retention.check.interval.ms", "10s"})
	l := p.dial(0)
	for range 8 { // at about 0, 15, 30, ... s: segments of two
		l.produce(-1, 0, 0, 1)
		b.run(15 * sim.Second)
	}
	for i := range 3 {
		r := b.replica(i)
		if r.log.start != 4 || r.log.end != 8 || len(r.log.batches) != 4 {
			t.Errorf("broker-%d has %d to %d in %d batches", i, r.log.start, r.log.end, len(r.log.batches))
		}
	}
	if got := l.fetch(sim.Second, mib, mib, at(0, 3)...).parts[0].err; got != errOffsetOutOfRange {
		t.Errorf("a fetch before the start: %q", got)
	}
	if got := l.fetch(sim.Second, mib, mib, at(0, 4)...); len(got.refs) != 4 {
		t.Errorf("a fetch at the start gave %d batches", len(got.refs))
	}
	id, body := b.w.arena.bodies.offsets.Take()
	*body = offsetsBody{parts: at(0, -1)}
	l.send(sim.Frame{Kind: frameListOffsets, Body: id})
	if got := b.w.arena.bodies.offsets.At(l.wait().Body).parts[0].offset; got != 4 {
		t.Errorf("the earliest offset is %d", got)
	}
}

// A follower whose whole log the leader has deleted meanwhile begins anew where the
// leader's log does.
func TestFollowerBehindRetention(t *testing.T) {
	b, p := trio(t, [3]string{"topic", "retention.ms", "60s"}, [3]string{"topic", "segment.ms", "20s"},
		[3]string{"broker", "log.retention.check.interval.ms", "10s"})
	l := p.dial(0)
	l.produce(-1, 0, 0, 1)
	b.crash(2)
	for range 8 {
		l.produce(-1, 0, 0, 1)
		b.run(15 * sim.Second)
	}
	b.restart(2)
	b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) })
	if got, want := b.replica(2).log.start, b.replica(0).log.start; got != want || want == 0 {
		t.Errorf("the follower's log begins at %d, the leader's at %d", got, want)
	}
	if got := b.w.Findings(); len(got) > 0 {
		t.Error(got)
	}
}

// A partition above retention.bytes loses its oldest segments, as long as what is left
// is that or more; the newest one goes only if it is all too much. What is above the
// high watermark stays in any case.
func TestRetentionBySize(t *testing.T) {
	const batch = 168 // bytes of a batch of one record here
	for _, c := range []struct {
		keep, start int64
	}{{-1, 0}, {0, 8}, {2 * batch, 6}, {3 * batch, 4}, {8 * batch, 0}, {8*batch - 1, 0}, {6 * batch, 2}} {
		b, p := trio(t, [3]string{"topic", "retention.bytes", fmt.Sprint(c.keep)}, [3]string{"topic", "segment.ms", "15ms"})
		l := p.dial(0)
		for range 8 { // segments of two
			l.produce(-1, 0, 0, 1)
			b.run(5 * sim.Millisecond)
		}
		if got := b.replica(0).log.batches; b.w.arena.batches[got[0]].bytes != batch || len(b.replica(0).segments) != 4 {
			t.Fatalf("%d segments, batches of %d bytes", len(b.replica(0).segments), b.w.arena.batches[got[0]].bytes)
		}
		b.run(retentionDelay)
		for i := range 3 {
			if r := b.replica(i); r.log.start != c.start || r.log.end != 8 {
				t.Errorf("retention.bytes %d: broker-%d has %d to %d, want from %d", c.keep, i, r.log.start, r.log.end, c.start)
			}
		}
	}
}

// A follower whose log was cut knows what is left of its newest segment.
func TestSegmentsAfterTruncation(t *testing.T) {
	b, p := trio(t, [3]string{"topic", "segment.ms", "15ms"})
	l := p.dial(0)
	for range 4 {
		l.produce(-1, 0, 0, 1)
		b.run(5 * sim.Millisecond)
	}
	r := b.replica(1)
	before := r.segments[1].bytes
	b.w.brokers[1].truncate(r, 3)
	third := b.w.arena.batches[r.log.batches[2]].at
	if len(r.segments) != 2 || r.segments[1].bytes != before/2 || r.segments[1].newest != third {
		t.Errorf("the segments are %+v", r.segments)
	}
	b.w.brokers[1].truncate(r, 2)
	if len(r.segments) != 1 {
		t.Errorf("the segments are %+v", r.segments)
	}
}
