package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// pendingBatch is a batch at the producer, open for records or on its way.
type pendingBatch struct {
	partition int32
	sequence  int32 // assigned when it is first drained
	attempts  int
	bytes     int32
	created   sim.Time
	notBefore sim.Time // back-off
	records   []history.Message
	first     uint32 // workload index of its first record
	inUse     bool
}

// accumulator is the producer's queue for one partition, and its sequence state.
type accumulator struct {
	queue    []uint32 // batches that wait, the open one last
	next     int32    // the next sequence number to assign
	inFlight []uint32 // batches without an answer, in order of sequence
}

// producer is a Kafka producer: an accumulator of batches and a sender.
//
// Reference: Kafka, RecordAccumulator and Sender.
type producer struct {
	client
	index   int
	cfg     *producerConfig
	batches []pendingBatch
	free    []uint32
	parts   []accumulator
	unsent  []model.Message // waiting for the first metadata
	pending int             // requests without an answer, all brokers
	flight  []int           // requests without an answer, by broker
	drain   []int           // where the next drain of each broker begins
	wake    sim.TimerID
	wakeAt  sim.Time
}

func newProducer(w *world, index int, name string) *producer {
	p := &producer{index: index, cfg: &w.cfg.producer}
	p.init(w, name, p.cfg.metadataAge)
	p.flight = make([]int, w.cfg.brokers)
	p.drain = make([]int, w.cfg.brokers)
	p.node = w.sim.AddNode(name, p)
	return p
}

// send is the application's call. Records of one session that go to one
// partition keep their order.
func (p *producer) send(m *model.Message) {
	p.w.rec.Send(m.ID, p.process, p.session)
	if !p.fresh {
		p.unsent = append(p.unsent, *m)
		p.refresh()
		return
	}
	p.accumulate(m)
	p.schedule()
}

