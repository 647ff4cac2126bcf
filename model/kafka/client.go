package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The timers of clients. An application's own begin at timerApp.
const (
	timerMetadata  sim.Kind = iota // the metadata is too old
	timerSend                      // a producer's batch may be ready
	timerHeartbeat                 // a member's heartbeat is due
	timerCommit                    // an automatic commit is due
	timerRetry                     // a consumer may repeat what failed
	timerConnect                   // a broker may be connected to again; arg is the peer
	timerExpiry                    // a producer's request or batch may have run out of time
	timerTxn                       // a transaction is old enough to be committed
	timerTxnRetry                  // a request to the transaction coordinator is to be repeated
	timerPolled                    // the records that a poll returns are ready
	timerApp       sim.Kind = 64
)

// peer is a client's view of one broker.
type peer struct {
	conn    sim.Conn
	open    bool
	waiting int // requests without an answer
	queue   []sim.Frame

	opens     int      // connections in this session so far
	failed    int      // how many of them were lost or refused since one was open
	attempted sim.Time // when the latest was asked for
	retry     sim.TimerID

	throttled sim.Time // until when the broker holds the client back
	held      sim.TimerID
}

// client is what producers and consumers share: the connections and the
// metadata cache. A client knows only as many partitions as its metadata said
// when it last asked.
type client struct {
	w       *world
	node    sim.NodeID
	id      sim.ID
	process history.Process
	session uint16

	peers     []peer
	leaders   []int8  // by partition, as of the last answer
	epochs    []int32 // the newest of these leaders that was heard of, by partition
	age       sim.Time
	timer     sim.TimerID
	refreshed sim.Time // when the last answer came
	asking    bool
	askedPeer int  // the peer that was asked for metadata
	fresh     bool // the first answer came
	// reconnect and reconnectMax bound the wait between two attempts to connect.
	reconnect, reconnectMax sim.Time
}

// decideStart draws how old a client's metadata is at the beginning of the run:
// the clients of a system that has been running were not started together, so
// they do not refresh together.
var (
	decideStart  = sim.NewDecision("kafka.client.start")
	decideBroker = sim.NewDecision("kafka.client.metadata-broker")
	// decideReconnect spreads the attempts of clients that lost a broker together.
	decideReconnect = sim.NewDecision("kafka.client.reconnect")
)

func (c *client) init(w *world, name string, age sim.Time) {
	c.w, c.id, c.age = w, sim.Named(name), age
	c.process = w.hist.AddProcess(name)
	c.peers = make([]peer, 2*w.cfg.brokers)
}

// The client's connections: one to each broker, and one more to the broker that
// coordinates its group, so that heartbeats do not wait behind fetches.
//
// Reference: Kafka, AbstractCoordinator (coordinator node id MAX_VALUE - id).
func (c *client) coordinatorPeer(broker int) int { return c.w.cfg.brokers + broker }

// request sends a frame that will be answered.
func (c *client) request(index int, f sim.Frame) {
	c.peers[index].waiting++
	c.post(index, f, 0)
}

// answered notes an answer.
func (c *client) answered(conn sim.Conn) {
	for i := range c.peers {
		if c.peers[i].conn == conn {
			c.peers[i].waiting--
			return
		}
	}
}

// post sends a frame to a peer when a while has passed, opening the connection when
// there is none.
func (c *client) post(index int, f sim.Frame, wait sim.Time) {
	if c.sendable(index) {
		c.w.sim.SendAfter(c.node, c.peers[index].conn, f, wait)
		return
	}
	c.peers[index].queue = append(c.peers[index].queue, f)
}

// connected says whether the connection to a peer is open, and opens it when
// there is none and the last attempt is long enough ago. The session and the
// number of the connection in it are its cause.
//
// Reference: Kafka, NetworkClient.ready, ClusterConnectionStates.isBlackedOut.
func (c *client) connected(index int) bool {
	p := &c.peers[index]
	if p.conn != sim.NoConn || p.retry != sim.NoTimer {
		return p.open
	}
	if wait := p.attempted + c.reconnectAfter(index) - c.w.sim.Now(); p.failed > 0 && wait > 0 {
		p.retry = c.w.sim.After(c.node, wait, timerConnect, uint64(index))
		return false
	}
	cause := sim.Identity(sim.ID(index), sim.ID(c.session))
	if p.opens > 0 {
		cause = sim.Identity(sim.ID(index), sim.ID(c.session), sim.ID(p.opens))
	}
	p.opens++
	p.attempted = c.w.sim.Now()
	p.conn = c.w.sim.Open(c.node, c.w.brokers[index%c.w.cfg.brokers].node, cause)
	return p.open
}

// reconnectAfter is how long after an attempt to connect the next may follow.
//
// Reference: Kafka, ClusterConnectionStates.updateReconnectBackoff.
func (c *client) reconnectAfter(index int) sim.Time {
	p := &c.peers[index]
	id := sim.Identity(c.id, sim.ID(index), sim.ID(c.session), sim.ID(p.opens))
	return c.w.backoff(decideReconnect, id, c.reconnect, c.reconnectMax, p.failed)
}

// mayReconnect is the end of the wait between two attempts.
func (c *client) mayReconnect(index int) {
	c.peers[index].retry = sim.NoTimer
	c.connected(index)
}

