package kafka

import "orderlab/sim"

const (
	// timerReconnectClient lets a consumer turn to a broker again; timerStuck is the
	// time at which a fetch may have gone without an answer.
	timerReconnectClient sim.Kind = 32 + iota
	timerStuck
)

const (
	// reconnectBackoff is how long a consumer leaves a broker alone that it lost.
	//
	// Reference: Kafka, reconnect.backoff.ms, default 50 (its growth is left out).
	reconnectBackoff = 50 * sim.Millisecond
	// requestTimeout is how long a consumer waits for the answer to a fetch.
	//
	// Reference: Kafka, request.timeout.ms, default 30000.
	requestTimeout = 30 * sim.Second
)

// Closed implements [sim.Node]: what was asked over the connection is not
// answered any more, and it is a sign that the metadata is wrong.
//
// Reference: Kafka, NetworkClient.processDisconnection.
func (c *consumer) Closed(conn sim.Conn, _ sim.Closing) {
	for i := range c.peers {
		if c.peers[i].conn == conn {
			c.disconnected(i)
			return
		}
	}
}

func (c *consumer) disconnected(index int) {
	p := &c.peers[index]
	for _, f := range p.queue {
		c.w.arena.bodies.drop(f)
	}
	*p = peer{queue: p.queue[:0]}
	c.asking = false
	c.refreshSoon(c.cfg.backoff)
	if index >= c.w.cfg.brokers {
		if index == c.coordinatorPeer(c.member.coordinator) {
			c.member.loseCoordinator()
		}
		return
	}
	c.busy[index] = false
	c.away[index] = c.w.sim.Now() + reconnectBackoff
	for i := range c.parts {
		if x := &c.parts[i]; x.seeking == askedReset && c.leaderOf(x.partition) == index {
			x.seeking = needsReset
		}
	}
	if c.member.finding {
		c.member.loseCoordinator()
	}
	c.w.sim.After(c.node, reconnectBackoff, timerReconnectClient, 0)
}

// reconnect goes on with what a lost connection has left.
func (c *consumer) reconnect() {
	c.member.resetAll()
	c.fetchAll()
}

// watchFetch sees to it that a fetch is answered, or its connection closed.
//
// Reference: Kafka, NetworkClient.handleTimedOutRequests.
func (c *consumer) watchFetch() {
	if !c.watched {
		c.watched = true
		c.w.sim.After(c.node, requestTimeout, timerStuck, 0)
	}
}

func (c *consumer) stuck() {
	c.watched = false
	now, next := c.w.sim.Now(), sim.Time(0)
	for broker := range c.busy {
		if !c.busy[broker] {
			continue
		}
		at := c.asked[broker] + requestTimeout
		if at > now {
			if next == 0 || at < next {
				next = at
			}
			continue
		}
		c.w.sim.Close(c.node, c.peers[broker].conn)
		c.disconnected(broker)
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
	for _, f := range g.deferred {
		g.c.w.arena.bodies.drop(f)
	}
	g.deferred = g.deferred[:0]
	if g.state == preparing || g.state == completing {
		g.state, g.rejoin = unjoined, true
	}
	if g.committing {
		g.committing = false
		g.giveUp()
	}
	g.retryLater()
}

// retry looks for the coordinator again.
func (g *groupClient) retry() {
	if g.coordinator < 0 {
		g.metadata()
	}
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
