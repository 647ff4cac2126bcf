package kafka

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// memberState is where a member is in the group protocol.
//
// Reference: Kafka, AbstractCoordinator.MemberState.
type memberState uint8

const (
	unjoined    memberState = iota
	preparing               // a join is out
	completing              // a sync is out
	stableState             // a member of the generation
	leftGroup               // it has left, and will learn so in its next poll
)

// groupClient is a consumer's membership in its group.
//
// Reference: Kafka, AbstractCoordinator and ConsumerCoordinator (the classic
// group protocol).
type groupClient struct {
	c                  *consumer
	coordinator        int // broker, -1 until it was found
	finding            bool
	member             membership
	named              bool // the coordinator has given the member its id
	generation         int32
	state              memberState
	rejoin             bool // to join again at the next poll
	prepared           bool // what precedes a join is done
	committing         bool // the commit that precedes a join is out
	lost               bool // the generation was taken away: what is owned is lost
	born               int  // partitions there were when the group began, if it is known
	leader             bool
	known              int // partitions that the leader's last assignment was about
	beat               sim.TimerID
	nextBeat           sim.Time
	polled             sim.Time // of the last poll
	deferred           []sim.Frame
	places             []history.Place // scratch
	retrying           bool            // resets will be repeated
	previous           []int32         // its last assignment, for the eager sticky assignor
	previousGeneration int32
	fatal              string     // what poll is to throw, because the membership has failed
	lookingUp          bool       // committed positions have to be asked for again
	new                *newMember // nil under the classic protocol
}

func (g *groupClient) init(c *consumer) {
	*g = groupClient{c: c, coordinator: -1, member: membership{int32(c.index), 0}, generation: -1}
	if c.cfg.modern && !c.cfg.assign {
		g.new = &newMember{unsaid: true}
	}
}

func (g *groupClient) crashed() {
	for _, f := range g.deferred {
		g.c.w.arena.bodies.drop(f)
	}
	g.init(g.c)
	g.member.session = g.c.session
}

func (g *groupClient) cooperative() bool { return g.c.cfg.assignor == "cooperative-sticky" }

// settled says that the member is in a generation and about to stay there.
func (g *groupClient) settled() bool {
	if g.c.cfg.assign {
		return g.state == stableState
	}
	if g.modern() {
		return !g.following()
	}
	return g.state == stableState && !g.rejoin
}

func (g *groupClient) send(kind uint16, body uint32, size int32) {
	g.c.request(g.c.coordinatorPeer(g.coordinator), sim.Frame{Kind: kind, Body: body, Size: size})
}

// metadata reacts to new metadata: the first leads to the group, and later ones
// may tell the group's leader of partitions.
func (g *groupClient) metadata() {
	c := g.c
	if g.coordinator < 0 {
		if !g.finding {
			g.finding = true
			c.request(c.leastLoaded(sim.Named("coordinator")), sim.Frame{Kind: frameCoordinator, Size: 64})
		}
		if c.cfg.assign && c.polling {
			g.pollAssigned()
		}
		return
	}
	g.poll()
}

// poll does from within the application's poll what may not happen while it is
// at work: answers of a rebalance, and joining again. The group's leader joins
// again when its metadata does not show as many partitions as its last
// assignment was about; other members do not look.
//
// Reference: Kafka, ConsumerCoordinator.poll and rejoinNeededOrPending.
func (g *groupClient) poll() {
	if !g.c.polling {
		return
	}
	switch {
	case g.c.cfg.assign:
		g.pollAssigned()
		return
	case g.modern():
		g.pollModern()
		return
	}
	for len(g.deferred) > 0 {
		f := g.deferred[0]
		g.deferred = append(g.deferred[:0], g.deferred[1:]...)
		g.rebalanced(&f)
	}
	if g.state == stableState && g.leader && len(g.c.leaders) != g.known {
		g.rejoin = true
	}
	if g.rejoin && g.coordinator >= 0 && (g.state == unjoined || g.state == stableState) {
		g.join()
	}
}

// join prepares for a rebalance, which may take the answer to a commit, and
// joins the group again.
func (g *groupClient) join() {
	if !g.prepared && !g.prepare() {
		return
	}
	c := g.c
	g.rejoin, g.state = false, preparing
	c.w.sim.Cancel(g.beat) // until the join is answered
	id, body := c.w.arena.bodies.group.Take()
	body.member, body.named = g.member, g.named
	body.generation, body.ownedGeneration = g.generation, g.generation
	body.owned = append(body.owned[:0], g.ownedPartitions()...)
	if c.cfg.assignor == "sticky" { // what it was assigned, though it has given it up
		body.owned, body.ownedGeneration = append(body.owned[:0], g.previous...), g.previousGeneration
	}
	g.send(frameJoin, id, 128)
}

