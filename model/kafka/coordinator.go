package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// groupState is the state of a group at its coordinator.
//
// Reference: Kafka, GroupMetadata (classic protocol).
type groupState uint8

const (
	groupEmpty      groupState = iota
	groupPreparing             // waits for all members to join
	groupCompleting            // waits for the leader's assignment
	groupStable
)

// seat is a member of the group at the coordinator.
type seat struct {
	id       membership
	conn     sim.Conn // where its parked request came from
	parked   uint32   // the body of its parked join or sync
	joining  bool     // a join is parked
	syncing  bool     // a sync is parked
	timer    sim.TimerID
	owned    []int32
	ownedGen int32
	assigned []int32
}

// coordinator is the group's coordinator, a part of one broker.
type coordinator struct {
	b          *broker
	cfg        *consumerConfig
	state      groupState
	generation int32
	seats      []seat
	leader     membership
	timer      sim.TimerID
	delaying   bool // the first rebalance of an empty group is delayed
	newcomers  bool // a member joined since the delay began
	waitUntil  sim.Time
	committed  []int64 // by partition; -1 is none
}

// coordinatorBroker returns the broker that coordinates the group: the leader of
// the partition of the offsets topic that the group's name hashes to.
//
// Reference: Kafka, GroupCoordinator.partitionFor with
// offsets.topic.num.partitions 50.
func (w *world) coordinatorBroker() int {
	h := int32(0)
	for _, r := range w.cfg.consumer.group { // as Java's String.hashCode
		h = h*31 + r
	}
	return int(uint32(h)&0x7fffffff) % 50 % w.cfg.brokers
}

func (g *coordinator) bodies() *bodies { return g.b.bodies() }

func (g *coordinator) seat(id membership) *seat {
	for i := range g.seats {
		if g.seats[i].id == id {
			return &g.seats[i]
		}
	}
	return nil
}

func (g *coordinator) handle(c sim.Conn, f sim.Frame) {
	switch f.Kind {
	case frameJoin:
		g.join(c, f.Body)
	case frameSync:
		g.sync(c, f.Body)
	case frameHeartbeat:
		body := g.bodies().group.At(f.Body)
		body.err = g.check(body.member, body.generation, groupPreparing)
		g.alive(body.member)
		g.b.answer(c, sim.Frame{Kind: frameHeartbeat | reply, Body: f.Body, Size: 32})
	case frameLeave:
		member := g.bodies().group.At(f.Body).member
		g.bodies().group.Put(f.Body)
		g.b.unmute(c)
		g.remove(member)
	case frameCommit:
		g.commit(c, f.Body)
	case frameOffsets:
		g.offsets(c, f.Body)
	}
}

// check validates a request of a member. During the named state the answer is
// that a rebalance is in progress.
func (g *coordinator) check(id membership, generation int32, during groupState) errorCode {
	switch {
	case g.seat(id) == nil:
		return errUnknownMember
	case generation != g.generation:
		return errIllegalGeneration
	case g.state == during:
		return errRebalanceInProgress
	}
	return errNone
}

// alive starts the member's session again.
func (g *coordinator) alive(id membership) {
	s := g.seat(id)
	if s == nil {
		return
	}
	g.b.w.sim.Cancel(s.timer)
	s.timer = g.b.w.sim.After(g.b.node, g.cfg.session, timerSession, uint64(id.consumer)<<16|uint64(id.session))
}

// expire removes a member whose session ran out.
func (g *coordinator) expire(arg int) {
	g.remove(membership{int32(arg >> 16), uint16(arg)})
}

func (g *coordinator) remove(id membership) {
	s := g.seat(id)
	if s == nil {
		return
	}
	g.b.w.sim.Cancel(s.timer)
	g.seats = slices.DeleteFunc(g.seats, func(x seat) bool { return x.id == id })
	switch {
	case len(g.seats) == 0:
		g.state, g.delaying = groupEmpty, false
		g.b.w.sim.Cancel(g.timer)
	case g.state == groupPreparing:
		g.joinedAll()
	default:
		g.prepare()
	}
}

// join parks the member until the rebalance completes.
//
// Reference: Kafka, GroupCoordinator.doJoinGroup; the first rebalance of an
// empty group is delayed (InitialDelayedJoin).
func (g *coordinator) join(c sim.Conn, id uint32) {
	body := g.bodies().group.At(id)
	s := g.seat(body.member)
	if s == nil {
		g.seats = append(g.seats, seat{id: body.member})
		s = &g.seats[len(g.seats)-1]
		g.newcomers = true
	}
	g.b.w.sim.Cancel(s.timer) // a parked member is alive
	s.conn, s.parked, s.joining = c, id, true
	s.owned, s.ownedGen = append(s.owned[:0], body.owned...), body.ownedGeneration
	switch g.state {
	case groupEmpty:
		g.state = groupPreparing
		g.waitUntil = g.b.w.sim.Now() + g.cfg.maxPollInterval
		g.delay()
	case groupPreparing:
		g.joinedAll()
	default:
		g.prepare()
	}
}

// delay waits for more members before the first rebalance of an empty group.
func (g *coordinator) delay() {
	g.newcomers, g.delaying = false, true
	g.timer = g.b.w.sim.After(g.b.node, g.b.w.cfg.initialDelay, timerInitial, 0)
}

// initial ends the delay, unless members joined meanwhile: then it goes on.
func (g *coordinator) initial() {
	g.timer = sim.NoTimer
	if g.newcomers && g.b.w.sim.Now() < g.waitUntil {
		g.delay()
		return
	}
	g.delaying = false
	g.completeJoin()
}

