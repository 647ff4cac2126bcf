package sim

// Conn names a connection. It stays safe after the connection is gone.
type Conn uint64

// NoConn is no connection.
const NoConn Conn = 0

// Closing says why a connection is closed.
type Closing uint8

// The reasons of a closing.
const (
	PeerClosed Closing = iota // the other end closed it, or its process died
	Refused                   // nobody listens at the other end
	Reset                     // the network broke it, or the other end does not know it
	TimedOut                  // nothing came through for too long
)

// String returns the reason in words.
func (c Closing) String() string {
	return [...]string{"closed by peer", "refused", "reset", "timed out"}[c]
}

// Frame is what a connection carries. The engine reads only its size and its
// identity; the rest is between the two nodes.
type Frame struct {
	// Kind is the model's, below 0xfff0.
	Kind uint16
	// Size is in bytes.
	Size int32
	// Body is the number of the frame's content in a [Pool] of the model's.
	Body uint32
	// ID is the identity of a data frame: the smallest message that it carries
	// with the attempt. Frames without one (heartbeats, fetches, metadata) get
	// the weather of their link in the current millisecond.
	ID ID
}

// The kinds of frames that are the engine's own.
const (
	frameRefuse uint16 = 0xfff0 + iota // the answer to a request nobody listens to
	frameAccept                        // the answer that accepts
	frameOpen                          // a request for a connection
	frameReset                         // the answer to a frame of an unknown connection
	frameClose                         // the last frame of a direction
)

// carried is a frame on its way. It has 32 bytes, so that none lies across two
// lines of the caches, where a [Frame] inside would leave room unused.
type carried struct {
	id   ID
	conn Conn // of a datagram, its sender
	body uint32
	size int32
	next uint32 // where it waits in a line: the slot behind it, from 1
	kind uint16
	to   uint8 // the end that it goes to
	late bool  // a drop of its connection is no longer its fate
}

// frame returns the frame as it was sent.
func (c *carried) frame() Frame { return Frame{Kind: c.kind, Size: c.size, Body: c.body, ID: c.id} }

// frameSlab holds the frames that are on their way, each under its slot. The
// unused ones are linked by next.
type frameSlab struct {
	list []carried
	free uint32 // the first unused slot, from 1
}

// At returns the frame of a slot. It is valid until the next is stored.
func (s *frameSlab) At(slot uint32) *carried { return &s.list[slot] }

// store stores a frame and returns its slot.
func (s *frameSlab) store(f *Frame, c Conn, to uint8) uint32 {
	slot := s.free - 1
	if s.free == 0 {
		slot = uint32(len(s.list))
		s.list = append(s.list, carried{})
	} else {
		s.free = s.list[slot].next
	}
	x := &s.list[slot]
	x.id, x.conn, x.body, x.size = f.ID, c, f.Body, f.Size
	x.next, x.kind, x.to, x.late = 0, f.Kind, to, false
	return slot
}

// Put takes a slot back.
func (s *frameSlab) Put(slot uint32) { s.list[slot].next, s.free = s.free, slot+1 }

func (s *frameSlab) reset() { s.list, s.free = s.list[:0], 0 }

// end is one side of a connection, with the direction that leads to it.
type end struct {
	last Time   // the latest arrival scheduled towards this end
	node NodeID // whose end it is
	link uint32 // the link that leads here
	jam  uint32 // what holds the direction up, from 1; see jam
	open bool   // as its node sees it
	gone bool   // its machine knows nothing of the connection
	// special is set when frames towards this end need a second look: the link
	// is not an ordinary one, or the direction is held up.
	special bool
}

// connection is a stream of frames in each direction. Each end is open or
// closed on its own: a client that gave up a request has closed its end while
// the server still works through what arrived before.
type connection struct {
	gen  uint32
	born uint32 // how many connections were opened before it
	live bool
	// opening says that the client waits for the answer to its request.
	opening bool
	cause   ID
	ends    [2]end // the client's and the server's
	from    [2]ID  // identity of the direction towards end i
}

// network is the part of the engine that carries frames.
type network struct {
	conns  []connection // slot 0 is not used
	free   []uint32
	births uint32 // how many connections were opened
	frames frameSlab
	jams   Pool[jam]
	links  linkTable
	nics   []nic // by node; those behind the last have no limit
	tcp    TCP
	counts Counts
	// current is the frame that arrives: a field, because the address of a local
	// one would escape through Receive and be allocated for every frame.
	current Frame
	// digested is a frame whose content is fed to a digest, for the same reason.
	digested Frame
}

func (n *network) reset() {
	for i := range n.conns {
		n.conns[i].live = false
		n.conns[i].gen++
	}
	n.free = n.free[:0]
	for i := len(n.conns) - 1; i > 0; i-- {
		n.conns[i].gen = 0
		n.free = append(n.free, uint32(i))
	}
	if len(n.conns) == 0 {
		n.conns = append(n.conns, connection{})
	}
	n.frames.reset()
	n.jams.Reset()
	n.links.reset()
	n.nics = n.nics[:0]
	n.tcp = DefaultTCP
	n.births = 0
	n.counts = Counts{}
}

// Open asks for a connection. The server's Opened is called after one latency
// and the client's after two; the client may send from then on. When nobody
// listens, the client's Closed is called instead. Cause is what the opening is
// about ("bootstrap", a retry's number): with the two names it identifies the
// connection. A process that is dead opens none.
func (e *Engine) Open(client, server NodeID, cause ID) Conn {
	if e.nodes[client].flags&nodeDown != 0 {
		return NoConn
	}
	n := &e.net
	slot := uint32(len(n.conns))
	if k := len(n.free); k > 0 {
		slot = n.free[k-1]
		n.free = n.free[:k-1]
	} else {
		n.conns = append(n.conns, connection{})
	}
	a, b := e.ids[client], e.ids[server]
	there, back := n.links.between(client, server), n.links.between(server, client)
	c := &n.conns[slot]
	c.live, c.opening, c.cause, c.born = true, true, cause, n.births
	n.births++
	c.ends = [2]end{{node: client, link: back}, {node: server, link: there}}
	c.from = [2]ID{Identity(b, a), Identity(a, b)}
	e.look(c, 0)
	e.look(c, 1)
	id := Conn(uint64(c.gen+1)<<32 | uint64(slot))
	e.signal(id, c, 1, frameOpen)
	return id
}

