package kafka

import (
	"slices"

	"orderlab/sim"
)

// seatState is how far a member of a group of the newer protocol is on the way to
// its target assignment.
//
// Reference: Kafka, MemberState (KIP-848).
type seatState uint8

const (
	seatStable     seatState = iota
	seatUnrevoked            // it has not given up what it is to lose
	seatUnreleased           // others have not given up what it is to get
)

// memberSeat is a member of a group of the newer protocol.
//
// Reference: Kafka, ConsumerGroupMember.
type memberSeat struct {
	id              membership
	epoch, previous int32
	state           seatState
	assigned        []int32
	revoking        []int32 // it has been told to give these up
	target          []int32
	session         sim.TimerID
	rebalance       sim.TimerID // until when it has to have given them up
}

// consumerGroup is a group of the newer protocol (KIP-848): the coordinator makes the
// assignment, and brings one member after another to it. No member waits for another
// unless that has what it is to get.
//
// Reference: Kafka, ConsumerGroup, GroupMetadataManager.consumerGroupHeartbeat.
type consumerGroup struct {
	g           *coordinator
	epoch       int32 // of members and partitions
	targetEpoch int32 // of the target assignment
	partitions  int   // that the target assignment is about
	born        int   // partitions there were when the group began
	seats       []memberSeat
}

func (m *consumerGroup) seat(id membership) *memberSeat {
	for i := range m.seats {
		if m.seats[i].id == id {
			return &m.seats[i]
		}
	}
	return nil
}

// heartbeat is a member's only request: it joins with epoch 0, leaves with -1 or -2, says
// what it owns, and is told its epoch and what it is to own.
//
// Reference: Kafka, GroupMetadataManager.consumerGroupHeartbeat.
func (m *consumerGroup) heartbeat(c sim.Conn, id uint32) {
	body := m.g.bodies().group.At(id)
	m.beat(body)
	m.g.b.answer(c, sim.Frame{Kind: frameGroupBeat | reply, Body: id, Size: 64 + 4*int32(len(body.owned))})
}

func (m *consumerGroup) beat(body *groupBody) {
	body.err = errNone
	if body.generation < 0 {
		body.full = false
		m.leave(body)
		return
	}
	s, joins, err := m.find(body)
	if body.err = err; err != errNone {
		return
	}
	if m.born == 0 {
		m.born = len(m.g.b.leaders)
	}
	body.born = m.born
	if joins || m.partitions != len(m.g.b.leaders) {
		m.partitions = len(m.g.b.leaders)
		m.epoch++
	}
	m.retarget()
	joins = body.generation == 0
	before := slices.Clone(s.assigned)
	m.reconcile(s, body.owned, body.full)
	m.keepAlive(s)
	body.generation, body.full = s.epoch, joins || !slices.Equal(before, s.assigned)
	body.owned = append(body.owned[:0], s.assigned...)
}

// accepts says whether a heartbeat is of the present: of the member's epoch, or of the
// one before, if the answer with the new one was lost.
//
// Reference: Kafka, GroupMetadataManager.throwIfConsumerGroupMemberEpochIsInvalid.
func (s *memberSeat) accepts(body *groupBody) bool {
	switch {
	case body.generation == s.epoch:
		return true
	case body.generation > s.epoch || body.generation != s.previous || !body.full:
		return false
	}
	return !slices.ContainsFunc(body.owned, func(p int32) bool { return !slices.Contains(s.assigned, p) })
}

// retarget makes a target assignment for the present epoch of the group. A group
// whose members or partitions have changed is taken out of its stable state.
//
// Reference: Kafka, TargetAssignmentBuilder.
func (m *consumerGroup) retarget() {
	if m.targetEpoch == m.epoch {
		return
	}
	if m.targetEpoch > 0 && m.settled(len(m.seats)) {
		m.g.b.w.sim.Condition("rebalance")
	}
	m.targetEpoch = m.epoch
	if len(m.seats) == 0 {
		return
	}
	if m.g.cfg.remoteAssignor == "range" {
		m.assignRange()
		return
	}
	assignUniform(m.partitions, m.seats)
}

// assignRange gives each member a contiguous piece, in the order of their ids.
//
// Reference: Kafka, coordinator.group.assignor.RangeAssignor.
func (m *consumerGroup) assignRange() {
	members := make([]groupMember, len(m.seats))
	for i := range m.seats {
		members[i].id = m.seats[i].id
	}
	assign("range", m.partitions, members)
	for _, x := range members {
		m.seat(x.id).target = x.assigned
	}
}

// assignUniform balances the partitions and leaves each member what it has as far as
// its share goes.
//
// Reference: Kafka, UniformHomogeneousAssignmentBuilder.
func assignUniform(partitions int, seats []memberSeat) {
	share, extra := partitions/len(seats), partitions%len(seats)
	owned := make([]bool, partitions)
	for i := range seats {
		s := &seats[i]
		most := share
		if len(s.target) > share && extra > 0 {
			most++
			extra--
		}
		kept := slices.DeleteFunc(slices.Clone(s.target), func(p int32) bool { return int(p) >= partitions })
		s.target = kept[:min(most, len(kept))]
		for _, p := range s.target {
			owned[p] = true
		}
	}
	next := 0
	take := func(s *memberSeat) {
		for owned[next] {
			next++
		}
		owned[next] = true
		s.target = append(s.target, int32(next))
	}
	for i := range seats {
		s := &seats[i]
		for len(s.target) < share {
			take(s)
		}
		if len(s.target) == share && extra > 0 {
			extra--
			take(s)
		}
	}
	for i := range seats {
		slices.Sort(seats[i].target)
	}
}

