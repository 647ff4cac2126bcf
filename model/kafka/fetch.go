package kafka

import "orderlab/sim"

// serveFetch answers a fetch at once when there is enough to tell, and else
// parks it until there is, or its wait is over.
//
// Reference: Kafka, ReplicaManager.fetchMessages and DelayedFetch.
func (b *broker) serveFetch(c sim.Conn, id uint32) {
	body := b.bodies().fetch.At(id)
	b.serial++
	body.conn, body.serial, body.done, body.task = c, b.serial, false, noTask
	for i := range body.parts {
		body.parts[i].segment = -1
	}
	if body.maxWait <= 0 || b.readable(body) || b.fills(body) {
		answer := b.read(body)
		if body.follower >= 0 {
			b.hear(body)
		}
		b.answerFetch(id, answer)
		return
	}
	for i := range body.parts {
		p := &body.parts[i]
		r := b.replicas[p.partition]
		p.segment = r.segmentOf(p.offset)
		list := &r.consumers
		if body.follower >= 0 {
			list = &r.followers
		}
		*list = watch(*list, watcher{c, id, body.serial, p.offset, body.committed})
	}
	body.task = b.park(&b.fetches, body.maxWait, id)
	if body.follower >= 0 {
		b.hear(body)
	}
	if body.task == noTask {
		b.completeFetch(id)
	}
}

// hear takes a follower's offsets as its progress, after they were read from: an
// answer that is given at once does not tell the high watermark that the very
// fetch has raised.
//
// Reference: Kafka, Partition.fetchRecords, updateFollowerFetchState and
// Replica.updateFetchStateOrThrow: a
// follower's fetch offset is its log end, and may raise the high watermark.
func (b *broker) hear(body *fetchBody) {
	now := b.w.sim.Now()
	for i := range body.parts {
		p := &body.parts[i]
		r := b.leading(p.partition)
		if r == nil || b.refused(r, body, p) != errNone || p.offset > r.log.end {
			continue
		}
		if diverges, _, _ := b.diverging(r, body, p); diverges {
			continue
		}
		x := &r.progress[body.follower]
		if !x.assigned {
			continue
		}
		switch {
		case p.offset >= r.log.end:
			x.caughtUp = now
		case p.offset >= x.leaderEnd && x.fetched >= 0:
			x.caughtUp = max(x.caughtUp, x.fetched)
		}
		x.end, x.fetched, x.leaderEnd, x.incarnation = p.offset, now, max(x.leaderEnd, r.log.end), body.incarnation
		b.maybeExpand(r, body.follower)
		if b.advance(r) {
			b.advanced(r)
		}
	}
}

// refused is the error of a fetch by another leader epoch than the leader's own, or
// by a broker that the leader has not heard of as a replica yet.
//
// Reference: Kafka, Partition.checkCurrentLeaderEpoch (KIP-320), followerReplicaOrThrow.
func (b *broker) refused(r *replica, body *fetchBody, p *fetchPart) errorCode {
	switch {
	case body.follower < 0 || !b.fences():
		return errNone
	case p.leaderEpoch == r.epoch && r.others.has(body.follower):
		return errNone
	case p.leaderEpoch < r.epoch:
		return errFencedLeaderEpoch
	}
	return errUnknownLeaderEpoch
}

// diverging says whether a follower's log, which ends at the offset that it asks
// for in the epoch that it names, is not the beginning of the leader's, and where
// the leader knows that epoch, or the one before, to end.
//
// Reference: Kafka, Partition.readRecords (KIP-595).
func (b *broker) diverging(r *replica, body *fetchBody, p *fetchPart) (diverges bool, epoch int32, end int64) {
	switch {
	case body.follower < 0 || !b.fences() || p.lastEpoch < 0:
		return false, 0, 0
	case p.lastEpoch == r.log.lastEpoch() && p.offset <= r.log.end: // nearly always
		return false, p.lastEpoch, r.log.end
	}
	epoch, end = r.log.endOf(p.lastEpoch)
	return epoch < p.lastEpoch || end < p.offset, epoch, end
}

// limit is up to where the fetcher may read: a follower the log, a consumer the
// high watermark, or the last stable offset if it wants committed records only.
//
// Reference: Kafka, Partition.readRecords, FetchIsolation.
func (r *replica) limit(body *fetchBody) int64 {
	if body.follower >= 0 {
		return r.log.end
	}
	if body.committed {
		return r.stable()
	}
	return r.watermark
}

// parked says whether the fetch still waits; its body may have been reused.
func (b *broker) parked(w watcher) bool {
	body := b.bodies().fetch.At(w.request)
	return !body.done && body.conn == w.conn && body.serial == w.serial
}

// completeFetch answers a parked fetch with what can be read now, possibly
// nothing.
func (b *broker) completeFetch(id uint32) {
	body := b.bodies().fetch.At(id)
	if !body.done {
		b.answerFetch(id, b.read(body))
	}
}

// read fills the answer to a fetch. Once a partition gave records, the limits of
// size hold for the others; before that the first batch is given whatever its
// size.
//
// Reference: Kafka, ReplicaManager.readFromLog.
func (b *broker) read(body *fetchBody) (id uint32) {
	a := b.w.arena
	id, answer := a.bodies.fetched.Take()
	answer.parts, answer.refs, answer.aborted = answer.parts[:0], answer.refs[:0], answer.aborted[:0]
	left := b.fetchLimit(body)
	most := left
	for i := range body.parts {
		p := &body.parts[i]
		part := fetchedPart{partition: p.partition, offset: p.offset, asked: p.leaderEpoch, from: int32(len(answer.refs))}
		r := b.leading(p.partition)
		if r != nil {
			part.err = b.refused(r, body, p)
			part.diverges, part.epoch, part.diverged = b.diverging(r, body, p)
		}
		switch {
		case r == nil:
			part.err = b.notLeading(p.partition)
		case part.err != errNone:
		case part.diverges:
			part.watermark, part.end = r.watermark, r.log.end
		case p.offset > r.log.end || p.offset < r.log.start:
			part.err, part.start, part.end = errOffsetOutOfRange, r.log.start, r.log.end
		default:
			part.watermark, part.end = r.watermark, r.log.end
			var n int32
			answer.refs, n = r.log.read(a, answer.refs, p.offset, r.limit(body), min(left, body.partMax), len(answer.refs) == 0)
			left = max(0, left-n)
			if body.committed && n > 0 {
				b.tellAborted(r, answer, &part)
			}
		}
		part.to = int32(len(answer.refs))
		answer.parts = append(answer.parts, part)
	}
	answer.size = emptyFetched + most - left
	return id
}

// answerFetch sends the answer to a fetch.
func (b *broker) answerFetch(id, out uint32) {
	a := b.w.arena
	body, answer := a.bodies.fetch.At(id), a.bodies.fetched.At(out)
	body.done = true
	throttle := b.throttleFetch(body, answer)
	answer.throttle = throttle
	b.fetches.wheels.cancel(body.task)
	f := sim.Frame{Kind: frameFetch | reply, Body: out, Size: answer.size}
	if ref := a.firstRecords(answer.refs); ref >= 0 {
		f.ID = b.w.identity(a.records[a.batches[ref].first])
	}
	c := body.conn
	a.bodies.fetch.Put(id)
	b.reply(c, f)
	b.letOn(c, throttle)
}
