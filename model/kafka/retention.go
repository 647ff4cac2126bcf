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
	keep, segmentAge, every sim.Time // keep is below 0 for ever
	segmentBytes            int64
	keepBytes               int64 // of a partition; below 0 without end
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

// unfile forgets the segments behind the end of a log that was cut, and what was cut
// from the one that is the last then.
//
// Reference: Kafka, LocalLog.truncateTo, LogSegment.truncateTo.
func (r *replica) unfile(a *arena) {
	n := len(r.segments)
	for n > 0 && r.segments[n-1].base >= r.log.end {
		n--
	}
	if r.segments = r.segments[:n]; n == 0 {
		return
	}
	s := &r.segments[n-1]
	s.bytes, s.newest = 0, 0
	for _, id := range r.log.batches[r.log.from(a, s.base):] {
		b := &a.batches[id]
		s.bytes += int64(b.bytes)
		s.newest = max(s.newest, b.at)
	}
}

// clean deletes old segments, and looks again later.
//
// Reference: Kafka, LogManager.cleanupLogs, UnifiedLog.deleteOldSegments.
func (b *broker) clean() {
	b.w.sim.After(b.node, b.w.cfg.retention.every, timerClean, 0)
	for _, r := range b.replicas {
		if r != nil {
			r.deleteOversize(b.w.arena, b.w.cfg.retention.keepBytes)
			r.deleteOld(b.w.arena, b.w.cfg.retention.keep, b.w.sim.Now())
		}
	}
}

// deleteOld deletes the segments whose records are all older than retention.ms.
//
// Reference: Kafka, UnifiedLog.deleteRetentionMsBreachedSegments.
func (r *replica) deleteOld(a *arena, keep, now sim.Time) {
	if keep < 0 {
		return
	}
	r.deleteSegments(a, func(s *segment) bool { return now-s.newest > keep })
}

// deleteOversize deletes segments as long as what is left is retention.bytes or
// more: a log is larger than that by up to a segment.
//
// Reference: Kafka, UnifiedLog.deleteRetentionSizeBreachedSegments.
func (r *replica) deleteOversize(a *arena, keep int64) {
	size := int64(0)
	for i := range r.segments {
		size += r.segments[i].bytes
	}
	if keep < 0 || size < keep {
		return
	}
	over := size - keep
	r.deleteSegments(a, func(s *segment) bool {
		over -= s.bytes
		return over >= 0
	})
}

// deleteSegments deletes segments, the oldest first, as long as all of the next is
// below the high watermark and may go. (Of a log whose every segment goes only its end
// is left, from where the next one begins.)
//
// Reference: Kafka, UnifiedLog.deletableSegments, deleteSegments.
func (r *replica) deleteSegments(a *arena, may func(*segment) bool) {
	n, start := 0, r.log.start
	for n < len(r.segments) {
		next := r.log.end
		if n+1 < len(r.segments) {
			next = r.segments[n+1].base
		}
		if next > r.watermark || !may(&r.segments[n]) {
			break
		}
		start, n = next, n+1
	}
	r.segments = append(r.segments[:0], r.segments[n:]...)
	r.log.discard(a, start)
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
