package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `outbox`.
const (
	OutboxNone        = "none"
	OutboxSerial      = "serial"
	OutboxParallel    = "parallel"
	OutboxAfterCommit = "after-commit"
)

// outbox is a table in the producers' databases, into which a message is written with
// the change that it tells of, and from which it is sent until the broker has it.
//
//   - serial: one relay for each producer sends one row after another, the next when
//     the last is acked. Its claim: no message is left, and per-key order. A row that
//     fails holds up all that follow.
//   - parallel: several relays take rows that no other has (SKIP LOCKED). No message is
//     left; while one relay tries its row again, the others go on.
//   - after-commit: the application sends each message itself, as soon as its
//     transaction is committed, and a job sends again what has failed. No message is
//     left, and what has failed comes after what followed it.
//
// All of them may send a message twice, when nobody knows whether it was stored.
//
// Reference: Kleppmann and others, the transactional outbox; QMQ, transaction.md (E17).
type outbox struct {
	sh    *Shared
	send  func(*model.Message)
	lanes []lane // by producer
}

// lane is the table of one producer, in the order of its rows.
type lane struct {
	rows []*outboxRow
	out  int // rows that were sent and not answered
}

type outboxRow struct {
	message model.Message
	out     bool
	from    sim.Time // not to be sent again before
}

// SendBy sets how messages are sent, and follows what becomes of them.
func (s *Shared) SendBy(producers int, send func(*model.Message)) {
	s.outbox = outbox{sh: s, send: send}
	if s.set.marked() {
		s.epochs.now, s.epochs.send = make([]uint8, producers), send
		s.outbox.send = s.epochs.stamp
	}
	if s.set.Outbox != OutboxNone || s.set.marked() {
		s.rec.Answered = s.answered
	}
}

// answered is told of the answer to each send.
func (s *Shared) answered(m history.Message, outcome history.Outcome) {
	if s.set.marked() {
		s.epochs.answered(m, outcome)
	}
	if s.set.Outbox != OutboxNone && s.epochs.markerOf(m) == nil {
		s.outbox.answered(m, outcome)
	}
}

// Partitioner returns the application's own partitioner, or nil when it leaves that to
// the client.
func (s *Shared) Partitioner() model.Partitioner {
	if s.set.marked() {
		return &s.epochs
	}
	return s.epochs.inner
}

// Holds says whether a producer's application heeds the operator who holds producers
// back: nobody has thought of the first ones.
func (s *Shared) Holds(producer int) bool { return producer >= s.set.NotHeld }

// Send is the application at a producer: it sends a message, or writes it into its outbox.
func (s *Shared) Send(m *model.Message) {
	if s.set.Outbox == OutboxNone {
		s.outbox.send(m)
		return
	}
	o := &s.outbox
	for len(o.lanes) <= m.Producer {
		o.lanes = append(o.lanes, lane{})
	}
	l := &o.lanes[m.Producer]
	l.rows = append(l.rows, &outboxRow{message: *m})
	o.relay(m.Producer)
}

// window is how many rows of a producer may be on their way at a time.
func (o *outbox) window() int {
	switch o.sh.set.Outbox {
	case OutboxSerial:
		return 1
	case OutboxParallel:
		return o.sh.set.Relays
	}
	return 1 << 30
}

// relay sends what may be sent. A serial relay does not look behind its first row.
func (o *outbox) relay(producer int) {
	l := &o.lanes[producer]
	for i := 0; i < len(l.rows) && l.out < o.window(); i++ {
		r := l.rows[i]
		switch {
		case r.out:
		case r.from > o.sh.sim.Now():
			if o.sh.set.Outbox == OutboxSerial {
				return
			}
		default:
			r.out = true
			l.out++
			o.send(&r.message)
		}
	}
}

// answered takes a row out that is stored, or has it sent again.
func (o *outbox) answered(m history.Message, outcome history.Outcome) {
	producer := int(o.sh.rec.History().Message(m).Producer)
	l := &o.lanes[producer]
	i := slices.IndexFunc(l.rows, func(r *outboxRow) bool { return r.out && r.message.ID == m })
	if i < 0 {
		return
	}
	l.out--
	wait := sim.Time(0)
	if outcome == history.OK {
		l.rows = slices.Delete(l.rows, i, i+1)
	} else {
		wait = o.sh.set.OutboxScan
		l.rows[i].out, l.rows[i].from = false, o.sh.sim.Now()+wait
	}
	// In an event of its own: the client is in the midst of its answers.
	o.sh.sim.At(o.sh.sim.Now()+wait, func() { o.relay(producer) })
}

// busy says that a row is not stored yet.
func (o *outbox) busy() bool {
	return slices.ContainsFunc(o.lanes, func(l lane) bool { return len(l.rows) > 0 })
}