// prepare begins a rebalance: the other members learn of it by their heartbeats.
func (g *coordinator) prepare() {
	// Members that wait for the leader's assignment are sent back to join again.
	for i := range g.seats {
		if s := &g.seats[i]; s.syncing {
			s.syncing = false
			g.answer(s, frameSync, errRebalanceInProgress)
		}
	}
	g.state = groupPreparing
	g.b.w.sim.Cancel(g.timer)
	g.timer = g.b.w.sim.After(g.b.node, g.cfg.maxPollInterval, timerRebalance, 0)
	g.joinedAll()
}

func (g *coordinator) joinedAll() {
	if g.delaying {
		return
	}
	for i := range g.seats {
		if !g.seats[i].joining {
			return
		}
	}
	g.completeJoin()
}

// completeJoin begins a generation with the members that joined and drops the
// others. The leader stays the leader while it is a member.
//
// Reference: Kafka, GroupCoordinator.onCompleteJoin.
func (g *coordinator) completeJoin() {
	g.b.w.sim.Cancel(g.timer)
	g.timer = sim.NoTimer
	for i := range g.seats {
		if !g.seats[i].joining {
			g.b.w.sim.Cancel(g.seats[i].timer)
		}
	}
	g.seats = slices.DeleteFunc(g.seats, func(s seat) bool { return !s.joining })
	if len(g.seats) == 0 {
		g.state = groupEmpty
		return
	}
	g.generation++
	g.state = groupCompleting
	if g.seat(g.leader) == nil || g.generation == 1 {
		g.leader = g.seats[0].id
	}
	for i := range g.seats {
		g.seats[i].joining = false
		g.seats[i].assigned = nil
		g.answer(&g.seats[i], frameJoin, errNone)
		g.alive(g.seats[i].id)
	}
}

// answer replies to a member's parked request.
func (g *coordinator) answer(s *seat, kind uint16, err errorCode) {
	body := g.bodies().group.At(s.parked)
	body.err, body.generation = err, g.generation
	body.leader = s.id == g.leader
	body.members = body.members[:0]
	if kind == frameJoin && body.leader {
		for i := range g.seats {
			x := &g.seats[i]
			body.members = append(body.members, groupMember{id: x.id, owned: slices.Clone(x.owned), ownedGeneration: x.ownedGen})
		}
	}
	body.owned = append(body.owned[:0], s.assigned...)
	g.b.answer(s.conn, sim.Frame{Kind: kind | reply, Body: s.parked, Size: 128})
}

// sync hands out the assignment, once the leader has sent it.
//
// Reference: Kafka, GroupCoordinator.doSyncGroup.
func (g *coordinator) sync(c sim.Conn, id uint32) {
	body := g.bodies().group.At(id)
	if err := g.check(body.member, body.generation, groupPreparing); err != errNone {
		body.err = err
		g.b.answer(c, sim.Frame{Kind: frameSync | reply, Body: id, Size: 64})
		return
	}
	s := g.seat(body.member)
	s.conn, s.parked, s.syncing = c, id, true
	if g.state == groupCompleting && s.id == g.leader {
		for _, m := range body.members {
			if x := g.seat(m.id); x != nil {
				x.assigned = slices.Clone(m.assigned)
			}
		}
		g.state = groupStable
	}
	if g.state != groupStable {
		return
	}
	for i := range g.seats {
		if x := &g.seats[i]; x.syncing {
			x.syncing = false
			g.answer(x, frameSync, errNone)
			g.alive(x.id)
		}
	}
}

// commit stores positions for a member of the current generation. It is
// accepted while the group prepares a rebalance, not while one completes.
//
// Reference: Kafka, GroupCoordinator.validateOffsetCommit.
func (g *coordinator) commit(c sim.Conn, id uint32) {
	body := g.bodies().offsets.At(id)
	body.err = g.check(body.group, body.generation, groupCompleting)
	for _, p := range body.parts {
		for len(g.committed) <= int(p.partition) {
			g.committed = append(g.committed, -1)
		}
		op := history.Op{Kind: history.KindCommit, Process: g.b.w.consumers[body.group.consumer].process,
			Session: body.group.session, Message: history.NoMessage, Place: g.b.w.places[p.partition],
			Position: p.offset, Epoch: uint16(body.generation)}
		if body.err == errNone {
			g.committed[p.partition] = p.offset
		} else {
			op.Outcome, op.Detail = history.Fail, g.b.w.hist.AddSymbol(body.err.String())
		}
		g.b.w.rec.Record(op)
	}
	g.b.answer(c, sim.Frame{Kind: frameCommit | reply, Body: id, Size: 64})
}

// offsets answers with the committed positions, -1 where there is none.
func (g *coordinator) offsets(c sim.Conn, id uint32) {
	body := g.bodies().offsets.At(id)
	for i := range body.parts {
		p := &body.parts[i]
		p.offset = -1
		if int(p.partition) < len(g.committed) {
			p.offset = g.committed[p.partition]
		}
	}
	g.b.answer(c, sim.Frame{Kind: frameOffsets | reply, Body: id, Size: 64})
}

// settled says that the group is stable and every member is seated.
func (g *coordinator) settled(members int) bool {
	return g.state == groupStable && len(g.seats) == members
}

func (g *coordinator) digest(d *sim.Digest) {
	d.Uint(uint64(g.state))
	d.Int(int64(g.generation))
	for i := range g.seats {
		d.Int(int64(g.seats[i].id.consumer))
		d.Uint(uint64(g.seats[i].id.session))
		for _, p := range g.seats[i].assigned {
			d.Int(int64(p))
		}
	}
	for _, o := range g.committed {
		d.Int(o)
	}
}
