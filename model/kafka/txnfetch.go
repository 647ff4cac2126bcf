package kafka

import "slices"

// tellAborted adds the aborted transactions of what was read to an answer.
func (b *broker) tellAborted(r *replica, answer *fetchedBody, part *fetchedPart) {
	last := answer.refs[len(answer.refs)-1]
	part.fromAborted = int32(len(answer.aborted))
	answer.aborted = r.collect(answer.aborted, part.offset, b.w.arena.batches[last].next())
	part.toAborted = int32(len(answer.aborted))
}

// firstRecords returns the first of some batches that is not a marker, or -1.
func (a *arena) firstRecords(refs []uint32) int {
	for _, ref := range refs {
		if a.batches[ref].mark == noMarker {
			return int(ref)
		}
	}
	return -1
}

// skips says that poll does not return a batch: a marker, or the records of an
// aborted transaction, if the consumer was told of those.
//
// Reference: Kafka, CompletedFetch.nextFetchedRecord, isBatchAborted,
// consumeAbortedTransactionsUpTo, containsAbortMarker.
func (f *completed) skips(b *batch) bool {
	for len(f.aborted) > 0 && f.aborted[0].first < b.next() {
		f.dead = append(f.dead, f.aborted[0].pid)
		f.aborted = f.aborted[:copy(f.aborted, f.aborted[1:])]
	}
	if b.mark == noMarker {
		return slices.Contains(f.dead, b.producer)
	}
	if b.mark == abortMarker {
		f.dead = slices.DeleteFunc(f.dead, func(pid int32) bool { return pid == b.producer })
	}
	return true
}
