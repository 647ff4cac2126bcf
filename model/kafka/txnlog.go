package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// marker says how a control batch ends a transaction.
//
// Reference: Kafka, ControlRecordType and EndTransactionMarker.
type marker uint8

const (
	noMarker marker = iota
	commitMarker
	abortMarker
)

// markerSize is the size of a control batch: its header, and a record with the
// key and value of a marker.
//
// Reference: Kafka, EndTransactionMarker.CURRENT_END_TXN_SCHEMA_RECORD_SIZE.
const markerSize = 78

// openTxn is a transaction that has records on a partition.
type openTxn struct {
	pid   int32
	first int64 // offset of its first record
	last  int64 // of the marker that ended it
}

// abortedTxn is an entry of the index of aborted transactions.
//
// Reference: Kafka, AbortedTxn.
type abortedTxn struct {
	pid         int32
	first, last int64
}

// txnLog is what a leader knows of the transactions on a partition.
//
// Reference: Kafka, ProducerStateManager (ongoingTxns, unreplicatedTxns) and
// TransactionIndex.
type txnLog struct {
	open     []openTxn // undecided
	decided  []openTxn // the marker is in the log and not below the high watermark
	aborted  []abortedTxn
	awaiting []markerWaiter
}

// markerWaiter is a request to write markers that waits for replication.
type markerWaiter struct {
	request  uint32
	required int64
}

// stable is the last stable offset: everything before it is decided. It is the
// offset of the first record of the earliest transaction that is undecided, or
// whose marker is not replicated, or else the high watermark.
//
// Reference: Kafka, UnifiedLog.fetchLastStableOffsetMetadata and
// ProducerStateManager.firstUnstableOffset.
func (r *replica) stable() int64 {
	if r.txns == nil {
		return r.watermark
	}
	low := r.watermark
	for i := range r.txns.open {
		low = min(low, r.txns.open[i].first)
	}
	for i := range r.txns.decided {
		if x := &r.txns.decided[i]; x.last >= r.watermark {
			low = min(low, x.first)
		}
	}
	return low
}

// inTxn says that a transaction of the producer is undecided on the partition.
//
// Reference: Kafka, UnifiedLog.hasOngoingTransaction.
func (r *replica) inTxn(pid int32) bool {
	return r.txns != nil && slices.ContainsFunc(r.txns.open, func(x openTxn) bool { return x.pid == pid })
}

// trackTxn takes note of a batch of a transaction, or of a marker.
//
// Reference: Kafka, ProducerAppendInfo.appendDataBatch and appendEndTxnMarker,
// ProducerStateManager.completeTxn.
func (r *replica) trackTxn(b *batch) {
	if r.txns == nil {
		r.txns = new(txnLog)
	}
	t := r.txns
	i := slices.IndexFunc(t.open, func(x openTxn) bool { return x.pid == b.producer })
	switch {
	case b.mark == noMarker && i < 0:
		t.open = append(t.open, openTxn{pid: b.producer, first: b.base})
	case b.mark != noMarker && i >= 0:
		x := t.open[i]
		x.last = b.base
		t.open = slices.Delete(t.open, i, i+1)
		t.decided = append(slices.DeleteFunc(t.decided, func(x openTxn) bool { return x.last < r.watermark }), x)
		if b.mark == abortMarker {
			t.aborted = append(t.aborted, abortedTxn(x))
		}
	}
}

// collect appends the aborted transactions that have records in a range of offsets,
// in the order of their first records.
//
// Reference: Kafka, LogSegment.collectAbortedTxns.
func (r *replica) collect(to []abortedTxn, from, end int64) []abortedTxn {
	if r.txns == nil {
		return to
	}
	n := len(to)
	for _, x := range r.txns.aborted {
		if x.last >= from && x.first < end {
			to = append(to, x)
		}
	}
	slices.SortFunc(to[n:], func(x, y abortedTxn) int { return int(x.first - y.first) })
	return to
}

// appendMarker writes a control batch for a producer.
//
// Reference: Kafka, ProducerAppendInfo.appendEndTxnMarker: an older coordinator is
// refused, and an older epoch of the producer; a newer one is taken up, so that the
// batches of the older are refused from then on (KIP-890).
func (b *broker) appendMarker(r *replica, body *txnBody) errorCode {
	s := r.state(body.pid, b.w.sim.Now(), b.w.cfg.producerExpiration)
	switch {
	case s.coordinatorEpoch > body.coordinatorEpoch:
		return errCoordinatorFenced
	case (s.count > 0 || s.marked) && body.epoch < s.epoch:
		return errInvalidProducerEpoch
	}
	if b.noRoom() {
		return errKafkaStorage
	}
	a := b.w.arena
	if !body.commit {
		b.forgetAborted(r, body.pid)
	}
	id := uint32(len(a.batches))
	mark := commitMarker
	if !body.commit {
		mark = abortMarker
	}
	base := r.log.end
	a.batches = append(a.batches, batch{base: base, first: uint32(len(a.records)), count: 1, bytes: markerSize,
		producer: body.pid, producerEpoch: body.epoch, sequence: body.coordinatorEpoch, epoch: r.epoch, at: b.w.sim.Now(),
		transactional: true, mark: mark})
	a.records = append(a.records, history.NoMessage)
	r.log.append(a, id)
	r.filed(&a.batches[id], &b.w.cfg.retention)
	r.wrote(base, b.w.sim.Now(), b.w.cfg.replication.flushEvery)
	s.ended(&a.batches[id])
	r.trackTxn(&a.batches[id])
	return errNone
}

// forgetAborted tells the recorder of the records that will not be handed to
// readers of committed records.
func (b *broker) forgetAborted(r *replica, pid int32) {
	if r.txns == nil {
		return
	}
	a := b.w.arena
	for _, x := range r.txns.open {
		if x.pid != pid {
			continue
		}
		for i := r.log.from(a, x.first); i < len(r.log.batches); i++ {
			if y := &a.batches[r.log.batches[i]]; y.producer == pid && y.mark == noMarker {
				for _, m := range a.records[y.first : y.first+y.count] {
					b.w.rec.Void(m, b.w.places[r.partition])
				}
			}
		}
	}
}

// ended takes note of a marker: the producer has no transaction on the partition any
// more. One with a newer epoch begins that epoch.
//
// Reference: Kafka, ProducerStateEntry.maybeUpdateProducerEpoch.
func (s *producerState) ended(b *batch) {
	if b.producerEpoch != s.epoch || s.count == 0 {
		s.epoch, s.count, s.last = b.producerEpoch, 0, -1
	}
	s.marked, s.at, s.coordinatorEpoch = true, b.at, b.sequence
	s.guard++
}

func (r *replica) digestTxns(d *sim.Digest) {
	if r.txns == nil {
		return
	}
	for _, x := range r.txns.open {
		d.Int(int64(x.pid))
		d.Int(x.first)
	}
	d.Uint(uint64(len(r.txns.awaiting)))
}
