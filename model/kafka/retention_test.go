package kafka

import (
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
