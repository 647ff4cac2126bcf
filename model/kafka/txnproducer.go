package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// txnSend is a record of the open transaction.
type txnSend struct {
	message   history.Message
	partition int32
	position  int64 // -1 before it is stored
}

// txnProducer is the transactional side of a producer, with what its application
// does: it begins a transaction with the first message that is to be sent, and
// commits, or gives up, after so many messages or so much time. While it does, its
// thread is in that call and sends nothing.
//
// Reference: Kafka, KafkaProducer.beginTransaction, commitTransaction and
// abortTransaction.
type txnProducer struct {
	txnClient
	p   *producer
	age sim.TimerID

	sends  []txnSend
	first  uint32 // index of its first message
	ending sim.Time
	detail string // why the transaction has to be given up
}

var decideGiveUp = sim.NewDecision("kafka.transaction.give-up")

// txnAppConfig is what the application does with its transactions.
type txnAppConfig struct {
	messages int
	age      sim.Time
	aborts   int64 // of 100
}

func newTxnProducer(p *producer, id int32) *txnProducer {
	t := &txnProducer{p: p}
	t.txnClient = txnClient{c: &p.client, owner: t, id: id,
		timeout: p.cfg.txnTimeout, patience: p.cfg.requestTimeout, backoff: p.cfg.retryBackoff}
	t.crashed()
	return t
}

// crashed forgets the memory of the process.
func (t *txnProducer) crashed() {
	for i := range t.sends {
		t.p.lose(t.sends[i].message)
	}
	t.txnClient.crashed()
	*t = txnProducer{txnClient: t.txnClient, p: t.p, sends: t.sends[:0]}
}

// idle says that no transaction is open.
func (t *txnProducer) idle() bool {
	return t.state == txnReady && t.initialized || t.state == txnFenced
}

// flushing says that batches are not to linger, because the transaction ends.
//
// Reference: Kafka, RecordAccumulator.batchReady (transactionCompleting).
func (t *txnProducer) flushing() bool { return t.state == txnEnding }

// allows says that a partition's batches may be sent: before KIP-890 its coordinator
// must have taken it into the transaction.
//
// Reference: Kafka, TransactionManager.isSendToPartitionAllowed.
func (t *txnProducer) allows(partition int32) bool {
	return t.p.w.cfg.txnV2 || slices.Contains(t.parts, partition)
}

// admit says whether the application can call send, after it has begun a transaction
// where none is open. One that is fenced is told so.
func (t *txnProducer) admit() bool {
	p := t.p
	switch t.state {
	case txnReady:
		if t.initialized {
			t.begin()
		}
	case txnFenced:
		for i := range p.calls {
			m := &p.calls[i]
			if i > 0 || !p.called {
				p.w.rec.Send(m.ID, p.process, p.session)
			}
			p.refuse(m, history.Fail, errProducerFenced.String())
		}
		p.calls, p.called = p.calls[:0], false
		return false
	}
	return t.state == txnOpen
}

func (t *txnProducer) begin() {
	t.txnClient.begin()
	t.detail, t.first = "", t.p.calls[0].Index
	t.note(history.KindBegin, history.OK, t.p.w.sim.Now(), t.name())
	t.age = t.p.w.sim.After(t.p.node, t.p.w.cfg.txnApp.age, timerTxn, 0)
}

// sent takes note of the message that was just given to send. After enough of them
// the application ends the transaction.
func (t *txnProducer) sent() {
	if t.state != txnOpen {
		return
	}
	if len(t.sends) >= t.p.w.cfg.txnApp.messages {
		t.end()
	}
}

// added takes note of a record that was put into a batch.
func (t *txnProducer) added(m history.Message, partition int32) {
	t.sends = append(t.sends, txnSend{m, partition, -1})
	t.add(partition)
}

// due is the moment at which a transaction is old enough.
func (t *txnProducer) due() {
	t.age = sim.NoTimer
	if t.state == txnOpen {
		t.end()
	}
}

