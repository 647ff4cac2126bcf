package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// settle handles the answer to the oldest produce request of a broker.
func (p *producer) settle(broker int, id uint32) {
	body := p.w.arena.bodies.produce.At(id)
	p.landed(broker)
	p.holdBack(broker, body.throttle)
	for i := range body.batches {
		p.complete(&body.batches[i], body.acks)
	}
	p.w.arena.bodies.produce.Put(id)
	p.call()
	p.schedule()
}

// abort fails every request of a connection that was lost or given up, the oldest
// first.
//
// Reference: Kafka, NetworkClient.cancelInFlightRequests, InFlightRequests.clearAll.
func (p *producer) abort(c sim.Conn, err errorCode) {
	broker := p.disconnected(c, p.cfg.retryBackoff)
	if p.txn != nil {
		p.txn.lost(broker)
	}
	if broker < 0 || broker >= len(p.flights) {
		return
	}
	for len(p.flights[broker]) > 0 {
		p.landed(broker)
		x := p.flights[broker][:len(p.flights[broker])+1][len(p.flights[broker])]
		for _, h := range x.batches {
			p.complete(&produceBatch{handle: h, partition: p.batches[h].partition, err: err}, p.cfg.acks)
		}
	}
	p.call()
}

// complete settles a batch of a request: acked, back to its queue, or failed. One
// that was given up meanwhile is beyond that.
//
// Reference: Kafka, Sender.completeBatch.
func (p *producer) complete(pb *produceBatch, acks string) {
	h := pb.handle
	b := &p.batches[h]
	acc := &p.parts[pb.partition]
	for j := range acc.inFlight {
		if acc.inFlight[j] == h {
			acc.inFlight = append(acc.inFlight[:j], acc.inFlight[j+1:]...)
			break
		}
	}
	b.out = false
	if b.done {
		p.recycle(h)
		return
	}
	if pb.err != errNone {
		b.maybe = b.maybe || !pb.err.definite(acks)
		p.failed(acc, h, pb.err)
		return
	}
	acc.lastAcked = max(acc.lastAcked, b.sequence+int32(len(b.records))-1)
	if p.txn != nil {
		p.txn.stored(b, pb.base)
		p.release(h)
		return
	}
	place := p.w.places[pb.partition]
	for i, m := range b.records {
		position := pb.base + int64(i)
		if acks == "0" {
			position = history.NoPosition
		}
		p.w.rec.Ack(m, p.process, p.session, history.OK, place, position, history.NoSymbol)
	}
	p.release(h)
}

// failed handles an error: the batch is divided, sent again, or given up.
func (p *producer) failed(acc *accumulator, h uint32, err errorCode) {
	b := &p.batches[h]
	switch {
	case err == errMessageTooLarge && len(b.records) > 1:
		p.divide(acc, h)
	case p.mayRetry(acc, b, err):
		p.reenqueue(acc, h)
	default:
		p.fail(h, err.String(), err.retriable())
		// The sequences of what follows begin anew, unless the retries are used up.
		// Reference: Kafka, Sender.failBatch, TransactionManager.handleFailedBatch.
		if p.cfg.idempotent && (b.attempts <= p.cfg.retries || err == errOutOfOrderSequence) {
			p.bump, acc.rewrite = true, true
		}
	}
	if err.stale() {
		p.refreshSoon(p.cfg.retryBackoff)
	}
}

// mayRetry says whether a batch is sent again.
//
// Reference: Kafka, Sender.canRetry.
func (p *producer) mayRetry(acc *accumulator, b *pendingBatch, err errorCode) bool {
	if b.created+p.cfg.deliveryTimeout <= p.w.sim.Now() || b.attempts > p.cfg.retries {
		return false
	}
	if p.cfg.idempotent && err == errOutOfOrderSequence {
		p.outOfOrder(acc, b)
		return true
	}
	return err.retriable()
}

// fail answers the sends of a batch with an error. Whether the records are stored
// is unknown when a request with them had no answer, or one that leaves it open.
//
// The application is told in the callback, and may send again what may go through:
// that is a call of its own, behind all that it has sent since.
func (p *producer) fail(h uint32, detail string, again bool) {
	b := &p.batches[h]
	if p.txn != nil {
		p.txn.fail(detail)
		p.release(h)
		return
	}
	outcome := history.Fail
	if b.maybe || b.out {
		outcome = history.Unknown
	}
	symbol := p.w.hist.AddSymbol(detail)
	for _, m := range b.records {
		p.w.rec.Ack(m, p.process, p.session, outcome, history.NoPlace, history.NoPosition, symbol)
		if again && p.w.resend {
			info := p.w.hist.Message(m)
			p.calls = append(p.calls, model.Message{ID: m, Key: info.Key, Producer: p.index, Index: info.Index,
				Size: p.batchRecordSize(b) - recordOverhead})
		}
	}
	p.release(h)
}

