package kafka

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the setting `commit.call`, which are named after the methods of Kafka's
// consumer.
const (
	commitAsync = "commitAsync"
	commitSync  = "commitSync"
)

// The timers of a commit that is waited for.
const (
	timerCommitSend sim.Kind = 35 // it is to be sent, or sent again
	timerCommitOver sim.Kind = 36 // it has taken default.api.timeout.ms
)

// commitBackoffMax is the longest wait before a commit is sent again.
//
// Reference: Kafka, retry.backoff.max.ms, default 1000.
const commitBackoffMax = sim.Second

var decideCommit = sim.NewDecision("kafka.consumer.commit-backoff")

// blockedCommit is a call of commitSync that has not returned: the thread of the
// application is in it. Positions that are named at the same instant belong to one
// call; what is named later is committed when it has returned.
type blockedCommit struct {
	active, out bool // a request is out
	poll        bool // the thread is to poll then
	asked       sim.Time
	attempts    int
	parts, more []fetchPart
	send, over  sim.TimerID
}

// Committing implements [model.SyncCommitter].
func (c *consumer) Committing() bool { return c.sync.active }

// commitSync has a position committed and the thread of the application wait for the
// answer. A poll that waits for records is broken off and begun again afterwards.
//
// Reference: Kafka, KafkaConsumer.commitSync(offsets).
func (c *consumer) commitSync(partition int32, next int64) {
	s := &c.sync
	if s.active && (s.out || s.asked < c.w.sim.Now()) {
		s.more = withPosition(s.more, partition, next)
		return
	}
	s.parts = withPosition(s.parts, partition, next)
	if s.active {
		return
	}
	s.active, s.asked, s.attempts = true, c.w.sim.Now(), 0
	if c.polling {
		c.polling, s.poll = false, true
		c.member.working()
	}
	s.send = c.w.sim.After(c.node, 0, timerCommitSend, 0)
	s.over = c.w.sim.After(c.node, c.cfg.apiTimeout, timerCommitOver, 0)
}

func withPosition(parts []fetchPart, partition int32, next int64) []fetchPart {
	for i := range parts {
		if parts[i].partition == partition {
			parts[i].offset = next
			return parts
		}
	}
	return append(parts, fetchPart{partition: partition, offset: next})
}

// sendCommit sends what is waited for. Without a coordinator it waits for one, and a
// client that is not a member of a generation fails at once.
//
// Reference: Kafka, ConsumerCoordinator.commitOffsetsSync, sendOffsetCommitRequest.
func (c *consumer) sendCommit() {
	s, g := &c.sync, &c.member
	s.send = sim.NoTimer
	switch {
	case !s.active || s.out || g.coordinator < 0:
		return
	case g.state == preparing || g.state == completing:
		c.commitReturns(history.Fail, "RebalanceInProgressException")
		return
	case g.state != stableState:
		c.commitReturns(history.Fail, "CommitFailedException")
		return
	}
	s.out = true
	id, body := c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.joining, body.simple = g.member, g.generation, false, c.cfg.assign
	body.waited, body.asked, body.parts = true, s.asked, append(body.parts[:0], s.parts...)
	g.send(frameCommit, id, 64+24*int32(len(body.parts)))
}

// commitAnswered takes up the answer to a commit that is waited for: after an error
// that may pass it is sent again.
//
// Reference: Kafka, ConsumerCoordinator.OffsetCommitResponseHandler.
func (c *consumer) commitAnswered(asked sim.Time, err errorCode) {
	switch s := &c.sync; {
	case !s.active || !s.out || s.asked != asked: // it has returned without this answer
	case err == errNone:
		c.commitReturns(history.OK, commitSync)
	case err == errNotCoordinator:
		c.commitAgain()
	case err == errRebalanceInProgress:
		c.commitReturns(history.Fail, "RebalanceInProgressException")
	default:
		c.commitReturns(history.Fail, "CommitFailedException")
	}
}

// commitAgain sends a commit again after the back-off: it was not answered, or by a
// broker that does not coordinate the group.
func (c *consumer) commitAgain() {
	s := &c.sync
	if !s.active || !s.out {
		return
	}
	s.out = false
	s.attempts++
	first := s.parts[0]
	id := sim.Identity(c.id, sim.ID(c.session), sim.ID(first.partition), sim.ID(first.offset), sim.ID(s.attempts))
	wait := c.w.backoff(decideCommit, id, c.cfg.backoff, commitBackoffMax, s.attempts)
	s.send = c.w.sim.After(c.node, wait, timerCommitSend, 0)
}

// commitReturns ends a call of commitSync, with an exception if it has not succeeded:
// the application goes on all the same. Of one that has taken too long nobody knows
// what has become.
func (c *consumer) commitReturns(outcome history.Outcome, what string) {
	s := &c.sync
	c.noteCommit(outcome, what)
	c.w.sim.Cancel(s.send)
	c.w.sim.Cancel(s.over)
	poll, more := s.poll, s.more
	*s = blockedCommit{parts: s.parts[:0]}
	for _, p := range more {
		c.commitSync(p.partition, p.offset)
	}
	if s.active {
		s.poll = poll
		return
	}
	if app, ok := c.app.(model.CommitWaiter); ok {
		app.Committed()
	}
	if poll && !c.polling {
		c.Poll()
	}
}

// noteCommit writes a call of commitSync to the history, from its beginning to its
// return. When the position was stored the coordinator notes.
func (c *consumer) noteCommit(outcome history.Outcome, what string) {
	slices.SortFunc(c.sync.parts, func(a, b fetchPart) int { return int(a.partition - b.partition) })
	for _, p := range c.sync.parts {
		c.w.rec.Record(history.Op{Kind: history.KindCommit, Process: c.process, Session: c.session,
			Outcome: outcome, Detail: c.w.hist.AddSymbol(what), Message: history.NoMessage,
			Place: c.w.places[p.partition], Position: p.offset, Epoch: uint16(c.member.generation),
			Begin: int64(c.sync.asked), End: int64(c.w.sim.Now())})
	}
}

func (s *blockedCommit) digest(d *sim.Digest) {
	d.Bool(s.active)
	d.Bool(s.out)
	for _, p := range s.parts {
		d.Int(int64(p.partition))
		d.Int(p.offset)
	}
}
