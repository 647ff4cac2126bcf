package kafka

import (
	"slices"

	"orderlab/sim"
)

// newMember is what a consumer keeps of its membership under the newer group
// protocol (KIP-848). Its heartbeats go out while the application works; what they
// bring is taken up in poll, because the application has a rebalance listener.
//
// Reference: Kafka, AbstractMembershipManager, ConsumerMembershipManager and
// ConsumerHeartbeatRequestManager.
type newMember struct {
	target []int32 // what the coordinator wants the member to own
	told   []int32 // what the last heartbeat said that it owns
	unsaid bool    // the next one has to say it, whatever the last one said
	out    bool    // a heartbeat has no answer
	urgent bool    // the next one goes out as soon as it can
}

// modern says that the newer protocol is in use.
func (g *groupClient) modern() bool { return g.new != nil }

// pollModern does from within poll what the coordinator's answers have brought.
func (g *groupClient) pollModern() {
	switch {
	case g.lost:
		g.lose()
		g.prepared, g.state = false, unjoined
		*g.new = newMember{target: g.new.target[:0], told: g.new.told[:0], unsaid: true, out: g.new.out}
	case g.state == stableState && !g.committing:
		g.follow()
	}
	if g.state == unjoined || g.new.urgent {
		g.beatNow()
	}
}

// follow reconciles what the member owns with its target: first it commits, then it
// gives up what it is to lose, then it takes what it gets, and says so at once.
// Nothing is returned meanwhile of what it is to lose.
//
// Reference: Kafka, AbstractMembershipManager.maybeReconcile.
func (g *groupClient) follow() {
	c := g.c
	owned := g.ownedPartitions()
	slices.Sort(owned)
	if slices.Equal(owned, g.new.target) {
		g.prepared = false
		return
	}
	if !g.prepared && c.cfg.autoCommit {
		for i := range c.parts {
			c.parts[i].leaving = !slices.Contains(g.new.target, c.parts[i].partition)
		}
		g.prepared = true
		if g.commitPositions(true) {
			g.committing = true
			return
		}
	}
	g.rejoin, g.prepared = false, false
	for i := range c.parts {
		c.parts[i].leaving = false
	}
	g.assigned(g.new.target)
	g.rejoin, g.new.urgent = false, true
}

// beatNow sends a heartbeat, if none is out. It says what the member owns when that
// has changed since the last one.
//
// Reference: Kafka, ConsumerHeartbeatRequestManager.HeartbeatState.buildRequestData.
func (g *groupClient) beatNow() {
	c := g.c
	if g.coordinator < 0 || g.new.out || g.state == leftGroup {
		return
	}
	owned := g.ownedPartitions()
	slices.Sort(owned)
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.generation, body.named = g.member, g.generation, true
	if g.state == unjoined {
		body.generation, g.state = 0, preparing
	}
	body.full = g.new.unsaid || body.generation == 0 || !slices.Equal(owned, g.new.told)
	body.owned = body.owned[:0]
	if body.full {
		body.owned = append(body.owned, owned...)
	}
	g.new.told = append(g.new.told[:0], owned...)
	g.new.out, g.new.urgent, g.new.unsaid = true, false, false
	g.nextBeat = c.w.sim.Now() + c.w.cfg.memberHeartbeat
	g.send(frameGroupBeat, id, 96)
	g.setBeat()
}

// beatModern is the heartbeat's timer. A member whose application has been at work for
// too long leaves.
//
// Reference: Kafka, ConsumerHeartbeatRequestManager.poll (pollTimer),
// AbstractMembershipManager.transitionToSendingLeaveGroup.
func (g *groupClient) beatModern() {
	c := g.c
	now := c.w.sim.Now()
	if g.state != stableState && g.state != preparing {
		return
	}
	if !c.polling && now >= g.polled+c.cfg.maxPollInterval && g.coordinator >= 0 {
		g.leaveModern()
		g.reset(errUnknownMember)
		g.state = leftGroup
		return
	}
	if now >= g.nextBeat {
		g.nextBeat = now + c.w.cfg.memberHeartbeat
		g.beatNow()
	}
	if g.beat == sim.NoTimer {
		g.setBeat()
	}
}

// leaveModern tells the coordinator that the member goes; a static one will be back.
//
// Reference: Kafka, ConsumerMembershipManager.leaveGroupEpoch.
func (g *groupClient) leaveModern() {
	id, body := g.c.w.arena.bodies.group.Take()
	body.member, body.generation, body.full, body.owned = g.member, leaveEpoch, false, body.owned[:0]
	if g.c.cfg.static {
		body.generation = leaveStaticEpoch
	}
	g.send(frameGroupBeat, id, 64)
}

// beaten takes up the answer to a heartbeat.
//
// Reference: Kafka, AbstractHeartbeatRequestManager.onResponse, onErrorResponse.
func (g *groupClient) beaten(id uint32) {
	c := g.c
	body := c.w.arena.bodies.group.At(id)
	left := body.generation < 0
	if !left {
		g.new.out = false
	}
	switch {
	case left || g.lost || g.state == leftGroup:
	case body.err == errNotCoordinator:
		g.loseCoordinator()
	case body.err == errUnreleasedInstance:
		g.fail(unreleasedInstance)
	case body.err == errFencedInstance:
		g.fail(fencedInstance)
	case body.err == errUnknownMember || body.err == errFencedMemberEpoch:
		g.reset(errUnknownMember)
	default:
		if g.state == preparing {
			g.state = stableState
			c.restartCommits()
		}
		g.generation, g.born = body.generation, body.born
		if body.full {
			g.new.target = append(g.new.target[:0], body.owned...)
		}
	}
	c.w.arena.bodies.group.Put(id)
	g.poll()
	if g.new.urgent {
		g.beatNow()
	}
}

// following says that the member does not own yet what it is to own.
func (g *groupClient) following() bool {
	owned := g.ownedPartitions()
	slices.Sort(owned)
	return g.state != stableState || g.lost || !slices.Equal(owned, g.new.target)
}
