package kafka

import "orderlab/sim"

// fences says that followers and leaders compare leader epochs, so that nobody
// replicates from one that was deposed, as all do since KIP-320.
func (b *broker) fences() bool { return b.w.cfg.replication.fences }

// truncate cuts a replica's log, and with it all that was known of the rest.
func (b *broker) truncate(r *replica, offset int64) {
	if !r.log.truncate(b.w.arena, offset) {
		return
	}
	r.storage.cut(r.log.end)
	r.unfile(b.w.arena)
	if r.watermark > r.log.end {
		r.mark(r.log.end, b.w.sim.Now())
	}
	b.w.verifyAll(r.partition)
}

// truncateTo cuts the log to where it is the same as the leader's: to the end of
// the epoch that the leader named, here or there, whichever is first. Where this
// log does not know that epoch, it is cut to the end of the one before, and the
// next fetch asks again; done says that it need not.
//
// Reference: Kafka, AbstractFetcherThread.getOffsetTruncationState (KIP-279).
func (b *broker) truncateTo(r *replica, p *fetchedPart) (done bool) {
	if p.diverged < 0 {
		b.truncate(r, r.watermark)
		return true
	}
	epoch, end := r.log.endOf(p.epoch)
	if end < 0 {
		b.truncate(r, p.diverged)
		return true
	}
	if epoch != p.epoch {
		b.truncate(r, end)
		return false
	}
	b.truncate(r, min(end, p.diverged))
	return true
}

// ask asks a leader for the ends of the last epochs of the partitions that have
// to be truncated before they are fetched; it says whether there were any.
//
// Reference: Kafka, OffsetsForLeaderEpochRequest (KIP-101),
// AbstractFetcherThread.truncateToEpochEndOffsets.
func (b *broker) ask(leader int) bool {
	if b.fences() || b.w.cfg.replication.truncation == truncateWatermark {
		return false
	}
	f := &b.fetchers[leader]
	now := b.w.sim.Now()
	id, body := uint32(0), (*fetchBody)(nil)
	for i := range f.parts {
		p := &f.parts[i]
		if !p.truncating || p.delayed > now {
			continue
		}
		if body == nil {
			id, body = b.bodies().fetch.Take()
			body.follower, body.parts = b.index, body.parts[:0]
		}
		r := b.replicas[p.partition]
		body.parts = append(body.parts, fetchPart{partition: p.partition, offset: r.log.end,
			leaderEpoch: r.epoch, lastEpoch: r.log.lastEpoch()})
	}
	if body == nil {
		return false
	}
	b.request(leader, sim.Frame{Kind: frameEpochs, Body: id, Size: 64 + 16*int32(len(body.parts))})
	return true
}

// serveEpochs answers where epochs end in a leader's log. Before KIP-279 the
// answer did not say which epoch that is.
//
// Reference: Kafka, Partition.lastOffsetForLeaderEpoch.
func (b *broker) serveEpochs(c sim.Conn, id uint32) {
	body := b.bodies().fetch.At(id)
	out, answer := b.bodies().fetched.Take()
	answer.parts, answer.refs = answer.parts[:0], answer.refs[:0]
	for _, p := range body.parts {
		part := fetchedPart{partition: p.partition, offset: p.offset, asked: p.leaderEpoch}
		if r := b.leading(p.partition); r == nil {
			part.err = b.notLeading(p.partition)
		} else {
			part.diverges, part.end = true, r.log.end
			part.epoch, part.diverged = r.log.endOf(p.lastEpoch)
		}
		answer.parts = append(answer.parts, part)
	}
	b.bodies().fetch.Put(id)
	b.answer(c, sim.Frame{Kind: frameEpochs | reply, Body: out, Size: 64 + 24*int32(len(answer.parts))})
}

// found truncates by what a leader answered, and goes on to fetch what needs no
// further question.
func (b *broker) found(c sim.Conn, id uint32) {
	leader := b.fetcherOf(c)
	if leader < 0 {
		b.bodies().fetched.Put(id)
		return
	}
	f := &b.fetchers[leader]
	body := b.bodies().fetched.At(id)
	for i := range body.parts {
		p := &body.parts[i]
		for j := range f.parts {
			if x := &f.parts[j]; x.partition == p.partition && x.truncating {
				b.findEnd(x, p)
			}
		}
	}
	b.bodies().fetched.Put(id)
	f.busy = false
	b.fetch(leader)
}

func (b *broker) findEnd(x *followed, p *fetchedPart) {
	r := b.replicas[p.partition]
	switch {
	case p.err != errNone:
		x.delayed = b.w.sim.Now() + replicaBackoff
	case p.diverged < 0:
		b.truncate(r, r.watermark)
		x.truncating = false
	case b.w.cfg.replication.truncation == truncateKIP101:
		b.truncate(r, p.diverged)
		x.truncating = false
	default:
		x.truncating = !b.truncateTo(r, p)
	}
}
