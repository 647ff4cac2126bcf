package kafka

import "orderlab/model/history"

// The values of the setting `assignment`, which are named after the methods of Kafka's
// consumer.
const (
	subscribes = "subscribe"
	assigns    = "assign"
)

// pollAssigned gives a consumer that is no member of its group the partitions that are
// its own, once: the application asks which there are when it starts. Of n consumers
// the i-th takes those whose number leaves i when it is divided by n. Nobody tells it of
// partitions that are added later, and nobody takes its partitions when it is gone.
//
// Reference: Kafka, KafkaConsumer.assign (assignFromUser), ConsumerCoordinator.poll
// (hasAutoAssignedPartitions).
func (g *groupClient) pollAssigned() {
	c := g.c
	if g.state != unjoined || !c.fresh {
		return
	}
	g.state, g.generation = stableState, 0
	var own []int32
	for p := range c.leaders {
		if p%c.cfg.members == c.index {
			own = append(own, int32(p))
			c.parts = append(c.parts, owned{partition: int32(p), position: -1, consumed: -1})
			c.w.rec.Record(history.Op{Kind: history.KindAssign, Process: c.process, Session: c.session,
				Message: history.NoMessage, Place: c.w.places[p], Position: history.NoPosition})
		}
	}
	c.restartCommits()
	if len(own) > 0 {
		c.app.Assigned(g.placesOf(own))
		g.lookUp(own)
	}
}

// checkSimple validates a commit that names no member and no generation: it is accepted
// as long as the group has no members.
//
// Reference: Kafka, ClassicGroup.validateOffsetCommit, ConsumerGroup.validateOffsetCommit,
// OffsetMetadataManager.validateOffsetCommit (the simple group).
func (g *coordinator) checkSimple() errorCode {
	if g.state != groupEmpty || g.consumers != nil && len(g.consumers.seats) > 0 {
		return errUnknownMember
	}
	return errNone
}

// noGeneration is what a transaction names instead of a generation whose consumer is no
// member.
const noGeneration = -1

// checkSimpleTxn validates positions in a transaction that name no member. Under the
// classic protocol they are accepted whoever is a member.
//
// Reference: Kafka, ClassicGroup.validateOffsetCommit (isTransactional).
func (g *coordinator) checkSimpleTxn() errorCode {
	if g.consumers == nil {
		return errNone
	}
	return g.checkSimple()
}
