package sim

// accept is the arrival of a request for a connection. The operating system
// answers it, also while the process is paused.
func (n *network) accept(e *Engine, c Conn) {
	x := n.get(c)
	if x == nil {
		return
	}
	server := x.ends[1].node
	switch flags := e.nodes[server].flags; {
	case flags&nodeOff != 0:
		e.wait(c, x, 1, Frame{Kind: frameOpen})
		return
	case flags&nodeDown != 0:
		e.signal(c, x, 0, frameRefuse)
		return
	}
	if x.ends[1].open = true; x.ends[1].gone {
		x.ends[1].gone = false
		e.look(x, 1)
	}
	e.signal(c, x, 0, frameAccept)
	if e.nodes[server].flags&nodePaused != 0 {
		e.q.push(e.now, server, kindAccepted, uint64(c))
		return
	}
	e.nodes[server].impl.Opened(c)
}

// accepted tells a server that was paused of a connection.
func (n *network) accepted(e *Engine, c Conn) {
	if x := n.get(c); x != nil && x.ends[1].open {
		e.nodes[x.ends[1].node].impl.Opened(c)
	}
}

func (n *network) opened(e *Engine, c Conn) {
	if x := n.get(c); x != nil && x.opening {
		x.opening = false
		x.ends[0].open = true
		e.nodes[x.ends[0].node].impl.Opened(c)
	}
}

func (n *network) refused(e *Engine, c Conn) {
	if x := n.get(c); x != nil {
		client, opening := x.ends[0].node, x.opening
		e.forget(c, x)
		if opening {
			e.nodes[client].impl.Closed(c, Refused)
		}
	}
}

func (n *network) arrive(e *Engine, slot uint32) {
	body := n.frames.At(slot)
	x := n.get(body.conn)
	if x != nil && x.ends[body.to].jam != 0 && e.outlives(x, slot, body) {
		return
	}
	c, to, f := body.conn, body.to, &n.current
	*f = body.frame()
	n.frames.Put(slot)
	if x == nil || !x.ends[to].open {
		e.drop(*f)
		if x != nil {
			e.unknown(c, x, int(to))
		}
		return
	}
	node := x.ends[to].node
	e.trace.Uint(uint64(f.ID) ^ uint64(f.Kind)<<48 ^ uint64(uint32(f.Size)))
	if f.Kind < frameRefuse {
		if e.Arrived != nil {
			e.Arrived(x.ends[1-to].node, node, f)
		}
		e.nodes[node].impl.Receive(c, f)
		return
	}
	why := PeerClosed
	x.ends[to].open = false
	if f.Kind == frameReset {
		why = Reset
		n.counts.Resets++
	}
	if why == Reset || !x.ends[1-to].open {
		e.forget(c, x)
	}
	e.nodes[node].impl.Closed(c, why)
}

// unknown deals with a frame for an end that is closed. A machine that knows
// nothing of the connection answers with a reset; one that is off does not
// answer, and the sender's machine will send again. An end that its own process
// closed says nothing: the other end is told by what closed it.
func (e *Engine) unknown(c Conn, x *connection, to int) {
	switch d := &x.ends[to]; {
	case !d.gone:
	case e.nodes[d.node].flags&nodeOff != 0:
		e.suspect(c, x, to)
	default:
		e.carry(c, x, 1-to, Frame{Kind: frameReset}, 0)
	}
}

// notice is what a node will be told of a connection.
type notice struct {
	conn Conn
	why  Closing
	open bool // its end is open until then
}

// tell tells a node that its end is closed; a paused one hears it when it runs
// again.
func (e *Engine) tell(n NodeID, c Conn, why Closing) {
	switch flags := e.nodes[n].flags; {
	case flags&nodeDown != 0:
	case flags&nodePaused != 0:
		x := e.net.get(c)
		slot, body := e.world.notices.Take()
		*body = notice{c, why, x != nil && x.ends[x.side(n)].open}
		e.q.push(e.now, n, kindNotice, uint64(slot))
	default:
		e.nodes[n].impl.Closed(c, why)
	}
}

func (e *Engine) noticed(n NodeID, slot uint32) {
	told := *e.world.notices.At(slot)
	e.world.notices.Put(slot)
	if e.nodes[n].flags&nodeDown != 0 || told.open && !e.closeTold(n, told.conn) {
		return
	}
	e.nodes[n].impl.Closed(told.conn, told.why)
}

// closeTold closes the end of a node that is told so now. It says whether the
// end was open still: the node may have closed it itself.
func (e *Engine) closeTold(n NodeID, c Conn) bool {
	x := e.net.get(c)
	if x == nil || !x.ends[x.side(n)].open {
		return false
	}
	side := x.side(n)
	if x.ends[side].open = false; !x.ends[1-side].open {
		e.forget(c, x)
	}
	return true
}

// closeAll closes every end that a dead process held.
func (n *network) closeAll(e *Engine, node NodeID) {
	for i := range n.conns {
		x := &n.conns[i]
		if x.live && (x.ends[0].node == node || x.ends[1].node == node) {
			e.Close(node, n.connAt(i))
		}
	}
}

// loseAll forgets every end on a machine that lost its power, and what it had
// not sent yet. The other ends stay open.
func (n *network) loseAll(e *Engine, node NodeID) {
	for i := range n.conns {
		x := &n.conns[i]
		if x.live && (x.ends[0].node == node || x.ends[1].node == node) {
			e.loseEnd(n.connAt(i), x, x.side(node))
		}
	}
}

func (e *Engine) loseEnd(c Conn, x *connection, side int) {
	lost, other := &x.ends[side], &x.ends[1-side]
	if side == 0 {
		x.opening = false
	}
	answered := !x.opening || lost.open
	unsent := e.clearJam(x, 1-side)
	lost.open, lost.gone, lost.special = false, true, true
	switch {
	case x.opening && answered && unsent: // the client will ask again
		e.wait(c, x, 1, Frame{Kind: frameOpen})
	case !other.open && !x.opening:
		e.forget(c, x)
	}
}