// disconnected forgets a connection that was lost, or is given up: what was to be
// sent over it is not, and what was asked over it has no answer. It returns whose
// it was, -1 for one that is not known any more.
//
// Reference: Kafka, NetworkClient.processDisconnection.
func (c *client) disconnected(conn sim.Conn, backoff sim.Time) (index int) {
	for i := range c.peers {
		p := &c.peers[i]
		if p.conn != conn || conn == sim.NoConn {
			continue
		}
		for _, f := range p.queue {
			c.w.arena.bodies.drop(f)
		}
		p.conn, p.open, p.waiting, p.queue = sim.NoConn, false, 0, p.queue[:0]
		c.w.sim.Cancel(p.held)
		p.throttled, p.held = 0, sim.NoTimer
		p.failed++
		if c.asking && c.askedPeer == i {
			c.asking = false
		}
		c.refreshSoon(backoff)
		return i
	}
	return -1
}

func (c *client) opened(conn sim.Conn) {
	for i := range c.peers {
		p := &c.peers[i]
		if p.conn != conn {
			continue
		}
		p.open, p.failed = true, 0
		for _, f := range p.queue {
			c.w.sim.Send(c.node, conn, f)
		}
		p.queue = p.queue[:0]
	}
}

// leastLoaded returns the broker for a request that any can answer: the first
// without a request in flight among those that are connected, beginning at a
// random one, or the one with the fewest; else one that is being connected to,
// else one that may be, else any. So a consumer asks one that does not hold a fetch of its, if it can.
//
// Reference: Kafka, NetworkClient.leastLoadedNode.
func (c *client) leastLoaded(about sim.ID) int {
	n := c.w.cfg.brokers
	first := c.w.sim.Choose(decideBroker, sim.Identity(c.id, about), n)
	ready, connecting, fresh := -1, -1, -1
	for i := range n {
		at := (first + i) % n
		switch p := &c.peers[at]; {
		case p.open && p.waiting == 0 && p.held == sim.NoTimer:
			return at
		case p.open && p.held == sim.NoTimer && (ready < 0 || p.waiting < c.peers[ready].waiting):
			ready = at
		case p.conn != sim.NoConn && !p.open:
			connecting = at
		case p.retry == sim.NoTimer && p.failed == 0 && fresh < 0:
			fresh = at
		}
	}
	switch {
	case ready >= 0:
		return ready
	case connecting >= 0:
		return connecting
	case fresh >= 0:
		return fresh
	}
	return first
}

// refresh asks a broker for metadata now. The draw of the broker is a matter of
// the client and of how many ages have passed, so that a question that comes a
// little later goes to the same broker.
func (c *client) refresh() {
	if c.asking {
		return
	}
	c.asking = true
	c.w.sim.Cancel(c.timer)
	c.timer = sim.NoTimer
	about, failed := sim.ID(c.w.sim.Now()/c.age), 0
	for i := range c.peers {
		failed += c.peers[i].failed
	}
	if failed > 0 { // another broker, rather than again the one that does not answer
		about = sim.Identity(about, sim.ID(failed))
	}
	b := c.leastLoaded(about)
	c.askedPeer = b
	c.request(b, sim.Frame{Kind: frameMetadata, Size: 64})
}

// learn takes up an answer and sets the time of the next question. The answer
// replaces what the client knew: one of a broker that is behind makes it forget
// partitions until it asks again, but not go back to a leader of an older epoch.
//
// Reference: Kafka, Metadata.handleMetadataResponse, updateLatestMetadata (KIP-320) and
// timeToNextUpdate (metadata.max.age.ms).
func (c *client) learn(id uint32) {
	body := c.w.arena.bodies.metadata.At(id)
	for p := range body.leaders {
		switch epoch := body.epochs[p]; {
		case p == len(c.epochs):
			c.epochs = append(c.epochs, epoch)
		case epoch >= c.epochs[p]:
			c.epochs[p] = epoch
		case p < len(c.leaders):
			body.leaders[p] = c.leaders[p]
		default:
			body.leaders[p] = noLeader
		}
	}
	c.leaders = append(c.leaders[:0], body.leaders...)
	c.w.arena.bodies.metadata.Put(id)
	c.asking, c.refreshed = false, c.w.sim.Now()
	wait := c.age
	if !c.fresh {
		c.fresh = true
		s := sim.Uniform(1, int64(c.age))
		wait = sim.Time(c.w.sim.Draw(decideStart, c.id, &s))
	}
	c.timer = c.w.sim.After(c.node, wait, timerMetadata, 0)
}

// refreshSoon asks again sooner than the age demands, because an error or a
// missing leader says that the metadata is wrong: now, or when the last answer is
// one back-off old.
//
// Reference: Kafka, Metadata.requestUpdate and timeToAllowUpdate (the jitter of
// its back-off and its growth with answers that bring nothing new are left out).
func (c *client) refreshSoon(backoff sim.Time) {
	if c.asking {
		return
	}
	c.w.sim.Cancel(c.timer)
	c.timer = c.w.sim.After(c.node, max(0, c.refreshed+backoff-c.w.sim.Now()), timerMetadata, 0)
}

// crashed forgets the memory of the process.
func (c *client) crashed() {
	for i := range c.peers {
		p := &c.peers[i]
		for _, f := range p.queue {
			c.w.arena.bodies.drop(f)
		}
		*p = peer{queue: p.queue[:0]}
	}
	c.leaders, c.epochs = c.leaders[:0], c.epochs[:0]
	c.asking, c.fresh, c.timer, c.refreshed = false, false, sim.NoTimer, 0
	c.session++
}

func (c *client) digest(d *sim.Digest) {
	d.Uint(uint64(c.session))
	d.Uint(uint64(len(c.leaders)))
	d.Bool(c.asking)
	for i := range c.peers {
		d.Uint(uint64(c.peers[i].waiting))
		d.Uint(uint64(c.peers[i].failed))
		d.Bool(c.peers[i].held != sim.NoTimer)
	}
}
