package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// groupClient is a consumer's membership in its group.
//
// Reference: Kafka, AbstractCoordinator and ConsumerCoordinator (the classic
// group protocol).
type groupClient struct {
	c           *consumer
	coordinator int // broker, -1 until it was found
	finding     bool
	member      membership
	generation  int32
	joined      bool // a member of the generation
	joining     bool // a join or sync is out
	rejoin      bool // to join again at the next poll
	evicted     bool // it left because the application did not poll in time
	leader      bool
	known       int // partitions that the leader's last assignment was about
	beat        sim.TimerID
	polled      sim.Time // when the application was last handed records
	deferred    []sim.Frame
	places      []history.Place // scratch
	retrying    bool            // resets will be repeated
}

func (g *groupClient) init(c *consumer) {
	*g = groupClient{c: c, coordinator: -1, member: membership{int32(c.index), 0}}
}

func (g *groupClient) crashed() {
	for _, f := range g.deferred {
		g.c.w.arena.bodies.drop(f)
	}
	g.init(g.c)
	g.member.session = g.c.session
}

func (g *groupClient) cooperative() bool { return g.c.cfg.assignor == "cooperative-sticky" }

func (g *groupClient) send(kind uint16, body uint32, size int32) {
	g.c.request(g.c.coordinatorPeer(g.coordinator), sim.Frame{Kind: kind, Body: body, Size: size})
}

// metadata reacts to new metadata: the first leads to the group, and the
// group's leader asks for a rebalance when there are partitions that its last
// assignment did not cover. Other members do not.
//
// Reference: Kafka, ConsumerCoordinator.rejoinNeededOrPending.
func (g *groupClient) metadata() {
	c := g.c
	if g.coordinator < 0 {
		if !g.finding {
			g.finding = true
			c.request(int(c.w.sim.Choose(decideBroker, c.id, c.w.cfg.brokers)), sim.Frame{Kind: frameCoordinator, Size: 64})
		}
		return
	}
	if g.joined && g.leader && len(c.leaders) != g.known {
		g.rejoin = true
		g.poll()
	}
}

// poll does from within the application's poll what may not happen while it is
// at work: answers of a rebalance, and joining again.
func (g *groupClient) poll() {
	if !g.c.polling {
		return
	}
	for len(g.deferred) > 0 {
		f := g.deferred[0]
		g.deferred = append(g.deferred[:0], g.deferred[1:]...)
		g.rebalanced(&f)
	}
	if g.evicted {
		g.lose()
	}
	if g.rejoin && !g.joining && g.coordinator >= 0 {
		g.join()
	}
}

// join commits, gives up everything (eager protocol) or nothing (cooperative),
// and joins the group again.
//
// Reference: Kafka, ConsumerCoordinator.onJoinPrepare.
func (g *groupClient) join() {
	c := g.c
	g.rejoin, g.joining = false, true
	if c.cfg.autoCommit && g.joined {
		g.commitPositions()
	}
	if !g.cooperative() {
		g.revoke(g.ownedPartitions(), c.w.symRevoked)
	}
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.generation, body.ownedGeneration = g.member, g.generation, g.generation
	body.owned = append(body.owned[:0], g.ownedPartitions()...)
	g.send(frameJoin, id, 128)
}

func (g *groupClient) ownedPartitions() []int32 {
	out := make([]int32, 0, len(g.c.parts))
	for i := range g.c.parts {
		out = append(out, g.c.parts[i].partition)
	}
	return out
}

// receive handles an answer of the coordinator.
func (g *groupClient) receive(f *sim.Frame) {
	bodies := &g.c.w.arena.bodies
	switch f.Kind {
	case frameCoordinator | reply:
		g.coordinator, g.finding = bodies.group.At(f.Body).broker, false
		bodies.group.Put(f.Body)
		g.rejoin = true
		g.poll()
	case frameJoin | reply, frameSync | reply:
		g.deferred = append(g.deferred, *f)
		g.poll()
	case frameHeartbeat | reply:
		err := bodies.group.At(f.Body).err
		bodies.group.Put(f.Body)
		g.failed(err)
	case frameCommit | reply:
		err := bodies.offsets.At(f.Body).err
		bodies.offsets.Put(f.Body)
		g.failed(err)
	case frameOffsets | reply:
		g.positions(f.Body)
	case frameListOffsets | reply:
		g.resetTo(f.Body)
	}
}

