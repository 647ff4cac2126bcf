package kafka

import (
	"slices"

	"orderlab/sim"
)

// step does what comes next, if no request is out.
//
// Reference: Kafka, Sender.maybeSendAndPollTransactionalRequest.
func (t *txnProducer) step() {
	p := t.p
	if !p.fresh || t.asked != 0 || t.waiting || t.state == txnFenced {
		return
	}
	switch {
	case t.coordinator < 0:
		t.ask(frameTxnCoordinator, p.leastLoaded(sim.Named("transactions")))
	case t.state == txnStarting || t.state == txnRenewing:
		t.ask(frameInitPid, t.coordinator)
	case len(t.fresh) > 0 && (t.state == txnOpen || t.commit):
		t.ask(frameAddPartitions, t.coordinator)
	case t.state == txnEnding && t.flushed():
		if len(t.parts) == 0 && !(p.w.cfg.txnV2 && len(t.sends) > 0) {
			t.ended(errNone)
			return
		}
		t.ask(frameEndTxn, t.coordinator)
	}
}

// flushed says that every batch of the transaction was answered for. A transaction
// that is aborted gives up those that were never sent.
//
// Reference: Kafka, RecordAccumulator.abortUndrainedBatches, hasIncomplete.
func (t *txnProducer) flushed() bool {
	p := t.p
	if !t.commit {
		p.dropUnsent()
	}
	for i := range p.batches {
		if b := &p.batches[i]; b.inUse && !b.done {
			return false
		}
	}
	return true
}

// dropUnsent gives up the batches that were never sent.
func (p *producer) dropUnsent() {
	for i := range p.parts {
		acc := &p.parts[i]
		kept := acc.queue[:0]
		for _, h := range acc.queue {
			if p.batches[h].sequence >= 0 {
				kept = append(kept, h)
				continue
			}
			p.waiting--
			p.release(h)
		}
		acc.queue = kept
	}
}

// ask sends a request, and sees to it that it is answered.
func (t *txnProducer) ask(kind uint16, broker int) {
	p := t.p
	id, body := p.w.arena.bodies.takeTxnBody()
	body.id, body.pid, body.epoch, body.timeout = t.id, t.pid, p.epoch, p.cfg.txnTimeout
	body.commit = t.commit
	body.parts = append(body.parts, t.fresh...)
	t.asked, t.askedOf, t.sent_ = kind, broker, p.w.sim.Now()
	t.retry = p.w.sim.After(p.node, p.cfg.requestTimeout, timerTxnRetry, 0)
	p.request(broker, txnFrame(kind, id))
}

// again is the end of a back-off, or of the patience with a request.
func (t *txnProducer) again() {
	t.retry = sim.NoTimer
	if t.asked == 0 {
		t.waiting = false
		return
	}
	if conn := t.p.peers[t.askedOf].conn; conn != sim.NoConn {
		t.p.w.sim.Close(t.p.node, conn)
		t.p.abort(conn, errRequestTimedOut)
	} else {
		t.lost(t.askedOf)
	}
}

// lost goes on without the answer of a broker.
func (t *txnProducer) lost(broker int) {
	if t.asked != 0 && broker == t.askedOf {
		t.maybe = t.maybe || t.asked == frameEndTxn && t.commit
		t.coordinator = -1
		t.backOff(t.p.cfg.retryBackoff)
	}
}

func (t *txnProducer) backOff(wait sim.Time) {
	t.p.w.sim.Cancel(t.retry)
	t.asked, t.waiting = 0, true
	t.retry = t.p.w.sim.After(t.p.node, wait, timerTxnRetry, 0)
}

// answered takes up an answer.
//
// Reference: Kafka, TransactionManager.TxnRequestHandler and its subclasses.
func (t *txnProducer) answered(f *sim.Frame) {
	p := t.p
	body := p.w.arena.bodies.txn.At(f.Body)
	kind := f.Kind &^ reply
	if kind == t.asked {
		p.w.sim.Cancel(t.retry)
		t.asked, t.retry = 0, sim.NoTimer
		t.takeAnswer(kind, body)
	}
	p.w.arena.bodies.txn.Put(f.Body)
	p.call()
	p.schedule()
}

// addBackoff is how long a producer waits before it adds partitions again while the
// transaction before is not complete.
//
// Reference: Kafka, TransactionManager.AddPartitionsToTxnHandler
// (ADD_PARTITIONS_RETRY_BACKOFF_MS).
const addBackoff = 20 * sim.Millisecond

func (t *txnProducer) takeAnswer(kind uint16, body *txnBody) {
	p := t.p
	switch {
	case kind == frameTxnCoordinator && body.broker >= 0:
		t.coordinator = body.broker
	case kind == frameTxnCoordinator:
		t.backOff(p.cfg.retryBackoff)
	case body.err == errNotCoordinator:
		t.coordinator = -1
		t.backOff(p.cfg.retryBackoff)
	case body.err == errConcurrentTransactions && kind == frameAddPartitions && len(t.parts) == 0:
		t.backOff(addBackoff)
	case body.err == errConcurrentTransactions:
		t.backOff(p.cfg.retryBackoff)
	case kind == frameEndTxn:
		p.renew(body.pid, body.epoch, body.err)
		t.ended(body.err)
	case body.err != errNone:
		t.fenced(body.err)
	case kind == frameInitPid:
		p.renew(body.pid, body.epoch, errNone)
		t.state = txnReady
	case kind == frameAddPartitions:
		t.parts = append(t.parts, body.parts...)
		t.fresh = slices.DeleteFunc(t.fresh, func(x int32) bool { return slices.Contains(body.parts, x) })
	}
}
