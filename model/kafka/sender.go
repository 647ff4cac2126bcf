package kafka

import (
	"orderlab/sim"
)

// readyAt returns when the partition makes its broker ready to be sent to: when
// its first batch is full or another waits behind it, when it has lingered, at
// once when a send waits for memory, and never while it backs off, which a change
// of the leader ends. The queue must not be empty; ok is false when an answer has
// to come first.
//
// Reference: Kafka, RecordAccumulator.batchReady, ProducerBatch
// (hasLeaderChangedForTheOngoingRetry, KIP-951).
func (p *producer) readyAt(acc *accumulator) (at sim.Time, ok bool) {
	if p.muted(acc) || p.outOfTurn(acc) {
		return 0, false
	}
	b := &p.batches[acc.queue[0]]
	switch {
	case b.attempts > 0:
		return p.retryAt(b), true
	case len(acc.queue) > 1 || b.split || b.bytes >= p.cfg.batchSize || p.called && p.fresh ||
		p.txn != nil && p.txn.flushing():
		return 0, true
	}
	return b.created + p.cfg.linger, true
}

// retryAt is when a batch that came back may go again.
func (p *producer) retryAt(b *pendingBatch) sim.Time {
	if int(b.partition) < len(p.leaders) && p.leaders[b.partition] != b.leader {
		return 0
	}
	return b.notBefore
}

// muted says that the partition has a batch in flight and may not have two:
// with one request in flight a connection keeps its order by that.
//
// Reference: Kafka, Sender.sendProducerData (guaranteeMessageOrder).
func (p *producer) muted(acc *accumulator) bool {
	return p.cfg.inFlight == 1 && len(acc.inFlight) > 0 ||
		p.txn != nil && !p.txn.allows(p.batches[acc.queue[0]].partition)
}

// outOfTurn says that the partition's first batch has to wait for others: with
// idempotence, one on its second way for earlier ones that are still out; a new
// one while it is open whether a failed batch was stored, and while batches of an
// older epoch are out.
//
// Reference: Kafka, RecordAccumulator.shouldStopDrainBatchesForPartition.
func (p *producer) outOfTurn(acc *accumulator) bool {
	if !p.cfg.idempotent {
		return false
	}
	sequence := p.batches[acc.queue[0]].sequence
	if sequence < 0 {
		return acc.unresolved > 0 || acc.epoch != p.epoch && len(acc.inFlight) > 0
	}
	for _, h := range acc.inFlight {
		if p.batches[h].sequence < sequence && !p.batches[h].done {
			return true
		}
	}
	return false
}

// schedule sends what is ready and sets the timer for what will be.
func (p *producer) schedule() {
	p.resolve()
	if p.txn != nil {
		p.txn.step()
	}
	if p.waiting == 0 {
		return
	}
	now := p.w.sim.Now()
	for broker := range p.led {
		for len(p.flights[broker]) < p.cfg.inFlight && p.sendTo(broker, now) {
		}
	}
	if next, ok := p.nextReady(now); ok {
		p.wakeUp(now, next)
	}
}

// nextReady returns the earliest later time at which a broker becomes ready. A
// partition that the metadata does not name any more has it asked for.
//
// Reference: Kafka, Sender.sendProducerData (unknownLeaderTopics).
func (p *producer) nextReady(now sim.Time) (next sim.Time, ok bool) {
	for i := range p.parts {
		if len(p.parts[i].queue) == 0 {
			continue
		}
		if p.leaderOf(int32(i)) == noLeader {
			p.refreshSoon(p.cfg.retryBackoff)
			continue
		}
		if at, ready := p.readyAt(&p.parts[i]); ready && at > now && (!ok || at < next) {
			next, ok = at, true
		}
	}
	return next, ok
}

// wakeUp sets the timer, unless it is set for sooner.
func (p *producer) wakeUp(now, next sim.Time) {
	if p.wake != sim.NoTimer {
		if p.wakeAt <= next {
			return
		}
		p.w.sim.Cancel(p.wake)
	}
	p.wakeAt = next
	p.wake = p.w.sim.After(p.node, next-now, timerSend, 0)
}

// ready says that one of the broker's partitions has a batch to send, and that
// the connection is open: until then batches stay open for more records.
//
// Reference: Kafka, RecordAccumulator.ready and Sender.sendProducerData
// (client.ready).
func (p *producer) ready(broker int, now sim.Time) bool {
	for _, part := range p.led[broker] {
		acc := &p.parts[part]
		if len(acc.queue) == 0 {
			continue
		}
		if at, ok := p.readyAt(acc); ok && at <= now {
			return p.connected(broker) && p.sendable(broker)
		}
	}
	return false
}

