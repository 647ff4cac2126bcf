package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// readyAt returns when the partition makes its broker ready to be sent to: when
// its first batch is full or another waits behind it, when it has lingered, and
// never while it backs off. The queue must not be empty; ok is false when an
// answer has to come first.
//
// Reference: Kafka, RecordAccumulator.batchReady.
func (p *producer) readyAt(acc *accumulator) (at sim.Time, ok bool) {
	if p.muted(acc) || p.outOfTurn(acc) {
		return 0, false
	}
	b := &p.batches[acc.queue[0]]
	switch {
	case b.attempts > 0:
		return b.notBefore, true
	case len(acc.queue) > 1 || b.bytes >= p.cfg.batchSize:
		return 0, true
	}
	return b.created + p.cfg.linger, true
}

// muted says that the partition has a batch in flight and may not have two:
// with one request in flight a connection keeps its order by that.
//
// Reference: Kafka, Sender.sendProducerData (guaranteeMessageOrder).
func (p *producer) muted(acc *accumulator) bool {
	return p.cfg.inFlight == 1 && len(acc.inFlight) > 0
}

// outOfTurn says that the partition's first batch is on its second way and an
// earlier one is still out: with idempotence they go one after the other.
//
// Reference: Kafka, RecordAccumulator.shouldStopDrainBatchesForPartition.
func (p *producer) outOfTurn(acc *accumulator) bool {
	if !p.cfg.idempotent || len(acc.inFlight) == 0 {
		return false
	}
	sequence := p.batches[acc.queue[0]].sequence
	if sequence < 0 {
		return false
	}
	for _, h := range acc.inFlight {
		if p.batches[h].sequence < sequence {
			return true
		}
	}
	return false
}

// schedule sends what is ready and sets the timer for what will be.
func (p *producer) schedule() {
	if p.waiting == 0 {
		return
	}
	now := p.w.sim.Now()
	for broker := range p.led {
		for p.flight[broker] < p.cfg.inFlight && p.sendTo(broker, now) {
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
			return p.away[broker] <= now && p.connected(broker)
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
		if b.attempts > 0 && b.notBefore > now {
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
	body.pid = -1
	if p.cfg.idempotent {
		body.pid = p.pid()
	}
	body.batches = body.batches[:0]
	return id, body
}

// pid is the producer id: a new one for each session.
//
// Reference: Kafka, KafkaProducer (without a transactional id, InitProducerId
// gives a new id at every start).
func (p *producer) pid() int32 { return int32(p.index)<<16 | int32(p.session) }

// take moves the first batch of a queue into a request.
func (p *producer) take(acc *accumulator, h uint32, body *produceBody) {
	b := &p.batches[h]
	acc.queue = append(acc.queue[:0], acc.queue[1:]...)
	p.waiting--
	if b.sequence < 0 {
		b.sequence = acc.next
		acc.next += int32(len(b.records))
	}
	b.attempts++
	acc.inFlight = append(acc.inFlight, h)
	if n := len(body.batches); n < cap(body.batches) {
		body.batches = body.batches[:n+1]
	} else {
		body.batches = append(body.batches, produceBatch{})
	}
	pb := &body.batches[len(body.batches)-1]
	pb.handle, pb.partition, pb.sequence = h, b.partition, b.sequence
	pb.records = append(pb.records[:0], b.records...)
	pb.err, pb.base = errNone, 0
}

func (p *producer) dispatch(broker int, id uint32, body *produceBody, size int32) {
	least := &p.batches[body.batches[0].handle]
	for i := range body.batches {
		b := &p.batches[body.batches[i].handle]
		b.broker, b.order = broker, p.sends
		p.sends++
		if b.first < least.first {
			least = b
		}
	}
	body.id = sim.Identity(sim.ID(p.index), sim.ID(least.first), sim.ID(least.attempts))
	f := sim.Frame{Kind: frameProduce, Body: id, Size: size, ID: body.id}
	if p.cfg.acks == "0" {
		p.complete(body)
		p.post(broker, f)
		return
	}
	p.flight[broker]++
	p.pending++
	p.request(broker, f)
}

// settle handles the answer to a produce request.
func (p *producer) settle(broker int, id uint32) {
	body := p.w.arena.bodies.produce.At(id)
	p.flight[broker]--
	p.pending--
	p.complete(body)
	p.w.arena.bodies.produce.Put(id)
	p.schedule()
}

// complete settles each batch of a request: acked, or back to its queue.
func (p *producer) complete(body *produceBody) {
	for i := range body.batches {
		pb := &body.batches[i]
		acc := &p.parts[pb.partition]
		for j, h := range acc.inFlight {
			if h == pb.handle {
				acc.inFlight = append(acc.inFlight[:j], acc.inFlight[j+1:]...)
				break
			}
		}
		if pb.err == errNone {
			p.ack(pb, body.acks)
			continue
		}
		p.reenqueue(acc, pb.handle)
		p.refreshSoon(p.cfg.retryBackoff)
	}
}

func (p *producer) ack(pb *produceBatch, acks string) {
	place := p.w.places[pb.partition]
	for i, m := range pb.records {
		position := pb.base + int64(i)
		if acks == "0" {
			position = history.NoPosition
		}
		p.w.rec.Ack(m, p.process, p.session, history.OK, place, position, history.NoSymbol)
	}
	p.batches[pb.handle].inUse = false
	p.free = append(p.free, pb.handle)
}

// reenqueue puts a batch back for another try: at the front, or with
// idempotence in order of sequence.
//
// Reference: Kafka, RecordAccumulator.reenqueue and insertInSequenceOrder;
// back-off by ExponentialBackoff (x2, jitter 0.2).
func (p *producer) reenqueue(acc *accumulator, h uint32) {
	b := &p.batches[h]
	b.notBefore = p.w.sim.Now() + p.backoff(b)
	at := 0
	if p.cfg.idempotent {
		for at < len(acc.queue) {
			q := &p.batches[acc.queue[at]]
			if q.sequence < 0 || q.sequence > b.sequence {
				break
			}
			at++
		}
	}
	p.waiting++
	acc.queue = append(acc.queue, 0)
	copy(acc.queue[at+1:], acc.queue[at:])
	acc.queue[at] = h
}

var decideBackoff = sim.NewDecision("kafka.producer.backoff")

// backoff is 0.8 to 1.2 times the base, doubled with each attempt, and never
// above the maximum. (The client draws it again at each look; here it is drawn
// once.)
//
// Reference: Kafka, ExponentialBackoff.
func (p *producer) backoff(b *pendingBatch) sim.Time {
	base, most := p.cfg.retryBackoff, p.cfg.retryBackoffMax
	if base >= most {
		return most
	}
	for i := 1; i < b.attempts && base < most; i++ {
		base *= 2
	}
	base = min(base, most)
	s := sim.Uniform(int64(base)*8/10, int64(base)*12/10)
	id := sim.Identity(sim.ID(p.index), sim.ID(b.first), sim.ID(b.attempts))
	return min(sim.Time(p.w.sim.Draw(decideBackoff, id, &s)), most)
}
