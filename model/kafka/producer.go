package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// flight is a produce request without an answer.
type flight struct {
	sent    sim.Time
	batches []uint32
}

// producer is a Kafka producer: an accumulator of batches and a sender.
//
// Reference: Kafka, RecordAccumulator and Sender.
type producer struct {
	client
	index   int
	cfg     *producerConfig
	hashing *hashing
	batches []pendingBatch
	free    []uint32
	parts   []accumulator
	led     [][]int32 // the partitions that each broker leads, in order
	waiting int       // batches in all queues
	pending int       // requests with batches without an answer, all brokers
	flights [][]flight
	drain   []int // where in led the next drain of each broker begins

	calls    []model.Message // what the application's thread has to send
	called   bool            // it is in the call for the first of them, and blocked
	deadline sim.Time        // when the call gives up
	memory   int64           // what is left of buffer.memory

	sticky     int // the partition of records whose keys are ignored, -1 before the first
	stuckBytes int32

	epoch int16        // of the producer id
	bump  bool         // the epoch must be raised before anything else is sent
	gaps  bool         // a partition may have an unresolved sequence
	txn   *txnProducer // nil without a transactional id

	// called is when the application's thread has done its calls, sent when the
	// thread that sends has done its requests.
	busy struct{ called, sent sim.Time }

	wake     sim.TimerID
	wakeAt   sim.Time
	expiry   sim.TimerID
	expiryAt sim.Time
}

func newProducer(w *world, index int, name string, cfg *producerConfig) *producer {
	p := &producer{index: index, cfg: cfg, memory: cfg.memory, sticky: -1}
	p.reconnect, p.reconnectMax = cfg.reconnect, cfg.reconnectMax
	p.init(w, name, p.cfg.metadataAge)
	p.hashing = w.hashingOf(cfg.partitioner)
	p.flights = make([][]flight, w.cfg.brokers)
	p.drain = make([]int, w.cfg.brokers)
	p.led = make([][]int32, w.cfg.brokers)
	p.node = w.sim.AddNode(name, p)
	return p
}

// send is the application's call; its thread makes one call after another.
// Records of one session that go to one partition keep their order.
func (p *producer) send(m *model.Message) {
	if p.w.sim.Down(p.node) { // it arrives while the process is dead, and is sent by the next one
		p.calls = append(p.calls, *m)
		return
	}
	if len(p.calls) > 0 || !p.fresh || p.txn != nil || !p.fits(m) {
		p.calls = append(p.calls, *m)
		p.call()
		p.schedule()
		return
	}
	p.w.rec.Send(m.ID, p.process, p.session)
	if !p.accumulate(m) {
		p.calls = append(p.calls, *m)
		p.block()
	}
	p.schedule()
}

// idle says that every record was answered for.
func (p *producer) idle() bool {
	return p.pending == 0 && p.waiting == 0 && len(p.calls) == 0 && (p.txn == nil || p.txn.idle())
}

// Timer implements [sim.Node].
func (p *producer) Timer(kind sim.Kind, arg uint64) {
	switch kind {
	case timerMetadata:
		p.timer = sim.NoTimer
		p.refresh()
		return
	case timerConnect:
		p.mayReconnect(int(arg))
		return
	case timerThrottle:
		p.goOn(int(arg))
	case timerExpiry:
		p.expiry = sim.NoTimer
		p.expire()
	case timerTxn:
		p.txn.due()
	case timerTxnRetry:
		p.txn.again()
	default:
		p.wake = sim.NoTimer
	}
	p.schedule()
}

// Opened implements [sim.Node].
func (p *producer) Opened(c sim.Conn) {
	p.opened(c)
	p.schedule()
}

// Closed implements [sim.Node].
func (p *producer) Closed(c sim.Conn, _ sim.Closing) {
	p.abort(c, errNetworkException)
	p.schedule()
}

// Receive implements [sim.Node].
func (p *producer) Receive(c sim.Conn, f *sim.Frame) {
	p.answered(c)
	if f.Kind >= frameTxnCoordinator {
		p.txn.answered(f)
		return
	}
	if f.Kind == frameMetadata|reply {
		p.learn(f.Body)
		p.spread()
		p.call()
		p.schedule()
		return
	}
	for broker := range p.flights {
		if p.peers[broker].conn == c {
			p.settle(broker, f.Body)
			return
		}
	}
}

// spread makes the accumulators of new partitions, and notes who leads which. A
// partition without a leader is nobody's.
func (p *producer) spread() {
	for len(p.parts) < len(p.leaders) {
		p.parts = append(p.parts, accumulator{lastAcked: -1, epoch: p.epoch})
	}
	for broker := range p.led {
		p.led[broker] = p.led[broker][:0]
	}
	for part, broker := range p.leaders {
		if broker != noLeader {
			p.led[broker] = append(p.led[broker], int32(part))
		}
	}
}

// Crashed implements [sim.Node]: what was not answered has an unknown outcome,
// unless it never left.
func (p *producer) Crashed() {
	for i := range p.batches {
		b := &p.batches[i]
		if !b.inUse || b.done || p.txn != nil {
			continue
		}
		for _, m := range b.records {
			p.lose(m)
		}
	}
	for i := range p.calls {
		if i == 0 && p.called {
			p.lose(p.calls[i].ID)
			continue
		}
		p.w.rec.Send(p.calls[i].ID, p.process, p.session)
		p.lose(p.calls[i].ID)
	}
	p.busy.called, p.busy.sent = 0, 0
	p.batches, p.free, p.parts, p.calls = p.batches[:0], p.free[:0], nil, p.calls[:0]
	for broker := range p.led {
		p.led[broker] = p.led[broker][:0]
		p.flights[broker] = p.flights[broker][:0]
	}
	p.pending, p.waiting, p.wake, p.expiry = 0, 0, sim.NoTimer, sim.NoTimer
	p.called, p.memory, p.sticky, p.stuckBytes, p.epoch, p.bump, p.gaps = false, p.cfg.memory, -1, 0, 0, false, false
	if p.txn != nil {
		p.txn.crashed()
	}
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
	d.Int(int64(p.epoch))
	d.Uint(uint64(len(p.calls)))
	for i := range p.parts {
		acc := &p.parts[i]
		d.Int(int64(acc.next))
		d.Int(int64(acc.lastAcked))
		for _, h := range acc.queue {
			d.Uint(uint64(p.batches[h].first))
			d.Uint(uint64(p.batches[h].attempts))
		}
		d.Uint(uint64(len(acc.inFlight)))
	}
}
