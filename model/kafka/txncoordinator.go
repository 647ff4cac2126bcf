package kafka

import (
	"math"
	"slices"

	"orderlab/sim"
)

// txnStatus is the state of a transactional id at its coordinator. (The state
// PrepareEpochFence of Kafka takes no time here.)
//
// Reference: Kafka, TransactionState.
type txnStatus uint8

const (
	txnEmpty txnStatus = iota
	txnOngoing
	txnPrepareCommit
	txnPrepareAbort
	txnCompleteCommit
	txnCompleteAbort
)

// txn is a transactional id as the log of the transaction coordinator has it. What
// is written to that log holds at once, as for groups.
//
// Reference: Kafka, TransactionMetadata.
type txn struct {
	name   string
	number int32
	home   int     // the broker that coordinates it, or the first live one after it
	b      *broker // that coordinates it now; nil while nobody does

	status           txnStatus
	pid              int32 // -1 before the first InitProducerId
	epoch, lastEpoch int16
	timeout, began   sim.Time
	asked            sim.Time // when the first of the markers without an answer was sent
	parts            []int32  // partitions in the transaction
	offsets          bool     // the group's offsets are in it
	coordinatorEpoch int32

	pending        []int32 // of parts: the marker is not written yet
	pendingOffsets bool
	outputs        []pendingOutput // of a consumer: effects that take place when it is committed
	out            brokerSet       // who has a request to write markers without an answer
	retry          sim.TimerID
}

// firstTxnPID is above the ids of producers without a transactional id.
const firstTxnPID = 1 << 30

// exhaustedEpoch is the last epoch of a producer id; then it gets another one.
//
// Reference: Kafka, TransactionMetadata.isEpochExhausted.
const exhaustedEpoch = math.MaxInt16 - 1

// addTxn returns the number of a transactional id.
func (w *world) addTxn(name string) int32 {
	for _, t := range w.txns {
		if t.name == name {
			return t.number
		}
	}
	placed := w.place("__transaction_state", 0, offsetsPartitions, 1)
	home := int(placed[offsetsPartition(name)])
	t := &txn{name: name, number: int32(len(w.txns)), home: home, pid: -1, epoch: -1, lastEpoch: -1}
	w.txns = append(w.txns, t)
	return t.number
}

// firstLive returns the broker that coordinates a transactional id when these
// brokers are alive.
func (t *txn) firstLive(live brokerSet, brokers int) int {
	for i := range brokers {
		if b := (t.home + i) % brokers; live.has(b) {
			return b
		}
	}
	return noLeader
}

// takeTxns begins and ends to coordinate transactional ids as the image says. Who
// begins writes the markers of what was decided.
//
// Reference: Kafka, TransactionStateManager.loadTransactionsForTxnTopicPartition.
func (b *broker) takeTxns() {
	for _, t := range b.w.txns {
		mine := t.firstLive(b.live, b.w.cfg.brokers) == b.index &&
			t.firstLive(b.w.controller.live(), b.w.cfg.brokers) == b.index
		switch {
		case mine && t.b != b:
			if t.b != nil {
				b.w.sim.Cancel(t.retry)
			}
			t.b, t.retry, t.out = b, sim.NoTimer, 0
			t.coordinatorEpoch++
			b.sendMarkers(t)
		case !mine && t.b == b:
			b.w.sim.Cancel(t.retry)
			t.b, t.retry = nil, sim.NoTimer
		}
	}
}

// dropTxns is the end of the process.
func (b *broker) dropTxns() {
	for _, t := range b.w.txns {
		if t.b == b {
			t.b, t.retry = nil, sim.NoTimer
		}
	}
	for i := range b.links {
		b.dropLink(i)
	}
	b.verifying = b.verifying[:0]
}

// watchTxns begins to look for transactions that are too old.
//
// Reference: Kafka, transaction.abort.timed.out.transaction.cleanup.interval.ms.
func (b *broker) watchTxns() {
	if len(b.w.txns) > 0 {
		b.w.sim.After(b.node, b.w.cfg.abortEvery, timerTxnScan, 0)
	}
}

// abortOld aborts the transactions that have taken longer than their producers said,
// and fences those.
//
// Reference: Kafka, TransactionCoordinator.abortTimedOutTransactions.
func (b *broker) abortOld() {
	b.watchTxns()
	for _, t := range b.w.txns {
		if t.b == b && t.status == txnOngoing && t.began+t.timeout < b.w.sim.Now() {
			t.bump(b.w)
			b.decide(t, false)
		}
	}
}

// bump raises the epoch of the producer id.
//
// Reference: Kafka, TransactionMetadata.prepareIncrementProducerEpoch and
// prepareFenceProducerEpoch.
func (t *txn) bump(w *world) {
	if t.pid < 0 || t.epoch >= exhaustedEpoch {
		w.pids++
		t.pid, t.epoch = firstTxnPID+w.pids, -1
	}
	t.lastEpoch = t.epoch
	t.epoch++
}

