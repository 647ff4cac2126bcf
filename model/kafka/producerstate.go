package kafka

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

// reload makes what is known of producers from the log, as a broker does that
// starts, truncates, or begins to lead what others have written.
//
// Reference: Kafka, UnifiedLog.rebuildProducerState and
// ProducerStateManager.truncateAndReload.
func (r *replica) reload(a *arena) {
	r.producers = r.producers[:0]
	for _, id := range r.log.batches {
		if b := &a.batches[id]; b.producer >= 0 {
			r.state(b.producer).remember(id, b.sequence+int32(b.count))
		}
	}
}
