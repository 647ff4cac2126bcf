package kafka

import "orderlab/sim"

// timerStuck is the time at which a fetch may have gone without an answer.
const timerStuck sim.Kind = 32

// fetchTimeout is how long a consumer waits for the answer to a fetch.
//
// Reference: Kafka, request.timeout.ms, default 30000.
const fetchTimeout = 30 * sim.Second

// Closed implements [sim.Node]: what was asked over the connection is not
// answered any more, and it is a sign that the metadata is wrong.
//
// Reference: Kafka, NetworkClient.processDisconnection.
func (c *consumer) Closed(conn sim.Conn, _ sim.Closing) {
	if index := c.disconnected(conn, c.cfg.backoff); index >= 0 {
		c.lost(index)
	}
}

// lost goes on without the answers of a broker. The coordinator has a connection
// of its own.
func (c *consumer) lost(index int) {
	if c.out != nil {
		c.out.lost(index)
	}
	if index >= c.w.cfg.brokers {
		if index == c.coordinatorPeer(c.member.coordinator) {
			c.member.loseCoordinator()
		}
		return
	}
	c.busy[index] = false
	for i := range c.parts {
		// Another broker may lead by now what the lost one was asked about.
		if x := &c.parts[i]; x.seeking == askedReset {
			x.seeking = needsReset
		}
	}
	if c.member.finding {
		c.member.loseCoordinator()
	}
	c.member.retryLater()
}

// watchFetch sees to it that a fetch is answered, or its connection closed.
//
// Reference: Kafka, NetworkClient.handleTimedOutRequests.
func (c *consumer) watchFetch() {
	if !c.watched {
		c.watched = true
		c.w.sim.After(c.node, fetchTimeout, timerStuck, 0)
	}
}

func (c *consumer) stuck() {
	c.watched = false
	now, next := c.w.sim.Now(), sim.Time(0)
	for broker := range c.busy {
		if !c.busy[broker] {
			continue
		}
		at := c.asked[broker] + fetchTimeout
		if at > now {
			if next == 0 || at < next {
				next = at
			}
			continue
		}
		conn := c.peers[broker].conn
		c.w.sim.Close(c.node, conn)
		c.disconnected(conn, c.cfg.backoff)
		c.lost(broker)
	}
	if next > 0 {
		c.watched = true
		c.w.sim.After(c.node, next-now, timerStuck, 0)
	}
}

// loseCoordinator forgets who coordinates the group, because it is gone or says
// that another does, and has it looked for after the back-off. The membership
// stays; a join that was out is repeated.
//
// Reference: Kafka, AbstractCoordinator.markCoordinatorUnknown.
func (g *groupClient) loseCoordinator() {
	g.coordinator, g.finding = -1, false
	if g.modern() {
		g.new.out, g.new.unsaid = false, true
	}
	for _, f := range g.deferred {
		g.c.w.arena.bodies.drop(f)
	}
	g.deferred = g.deferred[:0]
	if g.state == preparing || g.state == completing {
		g.state, g.rejoin = unjoined, true
	}
	if g.committing {
		g.committing = false
		if !g.modern() {
			g.giveUp()
		}
	}
	g.c.commitAgain()
	g.retryLater()
}

// retry looks for the coordinator again, and fetches what waits.
func (g *groupClient) retry() {
	if g.coordinator < 0 {
		g.metadata()
	}
	g.c.fetchAll()
}

// lookUpAgain repeats the questions for committed positions that another
// coordinator was to answer.
func (g *groupClient) lookUpAgain() {
	var asked []int32
	for i := range g.c.parts {
		if p := &g.c.parts[i]; p.seeking == askedCommitted {
			asked = append(asked, p.partition)
		}
	}
	if len(asked) > 0 {
		g.lookUp(asked)
	}
}
