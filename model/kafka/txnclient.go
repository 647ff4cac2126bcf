package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// txnState is where a transactional client is with its transactions.
//
// Reference: Kafka, TransactionManager.State.
type txnState uint8

const (
	txnReady  txnState = iota // no transaction is open
	txnOpen                   // between beginTransaction and its end
	txnEnding                 // in commitTransaction or abortTransaction
	txnFenced                 // it can do nothing any more
)

// txnOwner is who has a transactional client: a producer, or a consumer whose
// effects and positions become transactions.
type txnOwner interface {
	// touched says that the coordinator may know of the transaction, so that it has
	// to be ended there.
	touched() bool
	// flushed says that every batch of the transaction was answered for.
	flushed() bool
	// group is who coordinates the group whose positions are in the transaction, -1
	// for nobody that is known, and the member whose they are.
	group() (broker int, m membership)
	// groupMoved is told that another broker coordinates the group.
	groupMoved()
	// renewed is told of another producer id or epoch.
	renewed()
	// ready is told that it is initialized.
	ready()
	// fenced is told that the coordinator will hear no more of this producer, and
	// whether that ends a transaction.
	fenced(err errorCode, open bool)
	// ended is told that the transaction is decided as commit says.
	ended()
	// cut gives a connection up whose requests are not answered.
	cut(c sim.Conn)
}

// txnClient is what every transactional producer asks of coordinators, one request
// at a time: who coordinates its id, an epoch, partitions and positions for the
// transaction, and its end. It is asked again what is not answered.
//
// Reference: Kafka, TransactionManager.
type txnClient struct {
	c     *client
	owner txnOwner
	// base is the first of the client's peers that it has its connections to.
	base                       int
	timeout, patience, backoff sim.Time

	id    int32 // the number of the transactional id
	pid   int32
	epoch int16
	state txnState
	// initialized says that it has an epoch: initTransactions has returned.
	initialized bool
	// coordinator is the broker that coordinates the id, -1 before it was found.
	coordinator int
	asked       uint16 // the kind of the request that is out, 0 for none
	askedOf     int    // the peer that was asked
	waiting     bool   // for the back-off of a request
	retry       sim.TimerID

	parts     []int32 // partitions in the transaction
	fresh     []int32 // to be added to it (before KIP-890)
	positions []fetchPart
	offsets   offsetsState
	// generation is the member's, of whom the positions are.
	generation int32
	commit     bool // how the transaction is to end
	maybe      bool // a request to commit has gone without an answer
	broken     bool // a batch was given up
}

// offsetsState is how far the positions of a transaction are.
type offsetsState uint8

const (
	noOffsets        offsetsState = iota
	offsetsGiven                  // the application has called sendOffsetsToTransaction
	offsetsAnnounced              // the transaction's coordinator knows that there are some
	offsetsWritten                // the group's coordinator has them
)

// crashed forgets the memory of the process.
func (t *txnClient) crashed() {
	*t = txnClient{c: t.c, owner: t.owner, base: t.base, timeout: t.timeout, patience: t.patience, backoff: t.backoff,
		id: t.id, pid: -1, coordinator: -1, parts: t.parts[:0], fresh: t.fresh[:0], positions: t.positions[:0]}
}

// begin opens a transaction.
//
// Reference: Kafka, TransactionManager.beginTransaction.
func (t *txnClient) begin() {
	t.state, t.commit, t.maybe, t.broken, t.offsets = txnOpen, true, false, false, noOffsets
	t.parts, t.fresh, t.positions = t.parts[:0], t.fresh[:0], t.positions[:0]
}

// add has a partition added to the transaction, unless it is in it.
//
// Reference: Kafka, TransactionManager.maybeAddPartition.
func (t *txnClient) add(partition int32) {
	if !t.c.w.cfg.txnV2 && !slices.Contains(t.parts, partition) && !slices.Contains(t.fresh, partition) {
		t.fresh = append(t.fresh, partition)
	}
}

