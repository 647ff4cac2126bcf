package model

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// What the recorder remembers of each message.
const (
	flagAcked uint8 = 1 << iota
	flagAnswered
	flagApplied
	flagDisposed
	flagSent // and not answered since
)

// mostReserved is for how many messages memory is taken before they arrive.
const mostReserved = 1 << 25

// Recorder writes the history of a simulated run. Clients, brokers and
// applications tell it what happens; it stamps the virtual time and keeps the
// few counts by which the runner knows when everything is settled.
type Recorder struct {
	sim   *sim.Engine
	hist  *history.History
	sent  []sim.Time // when the application called send
	due   []sim.Time // when the message arrived at its producer
	flags []uint8
	// expected is about how many messages will arrive, a little more than announced.
	expected int

	// Answered, when not nil, is told of the answer to each send.
	Answered func(m history.Message, o history.Outcome)
	// Arrived, when not nil, is told of each message as it arrives at its producer.
	Arrived func(m history.Message)

	// Unanswered counts messages sent whose client has not answered; Unapplied
	// those acked and neither applied nor disposed; Applied those applied.
	Unanswered, Unapplied, Applied int

	// By place: how many messages were stored there, and how many of them were
	// applied or disposed for the first time.
	stored, handled []int64
	lag             int64
	// MaxLag is the largest number of messages that were stored and neither
	// applied nor disposed at one time.
	MaxLag int64
	// sampled is the symbol of the lag when it is to be sampled, most what it was at
	// most by place.
	sampled history.Symbol
	most    []int64
}

// Reset prepares the recorder for another run.
func (r *Recorder) Reset(e *sim.Engine, h *history.History) {
	r.sim, r.hist, r.Answered, r.Arrived = e, h, nil, nil
	r.sent, r.due, r.flags, r.expected = r.sent[:0], r.due[:0], r.flags[:0], 0
	r.Unanswered, r.Unapplied, r.Applied = 0, 0, 0
	r.stored, r.handled = r.stored[:0], r.handled[:0]
	r.lag, r.MaxLag = 0, 0
	r.sampled, r.most = history.NoSymbol, r.most[:0]
}

// Reserve takes the memory for about n messages at once: growing step by step
// costs a long run a tenth of its time. It is called before the first arrives.
func (r *Recorder) Reserve(n int64) {
	r.expected = int(min(n+n/32, mostReserved))
	r.hist.Reserve(r.expected)
	r.sent, r.due = slices.Grow(r.sent, r.expected), slices.Grow(r.due, r.expected)
	r.flags = slices.Grow(r.flags, r.expected)
}

// Lag returns how many messages of a place are stored and neither applied nor
// disposed.
func (r *Recorder) Lag(p history.Place) int64 {
	if int(p) >= len(r.stored) {
		return 0
	}
	return r.stored[p] - r.handled[p]
}

// Stored returns how many messages were stored in a place.
func (r *Recorder) Stored(p history.Place) int64 {
	if int(p) >= len(r.stored) {
		return 0
	}
	return r.stored[p]
}

// Expected returns for about how many messages a world may take memory before they
// arrive, 0 where it is not known.
func (r *Recorder) Expected() int { return r.expected }

// History returns the history that is written.
func (r *Recorder) History() *history.History { return r.hist }

// Arrive declares a message that arrives at its producer now; it may be held
// back before it is sent.
func (r *Recorder) Arrive(info history.MessageInfo) history.Message {
	r.sent = append(r.sent, 0)
	r.due = append(r.due, r.sim.Now())
	r.flags = append(r.flags, 0)
	m := r.hist.AddMessage(info)
	if r.Arrived != nil {
		r.Arrived(m)
	}
	return m
}

// Due returns when the message arrived at its producer.
func (r *Recorder) Due(m history.Message) sim.Time { return r.due[m] }

// WasApplied says whether the message's effect took place.
func (r *Recorder) WasApplied(m history.Message) bool { return r.flags[m]&flagApplied != 0 }

// Send records the application's call of send.
func (r *Recorder) Send(m history.Message, p history.Process, session uint16) {
	now := r.sim.Now()
	r.sent[m] = now
	if r.flags[m]&flagSent == 0 { // else it is sent again before it was answered
		r.Unanswered++
	}
	r.flags[m] = r.flags[m]&^flagAnswered | flagSent // it may be sent again after a failure
	r.hist.Append(history.Op{
		Kind: history.KindSend, Process: p, Session: session, Message: m,
		Place: history.NoPlace, Position: history.NoPosition, Begin: int64(now), End: int64(now),
	})
}