// transact handles a request about transactions.
func (b *broker) transact(c sim.Conn, f sim.Frame) {
	body := b.bodies().txn.At(f.Body)
	body.err = errNone
	if f.Kind == frameMarkers {
		b.writeMarkers(c, f.Body)
		return
	}
	t := b.w.txns[body.id]
	switch {
	case f.Kind == frameTxnCoordinator:
		body.broker = t.firstLive(b.live, b.w.cfg.brokers)
	case f.Kind == frameTxnOffsets:
		b.addOffsets(body)
	case t.b != b:
		body.err = errNotCoordinator
	case f.Kind == frameInitPid:
		b.initPid(t, body)
	case f.Kind == frameAddPartitions:
		b.addPartitions(t, body)
	case f.Kind == frameAddOffsets:
		b.addPartitions(t, body)
		t.offsets = t.offsets || body.err == errNone
	case f.Kind == frameEndTxn:
		b.endTxn(t, body)
	}
	b.replyTxn(c, f.Kind, f.Body)
}

// initPid gives a producer the id and a new epoch. A transaction that an earlier
// one has left open is aborted first; until that is done the producer is sent away.
//
// Reference: Kafka, TransactionCoordinator.handleInitProducerId and
// prepareInitProducerIdTransit.
func (b *broker) initPid(t *txn, body *txnBody) {
	switch {
	case body.pid >= 0 && (body.pid != t.pid || body.epoch != t.epoch && body.epoch != t.lastEpoch):
		body.err = errProducerFenced
	case t.status == txnPrepareCommit || t.status == txnPrepareAbort:
		body.err = errConcurrentTransactions
	case t.status == txnOngoing:
		t.bump(b.w)
		b.decide(t, false)
		body.err = errConcurrentTransactions
	default:
		t.bump(b.w)
		t.status, t.timeout = txnEmpty, body.timeout
		body.pid, body.epoch = t.pid, t.epoch
	}
}

// checkPid validates the producer of a request.
//
// Reference: Kafka, TransactionCoordinator.handleAddPartitionsToTransaction.
func (t *txn) checkPid(body *txnBody) errorCode {
	switch {
	case body.pid != t.pid:
		return errInvalidPIDMapping
	case body.epoch != t.epoch:
		return errProducerFenced
	case t.status == txnPrepareCommit || t.status == txnPrepareAbort:
		return errConcurrentTransactions
	}
	return errNone
}

// addPartitions adds partitions to the transaction, which begins with the first; or
// it looks whether they are in it.
//
// Reference: Kafka, TransactionCoordinator.handleAddPartitionsToTransaction and
// handleVerifyPartitionsInTransaction (KIP-890).
func (b *broker) addPartitions(t *txn, body *txnBody) {
	body.err = t.checkPid(body)
	if body.verify {
		body.errs = body.errs[:0]
		for _, p := range body.parts {
			err := body.err
			if err == errNone && (t.status != txnOngoing || !slices.Contains(t.parts, p)) {
				err = errTransactionAbortable
			}
			body.errs = append(body.errs, err)
		}
		return
	}
	if body.err != errNone {
		return
	}
	if t.status != txnOngoing {
		t.status, t.began = txnOngoing, b.w.sim.Now()
	}
	for _, p := range body.parts {
		if !slices.Contains(t.parts, p) {
			t.parts = append(t.parts, p)
		}
	}
}

// endTxn decides a transaction. The answer is given when the decision is in the log
// of the coordinator; the markers follow. Since KIP-890 the producer gets a new epoch
// with each decision, so that what it has sent before counts no more.
//
// Reference: Kafka, TransactionCoordinator.endTransaction.
func (b *broker) endTxn(t *txn, body *txnBody) {
	bumps := b.w.cfg.txnV2
	again := bumps && body.pid == t.pid && body.epoch == t.lastEpoch && t.status >= txnPrepareCommit
	switch {
	case body.pid != t.pid:
		body.err = errInvalidPIDMapping
	case body.epoch != t.epoch && !again:
		body.err = errProducerFenced
	default:
		body.err = t.mayEnd(body.commit, again, bumps)
	}
	if body.err != errNone {
		return
	}
	if t.status == txnOngoing || bumps && !again {
		if bumps {
			t.bump(b.w)
		}
		b.decide(t, body.commit)
	}
	body.pid, body.epoch = t.pid, t.epoch
}

// mayEnd says whether the state allows a decision, or has it already.
func (t *txn) mayEnd(commit, again, bumps bool) errorCode {
	prepared, complete := txnPrepareAbort, txnCompleteAbort
	if commit {
		prepared, complete = txnPrepareCommit, txnCompleteCommit
	}
	switch {
	case t.status == txnOngoing:
		return errNone
	case t.status == complete && (again || !bumps):
		return errNone
	case t.status == prepared:
		return errConcurrentTransactions
	case bumps && !commit && !again && (t.status == txnEmpty || t.status >= txnCompleteCommit):
		return errNone // nothing was added, and the producer wants an epoch
	}
	return errInvalidTxnState
}

// decide takes the decision, from which on the markers are written whatever happens.
func (b *broker) decide(t *txn, commit bool) {
	t.status = txnPrepareAbort
	if commit {
		t.status = txnPrepareCommit
	}
	t.pending = append(t.pending[:0], t.parts...)
	t.pendingOffsets = t.offsets
	b.w.decided(t, commit)
	b.sendMarkers(t)
}

// complete ends a transaction whose markers are all written.
func (t *txn) complete() {
	if len(t.pending) > 0 || t.pendingOffsets {
		return
	}
	switch t.status {
	case txnPrepareCommit:
		t.status = txnCompleteCommit
	case txnPrepareAbort:
		t.status = txnCompleteAbort
	}
	t.parts, t.offsets = t.parts[:0], false
}
