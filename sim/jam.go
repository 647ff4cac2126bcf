package sim

// TCP is how the operating systems keep a connection alive over a network that
// carries nothing: a frame that was not acknowledged is sent again after a
// time-out that doubles, and after so many times the connection is given up.
type TCP struct {
	// Timeout is the first wait before a frame is sent again, OpenTimeout that of
	// a request for a connection, and Longest the longest.
	Timeout, OpenTimeout, Longest Time
	// Retries is how often a frame is sent again, and OpenRetries how often a
	// request for a connection is, before the end is told [TimedOut].
	Retries, OpenRetries uint8
}

// DefaultTCP is what Linux does: a dead connection is given up after 924.6 s and
// a request that nobody answers after 127 s.
//
// Reference: Linux, Documentation/networking/ip-sysctl (tcp_retries2 15,
// tcp_syn_retries 6), TCP_RTO_MIN 200 ms, TCP_RTO_MAX 120 s; RFC 6298.
var DefaultTCP = TCP{
	Timeout: 200 * Millisecond, OpenTimeout: Second, Longest: 120 * Second,
	Retries: 15, OpenRetries: 6,
}

// SetTCP changes how connections are kept alive. Frames that wait already keep
// their time-out.
func (e *Engine) SetTCP(t TCP) { e.net.tcp = t }

// jam is a direction of a connection that is held up: what its end sends waits
// in the sender's machine, in order. As long as the network is to blame, the
// machine tries the first frame again and again:
//
//	blocked    -> try again, twice as late, until it gets through or time is up
//	stalled    -> wait until the stall ends
//	gone, off  -> as blocked; once the machine is on again, it answers with a reset
//	dropped    -> as blocked, and it never gets through
//
// So after a partition a connection that was in use comes back only with the
// next try, which is up to as long after the healing as the partition lasted.
type jam struct {
	first, last uint32 // the frames that wait, as slots from 1
	tries       uint8
	opens       bool // the first is a request for a connection, or its acceptance
	dropped     bool
	stalled     uint16 // how many stalls last
	wait        Time   // until the next try
	probe       TimerID
	// cut is when the last frame arrives of those that a dropped direction still
	// delivers, and late how much later than it would have.
	cut, late Time
}

// look decides whether frames towards an end need a second look.
func (e *Engine) look(x *connection, to int) {
	d := &x.ends[to]
	d.special = d.jam != 0 || d.gone || e.net.links.list[d.link].impaired || e.nodes[d.node].flags&nodeOff != 0
}

// carryHard sends a frame over a direction that is not an ordinary one.
func (e *Engine) carryHard(c Conn, x *connection, to int, f Frame, wait Time) {
	d := &x.ends[to]
	l := &e.net.links.list[d.link]
	switch {
	case d.jam != 0 || l.blocked > 0 || e.nodes[d.node].flags&nodeOff != 0:
		e.wait(c, x, to, f)
	case l.clogged > 0:
		e.net.push(&l.first, &l.last, e.net.frames.store(&f, c, uint8(to)))
	default:
		at := e.transit(x, to, l, f, wait)
		if f.Kind >= frameRefuse && f.Kind <= frameOpen {
			e.schedule(c, x, to, f.Kind, at)
			return
		}
		e.land(x, to, e.net.frames.store(&f, c, uint8(to)), at)
	}
}

// land sets the arrival of a frame, behind those sent before it.
func (e *Engine) land(x *connection, to int, slot uint32, at Time) {
	d := &x.ends[to]
	d.last = max(at, d.last)
	e.q.push(d.last, d.node, kindFrame, uint64(slot))
}

// push adds a frame to a line, pop takes the first; slots count from 1 in lines.
func (n *network) push(first, last *uint32, slot uint32) {
	n.frames.At(slot).next = 0
	if *first == 0 {
		*first = slot + 1
	} else {
		n.frames.At(*last - 1).next = slot + 1
	}
	*last = slot + 1
}

func (n *network) pop(first, last *uint32) (slot uint32, ok bool) {
	if *first == 0 {
		return 0, false
	}
	slot = *first - 1
	if *first = n.frames.At(slot).next; *first == 0 {
		*last = 0
	}
	return slot, true
}

// jamOf returns what holds the direction up, making it when there is nothing.
func (e *Engine) jamOf(x *connection, to int) *jam {
	d := &x.ends[to]
	if d.jam != 0 {
		return e.net.jams.At(d.jam - 1)
	}
	slot, j := e.net.jams.Take()
	*j = jam{wait: e.net.tcp.Timeout}
	d.jam, d.special = slot+1, true
	return j
}

// wait makes a frame wait in the sender's machine.
func (e *Engine) wait(c Conn, x *connection, to int, f Frame) {
	j := e.jamOf(x, to)
	if j.first == 0 && (f.Kind == frameOpen || f.Kind == frameAccept) {
		j.opens, j.wait = true, e.net.tcp.OpenTimeout
	}
	e.net.push(&j.first, &j.last, e.net.frames.store(&f, c, uint8(to)))
	e.net.counts.Held++
	if j.stalled == 0 {
		e.tryLater(c, x, to, j)
	}
}