// Ack records the client's answer to a send. Place and position are where the
// answer says that it is stored; detail is the error otherwise.
func (r *Recorder) Ack(m history.Message, p history.Process, session uint16, o history.Outcome,
	place history.Place, position int64, detail history.Symbol) {
	if r.flags[m]&flagAnswered == 0 {
		r.flags[m] = r.flags[m]&^flagSent | flagAnswered
		r.Unanswered--
	}
	if o == history.OK && r.flags[m]&flagAcked == 0 {
		r.flags[m] |= flagAcked
		if r.flags[m]&(flagApplied|flagDisposed) == 0 {
			r.Unapplied++
		}
	}
	r.hist.Append(history.Op{
		Kind: history.KindAck, Outcome: o, Process: p, Session: session, Message: m, Detail: detail,
		Place: place, Position: position, Begin: int64(r.sent[m]), End: int64(r.sim.Now()),
	})
	if r.Answered != nil {
		r.Answered(m, o)
	}
}

// Store records the arrival of a message in a log or queue.
func (r *Recorder) Store(m history.Message, broker history.Process, place history.Place, position int64) {
	for len(r.stored) <= int(place) {
		r.stored, r.handled = append(r.stored, 0), append(r.handled, 0)
	}
	r.stored[place]++
	r.lag++
	r.MaxLag = max(r.MaxLag, r.lag)
	now := int64(r.sim.Now())
	r.hist.Append(history.Op{
		Kind: history.KindStore, Process: broker, Message: m, Place: place, Position: position,
		Begin: now, End: now,
	})
	r.sampleLag(broker, place)
}

// Deliver records that a record was handed to a consumer's application.
func (r *Recorder) Deliver(rec *Record, p history.Process, session uint16) {
	now := int64(r.sim.Now())
	r.hist.Append(history.Op{
		Kind: history.KindDeliver, Process: p, Session: session, Message: rec.Message, Place: rec.Place,
		Position: rec.Position, Attempt: rec.Attempt, Epoch: rec.Epoch, Begin: now, End: now,
	})
}

// Apply records the effect of a record at a sink, now; the work began at begin.
func (r *Recorder) Apply(rec *Record, p history.Process, session uint16, sink history.Symbol, begin sim.Time) {
	r.finish(rec, flagApplied)
	r.hist.Append(history.Op{
		Kind: history.KindApply, Process: p, Session: session, Message: rec.Message, Place: rec.Place,
		Position: rec.Position, Attempt: rec.Attempt, Epoch: rec.Epoch, Detail: sink,
		Begin: int64(begin), End: int64(r.sim.Now()),
	})
}

// Dispose records that a record was put away without its effect.
func (r *Recorder) Dispose(rec *Record, p history.Process, session uint16, reason history.Symbol) {
	r.finish(rec, flagDisposed)
	now := int64(r.sim.Now())
	r.hist.Append(history.Op{
		Kind: history.KindDispose, Process: p, Session: session, Message: rec.Message, Place: rec.Place,
		Position: rec.Position, Attempt: rec.Attempt, Epoch: rec.Epoch, Detail: reason, Begin: now, End: now,
	})
}

func (r *Recorder) finish(rec *Record, flag uint8) {
	m := rec.Message
	f := r.flags[m]
	if f&(flagApplied|flagDisposed) == 0 {
		if f&flagAcked != 0 {
			r.Unapplied--
		}
		if int(rec.Place) < len(r.handled) {
			r.handled[rec.Place]++
			r.lag--
		}
	}
	if flag == flagApplied && f&flagApplied == 0 {
		r.Applied++
	}
	r.flags[m] = f | flag
}

// Void takes note that a message which was stored will not be handed to consumers,
// because its transaction was aborted: it is no lag.
func (r *Recorder) Void(m history.Message, p history.Place) {
	if r.flags[m]&(flagApplied|flagDisposed) == 0 && int(p) < len(r.handled) {
		r.flags[m] |= flagDisposed
		r.handled[p]++
		r.lag--
	}
}

// Record writes an operation of any other kind. Begin and End are set to now
// when both are 0.
func (r *Recorder) Record(op history.Op) {
	if op.Begin == 0 && op.End == 0 {
		op.Begin = int64(r.sim.Now())
		op.End = op.Begin
	}
	r.hist.Append(op)
}