// reconcile brings a member a step nearer to its target: it is first told to give up
// what it is to lose, and gets nothing until it has; then it takes the epoch of the
// target, and gets what nobody has any more.
//
// Reference: Kafka, CurrentAssignmentBuilder.build, computeNextAssignment.
func (m *consumerGroup) reconcile(s *memberSeat, owned []int32, told bool) {
	epoch := s.epoch
	switch s.state {
	case seatStable:
		if s.epoch == m.targetEpoch {
			return
		}
	case seatUnrevoked:
		if !told || intersects(owned, s.revoking) {
			return
		}
		epoch++
	}
	keep := slices.DeleteFunc(slices.Clone(s.assigned), func(p int32) bool { return !slices.Contains(s.target, p) })
	lose := slices.DeleteFunc(slices.Clone(s.assigned), func(p int32) bool { return slices.Contains(s.target, p) })
	if len(lose) > 0 && (!told || intersects(owned, lose)) {
		m.advance(s, epoch, seatUnrevoked, keep, lose)
		return
	}
	state := seatStable
	for _, p := range s.target {
		switch {
		case slices.Contains(keep, p):
		case m.held(p, s):
			state = seatUnreleased
		default:
			keep = append(keep, p)
		}
	}
	m.advance(s, m.targetEpoch, state, keep, nil)
}

func intersects(a, b []int32) bool {
	return slices.ContainsFunc(a, func(x int32) bool { return slices.Contains(b, x) })
}

// held says that another member has a partition, or has yet to give it up.
//
// Reference: Kafka, ConsumerGroup.currentPartitionEpoch.
func (m *consumerGroup) held(p int32, but *memberSeat) bool {
	for i := range m.seats {
		s := &m.seats[i]
		if s != but && (slices.Contains(s.assigned, p) || slices.Contains(s.revoking, p)) {
			return true
		}
	}
	return false
}

// advance takes a step of a member. One that has to give something up has as long for
// it as a rebalance may take.
//
// Reference: Kafka, GroupMetadataManager.scheduleConsumerGroupRebalanceTimeoutIfNeeded.
func (m *consumerGroup) advance(s *memberSeat, epoch int32, state seatState, assigned, revoking []int32) {
	slices.Sort(assigned)
	if epoch != s.epoch {
		s.previous = s.epoch
	}
	again := state != seatUnrevoked || s.state != seatUnrevoked || epoch != s.epoch
	s.epoch, s.state, s.assigned, s.revoking = epoch, state, assigned, revoking
	if !again {
		return
	}
	e := m.g.b.w.sim
	e.Cancel(s.rebalance)
	s.rebalance = sim.NoTimer
	if state == seatUnrevoked {
		s.rebalance = e.After(m.g.b.node, m.g.cfg.maxPollInterval, timerRevoke, memberArg(s.id))
	}
}

// keepAlive starts a member's session again.
func (m *consumerGroup) keepAlive(s *memberSeat) {
	m.g.b.w.sim.Cancel(s.session)
	s.session = m.g.b.w.sim.After(m.g.b.node, m.g.b.w.cfg.memberSession, timerMember, memberArg(s.id))
}

// memberArg is the argument of a timer that is about a member.
func memberArg(id membership) uint64 { return uint64(id.consumer)<<16 | uint64(id.session) }

// remove takes a member out, because it leaves, its session has run out, or it has not
// given up in time what it was to lose.
//
// Reference: Kafka, GroupMetadataManager.consumerGroupFenceMember.
func (m *consumerGroup) remove(id membership) {
	s := m.seat(id)
	if s == nil {
		return
	}
	m.g.b.w.sim.Cancel(s.session)
	m.g.b.w.sim.Cancel(s.rebalance)
	m.seats = slices.DeleteFunc(m.seats, func(x memberSeat) bool { return x.id == id })
	m.epoch++
	m.retarget()
}

// check validates a commit.
//
// Reference: Kafka, ConsumerGroup.validateOffsetCommit.
func (m *consumerGroup) check(id membership, epoch int32) errorCode {
	s := m.seat(id)
	switch {
	case s == nil:
		return errUnknownMember
	case s.epoch != epoch:
		return errStaleMemberEpoch
	}
	return errNone
}

// settled says that every member has its target assignment.
func (m *consumerGroup) settled(members int) bool {
	for i := range m.seats {
		if s := &m.seats[i]; s.state != seatStable || s.epoch != m.targetEpoch {
			return false
		}
	}
	return len(m.seats) == members && m.epoch == m.targetEpoch
}

// lost is the end of the coordinator's process, or of its office.
func (m *consumerGroup) lost() {
	for i := range m.seats {
		s := &m.seats[i]
		m.g.b.w.sim.Cancel(s.session)
		m.g.b.w.sim.Cancel(s.rebalance)
		s.session, s.rebalance = sim.NoTimer, sim.NoTimer
	}
}

// load takes the members over from the log of the offsets topic: their sessions begin
// anew.
//
// Reference: Kafka, GroupMetadataManager.onLoaded.
func (m *consumerGroup) load() {
	for i := range m.seats {
		s := &m.seats[i]
		m.keepAlive(s)
		if s.state == seatUnrevoked {
			s.rebalance = m.g.b.w.sim.After(m.g.b.node, m.g.cfg.maxPollInterval, timerRevoke, memberArg(s.id))
		}
	}
}

func (m *consumerGroup) digest(d *sim.Digest) {
	d.Int(int64(m.epoch))
	d.Int(int64(m.targetEpoch))
	for i := range m.seats {
		s := &m.seats[i]
		d.Int(int64(s.id.consumer))
		d.Uint(uint64(s.id.session))
		d.Int(int64(s.epoch))
		d.Uint(uint64(s.state))
		for _, p := range s.assigned {
			d.Int(int64(p))
		}
		for _, p := range s.revoking {
			d.Int(int64(p))
		}
	}
}