// suspect begins the tries of a machine whose frame met a machine that is off.
func (e *Engine) suspect(c Conn, x *connection, to int) { e.tryLater(c, x, to, e.jamOf(x, to)) }

func (e *Engine) tryLater(c Conn, x *connection, to int, j *jam) {
	if j.probe == NoTimer {
		j.probe = e.q.timer(e.q.push(e.now+j.wait, x.ends[1-to].node, kindProbe, uint64(c)))
	}
}

// probe is the time of a try by the machine of a node.
func (e *Engine) probe(n NodeID, c Conn) {
	x := e.net.get(c)
	if x == nil {
		return
	}
	to := 1 - x.side(n)
	d := &x.ends[to]
	if d.jam == 0 {
		return
	}
	j := e.net.jams.At(d.jam - 1)
	j.probe = NoTimer
	switch {
	case j.stalled > 0: // the end of the stall goes on
		return
	case !e.obstructed(d, j):
		e.release(c, x, to)
		return
	}
	limit := e.net.tcp.Retries
	if j.opens {
		limit = e.net.tcp.OpenRetries
	}
	if j.tries++; j.tries > limit {
		e.giveUp(c, x, to)
		return
	}
	e.net.counts.Retried++
	j.wait = min(2*j.wait, e.net.tcp.Longest)
	e.tryLater(c, x, to, j)
}

// obstructed says whether the network carries nothing to an end.
func (e *Engine) obstructed(d *end, j *jam) bool {
	return j.dropped || e.net.links.list[d.link].blocked > 0 || e.nodes[d.node].flags&nodeOff != 0
}

// Stall stops what a node sends over a connection, as when the other end takes
// nothing: it waits, and nothing is lost. Connections that are opened later are
// not touched. Stalls nest: two have to be taken back by two calls of Unstall.
func (e *Engine) Stall(from NodeID, c Conn) {
	if x := e.net.get(c); x != nil {
		e.jamOf(x, 1-x.side(from)).stalled++
	}
}

// Unstall takes one Stall back. After the last, what waits is sent.
func (e *Engine) Unstall(from NodeID, c Conn) {
	x := e.net.get(c)
	if x == nil {
		return
	}
	to := 1 - x.side(from)
	d := &x.ends[to]
	if d.jam == 0 || e.net.jams.At(d.jam-1).stalled == 0 {
		return
	}
	j := e.net.jams.At(d.jam - 1)
	switch j.stalled--; {
	case j.stalled > 0:
	case e.obstructed(d, j):
		e.tryLater(c, x, to, j)
	default:
		e.release(c, x, to)
	}
}

// release sends what waited. The machine of an end that is gone answers the
// first frame with a reset.
func (e *Engine) release(c Conn, x *connection, to int) {
	d := &x.ends[to]
	j := *e.net.jams.At(d.jam - 1)
	e.freeJam(d)
	e.look(x, to)
	if d.gone && !j.opens {
		e.dropLine(&j)
		e.carry(c, x, 1-to, Frame{Kind: frameReset}, 0)
		return
	}
	for {
		slot, ok := e.net.pop(&j.first, &j.last)
		if !ok {
			return
		}
		f := e.net.frames.At(slot).frame()
		e.net.frames.Put(slot)
		if f.Kind >= frameRefuse && f.Kind <= frameOpen {
			e.signal(c, x, to, f.Kind)
		} else {
			e.carry(c, x, to, f, 0)
		}
	}
}

// giveUp ends a direction of which nothing came through for too long. The other
// end hears nothing: should it send, it is answered with a reset.
func (e *Engine) giveUp(c Conn, x *connection, to int) {
	other, own := &x.ends[to], &x.ends[1-to]
	client, server, opening := x.ends[0].node, x.ends[1].node, x.opening
	hear := [2]bool{opening || (to == 1 && own.open), to == 0 && own.open}
	e.net.counts.TimedOut++
	x.opening = false
	own.open, own.gone, own.special = false, true, true
	if other.open {
		e.clearJam(x, to)
	} else {
		e.forget(c, x)
	}
	if hear[0] {
		e.tell(client, c, TimedOut)
	}
	if hear[1] {
		e.tell(server, c, TimedOut)
	}
}

// clearJam drops what waits towards an end, and says whether anything did.
func (e *Engine) clearJam(x *connection, to int) bool {
	d := &x.ends[to]
	if d.jam == 0 {
		return false
	}
	j := *e.net.jams.At(d.jam - 1)
	e.freeJam(d)
	return e.dropLine(&j)
}

func (e *Engine) freeJam(d *end) {
	e.Cancel(e.net.jams.At(d.jam - 1).probe)
	e.net.jams.Put(d.jam - 1)
	d.jam = 0
}

func (e *Engine) dropLine(j *jam) bool {
	any := j.first != 0
	for {
		slot, ok := e.net.pop(&j.first, &j.last)
		if !ok {
			return any
		}
		f := e.net.frames.At(slot).frame()
		e.net.frames.Put(slot)
		e.drop(f)
	}
}
