package kafka

import "sort"

// readable says whether a fetch need not wait: there is an error to tell, or all its
// partitions together have as many bytes as it asks for, each up to the most that it
// takes of one. A partition that has gone on to a newer segment since the fetch was
// parked is read at once.
//
// Reference: Kafka, DelayedFetch.tryComplete (cases A to H). A consumer that asks for
// more than max.partition.fetch.bytes of too few partitions waits each time to the end.
func (b *broker) readable(body *fetchBody) bool {
	least, bytes := b.leastBytes(body), int32(0)
	for i := range body.parts {
		p := &body.parts[i]
		r := b.leading(p.partition)
		if r == nil || p.offset < r.log.start || p.offset > r.log.end || b.refused(r, body, p) != errNone {
			return true
		}
		if diverges, _, _ := b.diverging(r, body, p); diverges {
			return true
		}
		limit := r.limit(body)
		switch {
		case p.offset >= limit:
			continue
		case least <= 1, p.segment >= 0 && r.segmentOf(limit-1) > p.segment:
			return true
		}
		bytes += r.log.size(b.w.arena, p.offset, limit, min(body.partMax, least-bytes))
		if bytes >= least {
			return true
		}
	}
	return least <= 0
}

// enough says whether a parked fetch for which a record has come has enough.
func (b *broker) enough(request uint32) bool {
	body := b.bodies().fetch.At(request)
	return body.minBytes <= 1 || b.readable(body)
}

// leastBytes is how much a fetch waits for: no more than it may be given.
//
// Reference: Kafka, KafkaApis.handleFetchRequest (fetchMinBytes).
func (b *broker) leastBytes(body *fetchBody) int32 {
	if body.minBytes <= 1 {
		return body.minBytes
	}
	return min(body.minBytes, b.fetchLimit(body))
}

// fills says whether what a fetch finds on its arrival is as much as it waits for. That
// counts a first batch in full which is larger than the most of its partition.
//
// Reference: Kafka, ReplicaManager.fetchMessages (bytesReadable).
func (b *broker) fills(body *fetchBody) bool {
	least := b.leastBytes(body)
	if least <= 1 {
		return false // nothing is readable
	}
	id := b.read(body)
	size := b.bodies().fetched.At(id).size - emptyFetched
	b.bodies().fetched.Put(id)
	return size >= least
}

// size returns how many bytes the batches from offset up to limit have, but no more
// than most.
func (l *replicaLog) size(a *arena, offset, limit int64, most int32) int32 {
	bytes := int32(0)
	for i := l.from(a, offset); i < len(l.batches) && bytes < most; i++ {
		b := &a.batches[l.batches[i]]
		if b.next() > limit {
			break
		}
		bytes += b.bytes
	}
	return min(bytes, most)
}

// segmentOf returns where the segment begins that has an offset, or that the next
// record goes into unless it is closed first.
//
// Reference: Kafka, LogOffsetMetadata.onOlderSegment.
func (r *replica) segmentOf(offset int64) int64 {
	n := sort.Search(len(r.segments), func(i int) bool { return r.segments[i].base > offset })
	if n == 0 {
		return offset
	}
	return r.segments[n-1].base
}
