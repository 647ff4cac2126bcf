package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// seeking says how far a partition is on the way to its position.
//
// Reference: Kafka, SubscriptionState.FetchStates.
type seeking uint8

const (
	positioned     seeking = iota
	askedCommitted         // the coordinator was asked for the committed position
	needsReset             // there is none, and the leader is to be asked
	askedReset             // the leader was asked for the beginning or the end
	lacking                // there is none, and no policy says where to begin
	beyond                 // it is out of range, and no policy says where to go on
)

// owned is a partition that a consumer is assigned.
type owned struct {
	partition int32
	position  int64 // of the next record to fetch into the buffer; -1 unknown
	consumed  int64 // of the next record to return from poll: what is committed
	paused    bool
	leaving   bool // it is about to be given up: nothing is fetched or returned
	seeking   seeking
	fresh     bool // it was added while the group was there; see [groupClient.resetPosition]
	buffered  int  // completed fetches that wait in the buffer
}

// consumer is a Kafka consumer with the poll loop of its application. It fetches
// ahead, but never a partition that still has records in the buffer.
//
// Reference: Kafka, ClassicKafkaConsumer, Fetcher and FetchCollector.
type consumer struct {
	client
	index int
	cfg   *consumerConfig
	app   model.ConsumerApp

	polling bool // the application waits in poll
	parts   []owned
	buffer  []completed
	spare   []completed // for reuse
	records []model.Record
	busy    []bool     // a fetch is out, by broker
	asked   []sim.Time // when it was sent
	watched bool       // timerStuck is set
	member  groupClient
	commit  sim.TimerID
	out     *outputTxn // nil unless effects are written in transactions
	due     bool       // an automatic commit is due at the next poll
	sync    blockedCommit
	leaving bool     // the application is told of partitions that it loses
	closing bool     // it is being closed
	exited  bool     // the process has ended after that
	wakeup  bool     // the process was asked to stop, which the next poll will hear of
	reopen  bool     // it is to be started again at once when it has ended
	restart sim.Time // after how long it is started again; 0 is never
}

func newConsumer(w *world, index int, name string) *consumer {
	c := &consumer{index: index, cfg: &w.cfg.consumer}
	c.init(w, name, c.cfg.metadataAge)
	c.busy = make([]bool, w.cfg.brokers)
	c.asked = make([]sim.Time, w.cfg.brokers)
	c.node = w.sim.AddNode(name, c)
	c.member.init(c)
	return c
}

// start begins the life of the process: metadata, then the group.
func (c *consumer) start() {
	c.refresh()
	c.restartCommits()
	c.app.Started()
}

// Process implements [model.ConsumerClient].
func (c *consumer) Process() history.Process { return c.process }

// Session returns the incarnation of the process.
func (c *consumer) Session() uint16 { return c.session }

// Poll implements [model.ConsumerClient]: it joins the group again where that
// is due, commits where that is due, and returns buffered records or waits.
func (c *consumer) Poll() {
	if c.sync.active {
		c.sync.poll = true
		return
	}
	c.polling = true
	if c.fails() || c.wakes() {
		return
	}
	c.member.polled = c.w.sim.Now()
	c.member.poll()
	c.autoCommit()
	if c.positionsLack() {
		return
	}
	c.deliver()
	c.fetchAll()
}

// autoCommit commits the positions of what earlier polls returned, when the
// interval has passed since the last time and no rebalance is under way.
//
// Reference: Kafka, ConsumerCoordinator.maybeAutoCommitOffsetsAsync.
func (c *consumer) autoCommit() {
	if c.due && c.polling && c.member.settled() {
		c.restartCommits()
		c.member.commitPositions(false)
	}
}

// restartCommits begins the time to the next automatic commit.
func (c *consumer) restartCommits() {
	c.due = false
	c.w.sim.Cancel(c.commit)
	if c.cfg.autoCommit {
		c.commit = c.w.sim.After(c.node, c.cfg.commitInterval, timerCommit, 0)
	}
}

// deliver answers a waiting poll with buffered records, at most max.poll.records.
// One fetched piece is used up before the next is begun, whatever its partition.
func (c *consumer) deliver() {
	if !c.polling || c.member.revoking() {
		return
	}
	c.records = c.records[:0]
	for i := 0; i < len(c.buffer) && len(c.records) < c.cfg.maxPoll; {
		if p := c.part(c.buffer[i].partition); p == nil || p.paused || p.leaving {
			i++
			continue
		}
		if !c.take(&c.buffer[i]) {
			break
		}
		c.release(i)
	}
	if len(c.records) == 0 {
		c.positionsBeyond()
		return
	}
	// The next fetches go out before the records are returned; none goes out
	// while the application is at work.
	c.fetchAll()
	c.polling = false
	c.member.working()
	if wait := c.consume(len(c.records)); wait > 0 {
		c.w.sim.After(c.node, wait, timerPolled, 0)
		return
	}
	c.app.Polled(c.records)
}

func (c *consumer) part(partition int32) *owned {
	for i := range c.parts {
		if c.parts[i].partition == partition {
			return &c.parts[i]
		}
	}
	return nil
}

// leaderOf returns who leads a partition as the metadata has it, or noLeader.
func (c *client) leaderOf(partition int32) int {
	if int(partition) >= len(c.leaders) {
		return noLeader
	}
	return int(c.leaders[partition])
}

// fetchAll sends a fetch to each broker that leads partitions to fetch and has
// none to answer.
//
// Reference: Kafka, AbstractFetch.prepareFetchRequests (fetchablePartitions).
func (c *consumer) fetchAll() {
	if !c.polling || c.member.revoking() {
		return
	}
	for broker := range c.busy {
		if !c.busy[broker] {
			c.fetchFrom(broker)
		}
	}
}

