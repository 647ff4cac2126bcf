package kafka

import (
	"sort"

	"orderlab/sim"
)

// checkpointEvery is how often a broker writes down its high watermarks.
//
// Reference: Kafka, replica.high.watermark.checkpoint.interval.ms, default 5000.
const checkpointEvery = 5 * sim.Second

// writebackTick is the grain at which the write-back of the operating system is
// followed.
const writebackTick = sim.Second

// storage is what of a replica survives a crash. The log is in the page cache,
// which a crash of the process leaves alone. Of that the operating system writes
// to disk what has been there for long, and a sync writes all; only what is on
// disk survives a crash of the machine. All of it is worked out when it is needed
// from a few marks, so that it takes no events.
type storage struct {
	checkpoint int64    // the high watermark that was last written down
	nextCheck  sim.Time // when the next is
	synced     int64    // up to here the log is on disk because of a sync
	unsynced   int64    // records since
	marks      []written
}

// written says how far a log went at a time.
type written struct {
	at  sim.Time
	end int64
}

// mark sets the high watermark.
func (r *replica) mark(watermark int64, now sim.Time) {
	s := &r.storage
	if now >= s.nextCheck {
		s.checkpoint = r.watermark
		s.nextCheck = (now/checkpointEvery + 1) * checkpointEvery
	}
	r.watermark = watermark
}

// wrote notes what was appended, and syncs the log where that is due.
//
// Reference: Kafka, UnifiedLog.append (log.flush.interval.messages).
func (r *replica) wrote(before int64, now sim.Time, flushEvery int64) (sync bool) {
	s := &r.storage
	if s.unsynced += r.log.end - before; s.unsynced >= flushEvery {
		s.synced, s.unsynced = r.log.end, 0
		return true
	}
	if n := len(s.marks); n > 0 && now/writebackTick == s.marks[n-1].at/writebackTick {
		s.marks[n-1] = written{now, r.log.end}
		return false
	}
	if len(s.marks) >= mostMarks {
		s.trim()
	}
	s.marks = append(s.marks, written{now, r.log.end})
	return false
}

// mostMarks is how many marks there may be before old ones are dropped.
const mostMarks = 64

// trim drops every other mark that is not the newest: what is on disk is known
// less exactly then, and never overrated.
func (s *storage) trim() {
	kept := s.marks[:0]
	for i, m := range s.marks {
		if i%2 == 1 {
			kept = append(kept, m)
		}
	}
	s.marks = kept
}

// cut forgets what was written behind an offset, which was truncated.
func (s *storage) cut(end int64) {
	s.synced = min(s.synced, end)
	for i := range s.marks {
		s.marks[i].end = min(s.marks[i].end, end)
	}
}

// durable returns up to where the log is on disk: what was there at the newest
// mark that is as old as a write-back takes.
func (s *storage) durable(now, writeback sim.Time) int64 {
	i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].at > now-writeback })
	if i == 0 {
		return s.synced
	}
	return max(s.synced, s.marks[i-1].end)
}

// crash leaves of a replica what is on disk: its log, or what of that was written
// to disk when the machine went down, and the high watermark as it was last
// written down.
//
// Reference: Kafka, LogLoader.load and Partition.createLog.
func (b *broker) crashReplica(r *replica, machine bool) {
	s, now := &r.storage, b.w.sim.Now()
	if now < s.nextCheck {
		r.watermark = s.checkpoint
	}
	if machine {
		r.log.truncate(b.w.arena, s.durable(now, b.w.cfg.replication.writeback))
	}
	r.log.forget(r.log.end)
	r.unfile(b.w.arena)
	if machine {
		s.synced, s.marks = r.log.end, s.marks[:0]
	}
	s.unsynced, s.nextCheck = 0, 0
	r.watermark = min(r.watermark, r.log.end)
	s.checkpoint = r.watermark
	r.leader, r.epoch, r.version, r.following, r.altering = false, -1, -1, noLeader, false
	r.locked = 0
	r.producers, r.txns = r.producers[:0], nil
	r.waiters, r.consumers, r.followers = r.waiters[:0], r.consumers[:0], r.followers[:0]
	for i := range r.progress {
		r.progress[i].end = -1
	}
}
