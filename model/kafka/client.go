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
	timerRetry                     // a consumer repeats a failed request; arg says which
	timerApp       sim.Kind = 64
)

// peer is a client's view of one broker.
type peer struct {
	conn    sim.Conn
	open    bool
	opening int // how often it was opened: the cause of the next opening
	queue   []sim.Frame
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

	peers   []peer
	leaders []int8 // by partition, as of the last answer
	age     sim.Time
	timer   sim.TimerID
	asking  bool
	fresh   bool // the first answer came
}

// decideStart draws how old a client's metadata is at the beginning of the run:
// the clients of a system that has been running were not started together, so
// they do not refresh together.
var (
	decideStart  = sim.NewDecision("kafka.client.start")
	decideBroker = sim.NewDecision("kafka.client.metadata-broker")
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

// request sends a frame to a peer, opening the connection when there is none.
func (c *client) request(index int, f sim.Frame) {
	p := &c.peers[index]
	if p.open {
		c.w.sim.Send(c.node, p.conn, f)
		return
	}
	p.queue = append(p.queue, f)
	if p.conn == sim.NoConn {
		cause := sim.Identity(sim.ID(index), sim.ID(p.opening))
		p.opening++
		p.conn = c.w.sim.Open(c.node, c.w.brokers[index%c.w.cfg.brokers].node, cause)
	}
}

func (c *client) opened(conn sim.Conn) {
	for i := range c.peers {
		p := &c.peers[i]
		if p.conn != conn {
			continue
		}
		p.open = true
		for _, f := range p.queue {
			c.w.sim.Send(c.node, conn, f)
		}
		p.queue = p.queue[:0]
	}
}

// refresh asks a broker for metadata now.
func (c *client) refresh() {
	if c.asking {
		return
	}
	c.asking = true
	c.w.sim.Cancel(c.timer)
	c.timer = sim.NoTimer
	now := sim.ID(c.w.sim.Now() / sim.Millisecond)
	b := c.w.sim.Choose(decideBroker, sim.Identity(c.id, now), c.w.cfg.brokers)
	c.request(b, sim.Frame{Kind: frameMetadata, Size: 64})
}

// learn takes up an answer and sets the time of the next question. A client
// never forgets partitions: an answer of a broker that is behind is ignored.
//
// Reference: Kafka, Metadata.timeToNextUpdate (metadata.max.age.ms).
func (c *client) learn(id uint32) {
	body := c.w.arena.bodies.metadata.At(id)
	if len(body.leaders) >= len(c.leaders) {
		c.leaders = append(c.leaders[:0], body.leaders...)
	}
	c.w.arena.bodies.metadata.Put(id)
	c.asking = false
	wait := c.age
	if !c.fresh {
		c.fresh = true
		s := sim.Uniform(1, int64(c.age))
		wait = sim.Time(c.w.sim.Draw(decideStart, c.id, &s))
	}
	c.timer = c.w.sim.After(c.node, wait, timerMetadata, 0)
}

// refreshIn asks again sooner than the age demands, after an error that says
// that the metadata is wrong.
func (c *client) refreshIn(backoff sim.Time) {
	if c.asking {
		return
	}
	c.w.sim.Cancel(c.timer)
	c.timer = c.w.sim.After(c.node, backoff, timerMetadata, 0)
}

// crashed forgets the memory of the process.
func (c *client) crashed() {
	for i := range c.peers {
		p := &c.peers[i]
		for _, f := range p.queue {
			c.w.arena.bodies.drop(f)
		}
		p.conn, p.open, p.queue = sim.NoConn, false, p.queue[:0]
	}
	c.leaders = c.leaders[:0]
	c.asking, c.fresh, c.timer = false, false, sim.NoTimer
	c.session++
}

func (c *client) digest(d *sim.Digest) {
	d.Uint(uint64(c.session))
	d.Uint(uint64(len(c.leaders)))
	d.Bool(c.asking)
}