// reenqueue puts a batch back for another try.
//
// Reference: Kafka, RecordAccumulator.reenqueue; the back-off is that of
// ExponentialBackoff. (The client draws it again at each look; here it is drawn
// once.)
func (p *producer) reenqueue(acc *accumulator, h uint32) {
	b := &p.batches[h]
	id := sim.Identity(sim.ID(p.index), sim.ID(b.first), sim.ID(b.attempts))
	b.notBefore = p.w.sim.Now() + p.w.backoff(decideBackoff, id, p.cfg.retryBackoff, p.cfg.retryBackoffMax, b.attempts)
	acc.insert(p.place(acc, b.sequence), h)
	p.waiting++
}

var decideBackoff = sim.NewDecision("kafka.producer.backoff")

// backoff is 0.8 to 1.2 times the base, doubled with each attempt after the first,
// and never above the maximum.
//
// Reference: Kafka, ExponentialBackoff; KIP-580.
func (w *world) backoff(d sim.Decision, id sim.ID, base, most sim.Time, attempts int) sim.Time {
	if base >= most {
		return most
	}
	for i := 1; i < attempts && base < most; i++ {
		base *= 2
	}
	base = min(base, most)
	s := sim.Uniform(int64(base)*8/10, int64(base)*12/10)
	return min(sim.Time(w.sim.Draw(d, id, &s)), most)
}

// expireBy sets the timer of time-outs, unless it is set for sooner.
func (p *producer) expireBy(at sim.Time) {
	if p.expiry != sim.NoTimer {
		if p.expiryAt <= at {
			return
		}
		p.w.sim.Cancel(p.expiry)
	}
	p.expiryAt = at
	p.expiry = p.w.sim.After(p.node, at-p.w.sim.Now(), timerExpiry, 0)
}

// expire gives up what has run out of time: connections with a request that was
// not answered in time, all of whose requests fail; then batches that are too
// old; then the call that blocks for too long.
//
// Reference: Kafka, NetworkClient.handleTimedOutRequests; Sender.sendProducerData
// (getExpiredInflightBatches, RecordAccumulator.expiredBatches); BufferPool.allocate.
func (p *producer) expire() {
	now := p.w.sim.Now()
	for broker := range p.flights {
		if x := p.flights[broker]; len(x) > 0 && x[0].sent+p.cfg.requestTimeout <= now {
			c := p.peers[broker].conn
			p.w.sim.Close(p.node, c)
			p.abort(c, errRequestTimedOut)
		}
	}
	for i := range p.parts {
		p.expireBatches(&p.parts[i], now)
	}
	if p.called && p.deadline <= now {
		p.refuse(&p.calls[0], history.Fail, "max.block.ms")
		p.returned()
	}
	p.call()
	if next, ok := p.nextExpiry(); ok {
		p.expireBy(next)
	}
}

// expireBatches fails the batches of a partition that are delivery.timeout.ms old.
// One that was sent may be stored: until it is known nothing new is sent.
func (p *producer) expireBatches(acc *accumulator, now sim.Time) {
	old := func(h uint32) bool { return p.batches[h].created+p.cfg.deliveryTimeout <= now }
	for _, h := range acc.inFlight {
		if b := &p.batches[h]; !b.done && old(h) {
			p.giveUp(acc, h)
		}
	}
	kept := acc.queue[:0]
	for _, h := range acc.queue {
		if !old(h) {
			kept = append(kept, h)
			continue
		}
		p.waiting--
		p.giveUp(acc, h)
	}
	acc.queue = kept
}

func (p *producer) giveUp(acc *accumulator, h uint32) {
	b := &p.batches[h]
	if p.cfg.idempotent && b.attempts > 0 && b.sequence >= 0 {
		acc.unresolved = max(acc.unresolved, b.sequence+int32(len(b.records)))
		p.gaps = true
	}
	p.fail(h, "delivery.timeout.ms", true)
}

// nextExpiry is the next time-out of what waits and of what is out.
func (p *producer) nextExpiry() (at sim.Time, ok bool) {
	earliest := func(t sim.Time) {
		if !ok || t < at {
			at, ok = t, true
		}
	}
	for broker := range p.flights {
		if x := p.flights[broker]; len(x) > 0 {
			earliest(x[0].sent + p.cfg.requestTimeout)
		}
	}
	for i := range p.batches {
		if b := &p.batches[i]; b.inUse && !b.done {
			earliest(b.created + p.cfg.deliveryTimeout)
		}
	}
	if p.called {
		earliest(p.deadline)
	}
	return at, ok
}