// send has positions of a member's written in the transaction.
//
// Reference: Kafka, TransactionManager.sendOffsetsToTransaction.
func (t *txnClient) send(generation int32, positions []fetchPart) {
	t.offsets, t.generation = offsetsGiven, generation
	t.positions = append(t.positions, positions...)
}

// step does what comes next, if no request is out.
//
// Reference: Kafka, Sender.maybeSendAndPollTransactionalRequest.
func (t *txnClient) step() {
	if !t.c.fresh || t.asked != 0 || t.waiting || t.state == txnFenced {
		return
	}
	goesOn := t.open() && t.commit
	switch {
	case t.coordinator < 0:
		t.ask(frameTxnCoordinator, t.c.leastLoaded(sim.Named("transactions")))
	case !t.initialized:
		t.ask(frameInitPid, t.coordinator)
	case goesOn && len(t.fresh) > 0:
		t.ask(frameAddPartitions, t.coordinator)
	case goesOn && t.offsets == offsetsGiven:
		t.ask(frameAddOffsets, t.coordinator)
	case goesOn && t.offsets == offsetsAnnounced:
		t.writeOffsets()
	case t.state == txnEnding && t.owner.flushed():
		if !t.owner.touched() {
			t.ended()
			return
		}
		t.ask(frameEndTxn, t.coordinator)
	}
}

// writeOffsets tells the group's coordinator the positions, as soon as one is known.
//
// Reference: Kafka, TransactionManager.TxnOffsetCommitHandler.
func (t *txnClient) writeOffsets() {
	if group, _ := t.owner.group(); group >= 0 {
		t.ask(frameTxnOffsets, group)
	} else {
		t.backOff(t.backoff)
	}
}

// ask sends a request to a broker, and sees to it that it is answered.
func (t *txnClient) ask(kind uint16, broker int) {
	id, body := t.c.w.arena.bodies.takeTxnBody()
	body.id, body.pid, body.epoch, body.timeout, body.commit = t.id, t.pid, t.epoch, t.timeout, t.commit
	switch kind {
	case frameAddPartitions:
		body.parts = append(body.parts, t.fresh...)
	case frameTxnOffsets:
		_, body.member = t.owner.group()
		body.generation = t.generation
		body.positions = append(body.positions, t.positions...)
	}
	t.asked, t.askedOf = kind, t.base+broker
	t.retry = t.c.w.sim.After(t.c.node, t.patience, timerTxnRetry, 0)
	t.c.request(t.askedOf, txnFrame(kind, id))
}

// again is the end of a back-off, or of the patience with a request.
func (t *txnClient) again() {
	t.retry = sim.NoTimer
	if t.asked == 0 {
		t.waiting = false
		return
	}
	if conn := t.c.peers[t.askedOf].conn; conn != sim.NoConn {
		t.c.w.sim.Close(t.c.node, conn)
		t.owner.cut(conn)
	} else {
		t.lost(t.askedOf)
	}
}

// lost goes on without the answer of a peer.
func (t *txnClient) lost(peer int) {
	if t.asked == 0 || peer != t.askedOf {
		return
	}
	t.maybe = t.maybe || t.asked == frameEndTxn && t.commit
	if t.asked != frameTxnOffsets { // that was not the transaction's
		t.coordinator = -1
	}
	t.backOff(t.backoff)
}

func (t *txnClient) backOff(wait sim.Time) {
	t.c.w.sim.Cancel(t.retry)
	t.asked, t.waiting = 0, true
	t.retry = t.c.w.sim.After(t.c.node, wait, timerTxnRetry, 0)
}

// answered takes up an answer. One that comes after its request was given up says
// nothing.
func (t *txnClient) answered(f *sim.Frame) {
	if kind := f.Kind &^ reply; kind == t.asked {
		t.c.w.sim.Cancel(t.retry)
		t.asked, t.retry = 0, sim.NoTimer
		t.take(kind, t.c.w.arena.bodies.txn.At(f.Body))
	}
	t.c.w.arena.bodies.txn.Put(f.Body)
}

// addBackoff is how long a producer waits before it adds partitions again while the
// transaction before is not complete.
//
// Reference: Kafka, TransactionManager.AddPartitionsToTxnHandler
// (ADD_PARTITIONS_RETRY_BACKOFF_MS).
const addBackoff = 20 * sim.Millisecond