// accumulate appends the record to the open batch of its partition.
//
// Reference: Kafka, KafkaProducer.partition (the number of partitions is that
// of the client's own metadata) and RecordAccumulator.append.
func (p *producer) accumulate(m *model.Message) {
	part := p.w.partition(m.Key, len(p.leaders))
	for len(p.parts) <= part {
		p.parts = append(p.parts, accumulator{})
	}
	acc := &p.parts[part]
	size := m.Size + recordOverhead
	if n := len(acc.queue); n > 0 {
		b := &p.batches[acc.queue[n-1]]
		if b.attempts == 0 && b.bytes+size <= p.cfg.batchSize {
			b.records = append(b.records, m.ID)
			b.bytes += size
			return
		}
	}
	h := p.newBatch()
	b := &p.batches[h]
	*b = pendingBatch{partition: int32(part), sequence: -1, bytes: batchOverhead + size,
		created: p.w.sim.Now(), records: append(b.records[:0], m.ID), first: m.Index, inUse: true}
	acc.queue = append(acc.queue, h)
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

// readyAt returns when the partition's first batch may be sent: when it is full
// or another waits behind it, when it has lingered, and never while it backs
// off. ok is false when there is none.
//
// Reference: Kafka, RecordAccumulator.batchReady and
// shouldStopDrainBatchesForPartition.
func (p *producer) readyAt(acc *accumulator) (at sim.Time, ok bool) {
	if len(acc.queue) == 0 || p.blocked(acc) {
		return 0, false
	}
	b := &p.batches[acc.queue[0]]
	switch {
	case b.attempts > 0:
		return b.notBefore, true
	case len(acc.queue) > 1 || b.bytes >= p.cfg.batchSize:
		return 0, true
	}
	return b.created + p.cfg.linger, true
}

// blocked says that nothing more of the partition may be sent before an answer
// comes: with one request in flight always (the partition is muted), and with
// idempotence a batch on its second way while an earlier one is out.
//
// Reference: Kafka, Sender (guaranteeMessageOrder mutes the partition) and
// RecordAccumulator.shouldStopDrainBatchesForPartition.
func (p *producer) blocked(acc *accumulator) bool {
	if len(acc.inFlight) == 0 {
		return false
	}
	if p.cfg.inFlight == 1 {
		return true
	}
	sequence := p.batches[acc.queue[0]].sequence
	if !p.cfg.idempotent || sequence < 0 {
		return false
	}
	for _, h := range acc.inFlight {
		if p.batches[h].sequence < sequence {
			return true
		}
	}
	return false
}

// schedule sends what is ready and sets the timer for what will be.
func (p *producer) schedule() {
	now := p.w.sim.Now()
	next, wait := sim.Time(0), false
	for broker := range p.flight {
		for p.flight[broker] < p.cfg.inFlight && p.sendTo(broker, now) {
		}
	}
	for i := range p.parts {
		at, ok := p.readyAt(&p.parts[i])
		if ok && at > now && (!wait || at < next) {
			next, wait = at, true
		}
	}
	if !wait {
		return
	}
	if p.wake != sim.NoTimer {
		if p.wakeAt <= next {
			return
		}
		p.w.sim.Cancel(p.wake)
	}
	p.wakeAt = next
	p.wake = p.w.sim.After(p.node, next-now, timerSend, 0)
}

// sendTo drains at most one batch of each partition that the broker leads into
// one request, beginning where the last request ended; it says whether it sent.
//
// Reference: Kafka, RecordAccumulator.drainBatchesForOneNode.
func (p *producer) sendTo(broker int, now sim.Time) bool {
	var id uint32
	var body *produceBody
	size := int32(0)
	for i := range p.parts {
		part := (p.drain[broker] + i) % len(p.parts)
		acc := &p.parts[part]
		if part >= len(p.leaders) || int(p.leaders[part]) != broker {
			continue
		}
		at, ok := p.readyAt(acc)
		if !ok || at > now {
			continue
		}
		h := acc.queue[0]
		if size > 0 && size+p.batches[h].bytes > p.cfg.maxRequest {
			p.drain[broker] = part
			break
		}
		if body == nil {
			id, body = p.newRequest()
		}
		size += p.batches[h].bytes
		p.take(acc, h, body)
	}
	if body == nil {
		return false
	}
	p.dispatch(broker, id, body, size)
	return true
}

func (p *producer) newRequest() (uint32, *produceBody) {
	id, body := p.w.arena.bodies.produce.Take()
	body.producer, body.session, body.acks = int32(p.index), p.session, p.cfg.acks
	body.pid = -1
	if p.cfg.idempotent {
		body.pid = p.pid()
	}
	body.batches = body.batches[:0]
	return id, body
}

// pid is the producer id: a new one for each session.
//
// Reference: Kafka, KafkaProducer (without a transactional id, InitProducerId
// gives a new id at every start).
func (p *producer) pid() int32 { return int32(p.index)<<16 | int32(p.session) }

// take moves the first batch of a queue into a request.
func (p *producer) take(acc *accumulator, h uint32, body *produceBody) {
	b := &p.batches[h]
	acc.queue = append(acc.queue[:0], acc.queue[1:]...)
	if b.sequence < 0 {
		b.sequence = acc.next
		acc.next += int32(len(b.records))
	}
	b.attempts++
	acc.inFlight = append(acc.inFlight, h)
	if n := len(body.batches); n < cap(body.batches) {
		body.batches = body.batches[:n+1]
	} else {
		body.batches = append(body.batches, produceBatch{})
	}
	pb := &body.batches[len(body.batches)-1]
	pb.handle, pb.partition, pb.sequence = h, b.partition, b.sequence
	pb.records = append(pb.records[:0], b.records...)
	pb.err, pb.base = errNone, 0
}

func (p *producer) dispatch(broker int, id uint32, body *produceBody, size int32) {
	least := &p.batches[body.batches[0].handle]
	for i := range body.batches {
		if b := &p.batches[body.batches[i].handle]; b.first < least.first {
			least = b
		}
	}
	body.id = sim.Identity(sim.ID(p.index), sim.ID(least.first), sim.ID(least.attempts))
	if p.cfg.acks == "0" {
		p.complete(body)
	} else {
		p.flight[broker]++
		p.pending++
	}
	p.request(broker, sim.Frame{Kind: frameProduce, Body: id, Size: size, ID: body.id})
}

// answered handles the answer to a produce request.
func (p *producer) answered(broker int, id uint32) {
	body := p.w.arena.bodies.produce.At(id)
	p.flight[broker]--
	p.pending--
	p.complete(body)
	p.w.arena.bodies.produce.Put(id)
	p.schedule()
}

// complete settles each batch of a request: acked, or back to its queue.
func (p *producer) complete(body *produceBody) {
	for i := range body.batches {
		pb := &body.batches[i]
		acc := &p.parts[pb.partition]
		for j, h := range acc.inFlight {
			if h == pb.handle {
				acc.inFlight = append(acc.inFlight[:j], acc.inFlight[j+1:]...)
				break
			}
		}
		if pb.err == errNone {
			p.ack(pb, body.acks)
			continue
		}
		p.reenqueue(acc, pb.handle)
		p.refreshIn(p.cfg.retryBackoff)
	}
}

func (p *producer) ack(pb *produceBatch, acks string) {
	place := p.w.places[pb.partition]
	for i, m := range pb.records {
		position := pb.base + int64(i)
		if acks == "0" {
			position = history.NoPosition
		}
		p.w.rec.Ack(m, p.process, p.session, history.OK, place, position, history.NoSymbol)
	}
	p.batches[pb.handle].inUse = false
	p.free = append(p.free, pb.handle)
}

// reenqueue puts a batch back for another try: at the front, or with
// idempotence in order of sequence.
//
// Reference: Kafka, RecordAccumulator.reenqueue and insertInSequenceOrder;
// back-off by ExponentialBackoff (x2, jitter 0.2).
func (p *producer) reenqueue(acc *accumulator, h uint32) {
	b := &p.batches[h]
	b.notBefore = p.w.sim.Now() + p.backoff(b)
	at := 0
	if p.cfg.idempotent {
		for at < len(acc.queue) {
			q := &p.batches[acc.queue[at]]
			if q.sequence < 0 || q.sequence > b.sequence {
				break
			}
			at++
		}
	}
	acc.queue = append(acc.queue, 0)
	copy(acc.queue[at+1:], acc.queue[at:])
	acc.queue[at] = h
}

var decideBackoff = sim.NewDecision("kafka.producer.backoff")

// backoff is 0.8 to 1.2 times the base, doubled with each attempt up to the
// maximum.
func (p *producer) backoff(b *pendingBatch) sim.Time {
	base := p.cfg.retryBackoff
	for i := 1; i < b.attempts && base < p.cfg.retryBackoffMax; i++ {
		base *= 2
	}
	base = min(base, p.cfg.retryBackoffMax)
	s := sim.Uniform(int64(base)*8/10, int64(base)*12/10)
	id := sim.Identity(sim.ID(p.index), sim.ID(b.first), sim.ID(b.attempts))
	return sim.Time(p.w.sim.Draw(decideBackoff, id, &s))
}

// idle says that every record was answered for.
func (p *producer) idle() bool {
	if p.pending > 0 || len(p.unsent) > 0 {
		return false
	}
	for i := range p.parts {
		if len(p.parts[i].queue) > 0 || len(p.parts[i].inFlight) > 0 {
			return false
		}
	}
	return true
}

// Timer implements [sim.Node].
func (p *producer) Timer(kind sim.Kind, _ uint64) {
	if kind == timerMetadata {
		p.timer = sim.NoTimer
		p.refresh()
		return
	}
	p.wake = sim.NoTimer
	p.schedule()
}

// Opened implements [sim.Node].
func (p *producer) Opened(c sim.Conn) { p.opened(c) }

// Closed implements [sim.Node]. Brokers do not fail in this model.
func (p *producer) Closed(sim.Conn, sim.Closing) {}

// Receive implements [sim.Node].
func (p *producer) Receive(c sim.Conn, f *sim.Frame) {
	if f.Kind == frameMetadata|reply {
		p.learn(f.Body)
		for i := range p.unsent {
			p.accumulate(&p.unsent[i])
		}
		p.unsent = p.unsent[:0]
		p.schedule()
		return
	}
	for broker := range p.flight {
		if p.peers[broker].conn == c {
			p.answered(broker, f.Body)
			return
		}
	}
}

// Crashed implements [sim.Node]: what was not answered has an unknown outcome.
func (p *producer) Crashed() {
	for i := range p.batches {
		b := &p.batches[i]
		if !b.inUse {
			continue
		}
		for _, m := range b.records {
			p.lose(m)
		}
	}
	for i := range p.unsent {
		p.lose(p.unsent[i].ID)
	}
	p.batches, p.free, p.parts, p.unsent = p.batches[:0], p.free[:0], nil, p.unsent[:0]
	clear(p.flight)
	p.pending, p.wake = 0, sim.NoTimer
	p.crashed()
}

func (p *producer) lose(m history.Message) {
	p.w.rec.Ack(m, p.process, p.session, history.Unknown, history.NoPlace, history.NoPosition, p.w.symCrash)
}

// Restarted implements [sim.Node].
func (p *producer) Restarted() { p.refresh() }

// Digest implements [sim.Node].
func (p *producer) Digest(d *sim.Digest) {
	p.digest(d)
	for i := range p.parts {
		acc := &p.parts[i]
		d.Int(int64(acc.next))
		for _, h := range acc.queue {
			d.Uint(uint64(p.batches[h].first))
		}
		d.Uint(uint64(len(acc.inFlight)))
	}
}
