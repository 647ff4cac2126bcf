package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

const (
	timerClose  sim.Kind = 34 // a consumer has taken long enough to close
	timerWakeup sim.Kind = 37 // its process was asked to stop
	// closeTimeout is how long a consumer takes to close at the most.
	//
	// Reference: Kafka, ConsumerUtils.DEFAULT_CLOSE_TIMEOUT_MS.
	closeTimeout = 30 * sim.Second
)

// The exceptions that poll throws.
const (
	noOffset           = "NoOffsetForPartitionException"
	offsetOutOfRange   = "OffsetOutOfRangeException"
	unreleasedInstance = "UnreleasedInstanceIdException"
	fencedInstance     = "FencedInstanceIdException"
)

// positionsLack throws when a partition has no position and nothing says where to begin.
//
// Reference: Kafka, SubscriptionState.resetInitializingPositions.
func (c *consumer) positionsLack() bool { return c.polling && c.throwFor(lacking, noOffset) }

// positionsBeyond throws when the position of a partition is out of range and nothing
// says where to go on. What is buffered of other partitions is returned first.
//
// Reference: Kafka, FetchCollector.handleInitializeErrors, collectFetch.
func (c *consumer) positionsBeyond() bool { return c.polling && c.throwFor(beyond, offsetOutOfRange) }

// fail ends a membership for good: poll throws an exception, now or when it is called.
// Nothing is committed, and nobody is told that the member is gone.
//
// Reference: Kafka, AbstractMembershipManager.transitionToFatal,
// AbstractCoordinator.HeartbeatThread (failureCause).
func (g *groupClient) fail(exception string) {
	g.state, g.fatal = leftGroup, exception
	g.c.fails()
}

// fails throws what the membership has failed with, within poll.
func (c *consumer) fails() bool {
	if c.member.fatal == "" || !c.polling {
		return false
	}
	c.throw(c.member.fatal, history.NoPlace)
	return true
}

// throwFor throws an exception if a partition is in a state.
func (c *consumer) throwFor(state seeking, exception string) bool {
	for i := range c.parts {
		if c.parts[i].seeking == state {
			c.throw(exception, c.w.places[c.parts[i].partition])
			return true
		}
	}
	return false
}

// throw has poll throw an exception, which ends the loop of the application. The
// consumer is closed then, as in a finally block, and its process ends: another is
// started after `restart.after`, if that is not 0.
func (c *consumer) throw(exception string, place history.Place) {
	if c.closing {
		return
	}
	c.w.rec.Record(history.Op{Kind: history.KindPoll, Process: c.process, Session: c.session,
		Outcome: history.Fail, Detail: c.w.hist.AddSymbol(exception), Message: history.NoMessage,
		Place: place, Position: history.NoPosition, Epoch: uint16(c.member.generation)})
	c.close(c.cfg.restartAfter)
}

// close closes the consumer; its process ends then, and another is started after a
// while, if that is not 0.
//
// Reference: Kafka, ClassicKafkaConsumer.close, ConsumerCoordinator.close.
func (c *consumer) close(restart sim.Time) {
	c.polling, c.closing, c.restart = false, true, restart
	c.w.sim.After(c.node, closeTimeout, timerClose, 0)
	g := &c.member
	if c.cfg.autoCommit && g.state == stableState && !g.committing && g.commitPositions(false) {
		return // until the answer
	}
	c.closed()
}

// closed ends a consumer that has committed what it could: it gives up what it owns, and
// leaves the group, if it is not a static member, which will be back; one of the newer
// protocol says so.
//
// Reference: Kafka, ConsumerCoordinator.onLeavePrepare, AbstractCoordinator.maybeLeaveGroup,
// ConsumerMembershipManager.leaveGroupEpoch.
func (c *consumer) closed() {
	g := &c.member
	if g.state == stableState && !c.cfg.assign {
		g.revoke(g.ownedPartitions(), c.w.symRevoked)
	}
	switch {
	case g.coordinator < 0 || g.state == unjoined || g.state == leftGroup || c.cfg.assign:
	case g.modern():
		g.leaveModern()
	case !c.cfg.static:
		g.leave()
	}
	session := c.session
	c.w.sim.At(c.w.sim.Now(), func() {
		if c.session != session || c.w.sim.Down(c.node) {
			return
		}
		c.exited = true
		c.w.sim.Crash(c.node)
		switch again := c.restart; {
		case c.reopen:
			c.reopen = false
			c.w.sim.Restart(c.node, 0)
		case again > 0:
			c.w.sim.Restart(c.node, again)
		}
	})
}