// prepare commits and waits for the answer; then it gives up everything (eager
// protocol) or nothing (cooperative). What a member lost it does not commit.
// Meanwhile the eager protocol neither fetches nor returns records.
//
// Reference: Kafka, ConsumerCoordinator.onJoinPrepare.
func (g *groupClient) prepare() (done bool) {
	c := g.c
	switch {
	case g.committing:
		return false
	case g.lost:
		g.lose()
	case c.cfg.autoCommit && g.state == stableState && g.commitPositions(true):
		g.committing = true
		return false
	default:
		g.giveUp()
	}
	return true
}

// giveUp ends the preparation of a rebalance.
func (g *groupClient) giveUp() {
	if !g.cooperative() {
		g.revoke(g.ownedPartitions(), g.c.w.symRevoked)
	}
	g.leader, g.prepared = false, true
}

// lose forgets everything, because the group has already given it to others.
func (g *groupClient) lose() {
	g.revoke(g.ownedPartitions(), g.c.w.symLost)
	g.generation = -1
	g.leader, g.lost, g.prepared = false, false, true
}

// revoking says that records are held back for a rebalance.
//
// Reference: Kafka, ConsumerCoordinator.maybeMarkPartitionsPendingRevocation.
func (g *groupClient) revoking() bool { return g.committing && !g.cooperative() && !g.modern() }

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
		if g.coordinator < 0 { // the broker does not know of one
			g.loseCoordinator()
			return
		}
		g.rejoin = g.rejoin || g.state == unjoined
		g.lookUpAgain()
		if g.c.sync.send == sim.NoTimer {
			g.c.sendCommit()
		}
		g.poll()
	case frameJoin | reply, frameSync | reply:
		g.deferred = append(g.deferred, *f)
		g.poll()
	case frameHeartbeat | reply:
		body := bodies.group.At(f.Body)
		g.failed(body.err, body.generation)
		bodies.group.Put(f.Body)
		g.poll()
	case frameGroupBeat | reply:
		g.beaten(f.Body)
	case frameCommit | reply:
		g.committed(f.Body)
		g.poll()
	case frameOffsets | reply:
		g.positions(f.Body)
	case frameListOffsets | reply:
		g.resetTo(f.Body)
	}
}

// rebalanced handles the answer to a join or a sync, in poll. After an error it
// joins again; what precedes a join is not repeated.
//
// Reference: Kafka, AbstractCoordinator.JoinGroupResponseHandler,
// SyncGroupResponseHandler and joinGroupIfNeeded.
func (g *groupClient) rebalanced(f *sim.Frame) {
	bodies := &g.c.w.arena.bodies
	body := bodies.group.At(f.Body)
	switch {
	case f.Kind == frameJoin|reply && g.state != preparing, f.Kind == frameSync|reply && g.state != completing:
		// The generation was reset meanwhile.
	case body.err == errNotCoordinator:
		g.loseCoordinator()
	case body.err == errFencedInstance:
		g.fail(fencedInstance)
	case body.err == errMemberIDRequired:
		g.named, g.state, g.rejoin = true, unjoined, true
	case body.err != errNone:
		if body.err != errRebalanceInProgress {
			g.reset(body.err)
		}
		g.state, g.rejoin = unjoined, true
	case f.Kind == frameJoin|reply:
		g.generation, g.leader, g.state, g.named = body.generation, body.leader, completing, true
		g.sync(body)
		g.startBeating()
	default:
		g.state, g.rejoin, g.prepared = stableState, false, false
		g.assigned(body.owned)
	}
	bodies.group.Put(f.Body)
}

// sync sends the assignment (the leader) or asks for it. A static leader that has come
// back to a stable group does not make one, and looks for partitions that are newer than
// what it knows now.
//
// Reference: Kafka, ConsumerCoordinator.onLeaderElected (skipAssignment, KIP-814).
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
// get it. The time to the next automatic commit begins anew.
//
// Reference: Kafka, ConsumerCoordinator.onJoinComplete (KIP-429).
func (g *groupClient) assigned(now []int32) {
	c := g.c
	before := g.ownedPartitions()
	gone := slices.DeleteFunc(slices.Clone(before), func(p int32) bool { return slices.Contains(now, p) })
	g.previous, g.previousGeneration = append(g.previous[:0], now...), g.generation
	added := slices.DeleteFunc(slices.Clone(now), func(p int32) bool { return slices.Contains(before, p) })
	if len(gone) > 0 {
		g.revoke(gone, c.w.symRevoked)
		g.rejoin = true
	}
	c.restartCommits()
	slices.Sort(added)
	for _, p := range added {
		c.parts = append(c.parts, owned{partition: p, position: -1, consumed: -1})
		g.note(p, c.w.symAssigned)
	}
	if len(added) > 0 {
		c.app.Assigned(g.placesOf(added))
		g.lookUp(added)
	}
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
	g.c.leaving = true
	g.c.app.Revoked(g.placesOf(gone))
	g.c.leaving = false
	g.c.drop(gone)
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
