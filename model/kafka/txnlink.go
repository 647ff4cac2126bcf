package kafka

import (
	"slices"

	"orderlab/sim"
)

// link is a broker's connection to another one, for requests about transactions.
//
// Reference: Kafka, InterBrokerSendThread.
type link struct {
	conn  sim.Conn
	open  bool
	opens int
	queue []sim.Frame
}

// askBroker sends a request to a broker; to itself at once.
func (b *broker) askBroker(to int, kind uint16, id uint32) {
	if to == b.index {
		b.transact(sim.NoConn, txnFrame(kind, id))
		return
	}
	if len(b.links) == 0 {
		b.links = make([]link, b.w.cfg.brokers)
	}
	l := &b.links[to]
	if l.open {
		b.w.sim.Send(b.node, l.conn, txnFrame(kind, id))
		return
	}
	l.queue = append(l.queue, txnFrame(kind, id))
	if l.conn == sim.NoConn {
		cause := sim.Identity(sim.Named("transactions"), sim.ID(b.incarnation), sim.ID(l.opens))
		l.opens++
		l.conn = b.w.sim.Open(b.node, b.w.brokers[to].node, cause)
	}
}

// replyTxn answers a request about transactions, of this broker or another.
func (b *broker) replyTxn(c sim.Conn, kind uint16, id uint32) {
	if c == sim.NoConn {
		b.txnAnswered(b.index, id, kind|reply)
		return
	}
	b.answer(c, txnFrame(kind|reply, id))
}

// txnAnswered takes up the answer of a broker.
func (b *broker) txnAnswered(from int, id uint32, kind uint16) {
	body := b.bodies().txn.At(id)
	if from < 0 { // of a connection that was given up
		b.bodies().txn.Put(id)
		return
	}
	if kind == frameMarkers|reply {
		b.marked(from, body)
	} else {
		b.verified(body)
	}
	b.bodies().txn.Put(id)
}

func (b *broker) linkTo(c sim.Conn) int {
	return slices.IndexFunc(b.links, func(l link) bool { return l.conn == c })
}

// linkOpened says whether a connection is one of transactions, and sends what waits.
func (b *broker) linkOpened(c sim.Conn) bool {
	i := b.linkTo(c)
	if i < 0 {
		return false
	}
	l := &b.links[i]
	l.open = true
	for _, f := range l.queue {
		b.w.sim.Send(b.node, c, f)
	}
	l.queue = l.queue[:0]
	return true
}

// linkClosed says whether a connection was one of transactions. Markers are sent
// again; who waited for a verification is sent away.
func (b *broker) linkClosed(c sim.Conn) bool {
	i := b.linkTo(c)
	if i < 0 {
		return false
	}
	b.dropLink(i)
	for _, t := range b.w.txns {
		if t.b == b {
			t.out = t.out.without(i)
		}
		if t.b == b && (len(t.pending) > 0 || t.pendingOffsets) {
			b.markAgain(t, markerRetry)
		}
	}
	b.unverified(i)
	return true
}

func (b *broker) dropLink(i int) {
	l := &b.links[i]
	for _, f := range l.queue {
		b.bodies().drop(f)
	}
	*l = link{opens: l.opens, queue: l.queue[:0]}
}