// end is the application's call of commitTransaction, or of abortTransaction when
// it has changed its mind or a send has failed.
func (t *txnProducer) end() {
	p := t.p
	p.w.sim.Cancel(t.age)
	t.age, t.state, t.ending = sim.NoTimer, txnEnding, p.w.sim.Now()
	percent := sim.Uniform(1, 100)
	id := sim.Identity(sim.ID(p.index), sim.ID(t.first))
	if aborts := p.w.cfg.txnApp.aborts; aborts > 0 && p.w.sim.Draw(decideGiveUp, id, &percent) <= aborts {
		t.commit, t.detail = false, "given up"
	}
}

// stored takes note of a batch that a leader has stored. The transaction may have been
// given up meanwhile.
func (t *txnProducer) stored(b *pendingBatch, base int64) {
	for i, m := range b.records {
		at := slices.IndexFunc(t.sends, func(s txnSend) bool { return s.message == m })
		if at >= 0 {
			t.sends[at].position = base + int64(i)
		}
	}
}

// fail takes note of a batch that was given up: the transaction can only be aborted.
//
// Reference: Kafka, TransactionManager.handleFailedBatch, maybeTransitionToErrorState.
func (t *txnProducer) fail(detail string) {
	if t.detail == "" {
		t.detail = detail
	}
	t.commit, t.broken = false, true
	if t.state == txnOpen {
		t.end()
	}
}

// touched implements [txnOwner].
func (t *txnProducer) touched() bool {
	return len(t.parts) > 0 || t.p.w.cfg.txnV2 && len(t.sends) > 0
}

// flushed implements [txnOwner]. A transaction that is aborted gives up the batches
// that were never sent.
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

// group implements [txnOwner]: a producer that does not consume has no positions.
func (t *txnProducer) group() (int, membership) { return -1, membership{} }

func (t *txnProducer) groupMoved() {}

func (t *txnProducer) ready() {}

// renewed implements [txnOwner]: the sequences of every partition begin anew.
//
// Reference: Kafka, TransactionManager.resetSequenceNumbers.
func (t *txnProducer) renewed() {
	t.p.epoch = t.epoch
	for i := range t.p.parts {
		t.p.parts[i].epoch = -1
	}
}

// cut implements [txnOwner].
func (t *txnProducer) cut(c sim.Conn) { t.p.abort(c, errRequestTimedOut) }

// answered goes on with an answer.
func (t *txnProducer) answered(f *sim.Frame) {
	t.txnClient.answered(f)
	t.p.call()
	t.p.schedule()
}

// fenced implements [txnOwner]: the application is told so with every call that it
// makes.
func (t *txnProducer) fenced(err errorCode, open bool) {
	t.detail = err.String()
	t.p.dropUnsent()
	if open {
		t.ended()
	}
}

// ended implements [txnOwner]: the sends of the transaction are answered.
func (t *txnProducer) ended() {
	p := t.p
	kind, outcome := t.outcome()
	send, detail := history.OK, t.name()
	if kind != history.KindCommitTxn || outcome != history.OK {
		detail = p.w.hist.AddSymbol("transaction aborted: " + t.detail)
		if send = history.Fail; outcome == history.Unknown {
			send = history.Unknown
		}
	}
	for _, s := range t.sends {
		place, position := history.NoPlace, history.NoPosition
		if s.position >= 0 {
			place, position = p.w.places[s.partition], s.position
		}
		symbol := detail
		if send == history.OK {
			symbol = history.NoSymbol
		}
		p.w.rec.Ack(s.message, p.process, p.session, send, place, position, symbol)
	}
	t.sends = t.sends[:0]
	t.note(kind, outcome, t.ending, detail)
}

// settleSequences takes back what would raise the epoch of a producer that is only
// idempotent.
func (p *producer) settleSequences() {
	p.bump, p.gaps = false, false
	for i := range p.parts {
		p.parts[i].rewrite, p.parts[i].unresolved = false, 0
	}
}
