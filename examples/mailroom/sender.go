package main

import (
	"fmt"
	"io"

	"orderlab/sim"
)

// The sender's timers.
const (
	nextLetter sim.Kind = iota
	noReceipt
)

const (
	pace     = 100 * sim.Millisecond // between a receipt and the next letter
	patience = 500 * sim.Millisecond
)

// sender hands in one letter after another and waits for the receipt of each.
type sender struct {
	sim.Node // the methods that the sender does not need
	e        *sim.Engine
	out      io.Writer
	id       sim.NodeID
	places   [2]sim.NodeID
	place    int // where it hands in letters now
	conn     sim.Conn
	number   uint32 // of the letter
	handed   sim.Time
	waiting  sim.TimerID
	longest  sim.Time
	receipts []uint32
}

func (s *sender) goTo(place int) {
	s.place = place
	s.conn = s.e.Open(s.id, s.places[place], sim.ID(place))
}

// Opened implements sim.Node.
func (s *sender) Opened(sim.Conn) { s.hand() }

// Closed implements sim.Node: there is the time-out for that.
func (s *sender) Closed(sim.Conn, sim.Closing) {}

func (s *sender) hand() {
	if s.handed == 0 {
		s.handed = s.e.Now()
	}
	s.e.Send(s.id, s.conn, frame(letter, s.number))
	s.waiting = s.e.After(s.id, patience, noReceipt, 0)
}

// Timer implements sim.Node.
func (s *sender) Timer(kind sim.Kind, _ uint64) {
	if kind == nextLetter {
		s.hand()
		return
	}
	if s.place == 0 {
		fmt.Fprintf(s.out, "%-7v the sender goes to the archive with letter %d\n", s.e.Now(), s.number)
		s.goTo(1)
	}
}

// Receive implements sim.Node.
func (s *sender) Receive(_ sim.Conn, f *sim.Frame) {
	if f.Body != s.number {
		return // the receipt of a letter that was handed in twice
	}
	s.e.Cancel(s.waiting)
	s.receipts = append(s.receipts, f.Body)
	s.longest = max(s.longest, s.e.Now()-s.handed)
	s.number, s.handed = s.number+1, 0
	s.e.After(s.id, pace, nextLetter, 0)
}

// report compares the receipts with what the archive has.
func (s *sender) report(archive *clerk) {
	var lost []uint32
	for _, n := range s.receipts {
		if !archive.filed[n] {
			lost = append(lost, n)
		}
	}
	fmt.Fprintf(s.out, "%d receipts; the archive lacks %d of these letters %v\n", len(s.receipts), len(lost), lost)
	fmt.Fprintf(s.out, "the longest wait for a receipt: %v\n", s.longest)
}
