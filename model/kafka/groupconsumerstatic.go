package kafka

// The epochs by which a member leaves: for good, or, as a static one, for a while.
//
// Reference: Kafka, ConsumerGroupHeartbeatRequest (LEAVE_GROUP_MEMBER_EPOCH,
// LEAVE_GROUP_STATIC_MEMBER_EPOCH).
const (
	leaveEpoch       = -1
	leaveStaticEpoch = -2
)

// find returns the seat that a heartbeat is about, after an epoch of 0 a new one; fresh
// says so. Who is a static member is known by its name, and its process by its session.
//
// Reference: Kafka, GroupMetadataManager.getOrMaybeSubscribeDynamicConsumerGroupMember,
// getOrMaybeSubscribeStaticConsumerGroupMember.
func (m *consumerGroup) find(body *groupBody) (s *memberSeat, fresh bool, err errorCode) {
	if m.g.cfg.static {
		s = m.seatOf(body.member.consumer)
	} else {
		s = m.seat(body.member)
	}
	switch {
	case s == nil && body.generation > 0:
		return nil, false, errUnknownMember
	case s == nil:
		m.seats = append(m.seats, memberSeat{id: body.member})
		return &m.seats[len(m.seats)-1], true, errNone
	case m.g.cfg.static && body.generation == 0:
		return s, false, s.takeOver(body.member)
	case s.id != body.member:
		return nil, false, errFencedInstance
	case !s.accepts(body):
		return nil, false, errFencedMemberEpoch
	}
	return s, false, errNone
}

// seatOf returns the seat of a consumer, whatever its session.
func (m *consumerGroup) seatOf(consumer int32) *memberSeat {
	for i := range m.seats {
		if m.seats[i].id.consumer == consumer {
			return &m.seats[i]
		}
	}
	return nil
}

// takeOver gives the place of a static member that has left for a while to the one with
// its name that comes: it has what the other had, and the group does not notice. While
// the other has not left, and its session is not over, the name is not free.
//
// Reference: Kafka, GroupMetadataManager.throwIfInstanceIdIsUnreleased, replaceMember.
func (s *memberSeat) takeOver(by membership) errorCode {
	if s.epoch != leaveStaticEpoch {
		return errUnreleasedInstance
	}
	s.id, s.epoch, s.previous = by, 0, 0
	return errNone
}

// leave takes a member out; one that leaves as a static member keeps its place, and its
// partitions, until its session is over, and gives up what it was to lose.
//
// Reference: Kafka, GroupMetadataManager.consumerGroupLeave,
// consumerGroupStaticMemberGroupLeave.
func (m *consumerGroup) leave(body *groupBody) {
	s := m.seatOf(body.member.consumer)
	switch {
	case !m.g.cfg.static || body.generation == leaveEpoch:
		m.remove(body.member)
	case s == nil:
		body.err = errUnknownMember
	case s.id != body.member:
		body.err = errFencedInstance
	default:
		s.epoch, s.revoking = leaveStaticEpoch, nil
	}
}