// sendTo drains at most one batch of each partition that a ready broker leads
// into one request, whether it has lingered or not; it says whether it sent. It
// begins where it came to an end the last time. A partition whose first batch is
// out of turn ends it.
//
// Reference: Kafka, RecordAccumulator.drainBatchesForOneNode.
func (p *producer) sendTo(broker int, now sim.Time) bool {
	if !p.ready(broker, now) {
		return false
	}
	var id uint32
	var body *produceBody
	size := int32(0)
	led := p.led[broker]
	for i, at := 0, p.drain[broker]; i < len(led); i, at = i+1, at+1 {
		if at >= len(led) {
			at = 0
		}
		p.drain[broker] = at
		acc := &p.parts[led[at]]
		if len(acc.queue) == 0 || p.muted(acc) {
			continue
		}
		h := acc.queue[0]
		b := &p.batches[h]
		if b.attempts > 0 && p.retryAt(b) > now {
			continue
		}
		if (size > 0 && size+b.bytes > p.cfg.maxRequest) || p.outOfTurn(acc) {
			break
		}
		if body == nil {
			id, body = p.newRequest()
		}
		size += b.bytes
		p.take(acc, h, body)
	}
	if body == nil {
		return false
	}
	p.dispatch(broker, id, body, size)
	return true
}

func (p *producer) newRequest() (uint32, *produceBody) {
	id, body := p.w.arena.bodies.produce.Take()
	body.producer, body.session, body.acks = int32(p.index), p.session, p.cfg.acks
	body.pid, body.timeout, body.txn, body.verified = -1, p.cfg.requestTimeout, -1, false
	if p.cfg.idempotent {
		body.pid = p.pid()
	}
	if p.txn != nil {
		body.txn = p.txn.id
	}
	body.batches = body.batches[:0]
	return id, body
}

// take moves the first batch of a queue into a request.
func (p *producer) take(acc *accumulator, h uint32, body *produceBody) {
	b := &p.batches[h]
	acc.queue = append(acc.queue[:0], acc.queue[1:]...)
	p.waiting--
	if b.sequence < 0 {
		p.number(acc, b)
	}
	b.attempts++
	b.out, b.reset, b.leader = true, false, p.leaders[b.partition]
	acc.inFlight = append(acc.inFlight, h)
	if n := len(body.batches); n < cap(body.batches) {
		body.batches = body.batches[:n+1]
	} else {
		body.batches = append(body.batches, produceBatch{})
	}
	pb := &body.batches[len(body.batches)-1]
	pb.handle, pb.partition, pb.sequence, pb.epoch = h, b.partition, b.sequence, b.epoch
	pb.records = append(pb.records[:0], b.records...)
	pb.err, pb.base = errNone, 0
}

func (p *producer) dispatch(broker int, id uint32, body *produceBody, size int32) {
	least := &p.batches[body.batches[0].handle]
	for i := range body.batches {
		if b := &p.batches[body.batches[i].handle]; b.first < least.first {
			least = b
		}
	}
	body.id = sim.Identity(sim.ID(p.index), sim.ID(least.first), sim.ID(least.attempts))
	f := sim.Frame{Kind: frameProduce, Body: id, Size: size, ID: body.id}
	wait := p.work()
	if p.cfg.acks == "0" {
		for i := range body.batches {
			p.complete(&body.batches[i], body.acks)
		}
		p.post(broker, f, wait)
		return
	}
	p.pending++
	p.fly(broker, body)
	p.peers[broker].waiting++
	p.post(broker, f, wait)
}

// fly takes note of a request that is sent.
func (p *producer) fly(broker int, body *produceBody) {
	flights := p.flights[broker]
	if n := len(flights); n < cap(flights) {
		flights = flights[:n+1]
	} else {
		flights = append(flights, flight{})
	}
	x := &flights[len(flights)-1]
	x.sent, x.batches = p.w.sim.Now(), x.batches[:0]
	for i := range body.batches {
		x.batches = append(x.batches, body.batches[i].handle)
	}
	p.flights[broker] = flights
	p.expireBy(x.sent + p.cfg.requestTimeout)
}

// landed forgets the oldest request of a broker.
func (p *producer) landed(broker int) {
	flights := p.flights[broker]
	oldest := flights[0] // its memory is used again
	copy(flights, flights[1:])
	flights[len(flights)-1] = oldest
	p.flights[broker] = flights[:len(flights)-1]
	p.pending--
}
