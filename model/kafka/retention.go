package kafka

import "orderlab/sim"

// segment is a file of a replica's log. The newest is the one that is written to.
type segment struct {
	base   int64    // offset of its first record
	opened sim.Time // timestamp of its first record
	newest sim.Time // the largest timestamp in it
	bytes  int64
}

// retentionDelay is how long after its start a broker looks for old segments first.
//
// Reference: Kafka, LogManager.InitialTaskDelayMs (log.initial.task.delay.ms).
const retentionDelay = 30 * sim.Second

// retentionConfig is what is deleted, and when.
type retentionConfig struct {
	keep, segmentAge, every sim.Time
	segmentBytes            int64
}

// filed notes a batch in the newest segment, which is closed first when it is full
// or old.
//
// Reference: Kafka, LogSegment.shouldRoll.
func (r *replica) filed(b *batch, c *retentionConfig) {
	n := len(r.segments)
	if n == 0 || r.segments[n-1].bytes+int64(b.bytes) > c.segmentBytes || b.at-r.segments[n-1].opened > c.segmentAge {
		r.segments = append(r.segments, segment{base: b.base, opened: b.at})
		n++
	}
	s := &r.segments[n-1]
	s.bytes += int64(b.bytes)
	s.newest = max(s.newest, b.at)
}

// unfile forgets the segments behind the end of a log that was cut. (The size of the
// one that was cut inside is left as it was.)
func (r *replica) unfile() {
	n := len(r.segments)
	for n > 0 && r.segments[n-1].base >= r.log.end {
		n--
	}
	r.segments = r.segments[:n]
}

// clean deletes the oldest segments whose records are all older than retention.ms
// and below the high watermark, and looks again later.
//
// Reference: Kafka, UnifiedLog.deleteOldSegments, deleteRetentionMsBreachedSegments.
func (b *broker) clean() {
	c := &b.w.cfg.retention
	b.w.sim.After(b.node, c.every, timerClean, 0)
	for _, r := range b.replicas {
		if r == nil {
			continue
		}
		n, start := 0, r.log.start
		for n < len(r.segments) && b.w.sim.Now()-r.segments[n].newest > c.keep {
			next := r.log.end
			if n+1 < len(r.segments) {
				next = r.segments[n+1].base
			}
			if next > r.watermark {
				break
			}
			start, n = next, n+1
		}
		r.segments = append(r.segments[:0], r.segments[n:]...)
		r.log.discard(b.w.arena, start)
	}
}

// discard drops the batches before an offset, where one begins.
func (l *replicaLog) discard(a *arena, start int64) {
	if start <= l.start {
		return
	}
	l.batches = append(l.batches[:0], l.batches[l.from(a, start):]...)
	l.start = start
}

// restartAt empties a log and has it begin at an offset: the leader has nothing
// before it any more.
//
// Reference: Kafka, UnifiedLog.truncateFullyAndStartAt.
func (r *replica) restartAt(offset int64, now sim.Time) {
	r.log = replicaLog{batches: r.log.batches[:0], start: offset, end: offset}
	r.segments = r.segments[:0]
	r.storage.marks, r.storage.synced = r.storage.marks[:0], offset
	r.mark(offset, now)
}
