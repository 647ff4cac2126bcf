package kafka

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// outputTxn is the transactional producer of a consumer: the effects of a poll and
// its positions become one transaction. The effects go to a topic of which no log is
// kept here: they take place when the coordinator decides the transaction, as they do
// for who reads committed records. The requests that write them go out while those for
// the positions do, and take no time of their own.
//
// Reference: Kafka, KafkaProducer.sendOffsetsToTransaction (KIP-447).
type outputTxn struct {
	c           *consumer
	id          int32 // the number of the transactional id, which is the consumer's name
	coordinator int   // -1 before it was found
	pid         int32
	epoch       int16
	ready       bool // it has an epoch
	next        uint16
	asked       uint16 // the kind of the request that is out, 0 for none
	askedOf     int    // the peer
	retry       sim.TimerID
	waiting     bool // for the back-off of a request
	open        bool
	commit      bool // how the transaction is to end
	maybe       bool // a request to commit has gone without an answer
	begun       sim.Time
	positions   []fetchPart
	generation  int32
}

// pendingOutput is an effect that waits for the decision of its transaction.
type pendingOutput struct {
	output  model.Output
	process history.Process
	session uint16
	sink    history.Symbol
}

func (o *outputTxn) crashed() {
	*o = outputTxn{c: o.c, id: o.id, coordinator: -1, pid: -1, positions: o.positions[:0]}
}

// Transact implements [model.Transactor].
func (c *consumer) Transact(outputs []model.Output, sink history.Symbol) {
	o := c.out
	o.open, o.commit, o.maybe, o.begun = true, true, false, c.w.sim.Now()
	o.next, o.generation = frameAddOffsets, c.member.generation
	o.positions = o.positions[:0]
	for i := range c.parts {
		if p := &c.parts[i]; p.consumed >= 0 {
			o.positions = append(o.positions, fetchPart{partition: p.partition, offset: p.consumed})
		}
	}
	t := c.w.txns[o.id]
	t.outputs = t.outputs[:0]
	for i := range outputs {
		t.outputs = append(t.outputs, pendingOutput{outputs[i], c.process, c.session, sink})
	}
	o.note(history.KindBegin, history.OK)
	o.step()
}

// step does what comes next, if no request is out.
func (o *outputTxn) step() {
	c := o.c
	if !c.fresh || o.asked != 0 || o.waiting {
		return
	}
	switch {
	case o.coordinator < 0:
		o.ask(frameTxnCoordinator, c.leastLoaded(sim.Named("transactions")))
	case !o.ready:
		o.ask(frameInitPid, o.coordinator)
	case !o.open:
	case o.next == frameTxnOffsets && c.member.coordinator < 0:
		o.fail()
	case o.next == frameTxnOffsets:
		o.ask(o.next, c.member.coordinator)
	default:
		o.ask(o.next, o.coordinator)
	}
}

// fail has the transaction aborted.
func (o *outputTxn) fail() {
	o.commit, o.next = false, frameEndTxn
	o.step()
}

func (o *outputTxn) ask(kind uint16, broker int) {
	c := o.c
	id, body := c.w.arena.bodies.takeTxnBody()
	body.id, body.pid, body.epoch, body.timeout, body.commit = o.id, o.pid, o.epoch, c.w.cfg.producer.txnTimeout, o.commit
	if kind == frameTxnOffsets {
		body.member, body.generation = c.member.member, o.generation
		body.positions = append(body.positions[:0], o.positions...)
	}
	// The producer has connections of its own.
	o.asked, o.askedOf = kind, 2*c.w.cfg.brokers+broker
	o.retry = c.w.sim.After(c.node, c.w.cfg.producer.requestTimeout, timerTxnRetry, 0)
	c.request(o.askedOf, txnFrame(kind, id))
}

// again is the end of a back-off, or of the patience with a request.
func (o *outputTxn) again() {
	c := o.c
	o.retry = sim.NoTimer
	if o.asked == 0 {
		o.waiting = false
		o.step()
		return
	}
	if conn := c.peers[o.askedOf].conn; conn != sim.NoConn {
		c.w.sim.Close(c.node, conn)
		c.disconnected(conn, c.cfg.backoff)
		c.lost(o.askedOf)
	} else {
		o.lost(o.askedOf)
	}
}

// lost goes on without the answer of a broker.
func (o *outputTxn) lost(broker int) {
	if o.asked == 0 || broker != o.askedOf {
		return
	}
	o.maybe = o.maybe || o.asked == frameEndTxn && o.commit
	o.coordinator = -1
	o.backOff(o.c.cfg.backoff)
}

func (o *outputTxn) backOff(wait sim.Time) {
	o.c.w.sim.Cancel(o.retry)
	o.asked, o.waiting = 0, true
	o.retry = o.c.w.sim.After(o.c.node, wait, timerTxnRetry, 0)
}

// answered takes up an answer.
func (o *outputTxn) answered(f *sim.Frame) {
	body := o.c.w.arena.bodies.txn.At(f.Body)
	if kind := f.Kind &^ reply; kind == o.asked {
		o.c.w.sim.Cancel(o.retry)
		o.asked, o.retry = 0, sim.NoTimer
		o.takeAnswer(kind, body)
	}
	o.c.w.arena.bodies.txn.Put(f.Body)
	o.step()
}

