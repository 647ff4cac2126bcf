package kafka

import "orderlab/sim"

// startBeating begins the heartbeats of a generation. A member whose join is
// parked sends none: the coordinator takes it for alive.
//
// Reference: Kafka, AbstractCoordinator.HeartbeatThread (enabled with the answer
// to a join, disabled while a member is preparing).
func (g *groupClient) startBeating() {
	g.nextBeat = g.c.w.sim.Now() + g.c.cfg.heartbeat
	g.setBeat()
}

// working notes that the application begins to work.
func (g *groupClient) working() {
	g.polled = g.c.w.sim.Now()
	if g.beat != sim.NoTimer && g.polled+g.c.cfg.maxPollInterval < g.nextBeat {
		g.setBeat()
	}
}

// setBeat sets the timer for the next heartbeat, or for the moment at which the
// application has been at work for too long; without a coordinator that has to wait.
func (g *groupClient) setBeat() {
	c := g.c
	at := g.nextBeat
	if !c.polling && g.coordinator >= 0 {
		at = min(at, g.polled+c.cfg.maxPollInterval)
	}
	c.w.sim.Cancel(g.beat)
	g.beat = c.w.sim.After(c.node, max(0, at-c.w.sim.Now()), timerHeartbeat, 0)
}

// heartbeat keeps the membership alive while the application is at work, unless
// that takes longer than max.poll.interval.ms: then the member leaves.
//
// Reference: Kafka, AbstractCoordinator.HeartbeatThread.run and
// handlePollTimeoutExpiry.
func (g *groupClient) heartbeat() {
	c := g.c
	now := c.w.sim.Now()
	g.beat = sim.NoTimer
	if g.modern() {
		g.beatModern()
		return
	}
	if g.state != completing && g.state != stableState {
		return
	}
	if !c.polling && now >= g.polled+c.cfg.maxPollInterval && g.coordinator >= 0 {
		if c.cfg.static { // the group waits for its session
			g.reset(errUnknownMember)
			return
		}
		g.leave()
		g.reset(errUnknownMember)
		return
	}
	if now >= g.nextBeat && g.coordinator < 0 {
		g.nextBeat = now + c.cfg.heartbeat
	}
	if now >= g.nextBeat {
		id, body := c.w.arena.bodies.group.Take()
		body.member, body.generation = g.member, g.generation
		g.send(frameHeartbeat, id, 64)
		g.nextBeat = now + c.cfg.heartbeat
	}
	g.setBeat()
}

// leave tells the coordinator that the member goes.
func (g *groupClient) leave() {
	c := g.c
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.generation = g.member, g.generation
	c.post(c.coordinatorPeer(g.coordinator), sim.Frame{Kind: frameLeave, Body: id, Size: 64}, 0)
}

// failed reacts to what a heartbeat or commit of a generation was told about the
// membership. During a rebalance "in progress" is no news, and an error about an
// older generation none either.
//
// Reference: Kafka, AbstractCoordinator.HeartbeatResponseHandler and
// ConsumerCoordinator.OffsetCommitResponseHandler.
func (g *groupClient) failed(err errorCode, generation int32) {
	if g.c.cfg.assign && err != errNotCoordinator {
		return // there is no membership to lose
	}
	switch err {
	case errRebalanceInProgress:
		if g.state == stableState {
			g.rejoin = true
		}
	case errNotCoordinator:
		g.loseCoordinator()
	case errFencedInstance:
		if generation == g.generation && g.state != leftGroup {
			g.fail(fencedInstance)
		}
	case errUnknownMember, errIllegalGeneration:
		if generation == g.generation && (g.state == completing || g.state == stableState) {
			g.reset(err)
		}
	}
}

// reset leaves the generation: the coordinator has dropped the member, or it has
// left. What it owns is lost, which the application learns at its next poll.
// After UNKNOWN_MEMBER_ID the member asks for an id again.
//
// Reference: Kafka, AbstractCoordinator.resetStateOnResponseError.
func (g *groupClient) reset(err errorCode) {
	g.state, g.rejoin, g.lost, g.prepared, g.committing = unjoined, true, true, false, false
	if err == errUnknownMember {
		g.named = false
	}
}