// get returns the connection, or nil when it is gone.
func (n *network) get(c Conn) *connection {
	slot := uint32(c)
	if slot == 0 || int(slot) >= len(n.conns) {
		return nil
	}
	if x := &n.conns[slot]; x.live && uint32(c>>32) == x.gen+1 {
		return x
	}
	return nil
}

// Send sends a frame from a node over its connection. Frames of one direction
// arrive in the order in which they were sent. A frame on a connection that is
// closed at this end is dropped: the node has been told, or closed it itself.
func (e *Engine) Send(from NodeID, c Conn, f Frame) {
	x := e.net.get(c)
	if x == nil || !x.ends[x.side(from)].open {
		e.drop(f)
		return
	}
	e.carry(c, x, 1-x.side(from), f, 0)
}

// carry takes a frame towards an end, when a while has passed.
func (e *Engine) carry(c Conn, x *connection, to int, f Frame, wait Time) {
	d := &x.ends[to]
	if d.special {
		e.carryHard(c, x, to, f, wait)
		return
	}
	at := max(e.leaves(x, to, e.now+wait, f.Size)+e.latency(x, to, f.Kind, f.ID), d.last)
	d.last = at
	e.q.push(at, d.node, kindFrame, uint64(e.net.frames.store(&f, c, uint8(to))))
}

// signal sends what opens a connection: the request, or an answer to it.
func (e *Engine) signal(c Conn, x *connection, to int, kind uint16) {
	if x.ends[to].special {
		e.carryHard(c, x, to, Frame{Kind: kind}, 0)
		return
	}
	e.schedule(c, x, to, kind, e.now+e.latency(x, to, 0, x.cause))
}

// schedule sets the arrival of what opens a connection.
func (e *Engine) schedule(c Conn, x *connection, to int, kind uint16, at Time) {
	d := &x.ends[to]
	d.last = max(at, d.last)
	event := kindAccept
	switch kind {
	case frameAccept:
		event = kindOpened
	case frameRefuse:
		event = kindRefused
	}
	e.q.push(d.last, d.node, event, uint64(c))
}

// side returns which end of the connection the node is.
func (x *connection) side(n NodeID) int {
	if x.ends[0].node == n {
		return 0
	}
	return 1
}

func (e *Engine) drop(f Frame) {
	if e.Dropped != nil && f.Kind < frameRefuse {
		e.Dropped(f)
	}
}

// Close closes the node's end. What was sent before still arrives, then the
// other end is told. The node itself hears nothing more of the connection.
func (e *Engine) Close(from NodeID, c Conn) {
	x := e.net.get(c)
	if x == nil {
		return
	}
	side := x.side(from)
	switch {
	case side == 0 && x.opening:
		x.opening = false
	case !x.ends[side].open:
		return
	}
	x.ends[side].open = false
	if x.ends[1-side].open || x.opening {
		e.carry(c, x, 1-side, Frame{Kind: frameClose}, 0)
	} else {
		e.forget(c, x)
	}
}

// Break resets a connection: both ends are told now, and what it carried is
// lost. A paused node is told when it runs again, and hears before it what had
// arrived.
func (e *Engine) Break(c Conn) {
	x := e.net.get(c)
	if x == nil {
		return
	}
	ends := x.ends
	ends[0].open = ends[0].open || x.opening
	e.net.counts.Resets++
	kept := [2]bool{e.sever(c, x, 0, ends[0].open), e.sever(c, x, 1, ends[1].open)}
	if !kept[0] && !kept[1] {
		e.forget(c, x)
	}
	for i := range ends {
		if ends[i].open {
			e.tell(ends[i].node, c, Reset)
		}
	}
}

// sever cuts the direction to an end, and closes the end, unless its process is
// paused and is to be told: then it says so, and the end stays open until then.
func (e *Engine) sever(c Conn, x *connection, side int, told bool) (kept bool) {
	d := &x.ends[side]
	kept = told && e.nodes[d.node].flags&nodePaused != 0
	if side == 0 {
		x.opening = kept && x.opening && e.holds(d.node, kindOpened, uint64(c))
	}
	d.open = kept
	e.clearJam(x, side)
	if kept {
		j := e.jamOf(x, side)
		j.dropped, j.cut = true, e.now-1
	}
	return kept
}

func (e *Engine) forget(c Conn, x *connection) {
	e.clearJam(x, 0)
	e.clearJam(x, 1)
	x.live = false
	x.gen++
	e.net.free = append(e.net.free, uint32(c))
}

// Peer returns the node at the other end of a connection, as a socket's remote
// address does; ok is false when the connection is gone.
func (e *Engine) Peer(n NodeID, c Conn) (peer NodeID, ok bool) {
	x := e.net.get(c)
	if x == nil {
		return noNode, false
	}
	return x.ends[1-x.side(n)].node, true
}

// Slot returns a small number that no other open connection has, for tables of
// connections. A later connection may have it again.
func (c Conn) Slot() int { return int(uint32(c)) }

// connAt returns the name of the connection in a slot.
func (n *network) connAt(slot int) Conn { return Conn(uint64(n.conns[slot].gen+1)<<32 | uint64(slot)) }
