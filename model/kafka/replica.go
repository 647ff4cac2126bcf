package kafka

import (
	"slices"

	"orderlab/sim"
)

// cachedBatches is how many batches of a producer a broker remembers.
//
// Reference: Kafka, ProducerStateEntry.NUM_BATCHES_TO_RETAIN.
const cachedBatches = 5

// producerState is what a broker knows of a producer id on one partition.
type producerState struct {
	pid    int32
	next   int32 // the next sequence expected
	cached [cachedBatches]uint32
	count  int // of cached, the newest last
}

// waiter is a batch in the produce purgatory: it is answered when the high
// watermark reaches required.
type waiter struct {
	request  uint32
	required int64
}

// watcher is a parked fetch that waits for data of a partition.
type watcher struct {
	conn    sim.Conn
	request uint32
	serial  uint64
	offset  int64
}

// replica is one broker's replica of a partition.
type replica struct {
	partition int32
	leader    bool
	log       replicaLog
	watermark int64

	// Of a leader: how far each follower's log reaches, by broker (-1 where the
	// broker has no replica), and who waits.
	ends      []int64
	producers []producerState
	waiters   []waiter
	consumers []watcher // wait for the high watermark
	followers []watcher // wait for the log end
}

// newReplica returns the broker's replica of a partition, or nil when the
// partition's assignment does not name the broker.
func (b *broker) newReplica(partition int32, assigned []int8) *replica {
	mine := slices.Index(assigned, int8(b.index))
	if mine < 0 {
		return nil
	}
	r := &replica{partition: partition, leader: mine == 0}
	if r.leader {
		r.ends = make([]int64, b.w.cfg.brokers)
		for i := range r.ends {
			r.ends[i] = -1
		}
		for _, x := range assigned[1:] {
			r.ends[x] = 0
		}
	}
	return r
}

// advance raises the high watermark to the smallest log end of the in-sync
// replicas; it says whether it moved.
//
// Reference: Kafka, Partition.maybeIncrementLeaderHW. Every replica is in sync
// here, because brokers do not fail in this model.
func (r *replica) advance() bool {
	low := r.log.end
	for _, end := range r.ends {
		if end >= 0 && end < low {
			low = end
		}
	}
	if low <= r.watermark {
		return false
	}
	r.watermark = low
	return true
}

// state returns what is known of the producer, making an entry for a new one.
func (r *replica) state(pid int32) *producerState {
	for i := range r.producers {
		if r.producers[i].pid == pid {
			return &r.producers[i]
		}
	}
	r.producers = append(r.producers, producerState{pid: pid})
	return &r.producers[len(r.producers)-1]
}

// duplicate returns the cached batch with exactly these sequences.
func (s *producerState) duplicate(a *arena, first, count int32) (id uint32, ok bool) {
	for _, id := range s.cached[:s.count] {
		if b := &a.batches[id]; b.sequence == first && int32(b.count) == count {
			return id, true
		}
	}
	return 0, false
}

func (s *producerState) remember(id uint32, next int32) {
	if s.count == cachedBatches {
		copy(s.cached[:], s.cached[1:])
		s.count--
	}
	s.cached[s.count] = id
	s.count++
	s.next = next
}

// watch parks a fetch, replacing what the same connection left behind.
func watch(list []watcher, w watcher) []watcher {
	for i := range list {
		if list[i].conn == w.conn {
			list[i] = w
			return list
		}
	}
	return append(list, w)
}

func (r *replica) digest(d *sim.Digest, a *arena) {
	d.Int(int64(r.partition))
	d.Bool(r.leader)
	d.Int(r.watermark)
	for _, id := range r.log.batches {
		b := &a.batches[id]
		d.Int(b.base)
		for _, m := range a.records[b.first : b.first+b.count] {
			d.Uint(uint64(m))
		}
	}
	for i := range r.producers {
		d.Int(int64(r.producers[i].pid))
		d.Int(int64(r.producers[i].next))
	}
	d.Uint(uint64(len(r.waiters)))
}
