package kafka

import "orderlab/sim"

// The controller's timers.
const (
	timerCreate    sim.Kind = iota // an administrator's request to have arg partitions arrives
	timerFence                     // a broker's session may have run out; arg is the broker
	timerPreferred                 // partitions may be given back to their preferred leaders
	timerAdmin                     // an administrator's request arrives; arg is its number
)

// registered is what the controller knows of a broker.
type registered struct {
	conn        sim.Conn // where it is told of changes; NoConn while it is away
	incarnation int32
	fenced      bool
	heard       sim.Time // when its last heartbeat came
	expiry      sim.TimerID
	offset      int64 // of the metadata that it has said to have
	stopping    bool  // it is in a controlled shutdown
	stopOffset  int64 // of the metadata that all others must have before it may end
}

// controller is the active controller: it holds the topic's partitions, elects
// their leaders and tells every broker of a change. Brokers of a real cluster
// fetch the metadata log; what matters here is that each learns of a change after
// a delay of its own, so that for a while they disagree. It does not fail.
//
// Reference: Kafka, KRaft (KIP-500), ReplicationControlManager and
// ClusterControlManager.
type controller struct {
	w           *world
	node        sim.NodeID
	brokers     []registered
	leaders     []int8 // of parts
	parts       []registration
	coordinator int   // the broker that leads the group's partition of the offsets topic
	changed     bool  // something has to be told
	offset      int64 // of the metadata: counts what was told
	preferring  bool  // timerPreferred is set
}

// begin takes every broker as registered and alive: clients find the cluster
// running.
func (c *controller) begin(coordinator int) {
	c.coordinator = coordinator
	c.brokers = make([]registered, c.w.cfg.brokers)
	for b := range c.brokers {
		c.watch(b, c.w.cfg.replication.session)
	}
}

// create adds partitions up to a count; fewer than there are changes nothing,
// as Kafka refuses it (INVALID_PARTITIONS).
//
// Reference: Kafka, ReplicationControlManager.createPartitions.
func (c *controller) create(count int) {
	if count <= len(c.leaders) {
		return
	}
	n := c.w.cfg.replicas
	placed := c.w.place(c.w.cfg.topic, len(c.leaders), count-len(c.leaders), n)
	for p := len(c.leaders); p < count; p++ {
		of := placed[:n:n]
		placed = placed[n:]
		reg := registration{leader: of[0], isr: setOf(of...) & c.live(), replicas: of}
		if !reg.isr.has(int(of[0])) {
			reg.leader = noLeader
		}
		c.parts, c.leaders = append(c.parts, reg), append(c.leaders, noLeader)
		c.change(int32(p), reg.isr)
	}
	c.publish()
}

// live are the brokers that are active: not fenced, and not about to stop.
//
// Reference: Kafka, ClusterControlManager.isActive.
func (c *controller) live() brokerSet {
	s := brokerSet(0)
	for b := range c.brokers {
		if !c.brokers[b].fenced && !c.brokers[b].stopping {
			s = s.with(b)
		}
	}
	return s
}

// image returns a copy of what the controller knows.
func (c *controller) image() uint32 {
	id, body := c.w.arena.bodies.metadata.Take()
	body.leaders = append(body.leaders[:0], c.leaders...)
	body.parts = append(body.parts[:0], c.parts...)
	body.live, body.coordinator, body.offset = c.live(), c.coordinator, c.offset
	body.incarnations = body.incarnations[:0]
	for b := range c.brokers {
		body.incarnations = append(body.incarnations, c.brokers[b].incarnation)
	}
	return id
}

func (c *controller) tell(conn sim.Conn) {
	c.w.sim.Send(c.node, conn, sim.Frame{Kind: frameImage, Body: c.image(), Size: 64 + 32*int32(len(c.leaders))})
}

// publish tells every broker of what has changed, if anything has.
func (c *controller) publish() {
	if !c.changed {
		return
	}
	c.changed = false
	c.offset++
	for b := range c.brokers {
		if conn := c.brokers[b].conn; conn != sim.NoConn {
			c.tell(conn)
		}
	}
	c.prefer()
}

// Opened implements [sim.Node]. What a broker wants it says in a frame.
func (c *controller) Opened(sim.Conn) {}

// Receive implements [sim.Node]; an administrator asks through [world.Expand].
func (c *controller) Receive(conn sim.Conn, f *sim.Frame) {
	body := c.w.arena.bodies.control.At(f.Body)
	switch f.Kind {
	case frameRegister:
		body.err = c.register(conn, body)
	case frameBeat:
		body.err = c.beat(body)
	case frameAlter:
		body.err = c.alter(body)
	}
	registers := f.Kind == frameRegister && body.err == errNone
	c.w.sim.Send(c.node, conn, sim.Frame{Kind: f.Kind | reply, Body: f.Body, Size: 48})
	if registers {
		c.tell(conn)
	}
	c.publish()
}

// Timer implements [sim.Node].
func (c *controller) Timer(kind sim.Kind, arg uint64) {
	switch kind {
	case timerCreate:
		c.create(int(arg))
	case timerFence:
		c.expire(int(arg))
	case timerAdmin:
		c.act(&c.w.actions[arg])
	case timerPreferred:
		c.preferring = false
		c.rebalance()
	}
	c.publish()
}

// Closed implements [sim.Node]. A broker whose connection is gone stays what it
// is until its session runs out.
func (c *controller) Closed(conn sim.Conn, _ sim.Closing) {
	for b := range c.brokers {
		if c.brokers[b].conn == conn {
			c.brokers[b].conn = sim.NoConn
		}
	}
}

// Crashed implements [sim.Node]. The faults of this model spare the controller.
func (c *controller) Crashed() {}

// Restarted implements [sim.Node].
func (c *controller) Restarted() {}

// Digest implements [sim.Node].
func (c *controller) Digest(d *sim.Digest) {
	for _, p := range c.parts {
		d.Int(int64(p.leader))
		d.Int(int64(p.epoch))
		d.Int(int64(p.version))
		d.Uint(uint64(p.isr))
		d.Uint(uint64(p.adding))
		d.Uint(uint64(p.removing))
		for _, b := range p.replicas {
			d.Int(int64(b))
		}
	}
	for b := range c.brokers {
		d.Bool(c.brokers[b].fenced)
		d.Bool(c.brokers[b].stopping)
		d.Int(int64(c.brokers[b].incarnation))
	}
}
