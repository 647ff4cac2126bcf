package kafka

import (
	"slices"

	"orderlab/sim"
)

// join parks the member until the rebalance completes. A member that has no id is
// given one and asked to join with it.
//
// Reference: Kafka, GroupMetadataManager.classicGroupJoinNewDynamicMember (KIP-394)
// and classicGroupJoinExistingMember.
func (g *coordinator) join(c sim.Conn, id uint32) {
	body := g.bodies().group.At(id)
	if !body.named && g.cfg.static {
		g.joinStatic(c, id, body)
		return
	}
	if !body.named {
		g.forget(body.member)
		g.named = append(g.named, waitingSeat{body.member, g.session(body.member)})
		g.refuse(c, id, errMemberIDRequired)
		return
	}
	s := g.seat(body.member)
	switch {
	case g.forget(body.member):
		g.newcomers = g.newcomers || g.delaying
		g.seats = append(g.seats, seat{id: body.member})
		s = &g.seats[len(g.seats)-1]
		if len(g.seats) == 1 {
			g.leader = s.id
		}
	case s == nil:
		g.refuse(c, id, g.unknown(body.member))
		return
	case g.current(s, body):
		s.conn, s.parked = c, id
		g.answer(s, frameJoin, errNone)
		return
	}
	g.park(s, c, id, body)
}

// park has a member wait until the rebalance completes.
func (g *coordinator) park(s *seat, c sim.Conn, id uint32, body *groupBody) {
	g.b.w.sim.Cancel(s.timer) // a parked member is alive
	s.conn, s.parked, s.joining = c, id, true
	s.owned, s.ownedGen = append(s.owned[:0], body.owned...), body.ownedGeneration
	if g.state != groupPreparing {
		g.prepare()
	} else if !g.delaying && g.allJoined() {
		g.completeJoin()
	}
}

func (g *coordinator) refuse(c sim.Conn, id uint32, err errorCode) {
	g.bodies().group.At(id).err = err
	g.b.answer(c, sim.Frame{Kind: frameJoin | reply, Body: id, Size: 64})
}

// current says that a member's join brings nothing new, so that it is told the
// current generation: unless the group prepares a rebalance, or the group's
// leader of a stable group asks for one.
func (g *coordinator) current(s *seat, body *groupBody) bool {
	same := s.ownedGen == body.ownedGeneration && slices.Equal(s.owned, body.owned)
	switch g.state {
	case groupCompleting:
		return same
	case groupStable:
		return same && s.id != g.leader
	}
	return false
}

// prepare begins a rebalance: the members learn of it by their heartbeats, and
// those that wait for the leader's assignment by the answer. The first rebalance
// of an empty group waits for more members.
//
// Reference: Kafka, GroupMetadataManager.prepareRebalance.
func (g *coordinator) prepare() {
	switch g.state {
	case groupCompleting:
		g.answerSyncs(errRebalanceInProgress)
	case groupStable:
		g.b.w.sim.Condition("rebalance")
	}
	g.b.w.sim.Cancel(g.timer)
	if g.state == groupEmpty {
		g.state, g.delaying, g.newcomers = groupPreparing, true, false
		delay := g.b.w.cfg.initialDelay
		g.remaining = max(0, g.cfg.maxPollInterval-delay)
		g.timer = g.b.w.sim.After(g.b.node, delay, timerInitial, 0)
		return
	}
	g.state = groupPreparing
	if g.allJoined() {
		g.completeJoin()
		return
	}
	g.timer = g.b.w.sim.After(g.b.node, g.cfg.maxPollInterval, timerRebalance, 0)
}

// initial ends the delay, unless members joined meanwhile: then it goes on, until
// the rebalance has taken its time-out in all.
//
// Reference: Kafka, GroupMetadataManager.tryCompleteInitialRebalanceElseSchedule.
func (g *coordinator) initial() {
	g.timer = sim.NoTimer
	if !g.newcomers || g.remaining == 0 {
		g.completeJoin()
		return
	}
	g.newcomers = false
	delay := min(g.b.w.cfg.initialDelay, g.remaining)
	g.remaining -= delay
	g.timer = g.b.w.sim.After(g.b.node, delay, timerInitial, 0)
}

// allJoined says that every member has joined and nobody is about to.
func (g *coordinator) allJoined() bool {
	for i := range g.seats {
		if !g.seats[i].joining {
			return false
		}
	}
	return len(g.named) == 0
}

// completeJoin begins a generation with the members that joined and drops the
// others. The leader stays the leader while it is a member. A group without
// members has a generation of its own.
//
// Reference: Kafka, GroupMetadataManager.completeClassicGroupJoin and
// ClassicGroup.initNextGeneration.
func (g *coordinator) completeJoin() {
	g.b.w.sim.Cancel(g.timer)
	g.timer, g.delaying = sim.NoTimer, false
	g.drop(func(s *seat) bool { return !s.joining })
	g.generation++
	if len(g.seats) == 0 {
		g.state = groupEmpty
		g.save()
		return
	}
	g.state = groupCompleting
	for i := range g.seats {
		s := &g.seats[i]
		s.assigned, s.synced = nil, false
		g.answer(s, frameJoin, errNone)
		g.alive(s)
	}
	g.timer = g.b.w.sim.After(g.b.node, g.cfg.maxPollInterval, timerSync, 0)
}
