package kafka

import (
	"slices"

	"orderlab/sim"
)

// leavingConn is a connection that is closed at the client's end, while the broker works
// on a request of it and has received more. It does not read while it works, so that it
// has not heard of the closing, and goes on as if nothing had happened, until it cannot
// write an answer. To one that the client has closed the first answer can still be
// written; the client's machine answers that with a reset, so that the next cannot.
// (A request that is answered before the reset is there lets another one through in
// Kafka; here it does not.) With acks=0 nothing is written, and all are worked on.
//
// Reference: Kafka, Selector.close and maybeReadFromClosingChannel ("so that all received
// records may be processed"), Selector.pollSelectionKeys (a failed send closes with
// CloseMode.NOTIFY_ONLY), SocketServer.Processor.processNewResponses.
type leavingConn struct {
	id      sim.Conn
	pending []sim.Frame
	broken  bool // nothing can be written
}

// leave takes note of a client's connection that is closed. What it is busy with is
// answered into the void later.
func (b *broker) leave(c sim.Conn, why sim.Closing) {
	slot := c.Slot()
	if slot >= len(b.conns) || b.conns[slot].id != c {
		return
	}
	s := &b.conns[slot]
	if len(s.pending) > 0 {
		b.leaving = append(b.leaving, leavingConn{c, slices.Clone(s.pending), why != sim.PeerClosed})
	}
	s.id, s.pending = sim.NoConn, s.pending[:0]
}

// left returns where in the list a connection is that is closed, or -1.
func (b *broker) left(c sim.Conn) int {
	return slices.IndexFunc(b.leaving, func(l leavingConn) bool { return l.id == c })
}

// wrote takes note of an answer that was written to a connection, if it is closed. When
// it cannot be written, what waits is forgotten.
func (b *broker) wrote(c sim.Conn) {
	i := b.left(c)
	if i < 0 {
		return
	}
	if b.leaving[i].broken {
		b.dropLeaving(i)
		return
	}
	b.leaving[i].broken = true
}

// readOn begins the next request of a connection that is closed.
func (b *broker) readOn(c sim.Conn) {
	i := b.left(c)
	if i < 0 {
		return
	}
	l := &b.leaving[i]
	f := l.pending[0]
	if l.pending = l.pending[1:]; len(l.pending) == 0 {
		b.leaving = slices.Delete(b.leaving, i, i+1)
	}
	b.begin(c, f)
}

func (b *broker) dropLeaving(i int) {
	for _, f := range b.leaving[i].pending {
		b.bodies().drop(f)
	}
	b.leaving = slices.Delete(b.leaving, i, i+1)
}
