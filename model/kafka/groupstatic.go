package kafka

import (
	"strings"

	"orderlab/model"
	"orderlab/sim"
)

// joinStatic lets a static member in: its name is its identity, so it needs no id
// first. One that comes back within its session takes the place that it had. A stable
// group does not notice: the member is told the current generation, and its sync what
// it was assigned.
//
// Reference: Kafka, GroupMetadataManager.classicGroupJoinNewStaticMember and
// updateStaticMemberThenRebalanceOrCompleteJoin (KIP-345).
func (g *coordinator) joinStatic(c sim.Conn, id uint32, body *groupBody) {
	s := g.seatOf(body.member.consumer)
	if s == nil {
		g.newcomers = g.newcomers || g.delaying
		g.seats = append(g.seats, seat{id: body.member})
		s = &g.seats[len(g.seats)-1]
		if len(g.seats) == 1 {
			g.leader = s.id
		}
		g.park(s, c, id, body)
		return
	}
	g.replace(s, body.member)
	if g.state != groupStable {
		g.park(s, c, id, body)
		return
	}
	g.save()
	s.conn, s.parked = c, id
	g.answer(s, frameJoin, errNone)
	g.alive(s)
}

// seatOf returns the seat of a consumer, whatever its session.
func (g *coordinator) seatOf(consumer int32) *seat {
	for i := range g.seats {
		if g.seats[i].id.consumer == consumer {
			return &g.seats[i]
		}
	}
	return nil
}

// unknown is the error for who is no member: another with its name is, or nobody.
//
// Reference: Kafka, ClassicGroup.validateMember.
func (g *coordinator) unknown(id membership) errorCode {
	if g.cfg.static && g.seatOf(id.consumer) != nil {
		return errFencedInstance
	}
	return errUnknownMember
}

// replace puts a member in the place of its predecessor, whose requests have no one to
// be answered to.
//
// Reference: Kafka, ClassicGroup.replaceStaticMember.
func (g *coordinator) replace(s *seat, by membership) {
	g.b.w.sim.Cancel(s.timer)
	switch {
	case s.joining:
		g.answer(s, frameJoin, errFencedInstance)
	case s.syncing:
		g.answer(s, frameSync, errFencedInstance)
	}
	if g.leader == s.id {
		g.leader = by
	}
	s.id, s.timer = by, sim.NoTimer
}

// checkStatic refuses a name that all members would share.
func checkStatic(c *model.Config, add configProblem) {
	r := model.Resolve(consumerSettings(), c.Section("consumer").Values)
	name := r.Text("group.instance.id")
	if name != "" && !strings.Contains(name, "*") {
		add("all consumers would have this name and take each other's place; write a *, as in billing-*, "+
			"which stands for the consumer's own name", "consumer", "group.instance.id")
	}
}
