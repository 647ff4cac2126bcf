package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// txnState is where the application's thread is with its transactions.
//
// Reference: Kafka, TransactionManager.State.
type txnState uint8

const (
	txnStarting txnState = iota // in initTransactions
	txnReady                    // no transaction is open
	txnOpen                     // between beginTransaction and its end
	txnEnding                   // in commitTransaction or abortTransaction
	txnRenewing                 // it needs a new epoch before the next transaction
	txnFenced                   // it can do nothing any more
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
// Reference: Kafka, TransactionManager.
type txnProducer struct {
	p     *producer
	id    int32 // the number of the transactional id
	state txnState
	pid   int32
	// coordinator is the broker that coordinates the id, -1 before it was found.
	coordinator int
	asked       uint16 // the kind of the request that is out, 0 for none
	askedOf     int    // whom
	sent_       sim.Time
	waiting     bool // for the back-off of a request
	retry       sim.TimerID
	age         sim.TimerID

	parts   []int32 // partitions in the transaction
	fresh   []int32 // to be added to it (before KIP-890)
	sends   []txnSend
	first   uint32 // index of its first message
	ending  sim.Time
	commit  bool      // how the transaction is to end
	maybe   bool      // a request to commit has gone without an answer
	problem errorCode // why the transaction has to be given up
	detail  string
}

var decideGiveUp = sim.NewDecision("kafka.transaction.give-up")

// txnAppConfig is what the application does with its transactions.
type txnAppConfig struct {
	messages int
	age      sim.Time
	aborts   int64 // of 100
}

func newTxnProducer(p *producer, id int32) *txnProducer {
	t := &txnProducer{p: p, id: id}
	t.crashed()
	return t
}

// crashed forgets the memory of the process.
func (t *txnProducer) crashed() {
	for i := range t.sends {
		t.p.lose(t.sends[i].message)
	}
	*t = txnProducer{p: t.p, id: t.id, pid: -1, coordinator: -1,
		parts: t.parts[:0], fresh: t.fresh[:0], sends: t.sends[:0]}
}

// idle says that no transaction is open.
func (t *txnProducer) idle() bool { return t.state == txnReady || t.state == txnFenced }

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
		t.begin()
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
	t.state, t.commit, t.maybe, t.problem, t.detail = txnOpen, true, false, errNone, ""
	t.parts, t.fresh, t.first = t.parts[:0], t.fresh[:0], t.p.calls[0].Index
	t.note(history.KindBegin, history.OK, t.p.w.sim.Now(), history.NoSymbol)
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
	if !t.p.w.cfg.txnV2 && !slices.Contains(t.parts, partition) && !slices.Contains(t.fresh, partition) {
		t.fresh = append(t.fresh, partition)
	}
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
	t.commit = false
	t.problem = errTransactionAbortable
	if t.state == txnOpen {
		t.end()
	}
}

// renew takes up a producer id and epoch: the sequences of every partition begin
// anew with a new one.
//
// Reference: Kafka, TransactionManager.setProducerIdAndEpoch, resetSequenceNumbers.
func (p *producer) renew(pid int32, epoch int16, err errorCode) {
	if err != errNone {
		return
	}
	if p.txn.pid != pid || p.epoch != epoch {
		for i := range p.parts {
			p.parts[i].epoch = -1
		}
	}
	p.txn.pid, p.epoch = pid, epoch
}

// fenced is the end of the producer: another one has taken its transactional id over,
// or its coordinator has aborted its transaction. The application is told so with
// every call that it makes.
//
// Reference: Kafka, TransactionManager.transitionToFatalError.
func (t *txnProducer) fenced(err errorCode) {
	t.detail = err.String()
	t.commit = false
	t.p.dropUnsent()
	outcome := history.Fail
	if t.maybe {
		outcome = history.Unknown
	}
	t.settle(outcome)
	t.state = txnFenced
}

// ended is the answer to the end of a transaction.
func (t *txnProducer) ended(err errorCode) {
	switch {
	case err != errNone:
		t.fenced(err)
		return
	case t.commit:
		t.settle(history.OK)
	default:
		t.settle(history.Fail)
	}
	t.state = txnReady
	if t.problem != errNone && !t.p.w.cfg.txnV2 {
		t.state = txnRenewing
	}
}

// settle answers the sends of the transaction, as it has ended.
func (t *txnProducer) settle(outcome history.Outcome) {
	p := t.p
	if len(t.sends) == 0 && t.state != txnEnding && t.state != txnOpen {
		return
	}
	detail := history.NoSymbol
	if outcome != history.OK {
		detail = p.w.hist.AddSymbol("transaction aborted: " + t.detail)
	}
	for _, s := range t.sends {
		place, position := history.NoPlace, history.NoPosition
		if s.position >= 0 {
			place, position = p.w.places[s.partition], s.position
		}
		p.w.rec.Ack(s.message, p.process, p.session, outcome, place, position, detail)
	}
	t.sends = t.sends[:0]
	switch {
	case outcome == history.OK:
		t.note(history.KindCommitTxn, outcome, t.ending, detail)
	case outcome == history.Fail:
		t.note(history.KindAbortTxn, history.OK, t.ending, detail)
	default:
		t.note(history.KindCommitTxn, outcome, t.ending, detail)
	}
}

// note writes the beginning or the end of a transaction to the history.
func (t *txnProducer) note(kind history.Kind, outcome history.Outcome, begin sim.Time, detail history.Symbol) {
	p := t.p
	if detail == history.NoSymbol {
		detail = p.w.hist.AddSymbol(p.w.txns[t.id].name)
	}
	p.w.rec.Record(history.Op{Kind: kind, Outcome: outcome, Process: p.process, Session: p.session, Detail: detail,
		Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition,
		Begin: int64(begin), End: int64(p.w.sim.Now())})
}

// settleSequences takes back what would raise the epoch of a producer that is only
// idempotent.
func (p *producer) settleSequences() {
	p.bump, p.gaps = false, false
	for i := range p.parts {
		p.parts[i].rewrite, p.parts[i].unresolved = false, 0
	}
}
