package kafka

import (
	"orderlab/model"
	"orderlab/sim"
)

// processing is what requests and records take of processors.
type processing struct {
	// network is for a request, and again for its answer, handler for a request; both
	// are of a broker's threads. replica is for an answer in the thread that follows a
	// leader. What all of them take by the size is in mebibyte.
	network, handler, replica, mebibyte sim.Time
	// sender is for a request in the sending thread of a producer, produced and consumed
	// are for a record in the application's threads.
	sender, produced, consumed sim.Time

	networkThreads, handlerThreads int
}

// mostWork bounds the settings, so that the time of the largest frame can be computed.
const mostWork = sim.Second

func resolveProcessing(top, broker model.Resolver) processing {
	take := func(what string) sim.Time { return sim.Time(top.Int("processor." + what)) }
	return processing{
		network: take("network.request") / 2, handler: take("handler.request"), replica: take("replica.request"),
		mebibyte: take("mebibyte"),
		sender:   take("sender.request"), produced: take("producer.record"), consumed: take("consumer.record"),
		networkThreads: int(broker.Int("num.network.threads")), handlerThreads: int(broker.Int("num.io.threads")),
	}
}

// threads are a pool that takes jobs from one queue, first come, first served. When
// a job will be done is known when it comes, so that nothing needs to happen until
// then: it is when each thread will be free that is kept.
type threads struct{ free []sim.Time }

// reset makes the pool idle.
func (t *threads) reset(count int) {
	t.free = t.free[:0]
	for range count {
		t.free = append(t.free, 0)
	}
}

// serve returns when a job is done that comes at a time, behind those that were
// asked for before.
func (t *threads) serve(at, work sim.Time) sim.Time {
	if work == 0 {
		return at
	}
	first := 0
	for i, free := range t.free {
		if free < t.free[first] {
			first = i
		}
	}
	t.free[first] = max(at, t.free[first]) + work
	return t.free[first]
}

func (t *threads) digest(d *sim.Digest, now sim.Time) {
	for _, free := range t.free {
		d.Int(int64(max(0, free-now)))
	}
}

// served is a request at the threads of a broker.
type served struct {
	conn  sim.Conn
	frame sim.Frame
	taken bool
}

// processor is what a broker works on requests with: a network thread reads them
// from their connections and writes the answers, a handler thread works on them. The
// connections are not bound to single network threads, as they are in Kafka, where
// they are spread evenly.
//
// Reference: Kafka, SocketServer (Processor, RequestChannel), KafkaRequestHandlerPool.
type processor struct {
	network, handler threads
	requests         []served
	spare            []uint32 // of requests, not in use
}

func (b *broker) startProcessor() {
	p := &b.processor
	p.network.reset(b.w.cfg.processing.networkThreads)
	p.handler.reset(b.w.cfg.processing.handlerThreads)
	for i := range p.requests {
		if p.requests[i].taken {
			b.bodies().drop(p.requests[i].frame)
		}
	}
	p.requests, p.spare = p.requests[:0], p.spare[:0]
}

// begin has the threads work on a request, which is then handled, be its connection
// still open or not.
func (b *broker) begin(c sim.Conn, f sim.Frame) {
	p, cost, now := &b.processor, &b.w.cfg.processing, b.w.sim.Now()
	reading, handling := b.work(cost.network, f.Size), b.work(cost.handler, f.Size)
	if s := &b.conns[c.Slot()]; s.id == c {
		s.read, s.handled = reading, handling
	}
	done := p.handler.serve(p.network.serve(now, reading), handling)
	if done == now {
		b.handle(c, f)
		return
	}
	slot := uint32(len(p.requests))
	if n := len(p.spare); n > 0 {
		slot, p.spare = p.spare[n-1], p.spare[:n-1]
	} else {
		p.requests = append(p.requests, served{})
	}
	p.requests[slot] = served{c, f, true}
	b.w.sim.After(b.node, done-now, timerHandled, uint64(slot))
}

// handled carries out a request that the threads have worked on.
func (b *broker) handled(slot uint32) {
	r := &b.processor.requests[slot]
	r.taken = false
	b.processor.spare = append(b.processor.spare, slot)
	b.handle(r.conn, r.frame)
}

// reply has a network thread send an answer.
func (b *broker) reply(c sim.Conn, f sim.Frame) {
	if len(b.leaving) > 0 {
		b.wrote(c)
	}
	now := b.w.sim.Now()
	written := b.processor.network.serve(now, b.work(b.w.cfg.processing.network, f.Size))
	b.w.sim.SendAfter(b.node, c, f, written-now)
}

// work returns how long a frame takes a thread that has to do with its bytes.
func (b *broker) work(each sim.Time, size int32) sim.Time {
	return b.w.sim.Work(b.node, each+sim.Time(size)*b.w.cfg.processing.mebibyte>>20)
}

// worked has the application's thread do a call for a record.
func (p *producer) worked() {
	work := p.w.sim.Work(p.node, p.w.cfg.processing.produced)
	p.busy.called = max(p.busy.called, p.w.sim.Now()) + work
}

// work has the thread that sends make a request of all that the application's thread
// has done, and returns how long that takes.
func (p *producer) work() sim.Time {
	now := p.w.sim.Now()
	work := p.w.sim.Work(p.node, p.w.cfg.processing.sender)
	p.busy.sent = max(p.busy.sent, p.busy.called, now) + work
	return p.busy.sent - now
}

// consume returns how long the application's thread is at work on records until poll
// returns them.
func (c *consumer) consume(records int) sim.Time {
	return c.w.sim.Work(c.node, sim.Time(records)*c.w.cfg.processing.consumed)
}
