package kafka

import "orderlab/sim"

// controller is the active controller: it holds the topic's partitions and
// tells every broker of a change. Brokers of a real cluster fetch the metadata
// log; what matters here is that each learns of a change after a delay of its
// own, so that for a while they disagree.
//
// Reference: Kafka, KRaft (KIP-500), ReplicationControlManager.createPartitions.
type controller struct {
	w       *world
	node    sim.NodeID
	brokers []sim.Conn
	leaders []int8
}

// create adds partitions up to a count; fewer than there are changes nothing,
// as Kafka refuses it (INVALID_PARTITIONS).
func (c *controller) create(count int) {
	if count <= len(c.leaders) {
		return
	}
	for p := len(c.leaders); p < count; p++ {
		c.leaders = append(c.leaders, int8(c.w.assignment(p)[0]))
	}
	for _, conn := range c.brokers {
		c.tell(conn)
	}
}

func (c *controller) tell(conn sim.Conn) {
	id, body := c.w.arena.bodies.metadata.Take()
	body.leaders = append(body.leaders[:0], c.leaders...)
	c.w.sim.Send(c.node, conn, sim.Frame{Kind: frameImage, Body: id, Size: 64 + 32*int32(len(c.leaders))})
}

// Opened implements [sim.Node]: a broker registers and is told the image.
func (c *controller) Opened(conn sim.Conn) {
	c.brokers = append(c.brokers, conn)
	c.tell(conn)
}

// Receive implements [sim.Node]; an administrator asks through [world.Expand].
func (c *controller) Receive(sim.Conn, *sim.Frame) {}

// Timer implements [sim.Node]: an administrator's request to have arg
// partitions has arrived.
func (c *controller) Timer(_ sim.Kind, arg uint64) { c.create(int(arg)) }

// Closed implements [sim.Node].
func (c *controller) Closed(sim.Conn, sim.Closing) {}

// Crashed implements [sim.Node]. The faults of this model spare the controller.
func (c *controller) Crashed() {}

// Restarted implements [sim.Node].
func (c *controller) Restarted() {}

// Digest implements [sim.Node].
func (c *controller) Digest(d *sim.Digest) {
	for _, l := range c.leaders {
		d.Int(int64(l))
	}
}

// assignment returns the brokers that have a replica of the partition, the
// preferred leader first. The first replica of successive partitions goes
// round the brokers from a random one; the others follow with a shift that
// begins at random and grows by one each time round.
//
// Reference: Kafka, AdminUtils.assignReplicasToBrokersRackUnaware.
func (w *world) assignment(partition int) []int {
	n, replicas := w.cfg.brokers, w.cfg.replicas
	start := w.sim.Choose(decidePlacement, sim.Named(w.cfg.topic), n)
	first := (partition + start) % n
	out := append(w.scratch[:0], first)
	shift := partition/n + w.sim.Choose(decideShift, sim.Named(w.cfg.topic), n)
	for j := range replicas - 1 {
		out = append(out, (first+1+(shift+j)%(n-1))%n)
	}
	w.scratch = out
	return out
}

var (
	decidePlacement = sim.NewDecision("kafka.placement")
	decideShift     = sim.NewDecision("kafka.placement.shift")
)
