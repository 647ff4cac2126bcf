package kafka

import (
	"slices"

	"orderlab/sim"
)

// markerRetry is how long a coordinator waits before it sends markers again that a
// leader has refused, and markerTimeout how long it waits for an answer.
//
// Reference: Kafka, TransactionMarkerChannelManager (retry.backoff of
// InterBrokerSendThread, request.timeout.ms).
const (
	markerRetry   = 100 * sim.Millisecond
	markerTimeout = 30 * sim.Second
)

// sendMarkers sends the markers of a decided transaction to the leaders of its
// partitions, and to the coordinator of the group if its offsets are in it. Who has
// not answered yet is not asked again: a marker that comes twice could end the next
// transaction.
//
// Reference: Kafka, TransactionMarkerChannelManager.addTxnMarkersToSend.
func (b *broker) sendMarkers(t *txn) {
	if t.status != txnPrepareCommit && t.status != txnPrepareAbort {
		return
	}
	if t.complete(); t.status >= txnCompleteCommit {
		return
	}
	wait := markerTimeout
	if t.out == 0 {
		t.asked = b.w.sim.Now()
	}
	for _, p := range t.pending {
		if int(p) >= len(b.leaders) || b.leaders[p] == noLeader {
			wait = markerRetry
		}
	}
	b.markAgain(t, wait)
	for leader := range b.w.cfg.brokers {
		if t.out.has(leader) {
			continue
		}
		id, body := b.bodies().takeTxnBody()
		for _, p := range t.pending {
			if int(p) < len(b.leaders) && int(b.leaders[p]) == leader {
				body.parts = append(body.parts, p)
			}
		}
		body.offsets = t.pendingOffsets && b.coordinator == leader
		if len(body.parts) == 0 && !body.offsets {
			b.bodies().txn.Put(id)
			continue
		}
		body.id, body.pid, body.epoch, body.coordinatorEpoch = t.number, t.pid, t.epoch, t.coordinatorEpoch
		body.commit = t.status == txnPrepareCommit
		t.out = t.out.with(leader)
		b.askBroker(leader, frameMarkers, id)
	}
}

// markAgain has the markers sent again after a time, unless they are written by then.
func (b *broker) markAgain(t *txn, wait sim.Time) {
	b.w.sim.Cancel(t.retry)
	t.retry = b.w.sim.After(b.node, wait, timerMarkers, uint64(t.number))
}

// remark sends markers again. Who has not answered for too long is cut off first.
func (b *broker) remark(number int) {
	t := b.w.txns[number]
	if t.b != b {
		return
	}
	t.retry = sim.NoTimer
	for i := range b.links {
		if l := &b.links[i]; t.out.has(i) && l.conn != sim.NoConn && t.asked+markerTimeout <= b.w.sim.Now() {
			b.w.sim.Close(b.node, l.conn)
			b.linkClosed(l.conn)
		}
	}
	b.sendMarkers(t)
}

// writeMarkers appends the markers of a transaction, and answers when they are
// replicated.
//
// Reference: Kafka, KafkaApis.handleWriteTxnMarkersRequest (acks -1).
func (b *broker) writeMarkers(c sim.Conn, id uint32) {
	body := b.bodies().txn.At(id)
	body.conn, body.waiting, body.errs = c, 0, body.errs[:0]
	var appended []*replica
	for _, p := range body.parts {
		err := errNone
		switch r := b.leading(p); {
		case r == nil:
			err = b.notLeading(p)
		case b.underMinISR(r):
			err = errNotEnoughReplicas
		default:
			if err = b.appendMarker(r, body); err == errNone {
				body.waiting++
				r.txns.awaiting = append(r.txns.awaiting, markerWaiter{id, r.log.end})
				appended = append(appended, r)
			}
		}
		body.errs = append(body.errs, err)
	}
	if body.offsets {
		b.markOffsets(body)
	}
	if body.waiting == 0 {
		b.replyTxn(c, frameMarkers, id)
	}
	for _, r := range appended {
		b.appended(r)
	}
}

// completeMarkers answers the requests whose markers are replicated, or all of them
// with an error.
func (b *broker) completeMarkers(r *replica, err errorCode) {
	if r.txns == nil || len(r.txns.awaiting) == 0 {
		return
	}
	waiting := r.txns.awaiting
	r.txns.awaiting = nil
	for _, w := range waiting {
		if err == errNone && w.required > r.watermark {
			r.txns.awaiting = append(r.txns.awaiting, w)
			continue
		}
		body := b.bodies().txn.At(w.request)
		body.errs[slices.Index(body.parts, r.partition)] = err
		if body.waiting--; body.waiting == 0 {
			b.replyTxn(body.conn, frameMarkers, w.request)
		}
	}
}

// marked takes up what leaders answered to markers. A marker that was refused for an
// epoch belongs to another coordinator now.
//
// Reference: Kafka, TransactionMarkerRequestCompletionHandler.
func (b *broker) marked(from int, body *txnBody) {
	t := b.w.txns[body.id]
	if t.b != b || t.coordinatorEpoch != body.coordinatorEpoch {
		return
	}
	t.out = t.out.without(from)
	if body.offsets && body.err == errNone {
		t.pendingOffsets = false
	}
	for i, p := range body.parts {
		switch body.errs[i] {
		case errNone, errInvalidProducerEpoch, errCoordinatorFenced:
			t.pending = slices.DeleteFunc(t.pending, func(x int32) bool { return x == p })
		}
	}
	if len(t.pending) > 0 || t.pendingOffsets {
		if slices.ContainsFunc(body.errs, func(e errorCode) bool { return e != errNone }) || body.err != errNone {
			b.markAgain(t, markerRetry)
		}
		return
	}
	b.w.sim.Cancel(t.retry)
	t.retry = sim.NoTimer
	t.complete()
}
