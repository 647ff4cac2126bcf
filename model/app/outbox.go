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
	OutboxByNumber    = "by-number"
)

var decideRowCommit = sim.NewDecision("app.outbox.commit")

// outbox is a table in the producers' databases, into which a message is written with
// the change that it tells of, and from which it is sent until the broker has it.
//
//   - serial: one relay for each producer sends one row after another, the next when
//     the last is acked. Its claim: no message is left, and per-key order. A row that
//     fails holds up all that follow.
//   - parallel: several relays take rows that no other has (SKIP LOCKED). No message is
//     left; while one relay tries its row again, the others go on.
//   - by-number: as serial, but the relay remembers the number of the last row that it has
//     sent, and looks for larger ones. A row gets its number when it is written, and is
//     seen when its transaction commits: one that commits after a later number was sent is
//     never looked for. What it promises, and does not keep, is that no message is left.
//   - after-commit: the application sends each message itself, as soon as its
//     transaction is committed, and a job sends again what has failed. No message is
//     left, and what has failed comes after what followed it.
//
// All of them may send a message twice, when nobody knows whether it was stored, or a
// relay dies (relay_dies) between a send and the deletion of its row. Transactions that write
// rows of one key commit in the order of their numbers: they change the same thing.
//
// Reference: Kleppmann and others, the transactional outbox; QMQ, transaction.md (E17).
type outbox struct {
	sh    *Shared
	send  func(*model.Message)
	lanes []lane     // by producer
	dying bool       // the timer of the relays' deaths is set
	seen  []sim.Time // by key: when its newest row is seen
}

// lane is the table of one producer, in the order of its rows.
type lane struct {
	rows []*outboxRow
	out  int // rows that were sent and not answered
	// number is that of the row that was written last, last the largest that was sent.
	number, last int
}

type outboxRow struct {
	message model.Message
	number  int
	seen    sim.Time // its transaction is committed
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
	l.number++
	r := &outboxRow{message: *m, number: l.number, seen: o.commits(m)}
	l.rows = append(l.rows, r)
	if r.seen > s.sim.Now() {
		s.sim.At(r.seen, func() { o.committed(r) })
	} else {
		o.committed(r)
	}
	o.die()
}

// commits draws when the transaction that writes a row commits.
func (o *outbox) commits(m *model.Message) sim.Time {
	for len(o.seen) <= int(m.Key) {
		o.seen = append(o.seen, 0)
	}
	at := o.sh.sim.Now()
	if within := o.sh.set.OutboxCommit; within > 0 {
		takes := sim.Uniform(0, int64(within))
		at += sim.Time(o.sh.sim.Draw(decideRowCommit, m.Identity(), &takes))
	}
	o.seen[m.Key] = max(o.seen[m.Key], at)
	return o.seen[m.Key]
}

// committed is told that a row is seen. Of one that the relay will not look for the
// commit has promised that it is sent: in the history it stands as answered for.
func (o *outbox) committed(r *outboxRow) {
	p := r.message.Producer
	l := &o.lanes[p]
	if o.sh.set.Outbox == OutboxByNumber && r.number < l.last {
		l.rows = slices.DeleteFunc(l.rows, func(x *outboxRow) bool { return x == r })
		o.sh.rec.Send(r.message.ID, history.Process(p), 0)
		o.sh.rec.Ack(r.message.ID, history.Process(p), 0, history.OK, history.NoPlace, history.NoPosition, history.NoSymbol)
		return
	}
	o.relay(p)
}

// die sees to it that the relays die from time to time: what they have sent and not
// deleted they send again.
func (o *outbox) die() {
	if o.sh.set.RelayDies == 0 || o.dying {
		return
	}
	o.dying = true
	o.sh.sim.At(o.sh.sim.Now()+o.sh.set.RelayDies, func() {
		o.dying = false
		for p := range o.lanes {
			l := &o.lanes[p]
			for _, r := range l.rows {
				r.out = false
			}
			l.out = 0
			o.relay(p)
		}
		if o.busy() {
			o.die()
		}
	})
}

// window is how many rows of a producer may be on their way at a time.
func (o *outbox) window() int {
	switch o.sh.set.Outbox {
	case OutboxSerial, OutboxByNumber:
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
		case r.out || r.seen > o.sh.sim.Now():
		case r.from > o.sh.sim.Now():
			if o.window() == 1 {
				return
			}
		default:
			r.out = true
			l.out++
			l.last = max(l.last, r.number)
			o.send(&r.message)
			if o.window() == 1 { // also when the answer was there at once, the next row waits for its event
				return
			}
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
