package kafka

import (
	"math"
	"slices"
	"unicode/utf16"

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
	groupNever // is no state
)

// seat is a member of the group at the coordinator.
type seat struct {
	id       membership
	conn     sim.Conn // where its parked request came from
	parked   uint32   // the body of its parked join or sync
	joining  bool     // a join is parked
	syncing  bool     // a sync is parked
	synced   bool     // it has sent its sync in this generation
	timer    sim.TimerID
	owned    []int32
	ownedGen int32
	assigned []int32
}

// waitingSeat is a member that was given its id and has not joined with it yet.
type waitingSeat struct {
	id    membership
	timer sim.TimerID
}

// coordinator is the group's coordinator, a part of one broker.
//
// Reference: Kafka, GroupMetadataManager (classicGroup...) and ClassicGroup. The
// replication of the offsets topic is left out: what the coordinator decides
// holds at once.
type coordinator struct {
	b          *broker
	cfg        *consumerConfig
	state      groupState
	generation int32
	seats      []seat
	named      []waitingSeat
	leader     membership
	timer      sim.TimerID
	delaying   bool // the first rebalance of an empty group is delayed
	newcomers  bool // a member joined since the delay began
	remaining  sim.Time
	committed  []int64        // by partition; -1 is none
	consumers  *consumerGroup // nil under the classic protocol
	saved      savedGroup
	held       []heldOffsets // of transactions that are undecided
}

// offsetsPartitions is the number of partitions of the offsets topic.
//
// Reference: Kafka, offsets.topic.num.partitions, default 50.
const offsetsPartitions = 50

// coordinatorBroker returns the broker that coordinates the group: the leader of
// the partition of the offsets topic that the group's name hashes to.
//
// Reference: Kafka, GroupCoordinatorService.partitionFor.
func (w *world) coordinatorBroker() int {
	placed := w.place("__consumer_offsets", 0, offsetsPartitions, 1)
	return int(placed[offsetsPartition(w.cfg.consumer.group)])
}

// offsetsPartition returns the partition of the offsets topic that holds a group:
// the absolute value of what String.hashCode makes of the name, 0 for the one
// value that has none, modulo the number of partitions.
//
// Reference: Kafka, Utils.abs.
func offsetsPartition(group string) int {
	h := int32(0)
	for _, unit := range utf16.Encode([]rune(group)) {
		h = h*31 + int32(unit)
	}
	switch {
	case h == math.MinInt32:
		h = 0
	case h < 0:
		h = -h
	}
	return int(h) % offsetsPartitions
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
		g.heartbeat(c, f.Body)
	case frameGroupBeat:
		g.consumers.heartbeat(c, f.Body)
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
		return g.unknown(id)
	case generation != g.generation:
		return errIllegalGeneration
	case g.state == during:
		return errRebalanceInProgress
	}
	return errNone
}

// alive starts the member's session again.
func (g *coordinator) alive(s *seat) {
	g.b.w.sim.Cancel(s.timer)
	s.timer = g.session(s.id)
}

func (g *coordinator) session(id membership) sim.TimerID {
	return g.b.w.sim.After(g.b.node, g.cfg.session, timerSession, uint64(id.consumer)<<16|uint64(id.session))
}

// expire removes a member whose session ran out.
func (g *coordinator) expire(arg uint64) { g.remove(memberOf(arg)) }

// memberOf returns the member that a session's timer is about.
func memberOf(arg uint64) membership { return membership{int32(arg >> 16), uint16(arg)} }

// heartbeat keeps a member alive, and tells it of a rebalance.
func (g *coordinator) heartbeat(c sim.Conn, id uint32) {
	body := g.bodies().group.At(id)
	body.err = g.check(body.member, body.generation, groupPreparing)
	if body.err == errNone || body.err == errRebalanceInProgress {
		g.alive(g.seat(body.member))
	}
	g.b.answer(c, sim.Frame{Kind: frameHeartbeat | reply, Body: id, Size: 32})
}

// remove takes a member out: it left, or its session ran out.
//
// Reference: Kafka, GroupMetadataManager.removeMemberAndUpdateClassicGroup and
// removePendingMemberAndUpdateClassicGroup.
func (g *coordinator) remove(id membership) {
	if g.forget(id) {
		if g.state == groupPreparing && g.allJoined() {
			g.completeJoin()
		}
		return
	}
	if g.seat(id) == nil {
		return
	}
	g.drop(func(s *seat) bool { return s.id == id })
	switch g.state {
	case groupPreparing:
		if g.allJoined() {
			g.completeJoin()
		}
	case groupCompleting, groupStable:
		g.prepare()
	}
}

// forget takes a member out that was given its id and has not joined with it.
func (g *coordinator) forget(id membership) bool {
	i := slices.IndexFunc(g.named, func(n waitingSeat) bool { return n.id == id })
	if i < 0 {
		return false
	}
	g.b.w.sim.Cancel(g.named[i].timer)
	g.named = slices.Delete(g.named, i, i+1)
	return true
}

// drop takes seats away. The leader's place goes to the next member.
func (g *coordinator) drop(gone func(*seat) bool) {
	for i := range g.seats {
		s := &g.seats[i]
		if !gone(s) {
			continue
		}
		g.b.w.sim.Cancel(s.timer)
		switch {
		case s.joining:
			g.answer(s, frameJoin, errUnknownMember)
		case s.syncing:
			g.answer(s, frameSync, errUnknownMember)
		}
	}
	g.seats = slices.DeleteFunc(g.seats, func(s seat) bool { return gone(&s) })
	if len(g.seats) > 0 && g.seat(g.leader) == nil {
		g.leader = g.seats[0].id
	}
}

