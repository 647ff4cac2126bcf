package kafka

import (
	"cmp"
	"slices"

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
	broker    int    // where it was sent
	order     uint64 // among all that were sent
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
	led     [][]int32       // the partitions that each broker leads, in order
	waiting int             // batches in all queues
	unsent  []model.Message // waiting for the first metadata
	pending int             // requests without an answer, all brokers
	flight  []int           // requests without an answer, by broker
	drain   []int           // where in led the next drain of each broker begins
	away    []sim.Time      // until when a broker that was lost is left alone
	sends   uint64          // batches that were sent
	wake    sim.TimerID
	wakeAt  sim.Time
}

func newProducer(w *world, index int, name string) *producer {
	p := &producer{index: index, cfg: &w.cfg.producer}
	p.init(w, name, p.cfg.metadataAge)
	p.flight = make([]int, w.cfg.brokers)
	p.drain = make([]int, w.cfg.brokers)
	p.away = make([]sim.Time, w.cfg.brokers)
	p.led = make([][]int32, w.cfg.brokers)
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
	p.waiting++
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

// spread makes the accumulators of new partitions, and notes who leads which.
func (p *producer) spread() {
	for len(p.parts) < len(p.leaders) {
		p.parts = append(p.parts, accumulator{})
	}
	for broker := range p.led {
		p.led[broker] = p.led[broker][:0]
	}
	for part, broker := range p.leaders {
		if broker == noLeader {
			continue
		}
		p.led[broker] = append(p.led[broker], int32(part))
	}
}

// idle says that every record was answered for.
func (p *producer) idle() bool {
	return p.pending == 0 && p.waiting == 0 && len(p.unsent) == 0
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
func (p *producer) Opened(c sim.Conn) {
	p.opened(c)
	p.schedule()
}

// Closed implements [sim.Node]: what was asked over the connection is not answered
// any more. Its batches go back to their queues, the oldest first, and the broker
// is left alone for a moment.
//
// Reference: Kafka, NetworkClient.processDisconnection and InFlightRequests.clearAll.
func (p *producer) Closed(c sim.Conn, _ sim.Closing) {
	for broker := range p.flight {
		if x := &p.peers[broker]; x.conn == c {
			for _, f := range x.queue {
				p.w.arena.bodies.drop(f)
			}
			*x = peer{queue: x.queue[:0]}
			p.disconnected(broker)
			return
		}
	}
}

func (p *producer) disconnected(broker int) {
	p.pending -= p.flight[broker]
	p.flight[broker] = 0
	p.away[broker] = p.w.sim.Now() + reconnectBackoff
	var lost []uint32
	for i := range p.parts {
		acc := &p.parts[i]
		acc.inFlight = slices.DeleteFunc(acc.inFlight, func(h uint32) bool {
			gone := p.batches[h].broker == broker
			if gone {
				lost = append(lost, h)
			}
			return gone
		})
	}
	slices.SortFunc(lost, func(a, b uint32) int { return cmp.Compare(p.batches[a].order, p.batches[b].order) })
	for _, h := range lost {
		p.reenqueue(&p.parts[p.batches[h].partition], h)
	}
	p.asking = false
	p.refreshSoon(p.cfg.retryBackoff)
	p.wakeUp(p.w.sim.Now(), p.away[broker])
}

// Receive implements [sim.Node].
func (p *producer) Receive(c sim.Conn, f *sim.Frame) {
	p.answered(c)
	if f.Kind == frameMetadata|reply {
		p.learn(f.Body)
		p.spread()
		for i := range p.unsent {
			p.accumulate(&p.unsent[i])
		}
		p.unsent = p.unsent[:0]
		p.schedule()
		return
	}
	for broker := range p.flight {
		if p.peers[broker].conn == c {
			p.settle(broker, f.Body)
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
	clear(p.away)
	for broker := range p.led {
		p.led[broker] = p.led[broker][:0]
	}
	p.pending, p.waiting, p.wake = 0, 0, sim.NoTimer
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