// take goes from one request to the next. A group that has gone on without the
// member refuses its positions; then the transaction is aborted.
//
// Reference: Kafka, TransactionManager.TxnRequestHandler and its subclasses.
func (t *txnClient) take(kind uint16, body *txnBody) {
	switch {
	case kind == frameTxnCoordinator && body.broker >= 0:
		t.coordinator = body.broker
	case kind == frameTxnCoordinator:
		t.backOff(t.backoff)
	case kind == frameTxnOffsets && body.err == errNotCoordinator:
		t.owner.groupMoved()
		t.backOff(t.backoff)
	case kind == frameTxnOffsets && body.err != errNone:
		t.commit = false
	case body.err == errNotCoordinator:
		t.coordinator = -1
		t.backOff(t.backoff)
	case body.err == errConcurrentTransactions && kind == frameAddPartitions && len(t.parts) == 0:
		t.backOff(addBackoff)
	case body.err == errConcurrentTransactions:
		t.backOff(t.backoff)
	case body.err != errNone:
		t.fenced(body.err)
	default:
		t.granted(kind, body)
	}
}

// granted takes up an answer that is no error.
func (t *txnClient) granted(kind uint16, body *txnBody) {
	switch kind {
	case frameInitPid:
		t.renew(body.pid, body.epoch)
		t.initialized = true
		t.owner.ready()
	case frameAddPartitions:
		t.parts = append(t.parts, body.parts...)
		t.fresh = slices.DeleteFunc(t.fresh, func(x int32) bool { return slices.Contains(body.parts, x) })
	case frameAddOffsets:
		t.offsets = offsetsAnnounced
	case frameTxnOffsets:
		t.offsets = offsetsWritten
	case frameEndTxn:
		t.renew(body.pid, body.epoch)
		t.ended()
	}
}

// renew takes up a producer id and epoch.
//
// Reference: Kafka, TransactionManager.setProducerIdAndEpoch.
func (t *txnClient) renew(pid int32, epoch int16) {
	if t.pid != pid || t.epoch != epoch {
		t.pid, t.epoch = pid, epoch
		t.owner.renewed()
	}
}

// fenced is the end of the producer: another one has taken its transactional id over,
// or its coordinator has aborted its transaction.
//
// Reference: Kafka, TransactionManager.transitionToFatalError.
func (t *txnClient) fenced(err errorCode) {
	open := t.open()
	t.state, t.commit = txnFenced, false
	t.owner.fenced(err, open)
}

// ended is the answer to the end of a transaction. Before KIP-890 a producer that has
// lost a batch asks for another epoch before the next: one may still be on its way.
//
// Reference: Kafka, TransactionManager.EndTxnHandler, handleFailedBatch and
// beginAbort (epochBumpRequired).
func (t *txnClient) ended() {
	t.state = txnReady
	t.initialized = !t.broken || t.c.w.cfg.txnV2
	t.owner.ended()
}

func (t *txnClient) open() bool { return t.state == txnOpen || t.state == txnEnding }

// outcome is how a transaction has ended, as far as its producer can know.
func (t *txnClient) outcome() (history.Kind, history.Outcome) {
	switch {
	case t.commit:
		return history.KindCommitTxn, history.OK
	case t.maybe:
		return history.KindCommitTxn, history.Unknown
	}
	return history.KindAbortTxn, history.OK
}

// note writes the beginning or the end of a transaction to the history.
func (t *txnClient) note(kind history.Kind, outcome history.Outcome, begin sim.Time, detail history.Symbol) {
	c := t.c
	c.w.rec.Record(history.Op{Kind: kind, Outcome: outcome, Process: c.process, Session: c.session, Detail: detail,
		Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition,
		Begin: int64(begin), End: int64(c.w.sim.Now())})
}

// name is the transactional id as a symbol of the history.
func (t *txnClient) name() history.Symbol { return t.c.w.hist.AddSymbol(t.c.w.txns[t.id].name) }