// rebalanced handles the answer to a join or a sync, in poll.
func (g *groupClient) rebalanced(f *sim.Frame) {
	bodies := &g.c.w.arena.bodies
	body := bodies.group.At(f.Body)
	switch {
	case body.err != errNone:
		g.joining = false
		g.failed(body.err)
		g.rejoin = true
	case f.Kind == frameJoin|reply:
		g.generation, g.leader = body.generation, body.leader
		g.sync(body)
	default:
		g.joining, g.joined = false, true
		g.assigned(body.owned)
	}
	bodies.group.Put(f.Body)
}

// sync sends the assignment (the leader) or asks for it.
func (g *groupClient) sync(joined *groupBody) {
	c := g.c
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.generation, body.members = g.member, g.generation, body.members[:0]
	if g.leader {
		g.known = len(c.leaders)
		body.members = append(body.members, joined.members...)
		assign(c.cfg.assignor, g.known, body.members)
	}
	g.send(frameSync, id, 128)
}

// assigned takes up an assignment: what is missing from it is given up, and with
// the cooperative protocol that brings about another rebalance, in which others
// get it.
//
// Reference: Kafka, ConsumerCoordinator.onJoinComplete (KIP-429).
func (g *groupClient) assigned(now []int32) {
	c := g.c
	before := g.ownedPartitions()
	gone := slices.DeleteFunc(slices.Clone(before), func(p int32) bool { return slices.Contains(now, p) })
	added := slices.DeleteFunc(slices.Clone(now), func(p int32) bool { return slices.Contains(before, p) })
	if len(gone) > 0 {
		g.revoke(gone, c.w.symRevoked)
		g.rejoin = true
	}
	slices.Sort(added)
	for _, p := range added {
		c.parts = append(c.parts, owned{partition: p, position: -1, consumed: -1})
		g.note(p, c.w.symAssigned)
	}
	if len(added) > 0 {
		c.app.Assigned(g.placesOf(added))
		g.lookUp(added)
	}
	c.w.sim.Cancel(g.beat)
	g.beat = c.w.sim.After(c.node, c.cfg.heartbeat, timerHeartbeat, 0)
	g.poll()
	c.fetchAll()
}

// revoke gives partitions up.
func (g *groupClient) revoke(gone []int32, why history.Symbol) {
	if len(gone) == 0 {
		return
	}
	for _, p := range gone {
		g.note(p, why)
	}
	g.c.app.Revoked(g.placesOf(gone))
	g.c.drop(gone)
}

// lose forgets everything, because the group has already given it to others.
func (g *groupClient) lose() {
	g.evicted = false
	g.joined, g.leader, g.generation = false, false, -1
	g.revoke(g.ownedPartitions(), g.c.w.symLost)
	g.rejoin = true
}

func (g *groupClient) placesOf(partitions []int32) []history.Place {
	g.places = g.places[:0]
	for _, p := range partitions {
		g.places = append(g.places, g.c.w.places[p])
	}
	return g.places
}

func (g *groupClient) note(partition int32, what history.Symbol) {
	g.c.w.rec.Record(history.Op{Kind: history.KindRebalance, Process: g.c.process, Session: g.c.session,
		Message: history.NoMessage, Place: g.c.w.places[partition], Position: history.NoPosition,
		Epoch: uint16(g.generation), Detail: what})
}

// heartbeat keeps the membership alive while the application is at work, unless
// it has been at work for longer than max.poll.interval.ms: then it leaves.
//
// Reference: Kafka, AbstractCoordinator.HeartbeatThread.
func (g *groupClient) heartbeat() {
	c := g.c
	if g.evicted {
		return
	}
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.generation = g.member, g.generation
	if !c.polling && c.w.sim.Now()-g.polled > c.cfg.maxPollInterval {
		g.evicted, g.joined = true, false
		g.send(frameLeave, id, 64)
		return
	}
	g.send(frameHeartbeat, id, 64)
	g.beat = c.w.sim.After(c.node, c.cfg.heartbeat, timerHeartbeat, 0)
}

// failed reacts to an error about the membership.
func (g *groupClient) failed(err errorCode) {
	switch err {
	case errRebalanceInProgress:
		g.rejoin = true
	case errUnknownMember, errIllegalGeneration:
		if g.joined && !g.joining {
			g.evicted = true
		}
	default:
		return
	}
	g.poll()
}
