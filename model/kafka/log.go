package kafka

import (
	"sort"

	"orderlab/model/history"
)

// batch is a record batch as stored. Its content never changes, so all replicas
// share it by number.
type batch struct {
	base     int64  // offset of its first record, given by the leader
	first    uint32 // its first record in the arena
	count    uint32
	bytes    int32
	producer int32 // producer id, -1 without idempotence
	sequence int32 // of its first record
	session  uint16
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

func (a *arena) reset() {
	a.batches, a.records, a.attempts = a.batches[:0], a.records[:0], a.attempts[:0]
	a.bodies.reset()
}

// replicaLog is one replica's copy of a partition: the batches in the order of
// their offsets, which have no gaps.
type replicaLog struct {
	batches []uint32
	end     int64 // the log end offset: the offset of the next record
}

func (l *replicaLog) append(a *arena, id uint32) {
	l.batches = append(l.batches, id)
	l.end = a.batches[id].next()
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