func (c *consumer) fetchFrom(broker int) {
	var id uint32
	var body *fetchBody
	for i := range c.parts {
		p := &c.parts[i]
		if p.seeking != positioned || p.paused || p.leaving || p.buffered > 0 {
			continue
		}
		switch leader := c.leaderOf(p.partition); leader {
		case broker:
		case noLeader:
			c.refreshSoon(c.cfg.backoff)
			continue
		default:
			continue
		}
		if body == nil {
			id, body = c.w.arena.bodies.fetch.Take()
			body.follower, body.consumer, body.maxWait = -1, int32(c.index), c.cfg.fetchWait
			body.minBytes, body.partMax, body.max = c.cfg.fetchMin, c.cfg.partitionBytes, c.cfg.fetchBytes
			body.committed = c.cfg.committed
			body.parts = body.parts[:0]
		}
		body.parts = append(body.parts, fetchPart{partition: p.partition, offset: p.position})
	}
	if body == nil {
		return
	}
	c.busy[broker] = true
	c.asked[broker] = max(c.w.sim.Now(), c.peers[broker].throttled)
	c.watchFetch()
	c.request(broker, sim.Frame{Kind: frameFetch, Body: id, Size: 64 + 16*int32(len(body.parts))})
}

// fetched puts what a broker answered into the buffer. A piece whose partition
// was taken away or moved meanwhile is dropped.
func (c *consumer) fetched(broker int, id uint32) {
	c.busy[broker] = false
	body := c.w.arena.bodies.fetched.At(id)
	c.holdBack(broker, body.throttle)
	for i := range body.parts {
		f := &body.parts[i]
		p := c.part(f.partition)
		switch {
		case p == nil || p.position != f.offset:
		case f.err == errOffsetOutOfRange:
			c.member.resetPosition(p, true)
		case f.err != errNone:
			c.refreshSoon(c.cfg.backoff)
		default:
			c.keep(p, f, body, c.asked[broker])
		}
	}
	c.w.arena.bodies.fetched.Put(id)
	c.member.resetAll()
	c.deliver()
	c.fetchAll()
}

// Timer implements [sim.Node].
func (c *consumer) Timer(kind sim.Kind, arg uint64) {
	switch {
	case kind >= timerApp:
		c.app.Timer(uint16(kind-timerApp), arg)
	case kind == timerMetadata:
		c.timer = sim.NoTimer
		c.refresh()
	case kind == timerThrottle:
		c.goOn(int(arg))
	case kind == timerConnect:
		c.mayReconnect(int(arg))
	case kind == timerPolled:
		c.app.Polled(c.records)
	case kind == timerCommit:
		c.due = true
		c.autoCommit()
	case kind == timerHeartbeat:
		c.member.heartbeat()
	case kind == timerRetry:
		c.member.retrying = false
		if c.member.lookingUp {
			c.member.lookingUp = false
			c.member.lookUpAgain()
		}
		c.member.resetAll()
		c.member.retry()
	case kind == timerTxnRetry:
		c.out.again()
	case kind == timerStuck:
		c.stuck()
	case kind == timerClose:
		c.closed()
	case kind == timerWakeup:
		c.wakeup = true
		c.wakes()
	case kind == timerCommitSend:
		c.sendCommit()
	case kind == timerCommitOver:
		c.commitReturns(history.Unknown, "TimeoutException")
	}
}

// Opened implements [sim.Node].
func (c *consumer) Opened(conn sim.Conn) { c.opened(conn) }

// Receive implements [sim.Node].
func (c *consumer) Receive(conn sim.Conn, f *sim.Frame) {
	c.answered(conn)
	switch f.Kind {
	case frameFetch | reply:
		for broker := range c.busy {
			if c.peers[broker].conn == conn {
				c.fetched(broker, f.Body)
				return
			}
		}
	case frameMetadata | reply:
		c.learn(f.Body)
		if c.out != nil {
			c.out.step()
		}
		c.member.resetAll()
		c.member.metadata()
		c.fetchAll()
	default:
		if f.Kind >= frameTxnCoordinator {
			c.out.answered(f)
			return
		}
		c.member.receive(f)
	}
}

// Crashed implements [sim.Node]: the process and its buffer are gone. The group
// notices when the session times out.
func (c *consumer) Crashed() {
	c.w.rec.Record(history.Op{Kind: history.KindCrash, Process: c.process, Session: c.session,
		Detail: c.w.symCrash, Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition})
	if c.sync.active {
		c.noteCommit(history.Unknown, commitSync)
	}
	c.sync = blockedCommit{parts: c.sync.parts[:0]}
	c.parts, c.buffer = c.parts[:0], c.buffer[:0]
	clear(c.busy)
	c.watched = false
	c.polling, c.due, c.closing, c.wakeup = false, false, false, false
	c.crashed()
	c.member.crashed()
	if c.out != nil {
		c.out.crashed()
	}
}

// Restarted implements [sim.Node].
func (c *consumer) Restarted() {
	c.exited = false
	c.start()
}

// Digest implements [sim.Node].
func (c *consumer) Digest(d *sim.Digest) {
	c.digest(d)
	d.Bool(c.polling)
	d.Bool(c.closing)
	c.sync.digest(d)
	for i := range c.parts {
		p := &c.parts[i]
		d.Int(int64(p.partition))
		d.Int(p.position)
		d.Int(p.consumed)
		d.Bool(p.paused)
	}
	d.Int(int64(c.member.generation))
	d.Uint(uint64(c.member.state))
	d.Bool(c.member.rejoin)
}
