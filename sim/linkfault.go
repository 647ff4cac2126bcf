package sim

// Block cuts the link from one node to another: a partition, one way. What is on
// its way still arrives. Frames of connections wait in the sender's machine,
// which tries again (see [TCP]); datagrams are lost. A link that was blocked
// twice has to be unblocked twice.
func (e *Engine) Block(from, to NodeID) {
	e.block(from, to, true)
	e.relook()
}

// Unblock takes one Block back. What waits goes on with its next try.
func (e *Engine) Unblock(from, to NodeID) {
	e.block(from, to, false)
	e.relook()
}

// Clog holds everything that is sent from one node to another, datagrams too.
// Clogs nest as Block does.
func (e *Engine) Clog(from, to NodeID) {
	l := e.ownLink(from, to)
	l.clogged++
	e.changed(l)
}

// Unclog takes one Clog back. After the last, everything that was held arrives
// at once, in the order in which it was sent.
func (e *Engine) Unclog(from, to NodeID) {
	l := e.ownLink(from, to)
	l.clogged = max(0, l.clogged-1)
	e.changed(l)
	for l.clogged == 0 {
		slot, ok := e.net.pop(&l.first, &l.last)
		if !ok {
			return
		}
		body := e.net.frames.At(slot)
		if body.to == toNode {
			e.q.push(e.now, to, kindDatagram, uint64(slot))
			continue
		}
		x := e.net.get(body.conn)
		switch {
		case x == nil:
			f := body.frame()
			e.net.frames.Put(slot)
			e.drop(f)
		case body.kind >= frameRefuse && body.kind <= frameOpen:
			e.schedule(body.conn, x, int(body.to), body.kind, e.now)
			e.net.frames.Put(slot)
		default:
			e.land(x, int(body.to), slot, e.now)
		}
	}
}

// SetSlow makes the latency of the link from one node to another a factor of
// what it was, with something added. The factor [Whole] and nothing added end it.
func (e *Engine) SetSlow(from, to NodeID, factor Share, added Time) {
	l := e.ownLink(from, to)
	l.slow.set, l.added.set = factor-Whole, added
	e.changed(l)
}

// Noise is what a link does to single packets. Datagrams suffer all of it;
// connections repair what is lost or corrupt, which costs them time, and know no
// duplicates and no other order.
type Noise struct {
	// Loss, Duplicate and Corrupt are the shares of the datagrams that are lost,
	// arrive twice, or arrive with a wrong checksum and are dropped there.
	Loss, Duplicate, Corrupt Share
	// Reorder is the share that is delayed by up to Window more, so that later
	// ones arrive before it.
	Reorder Share
	Window  Time
}

// SetNoise sets what the link from one node to another does to packets. The zero
// Noise ends it.
func (e *Engine) SetNoise(from, to NodeID, n Noise) {
	l := e.ownLink(from, to)
	l.noise = n
	e.changed(l)
}