// takeAnswer goes from one request of a transaction to the next. A group that has
// gone on without the member refuses its positions; then the transaction is aborted.
//
// Reference: Kafka, TransactionManager.AddOffsetsToTxnHandler, TxnOffsetCommitHandler
// and EndTxnHandler.
func (o *outputTxn) takeAnswer(kind uint16, body *txnBody) {
	switch {
	case kind == frameTxnCoordinator && body.broker >= 0:
		o.coordinator = body.broker
	case body.err == errConcurrentTransactions || kind == frameTxnCoordinator:
		o.backOff(o.c.cfg.backoff)
	case body.err == errNotCoordinator && kind == frameTxnOffsets:
		o.c.member.loseCoordinator()
		o.commit, o.next = false, frameEndTxn
	case body.err == errNotCoordinator:
		o.coordinator = -1
		o.backOff(o.c.cfg.backoff)
	case kind == frameInitPid && body.err == errNone:
		o.pid, o.epoch, o.ready = body.pid, body.epoch, true
		if o.open { // it was fenced
			o.ended(false)
		}
	case kind == frameTxnOffsets && body.err != errNone:
		o.commit, o.next = false, frameEndTxn
	case body.err != errNone:
		o.fenced()
	case kind == frameAddOffsets:
		o.next = frameTxnOffsets
	case kind == frameTxnOffsets:
		o.next = frameEndTxn
	case kind == frameEndTxn:
		o.pid, o.epoch = body.pid, body.epoch
		o.ended(o.commit)
	}
}

// fenced is the end of the producer: its transaction was aborted by the coordinator.
// The application makes another one.
//
// Reference: Kafka, TransactionManager.transitionToFatalError; Kafka Streams,
// TaskMigratedException.
func (o *outputTxn) fenced() {
	o.ready, o.pid, o.commit = false, -1, false
}

// ended tells the application. After an abort what was polled is read again from
// where the group was, or from where it is by then.
func (o *outputTxn) ended(committed bool) {
	o.open = false
	outcome := history.OK
	switch {
	case committed:
		o.note(history.KindCommitTxn, outcome)
	case o.maybe:
		o.note(history.KindCommitTxn, history.Unknown)
	default:
		o.note(history.KindAbortTxn, outcome)
	}
	if !committed {
		o.c.rewind()
	}
	o.c.app.(model.TransactorApp).Transacted(committed)
}

// rewind has every partition begin at its committed position again.
//
// Reference: Kafka Streams, TaskManager.closeDirtyAndRevive; examples,
// ExactlyOnceMessageProcessor.resetToLastCommittedPositions.
func (c *consumer) rewind() {
	c.spare = append(c.spare, c.buffer...)
	c.buffer = c.buffer[:0]
	var all []int32
	for i := range c.parts {
		p := &c.parts[i]
		p.buffered, p.position, p.consumed = 0, -1, -1
		all = append(all, p.partition)
	}
	if len(all) > 0 {
		c.member.lookUp(all)
	}
}

func (o *outputTxn) note(kind history.Kind, outcome history.Outcome) {
	c := o.c
	c.w.rec.Record(history.Op{Kind: kind, Outcome: outcome, Process: c.process, Session: c.session,
		Detail: c.w.hist.AddSymbol(c.w.txns[o.id].name), Message: history.NoMessage, Place: history.NoPlace,
		Position: history.NoPosition, Begin: int64(o.begun), End: int64(c.w.sim.Now())})
}

// decided is the moment from which on a transaction is committed or aborted: the
// effects in it take place, or do not.
func (w *world) decided(t *txn, commit bool) {
	for i := range t.outputs {
		if x := &t.outputs[i]; commit {
			w.rec.Apply(&x.output.Record, x.process, x.session, x.sink, x.output.Since)
		}
	}
	t.outputs = t.outputs[:0]
}

// heldOffsets are positions in a transaction that is undecided.
type heldOffsets struct {
	pid        int32
	member     membership
	generation int32
	parts      []fetchPart
}

// addOffsets holds positions of a transaction until it is decided. A member of an
// older generation is refused, as it is when it commits; a rebalance that completes is
// no reason to.
//
// Reference: Kafka, GroupCoordinatorService.commitTransactionalOffsets,
// ClassicGroup.validateOffsetCommit (isTransactional).
func (b *broker) addOffsets(body *txnBody) {
	g := b.group
	if g == nil || g.b != b {
		body.err = errNotCoordinator
		return
	}
	t := b.w.txns[body.id]
	switch {
	case body.pid != t.pid || body.epoch != t.epoch:
		body.err = errInvalidProducerEpoch
	case g.consumers != nil:
		body.err = g.consumers.check(body.member, body.generation)
	default:
		body.err = g.check(body.member, body.generation, groupNever)
	}
	if body.err == errNone {
		parts := slices.Clone(body.positions)
		g.held = append(g.held, heldOffsets{body.pid, body.member, body.generation, parts})
	}
}

// markOffsets commits the positions of a transaction, or drops them.
//
// Reference: Kafka, OffsetMetadataManager.replayEndTransactionMarker.
func (b *broker) markOffsets(body *txnBody) {
	g := b.group
	if g == nil || g.b != b {
		body.err = errNotCoordinator
		return
	}
	kept := g.held[:0]
	for _, h := range g.held {
		if h.pid != body.pid {
			kept = append(kept, h)
			continue
		}
		if body.commit {
			g.store(h.member, h.generation, h.parts, errNone)
		}
	}
	g.held = kept
}

// undecided says that a transaction which is undecided has a position of a partition.
//
// Reference: Kafka, OffsetMetadataManager.hasPendingTransactionalOffsets
// (UNSTABLE_OFFSET_COMMIT).
func (g *coordinator) undecided(partition int32) bool {
	for _, h := range g.held {
		for _, p := range h.parts {
			if p.partition == partition {
				return true
			}
		}
	}
	return false
}
