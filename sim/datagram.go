package sim

// DatagramReceiver is what a [Node] implements besides to receive datagrams.
type DatagramReceiver interface {
	// Datagram handles a datagram. As in Receive, the frame is the engine's and
	// valid only for the call; its body belongs to the receiver.
	Datagram(from NodeID, f *Frame)
}

// Counts is what happened to frames on their way.
type Counts struct {
	// Datagrams that were lost by noise or on a blocked link, came twice, were
	// delayed for reordering, had a wrong checksum, found a full queue, or found
	// nobody who takes datagrams. Lost also counts the frames in flight on
	// dropped connections that did not survive, Late those that did.
	Lost, Duplicated, Reordered, Corrupted, Overflowed, Unreceived, Late uint64
	// Frames that had to wait in the sender's machine, and how often a frame was
	// tried again.
	Held, Retried uint64
	// Connections that were dropped silently, that were reset, and that were
	// given up.
	Drops, Resets, TimedOut uint64
}

// Counts returns what happened to frames so far.
func (e *Engine) Counts() Counts { return e.net.counts }

// toNode stands for the end in a datagram, which has none.
const toNode = 0xff

// The decisions about a datagram; their identity is the datagram's.
var (
	decideLoss      = NewDecision("datagram.loss")
	decideCorrupt   = NewDecision("datagram.corrupt")
	decideDuplicate = NewDecision("datagram.duplicate")
	decideReorder   = NewDecision("datagram.reorder")
	decideWindow    = NewDecision("datagram.window")
)

// SendTo sends a datagram, which arrives or not, in any order. Its identity is
// its link, its kind and the frame's ID, which tells the message and the
// attempt; two datagrams of one identity meet the same fate. One without an ID
// has the weather of its link.
func (e *Engine) SendTo(from, to NodeID, f Frame) {
	if e.nodes[from].flags&nodeDown != 0 {
		e.drop(f)
		return
	}
	l := &e.net.links.list[e.net.links.between(from, to)]
	d, id := decideLatency, f.ID
	if id == 0 {
		d, id = decideWeather, ID(e.now/weatherSlot)
	}
	id = e.ids[from].With(e.ids[to]).With(ID(f.Kind)<<48 ^ id)
	at := Time(e.Draw(d, id, &l.latency))
	if l.impaired {
		e.sendHard(from, to, l, f, id, at)
		return
	}
	e.post(e.now+at, from, to, f)
}

func (e *Engine) post(at Time, from, to NodeID, f Frame) {
	e.q.push(at, to, kindDatagram, uint64(e.net.frames.store(&f, Conn(from), toNode)))
}

// sendHard sends a datagram over an impaired link.
func (e *Engine) sendHard(from, to NodeID, l *link, f Frame, id ID, latency Time) {
	count := &e.net.counts
	switch {
	case l.blocked > 0:
		e.lose(f, &count.Lost)
		return
	case l.queue > 0 && l.backlog(e.now)+int64(f.Size) > l.queue:
		e.lose(f, &count.Overflowed)
		return
	}
	at, noise := l.transmit(e.now, f.Size), l.noisy()
	switch {
	case e.Chance(decideLoss, id, noise.Loss):
		e.lose(f, &count.Lost)
		return
	case e.Chance(decideCorrupt, id, noise.Corrupt):
		e.lose(f, &count.Corrupted)
		return
	}
	if l.clogged > 0 {
		e.net.push(&l.first, &l.last, e.net.frames.store(&f, Conn(from), toNode))
		return
	}
	left := at
	at += l.slowed(latency)
	if e.Chance(decideReorder, id, noise.Reorder) {
		count.Reordered++
		at += Range{1, max(1, noise.Window)}.in(e, decideWindow, id)
	}
	if e.Chance(decideDuplicate, id, noise.Duplicate) {
		count.Duplicated++
		twin := f
		if e.Copied != nil {
			twin = e.Copied(f)
		}
		second := Time(e.Draw(decideLatency, Identity(id, 1), &l.latency))
		e.post(left+l.slowed(second), from, to, twin)
	}
	e.post(at, from, to, f)
}

func (e *Engine) lose(f Frame, count *uint64) {
	*count++
	e.drop(f)
}

// datagram is the arrival of a datagram.
func (e *Engine) datagram(to NodeID, slot uint32) {
	body := e.net.frames.At(slot)
	from, f := NodeID(body.conn), &e.net.current
	*f = body.frame()
	e.net.frames.Put(slot)
	s := &e.nodes[to]
	if s.flags&nodeDown != 0 || s.datagrams == nil {
		e.lose(*f, &e.net.counts.Unreceived)
		return
	}
	e.trace.Uint(uint64(f.ID) ^ uint64(f.Kind)<<48 ^ uint64(uint32(f.Size)))
	if e.Arrived != nil {
		e.Arrived(from, to, f)
	}
	s.datagrams.Datagram(from, f)
}
