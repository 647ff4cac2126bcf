package kafka

import "orderlab/sim"

// controller is the active controller: it holds the topic's partitions and
// tells every broker of a change. Brokers of a real cluster fetch the metadata
// log; what matters here is that each learns of a change after a delay of its
// own, so that for a while they disagree.
//
// Reference: Kafka, KRaft (KIP-500), ReplicationControlManager.createPartitions.
type controller struct {
	w        *world
	node     sim.NodeID
	brokers  []sim.Conn
	leaders  []int8
	replicas []int8 // the brokers of each partition, one partition after the other
}

// create adds partitions up to a count; fewer than there are changes nothing,
// as Kafka refuses it (INVALID_PARTITIONS).
func (c *controller) create(count int) {
	if count <= len(c.leaders) {
		return
	}
	n := c.w.cfg.replicas
	c.replicas = append(c.replicas, c.w.place(c.w.cfg.topic, len(c.leaders), count-len(c.leaders), n)...)
	for p := len(c.leaders); p < count; p++ {
		c.leaders = append(c.leaders, c.replicas[p*n])
	}
	for _, conn := range c.brokers {
		c.tell(conn)
	}
}

// image returns a copy of what the controller knows.
func (c *controller) image() uint32 {
	id, body := c.w.arena.bodies.metadata.Take()
	body.leaders = append(body.leaders[:0], c.leaders...)
	body.replicas = append(body.replicas[:0], c.replicas...)
	return id
}

func (c *controller) tell(conn sim.Conn) {
	c.w.sim.Send(c.node, conn, sim.Frame{Kind: frameImage, Body: c.image(), Size: 64 + 32*int32(len(c.leaders))})
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

// place chooses the brokers of count partitions of a topic, from partition first
// on, each partition's leader first. The first begins at a random broker and
// takes the following ones, the next begins one further on, and so on; each time
// round the brokers are shuffled, so that the same sets do not come again. An
// expansion begins anew at random.
//
// Reference: Kafka, StripedReplicaPlacer (brokers without racks).
func (w *world) place(topic string, first, count, replicas int) []int8 {
	n := w.cfg.brokers
	about := sim.Identity(sim.Named(topic), sim.ID(first))
	brokers := make([]int8, n)
	for i := range brokers {
		brokers[i] = int8(i)
	}
	at := w.sim.Choose(decidePlacement, about, n)
	out := make([]int8, 0, count*replicas)
	for p := range count {
		if p > 0 && p%n == 0 {
			for i := n - 1; i > 0; i-- {
				j := w.sim.Choose(decideShuffle, sim.Identity(about, sim.ID(p), sim.ID(i)), i+1)
				brokers[i], brokers[j] = brokers[j], brokers[i]
			}
		}
		for r := range replicas {
			out = append(out, brokers[(at+p+r)%n])
		}
	}
	return out
}

var (
	decidePlacement = sim.NewDecision("kafka.placement")
	decideShuffle   = sim.NewDecision("kafka.placement.shuffle")
)
