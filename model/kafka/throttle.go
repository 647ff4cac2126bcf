package kafka

import "orderlab/sim"

// timerThrottle is the end of the time for which a broker holds a client back; arg is
// the peer.
const timerThrottle sim.Kind = 33

// holdBack has a client send nothing to a broker for as long as an answer says; that
// time does not count against the requests that are out.
//
// Reference: Kafka, NetworkClient.maybeThrottle, ClusterConnectionStates.throttle
// (KIP-219).
func (c *client) holdBack(index int, throttle sim.Time) {
	p := &c.peers[index]
	until := c.w.sim.Now() + throttle
	if throttle <= 0 || until <= p.throttled {
		return
	}
	c.w.sim.Cancel(p.held)
	p.throttled = until
	p.held = c.w.sim.After(c.node, throttle, timerThrottle, uint64(index))
}

// sendable says that a request to a peer can go out now.
//
// Reference: Kafka, NetworkClient.canSendRequest, ClusterConnectionStates.isReady.
func (c *client) sendable(index int) bool {
	return c.connected(index) && c.peers[index].held == sim.NoTimer
}

// goOn sends what was held back.
func (c *client) goOn(index int) {
	p := &c.peers[index]
	p.held = sim.NoTimer
	if !p.open {
		return
	}
	for _, f := range p.queue {
		c.w.sim.Send(c.node, p.conn, f)
	}
	p.queue = p.queue[:0]
}

// holdBack is that of the client, for a producer: its requests may take longer.
//
// Reference: Kafka, InFlightRequests.incrementThrottleTime.
func (p *producer) holdBack(broker int, throttle sim.Time) {
	for i := range p.flights[broker] {
		p.flights[broker][i].sent += throttle
	}
	p.client.holdBack(broker, throttle)
}
