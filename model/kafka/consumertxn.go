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
	txnClient
	c     *consumer
	begun sim.Time
	// severed says that the transaction of a poll was ended by who has fenced the
	// producer; the application is told when it has made another one.
	severed bool
}

// newOutputTxn returns the transactional producer of a consumer. Its id is the
// consumer's name. It has connections of its own.
func newOutputTxn(c *consumer) *outputTxn {
	o := &outputTxn{c: c}
	n, cfg := c.w.cfg.brokers, &c.w.cfg.producer
	o.txnClient = txnClient{c: &c.client, owner: o, id: c.w.addTxn(c.w.hist.ProcessName(c.process)), base: 2 * n,
		timeout: cfg.txnTimeout, patience: cfg.requestTimeout, backoff: c.cfg.backoff}
	c.peers = make([]peer, 3*n)
	o.crashed()
	return o
}

// pendingOutput is an effect that waits for the decision of its transaction.
type pendingOutput struct {
	output  model.Output
	process history.Process
	session uint16
	sink    history.Symbol
}

// crashed forgets the memory of the process.
func (o *outputTxn) crashed() {
	o.txnClient.crashed()
	o.severed = false
}

// Transact implements [model.Transactor].
func (c *consumer) Transact(outputs []model.Output, sink history.Symbol) {
	o := c.out
	generation := c.member.generation
	if c.cfg.assign {
		generation = noGeneration
	}
	var positions []fetchPart
	for i := range c.parts {
		if p := &c.parts[i]; p.consumed >= 0 {
			positions = append(positions, fetchPart{partition: p.partition, offset: p.consumed})
		}
	}
	t := c.w.txns[o.id]
	t.outputs = t.outputs[:0]
	for i := range outputs {
		t.outputs = append(t.outputs, pendingOutput{outputs[i], c.process, c.session, sink})
	}
	o.begun = c.w.sim.Now()
	o.note(history.KindBegin, history.OK, o.begun, o.name())
	o.begin()
	o.send(generation, positions)
	o.state = txnEnding
	o.step()
}

// answered goes on with an answer.
func (o *outputTxn) answered(f *sim.Frame) {
	o.txnClient.answered(f)
	o.step()
}

// again goes on after a back-off.
func (o *outputTxn) again() {
	o.txnClient.again()
	o.step()
}

// touched implements [txnOwner]: the positions are in every transaction.
func (o *outputTxn) touched() bool { return true }

// flushed implements [txnOwner]: the effects go out with the positions.
func (o *outputTxn) flushed() bool { return true }

// group implements [txnOwner].
func (o *outputTxn) group() (int, membership) { return o.c.member.coordinator, o.c.member.member }

// groupMoved implements [txnOwner]: the coordinator is looked for, as by the member.
func (o *outputTxn) groupMoved() { o.c.member.loseCoordinator() }

func (o *outputTxn) renewed() {}

// cut implements [txnOwner].
func (o *outputTxn) cut(conn sim.Conn) {
	o.c.disconnected(conn, o.c.cfg.backoff)
	o.c.lost(o.askedOf)
}

// fenced implements [txnOwner]: the transaction was aborted by the coordinator. The
// application makes another producer.
//
// Reference: Kafka Streams, TaskMigratedException, StreamsProducer.resetProducer.
func (o *outputTxn) fenced(_ errorCode, open bool) {
	o.state, o.initialized, o.pid, o.severed = txnReady, false, -1, o.severed || open
}

// ready implements [txnOwner].
func (o *outputTxn) ready() {
	if o.severed {
		o.severed = false
		o.ended()
	}
}

// ended implements [txnOwner]. After an abort what was polled is read again from
// where the group was, or from where it is by then.
func (o *outputTxn) ended() {
	committed := o.commit
	kind, outcome := o.outcome()
	o.note(kind, outcome, o.begun, o.name())
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
	case g.cfg.assign && body.generation == noGeneration:
		body.err = g.checkSimpleTxn()
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
