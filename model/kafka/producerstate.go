package kafka

import (
	"math"

	"orderlab/sim"
)

// cachedBatches is how many batches of a producer a broker remembers.
//
// Reference: Kafka, ProducerStateEntry.NUM_BATCHES_TO_RETAIN.
const cachedBatches = 5

// expirationCheck is how often a broker looks for producer ids that have expired.
//
// Reference: Kafka, TransactionLogConfigs.PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS_DEFAULT.
const expirationCheck = 10 * sim.Minute

// producerState is what a broker knows of a producer id on one partition.
type producerState struct {
	pid    int32
	epoch  int16
	last   int32 // the last sequence
	cached [cachedBatches]uint32
	count  int      // of cached, the newest last
	at     sim.Time // of the last record
	// Of transactions: a marker has told the epoch, the newest coordinator that wrote
	// one, and how many were written, so that a verification that is older counts no more.
	marked           bool
	coordinatorEpoch int32
	guard            uint32
}

// state returns what is known of the producer, making an entry for one that is new
// or was forgotten.
//
// Reference: Kafka, ProducerStateManager.removeExpiredProducers.
func (r *replica) state(pid int32, now, expiration sim.Time) *producerState {
	for i := range r.producers {
		s := &r.producers[i]
		if s.pid != pid {
			continue
		}
		if checked := now / expirationCheck * expirationCheck; checked-s.at >= expiration {
			*s = producerState{pid: pid}
		}
		return s
	}
	r.producers = append(r.producers, producerState{pid: pid, at: now})
	return &r.producers[len(r.producers)-1]
}

// duplicate returns the cached batch with exactly this epoch and these sequences.
//
// Reference: Kafka, ProducerStateEntry.findDuplicateBatch.
func (s *producerState) duplicate(a *arena, epoch int16, first, count int32) (id uint32, ok bool) {
	if epoch != s.epoch {
		return 0, false
	}
	for _, id := range s.cached[:s.count] {
		if b := &a.batches[id]; b.sequence == first && int32(b.count) == count {
			return id, true
		}
	}
	return 0, false
}

// check says whether a batch may follow. A partition that does not know the
// producer takes any sequence; a new epoch begins with 0.
//
// Reference: Kafka, ProducerAppendInfo.checkProducerEpoch and checkSequence.
func (s *producerState) check(epoch int16, first int32) errorCode {
	switch {
	case s.count == 0 && !s.marked:
	case epoch < s.epoch:
		return errInvalidProducerEpoch
	case epoch != s.epoch && first != 0:
		return errOutOfOrderSequence
	case epoch == s.epoch && first != s.last+1 && !(first == 0 && s.last == math.MaxInt32):
		return errOutOfOrderSequence
	}
	return errNone
}

// remember adds a batch that was appended.
//
// Reference: Kafka, ProducerStateEntry.addBatch.
func (s *producerState) remember(id uint32, epoch int16, first, count int32, now sim.Time) {
	if epoch != s.epoch {
		s.epoch, s.count = epoch, 0
	}
	if s.count == cachedBatches {
		copy(s.cached[:], s.cached[1:])
		s.count--
	}
	s.cached[s.count] = id
	s.count++
	s.last, s.at = first+(count-1), now
}

// reload makes what is known of producers from the log, as a broker does that
// starts, truncates, or begins to lead what others have written.
//
// Reference: Kafka, UnifiedLog.rebuildProducerState and
// ProducerStateManager.truncateAndReload.
func (r *replica) reload(a *arena) {
	r.producers = r.producers[:0]
	if r.txns != nil {
		r.txns = &txnLog{awaiting: r.txns.awaiting}
	}
	for _, id := range r.log.batches {
		b := &a.batches[id]
		if b.producer < 0 {
			continue
		}
		s := r.state(b.producer, b.at, sim.Time(math.MaxInt64))
		if b.mark != noMarker {
			s.ended(b)
		} else {
			s.remember(id, b.producerEpoch, b.sequence, int32(b.count), b.at)
		}
		if b.transactional {
			r.trackTxn(b)
		}
	}
}
