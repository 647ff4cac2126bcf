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

// sessionLogs is what the guarantees on the writes of a session keep in memory.
type sessionLogs struct {
	streams streams
	acks    []int32
	others  []int32 // polls or deliveries
	writes  []bool  // by process: it sends
	highest []own   // by stream
}

func (l *sessionLogs) reset(h *history.History) {
	l.streams.reset(h)
	l.acks, l.others, l.highest = l.acks[:0], l.others[:0], l.highest[:0]
}

// at returns what a row's session knows of a place.
func (l *sessionLogs) at(h *history.History, row int32, place history.Place) *own {
	s := l.streams.of(h, row, place)
	for int(s) >= len(l.highest) {
		l.highest = append(l.highest, own{history.NoPosition, none})
	}
	return &l.highest[s]
}

// raise notes a position.
func (o *own) raise(position int64, row int32) {
	if position > o.position {
		o.position, o.row = position, row
	}
}

// readYourWrites compares every read up to the end, when it begins, with the
// session's largest acked position.
func (c *Checker) readYourWrites(*Options) Verdict {
	x, l := &c.ix, &c.s.sessionLogs
	h := x.h
	c.begin()
	l.reset(h)
	for i := range rowsOf(h, history.KindPoll) {
		if placed(h, i) && h.SymbolName(h.DetailAt(i)) == "end" {
			l.others = append(l.others, int32(i))
		}
	}
	for i := range rowsOf(h, history.KindAck) {
		if len(l.others) > 0 && placed(h, i) {
			l.acks = append(l.acks, int32(i))
		}
	}
	sortRows(l.acks, h.EndAt)
	sortRows(l.others, h.BeginAt)
	var v Verdict
	next := 0
	for _, poll := range l.others {
		for ; next < len(l.acks) && h.EndAt(int(l.acks[next])) < h.BeginAt(int(poll)); next++ {
			ack := l.acks[next]
			l.at(h, ack, h.PlaceAt(int(ack))).raise(h.PositionAt(int(ack)), ack)
		}
		highest := l.at(h, poll, h.PlaceAt(int(poll)))
		if highest.position == history.NoPosition {
			continue
		}
		v.Decided++
		if h.PositionAt(int(poll)) > highest.position {
			continue
		}
		m := h.MessageAt(int(highest.row))
		c.count(&v, m)
		if v.Witness == nil {
			v.Witness = x.witness([]history.Message{m}, highest.row, poll)
			v.Witness.Text = fmt.Sprintf("%s was told that %s is at position %d of %s, and then found its end at %d",
				h.ProcessName(h.ProcessAt(int(poll))), h.MessageName(m), highest.position,
				h.PlaceName(h.PlaceAt(int(poll))), h.PositionAt(int(poll)))
		}
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no session read a place to its end after a send of its own had been acked there")
	}
	return v
}
