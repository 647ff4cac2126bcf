package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The transactions of a [Direct]: there is one transactional id.

// askTxn sends a request about transactions and returns the answer.
func (d *Direct) askTxn(kind uint16, fill func(*txnBody)) (txnBody, error) {
	id, body := d.w.arena.bodies.takeTxnBody()
	fill(body)
	f, err := d.ask(txnFrame(kind, id))
	if err != nil {
		return txnBody{}, err
	}
	answer := *d.w.arena.bodies.txn.At(f.Body)
	d.w.arena.bodies.txn.Put(f.Body)
	return answer, nil
}

// InitTransactions is what a producer asks for when it starts: a producer id and an
// epoch. It returns the name of Kafka's error, "" for none.
func (d *Direct) InitTransactions() (pid int32, epoch int16, code string, err error) {
	a, err := d.askTxn(frameInitPid, func(b *txnBody) { b.timeout = sim.Minute })
	return a.pid, a.epoch, a.err.String(), err
}

// ProduceInTransaction sends a batch as [Direct.Produce] does, inside a transaction.
// The partition is added to it as from Kafka 4.0 on.
func (d *Direct) ProduceInTransaction(partition, pid int32, epoch int16, sequence int32, ms ...history.Message) (
	base int64, code string, err error) {
	return d.produce(0, partition, pid, epoch, sequence, ms)
}

// EndTransaction commits or aborts. It returns the epoch with which the producer goes
// on, and waits until the markers are written.
func (d *Direct) EndTransaction(pid int32, epoch int16, commit bool) (next int16, code string, err error) {
	a, err := d.askTxn(frameEndTxn, func(b *txnBody) { b.pid, b.epoch, b.commit = pid, epoch, commit })
	if err != nil {
		return 0, "", err
	}
	t := d.w.txns[0]
	return a.epoch, a.err.String(), d.until(func() bool { return len(t.pending) == 0 && !t.pendingOffsets })
}

// FetchCommitted reads as [Direct.Fetch] does, committed records only; it returns the
// last stable offset besides.
func (d *Direct) FetchCommitted(partition int32, offset int64) (ms []history.Message, stable, watermark int64,
	code string, err error) {
	r := d.w.brokers[0].leading(partition)
	if r != nil {
		stable = r.stable()
	}
	ms, watermark, code, err = d.fetch(partition, offset, true)
	return ms, stable, watermark, code, err
}

// AddOffsets adds the group's positions to the transaction.
func (d *Direct) AddOffsets(pid int32, epoch int16) (code string, err error) {
	a, err := d.askTxn(frameAddOffsets, func(b *txnBody) { b.pid, b.epoch = pid, epoch })
	return a.err.String(), err
}

// CommitInTransaction holds a position of a member until the transaction is decided.
func (d *Direct) CommitInTransaction(pid int32, epoch int16, member, generation, partition int32, next int64) (
	code string, err error) {
	a, err := d.askTxn(frameTxnOffsets, func(b *txnBody) {
		b.pid, b.epoch, b.member, b.generation = pid, epoch, membership{consumer: member}, generation
		b.positions = append(b.positions, fetchPart{partition: partition, offset: next})
	})
	return a.err.String(), err
}
