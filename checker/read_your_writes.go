package checker

import (
	"fmt"

	"orderlab/model/history"
)

func readYourWrites() Guarantee {
	return Guarantee{
		ID: ReadYourWrites,
		Holds: "When a session reads a place up to its end, after a send of its own to that place was acked, the end is " +
			"behind the message.",
		decide: (*Checker).readYourWrites,
	}
}

// own is what a session knows of a place: a position, and the row that shows it.
type own struct {
	position int64 // or NoPosition
	row      int32
}

// raise notes a position.
func (o *own) raise(position int64, row int32) {
	if position > o.position {
		o.position, o.row = position, row
	}
}

// sessionLogs is what the guarantees on the writes of a session keep in memory.
type sessionLogs struct {
	streams streams
	acks    []int32
	reads   []int32 // polls or deliveries
	highest []own   // by stream
}

func (l *sessionLogs) reset(h *history.History) {
	l.streams.reset(h)
	l.acks, l.reads, l.highest = l.acks[:0], l.reads[:0], l.highest[:0]
}

// at returns what a session knows of a place.
func (l *sessionLogs) at(session int32, place history.Place) *own {
	s := l.streams.at(session, place)
	for int(s) >= len(l.highest) {
		l.highest = append(l.highest, own{history.NoPosition, none})
	}
	return &l.highest[s]
}

// of returns what the session of a row knows of the row's place.
func (l *sessionLogs) of(h *history.History, row int32) *own {
	i := int(row)
	return l.at(l.streams.session(h.ProcessAt(i), h.SessionAt(i)), h.PlaceAt(i))
}

// readYourWrites compares every read up to the end, when it begins, with the
// session's largest acked position.
func (c *Checker) readYourWrites(*Options) Verdict {
	x, l := &c.ix, &c.s.sessionLogs
	h := x.h
	c.begin()
	l.reset(h)
	l.collect(x)
	var v Verdict
	next := 0
	for _, poll := range l.reads {
		for ; next < len(l.acks) && h.EndAt(int(l.acks[next])) < h.BeginAt(int(poll)); next++ {
			ack := l.acks[next]
			l.of(h, ack).raise(h.PositionAt(int(ack)), ack)
		}
		highest := l.of(h, poll)
		if highest.position == history.NoPosition {
			continue
		}
		v.Decided++
		if h.PositionAt(int(poll)) > highest.position {
			continue
		}
		c.count(&v, h.MessageAt(int(highest.row)))
		if v.Witness == nil {
			v.Witness = x.unreadWriteWitness(highest.row, poll)
		}
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session read a place to its end after a send of its own had been acked there")
	}
	return v
}

// collect finds the polls that reached the end, and the acks with a position, each in
// the order in which they count.
func (l *sessionLogs) collect(x *index) {
	h := x.h
	for _, row := range x.of(history.KindPoll) {
		if placed(h, int(row)) && h.SymbolName(h.DetailAt(int(row))) == "end" {
			l.reads = append(l.reads, row)
		}
	}
	for _, row := range x.of(history.KindAck) {
		if len(l.reads) > 0 && placed(h, int(row)) {
			l.acks = append(l.acks, row)
		}
	}
	sortRows(l.acks, h.EndAt)
	sortRows(l.reads, h.BeginAt)
}

func (x *index) unreadWriteWitness(ack, poll int32) *Witness {
	h := x.h
	m := h.MessageAt(int(ack))
	w := x.witness([]history.Message{m}, ack, poll)
	w.Text = fmt.Sprintf("%s was told that %s is at position %d of %s, and then found its end at %d",
		h.ProcessName(h.ProcessAt(int(poll))), h.MessageName(m), h.PositionAt(int(ack)),
		h.PlaceName(h.PlaceAt(int(poll))), h.PositionAt(int(poll)))
	return w
}
