package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// pendingBatch is a batch at the producer, open for records or on its way.
type pendingBatch struct {
	partition int32
	sequence  int32 // assigned when it is first drained, -1 before
	epoch     int16 // the producer epoch that goes with the sequence
	attempts  int
	bytes     int32
	memory    int64 // of buffer.memory
	created   sim.Time
	notBefore sim.Time // back-off
	leader    int8     // whom it was sent to the last time
	records   []history.Message
	first     uint32 // workload index of its first record

	inUse bool
	out   bool // in a request without an answer
	done  bool // its sends were answered, while it is still out
	reset bool // its sequence was assigned anew since it was sent
	split bool // a part of one that was too large: nothing is added to it
	// maybe says that a request with the batch had no answer, or one that does
	// not say that nothing was stored.
	maybe bool
}

// accumulator is the producer's queue for one partition, and its sequence state.
//
// Reference: Kafka, TxnPartitionEntry.
type accumulator struct {
	queue      []uint32 // batches that wait, the open one last
	inFlight   []uint32 // batches without an answer, in the order of sending
	used       bool     // it has had a batch
	next       int32    // the next sequence number to assign
	lastAcked  int32    // the largest sequence that was acked, -1 for none
	unresolved int32    // the sequence after a batch that failed when it may be stored; 0 is none
	epoch      int16    // the producer epoch of its sequences
	rewrite    bool     // its sequences begin anew with the next epoch
}

// call makes the application's calls of send, until one blocks: for the first
// metadata, or for memory.
//
// Reference: Kafka, KafkaProducer.doSend, waitOnMetadata and BufferPool.allocate
// (max.block.ms).
func (p *producer) call() {
	for len(p.calls) > 0 {
		m := &p.calls[0]
		if p.txn != nil && !p.txn.admit() {
			return
		}
		if !p.called {
			p.w.rec.Send(m.ID, p.process, p.session)
		}
		switch {
		case !p.fits(m):
			p.refuse(m, history.Fail, errRecordTooLarge.String())
			if p.txn != nil {
				p.txn.fail(errRecordTooLarge.String())
			}
		case !p.fresh || !p.accumulate(m):
			p.block()
			return
		}
		if p.txn != nil {
			p.txn.sent()
		}
		p.returned()
	}
}

// fits says that a request can hold the record.
//
// Reference: Kafka, KafkaProducer.ensureValidRecordSize.
func (p *producer) fits(m *model.Message) bool {
	return batchOverhead+m.Size+recordOverhead <= p.cfg.maxRequest
}

// block leaves the application's thread in the call of send.
func (p *producer) block() {
	if !p.called {
		p.called, p.deadline = true, p.w.sim.Now()+p.cfg.maxBlock
		p.expireBy(p.deadline)
	}
	if !p.fresh && p.timer == sim.NoTimer {
		p.refresh()
	}
}

// returned is the end of a call of send.
func (p *producer) returned() {
	p.called = false
	n := copy(p.calls, p.calls[1:])
	p.calls = p.calls[:n]
}

func (p *producer) refuse(m *model.Message, o history.Outcome, detail string) {
	p.w.rec.Ack(m.ID, p.process, p.session, o, history.NoPlace, history.NoPosition, p.w.hist.AddSymbol(detail))
}

// accumulate appends the record to the open batch of its partition, or to a new
// one; it says whether there was memory.
//
// Reference: Kafka, KafkaProducer.partition (the number of partitions is that
// of the client's own metadata) and RecordAccumulator.append.
func (p *producer) accumulate(m *model.Message) bool {
	part := p.choose(m)
	acc := &p.parts[part]
	size := m.Size + recordOverhead
	if n := len(acc.queue); n > 0 {
		b := &p.batches[acc.queue[n-1]]
		if b.attempts == 0 && !b.split && b.bytes+size <= p.cfg.batchSize {
			b.records = append(b.records, m.ID)
			b.bytes += size
			p.added(m, acc, size)
			return true
		}
	}
	memory := max(int64(p.cfg.batchSize), int64(batchOverhead+size))
	if memory > p.memory {
		return false
	}
	p.memory -= memory
	h := p.newBatch()
	b := &p.batches[h]
	*b = pendingBatch{partition: int32(part), sequence: -1, bytes: batchOverhead + size, memory: memory,
		created: p.w.sim.Now(), records: append(b.records[:0], m.ID), first: m.Index, inUse: true, leader: -1}
	acc.queue = append(acc.queue, h)
	acc.used = true
	p.waiting++
	p.expireBy(b.created + p.cfg.deliveryTimeout)
	p.added(m, acc, b.bytes)
	return true
}

func (p *producer) added(m *model.Message, acc *accumulator, size int32) {
	p.worked()
	if p.txn != nil {
		p.txn.added(m.ID, p.batches[acc.queue[len(acc.queue)-1]].partition)
	}
	if p.cfg.ignoreKeys && p.w.partitioner == nil {
		p.stuck(m, acc, size)
	}
}

func (p *producer) newBatch() uint32 {
	if n := len(p.free); n > 0 {
		h := p.free[n-1]
		p.free = p.free[:n-1]
		return h
	}
	p.batches = append(p.batches, pendingBatch{})
	return uint32(len(p.batches) - 1)
}

// release gives up the memory of a batch whose sends were answered, and its place
// once no request holds it.
func (p *producer) release(h uint32) {
	b := &p.batches[h]
	b.done = true
	p.memory += b.memory
	b.memory = 0
	p.recycle(h)
}

func (p *producer) recycle(h uint32) {
	if b := &p.batches[h]; b.done && !b.out {
		b.inUse = false
		p.free = append(p.free, h)
	}
}

// divide puts a batch that is too large for the topic back as batches of at most
// batch.size, with the sequences that their records had.
//
// Reference: Kafka, RecordAccumulator.splitAndReenqueue, ProducerBatch.split.
func (p *producer) divide(acc *accumulator, h uint32) {
	big := p.batches[h]
	size := p.batchRecordSize(&big)
	room := max(1, int((p.cfg.batchSize-batchOverhead)/size))
	at := p.place(acc, big.sequence)
	for from := 0; from < len(big.records); from += room {
		to := min(from+room, len(big.records))
		n := p.newBatch()
		b := &p.batches[n]
		*b = pendingBatch{partition: big.partition, sequence: big.sequence, epoch: big.epoch, leader: -1,
			bytes: batchOverhead + size*int32(to-from), created: big.created, split: true, inUse: true,
			records: append(b.records[:0], big.records[from:to]...), first: p.w.hist.Message(big.records[from]).Index}
		if big.sequence >= 0 {
			b.sequence += int32(from)
		}
		acc.insert(at, n)
		at++
		p.waiting++
	}
	p.release(h)
}

// batchRecordSize is the size of the records of a batch, which are all alike.
func (p *producer) batchRecordSize(b *pendingBatch) int32 {
	return (b.bytes - batchOverhead) / int32(len(b.records))
}

// place is where in the queue a batch goes that comes back: to the front, or with
// idempotence behind those with a smaller sequence.
//
// Reference: Kafka, RecordAccumulator.reenqueue and insertInSequenceOrder.
func (p *producer) place(acc *accumulator, sequence int32) int {
	at := 0
	if p.cfg.idempotent {
		for at < len(acc.queue) {
			if q := &p.batches[acc.queue[at]]; q.sequence < 0 || q.sequence > sequence {
				break
			}
			at++
		}
	}
	return at
}

func (acc *accumulator) insert(at int, h uint32) {
	acc.queue = append(acc.queue, 0)
	copy(acc.queue[at+1:], acc.queue[at:])
	acc.queue[at] = h
}
