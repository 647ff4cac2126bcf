package kafka

import (
	"slices"
	"sort"

	"orderlab/model/history"
	"orderlab/sim"
)

// batch is a record batch as stored. Its content never changes, so all replicas
// share it by number.
type batch struct {
	base     int64  // offset of its first record, given by the leader
	first    uint32 // its first record in the arena
	count    uint32
	bytes    int32
	producer int32 // producer id, -1 without idempotence
	sequence int32 // of its first record; of a marker the epoch of the coordinator
	session  uint16
	// producerEpoch is that of the producer id, at when the leader appended it.
	producerEpoch int16
	at            sim.Time
	epoch         int32 // leader epoch of the leader that appended it
	// transactional says that the batch belongs to a transaction; mark, that it is no
	// batch of records but ends one, and takes up an offset.
	transactional bool
	mark          marker
}

func (b *batch) next() int64 { return b.base + int64(b.count) }

// batchOverhead is the size of a record batch's header in bytes, and
// recordOverhead what a record adds to its key and value at the least.
//
// Reference: Kafka, DefaultRecordBatch.RECORD_BATCH_OVERHEAD; a record adds a
// length, attributes, two deltas and the lengths of key, value and headers as
// varints of at least one byte each.
const (
	batchOverhead  = 61
	recordOverhead = 7
)

// arena is the memory of a world that runs reuse: the content of all batches,
// and the bodies of frames.
type arena struct {
	batches []batch
	records []history.Message
	bodies  bodies
	// attempts counts the deliveries of each message so far.
	attempts []uint16
}

// reset empties the arena and makes room for the given number of messages.
func (a *arena) reset(messages int) {
	a.batches = a.batches[:0]
	a.records, a.attempts = slices.Grow(a.records[:0], messages), slices.Grow(a.attempts[:0], messages)
	a.bodies.reset()
}

// replicaLog is one replica's copy of a partition: the batches in the order of
// their offsets, which have no gaps.
type replicaLog struct {
	batches []uint32
	end     int64 // the log end offset: the offset of the next record
	epochs  []epochStart
	start   int64 // what is before it was deleted
}

// epochStart says at which offset a leader epoch begins in a log.
//
// Reference: Kafka, LeaderEpochFileCache, EpochEntry.
type epochStart struct {
	epoch int32
	start int64
}

func (l *replicaLog) append(a *arena, id uint32) {
	b := &a.batches[id]
	l.batches = append(l.batches, id)
	l.enter(b.epoch, b.base)
	l.end = b.next()
}

// enter notes where an epoch begins, unless it is known already.
//
// Reference: Kafka, LeaderEpochFileCache.assign.
func (l *replicaLog) enter(epoch int32, start int64) {
	if n := len(l.epochs); n > 0 && l.epochs[n-1].epoch >= epoch {
		return
	}
	l.epochs = append(l.epochs, epochStart{epoch, start})
}

// lastEpoch returns the epoch of the last record, or that of a leader which has
// not written yet; -1 is none.
func (l *replicaLog) lastEpoch() int32 {
	if n := len(l.epochs); n > 0 {
		return l.epochs[n-1].epoch
	}
	return -1
}

// endOf returns the largest epoch up to the one asked for, and where it ends: at
// the start of the next, or for the latest at the log's end. An epoch above all
// has none (-1).
//
// Reference: Kafka, LeaderEpochFileCache.endOffsetFor.
func (l *replicaLog) endOf(epoch int32) (found int32, end int64) {
	n := len(l.epochs)
	if n > 0 && l.epochs[n-1].epoch == epoch {
		return epoch, l.end
	}
	higher := sort.Search(n, func(i int) bool { return l.epochs[i].epoch > epoch })
	switch {
	case higher == n:
		return -1, -1
	case higher == 0:
		return epoch, l.epochs[0].start
	}
	return l.epochs[higher-1].epoch, l.epochs[higher].start
}

// truncate cuts the log to an offset. A batch that holds the offset goes as a
// whole. It says whether anything went.
//
// Reference: Kafka, UnifiedLog.truncateTo and LeaderEpochFileCache.truncateFromEnd.
func (l *replicaLog) truncate(a *arena, offset int64) bool {
	if offset >= l.end {
		return false
	}
	n := l.from(a, max(offset, 0))
	l.end = a.batches[l.batches[n]].base
	l.batches = l.batches[:n]
	l.forget(l.end)
	return true
}

// forget drops the epochs that begin at an offset or later.
func (l *replicaLog) forget(offset int64) {
	n := len(l.epochs)
	for n > 0 && l.epochs[n-1].start >= offset {
		n--
	}
	l.epochs = l.epochs[:n]
}

// from returns the index of the batch that holds offset, or the number of
// batches when offset is the log's end.
func (l *replicaLog) from(a *arena, offset int64) int {
	n := len(l.batches)
	if offset >= l.end {
		return n
	}
	// Nearly all readers are near the end.
	for i := n - 1; i >= 0 && i >= n-4; i-- {
		if a.batches[l.batches[i]].base <= offset {
			return i
		}
	}
	return sort.Search(n, func(i int) bool { return a.batches[l.batches[i]].next() > offset })
}

// read appends to refs the batches from offset on, up to the batch that ends at
// limit, and at most maxBytes; but at least one batch where atLeastOne says so.
//
// Reference: Kafka, UnifiedLog.read with minOneMessage. (The piece of a batch
// that a real answer may end with is left out: readers skip it.)
func (l *replicaLog) read(a *arena, refs []uint32, offset, limit int64, maxBytes int32,
	atLeastOne bool) (out []uint32, bytes int32) {
	for i := l.from(a, offset); i < len(l.batches); i++ {
		b := &a.batches[l.batches[i]]
		if b.next() > limit || (bytes+b.bytes > maxBytes && !(atLeastOne && bytes == 0)) {
			break
		}
		refs = append(refs, l.batches[i])
		bytes += b.bytes
	}
	return refs, bytes
}