// answer replies to a member's parked request.
func (g *coordinator) answer(s *seat, kind uint16, err errorCode) {
	body := g.bodies().group.At(s.parked)
	body.err = err
	body.leader = s.id == g.leader
	body.members = body.members[:0]
	if kind == frameJoin {
		body.generation = g.generation
	}
	if kind == frameJoin && body.leader && err == errNone {
		for i := range g.seats {
			x := &g.seats[i]
			body.members = append(body.members, groupMember{id: x.id, owned: slices.Clone(x.owned), ownedGeneration: x.ownedGen})
		}
	}
	body.owned = append(body.owned[:0], s.assigned...)
	s.joining, s.syncing = false, false
	g.b.answer(s.conn, sim.Frame{Kind: kind | reply, Body: s.parked, Size: 128})
}

// sync hands out the assignment, once the leader has sent it.
//
// Reference: Kafka, GroupMetadataManager.classicGroupSyncToClassicGroup.
func (g *coordinator) sync(c sim.Conn, id uint32) {
	body := g.bodies().group.At(id)
	if err := g.check(body.member, body.generation, groupPreparing); err != errNone {
		body.err = err
		g.b.answer(c, sim.Frame{Kind: frameSync | reply, Body: id, Size: 64})
		return
	}
	s := g.seat(body.member)
	s.conn, s.parked, s.syncing, s.synced = c, id, true, true
	switch {
	case g.state == groupStable:
		g.answer(s, frameSync, errNone)
	case s.id == g.leader:
		for _, m := range body.members {
			if x := g.seat(m.id); x != nil {
				x.assigned = slices.Clone(m.assigned)
			}
		}
		g.state = groupStable
		g.save()
		g.answerSyncs(errNone)
	default:
		g.b.w.sim.Cancel(s.timer) // a parked member is alive
	}
}

// answerSyncs answers every parked sync; sessions begin anew.
func (g *coordinator) answerSyncs(err errorCode) {
	for i := range g.seats {
		if s := &g.seats[i]; s.syncing {
			g.answer(s, frameSync, err)
			g.alive(s)
		}
	}
}

// expireSyncs takes out the members that have not sent their sync in time.
//
// Reference: Kafka, GroupMetadataManager.expirePendingSync.
func (g *coordinator) expireSyncs() {
	g.timer = sim.NoTimer
	before := len(g.seats)
	g.drop(func(s *seat) bool { return !s.synced })
	if len(g.seats) < before {
		g.prepare()
	}
}

// commit stores positions for a member of the current generation, and keeps it
// alive. It is accepted while the group prepares a rebalance, not while one
// completes.
//
// Reference: Kafka, ClassicGroup.validateOffsetCommit and
// OffsetMetadataManager.commitOffset.
func (g *coordinator) commit(c sim.Conn, id uint32) {
	body := g.bodies().offsets.At(id)
	body.err = g.checkCommit(body)
	if body.err == errNone && g.consumers == nil && !body.simple {
		g.alive(g.seat(body.group))
	}
	g.store(body.group, body.generation, body.parts, body.err)
	g.b.answer(c, sim.Frame{Kind: frameCommit | reply, Body: id, Size: 64})
}

// store takes positions in, or notes why they were refused.
func (g *coordinator) store(member membership, generation int32, parts []fetchPart, err errorCode) {
	for _, p := range parts {
		for len(g.committed) <= int(p.partition) {
			g.committed = append(g.committed, -1)
		}
		op := history.Op{Kind: history.KindCommit, Process: g.b.w.processOf(member),
			Session: member.session, Message: history.NoMessage, Place: g.b.w.places[p.partition],
			Position: p.offset, Epoch: uint16(generation)}
		if err == errNone {
			g.committed[p.partition] = p.offset
		} else {
			op.Outcome, op.Detail = history.Fail, g.b.w.hist.AddSymbol(err.String())
		}
		g.b.w.rec.Record(op)
	}
}

// checkCommit validates a commit.
func (g *coordinator) checkCommit(body *offsetsBody) errorCode {
	if body.simple {
		return g.checkSimple()
	}
	if g.consumers != nil {
		return g.consumers.check(body.group, body.generation)
	}
	return g.check(body.group, body.generation, groupCompleting)
}

// offsets answers with the committed positions, -1 where there is none.
func (g *coordinator) offsets(c sim.Conn, id uint32) {
	body := g.bodies().offsets.At(id)
	body.err = errNone
	for i := range body.parts {
		p := &body.parts[i]
		if p.offset = -1; len(g.held) > 0 && g.undecided(p.partition) {
			body.err = errUnstableOffsets
		}
		if int(p.partition) < len(g.committed) {
			p.offset = g.committed[p.partition]
		}
	}
	g.b.answer(c, sim.Frame{Kind: frameOffsets | reply, Body: id, Size: 64})
}

// settled says that the group is stable and every member is seated.
func (g *coordinator) settled(members int) bool {
	if g.consumers != nil {
		return g.consumers.settled(members)
	}
	return g.state == groupStable && len(g.seats) == members
}

func (g *coordinator) digest(d *sim.Digest) {
	if g.consumers != nil {
		g.consumers.digest(d)
	}
	d.Uint(uint64(g.state))
	d.Int(int64(g.generation))
	d.Uint(uint64(len(g.named)))
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
