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
	Reset                     // the network broke it; what it carried is lost
)

// String returns the reason in words.
func (c Closing) String() string {
	return [...]string{"closed by peer", "refused", "reset"}[c]
}

// Frame is what a connection carries. The engine reads only its size and its
// identity; the rest is between the two nodes.
type Frame struct {
	// Kind is the model's.
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

// kindClose marks the frame that tells the other end of a closing.
const kindClose = 0xffff

// carried is a frame on its way.
type carried struct {
	Frame
	conn Conn
	to   uint8
}

// end is one side of a connection.
type end struct {
	node NodeID
	open bool
	last Time // the latest arrival scheduled towards this end
}

// connection is a stream of frames in each direction. Each end is open or
// closed on its own: a client that gave up a request has closed its end while
// the server still works through what arrived before.
type connection struct {
	gen  uint32
	live bool
	// opening says that the client waits for the answer to its request.
	opening bool
	cause   ID
	ends    [2]end // the client's and the server's
	link    [2]*link
	from    [2]ID // identity of the direction towards end i
}

var (
	decideWeather = NewDecision("link.weather")
	decideLatency = NewDecision("link.latency")
)

// weatherSlot is how long the weather of a link stays the same.
const weatherSlot = Millisecond

type link struct {
	from, to NodeID
	latency  Sampler
}

// network is the part of the engine that carries frames.
type network struct {
	conns  []connection // slot 0 is not used
	free   []uint32
	frames Pool[carried]
	links  []*link
	common link
	// current is the frame that arrives: a field, because the address of a local
	// one would escape through Receive and be allocated for every frame.
	current carried
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
	n.frames.Reset()
	n.links = n.links[:0]
	n.common = link{latency: Constant(0)}
}

// SetLatency sets the one-way latency of every link that has none of its own.
func (e *Engine) SetLatency(s Sampler) { e.net.common.latency = s }

// SetLinkLatency sets the one-way latency from one node to another. Connections
// that are open keep what they had.
func (e *Engine) SetLinkLatency(from, to NodeID, s Sampler) {
	e.net.links = append(e.net.links, &link{from, to, s})
}

func (n *network) linkOf(from, to NodeID) *link {
	for i := len(n.links) - 1; i >= 0; i-- {
		if l := n.links[i]; l.from == from && l.to == to {
			return l
		}
	}
	return &n.common
}

// Open asks for a connection. The server's Opened is called after one latency
// and the client's after two; the client may send from then on. When nobody
// listens, the client's Closed is called instead. Cause is what the opening is
// about ("bootstrap", a retry's number): with the two names it identifies the
// connection.
func (e *Engine) Open(client, server NodeID, cause ID) Conn {
	n := &e.net
	slot := uint32(len(n.conns))
	if k := len(n.free); k > 0 {
		slot = n.free[k-1]
		n.free = n.free[:k-1]
	} else {
		n.conns = append(n.conns, connection{})
	}
	c := &n.conns[slot]
	a, b := e.nodes[client].id, e.nodes[server].id
	c.live, c.opening, c.cause = true, true, cause
	c.ends = [2]end{{node: client}, {node: server}}
	c.link = [2]*link{n.linkOf(server, client), n.linkOf(client, server)}
	c.from = [2]ID{Identity(b, a), Identity(a, b)}
	id := Conn(uint64(c.gen+1)<<32 | uint64(slot))
	e.q.push(e.now+e.latency(c, 1, 0, cause), server, kindAccept, uint64(id))
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

// latency draws the time that a frame needs towards end to.
func (e *Engine) latency(c *connection, to int, kind uint16, id ID) Time {
	d := decideLatency
	if id == 0 {
		d, id = decideWeather, ID(e.now/weatherSlot)
	}
	return Time(e.Draw(d, Identity(c.from[to], ID(kind), id), &c.link[to].latency))
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
	e.carry(c, x, 1-x.side(from), f)
}

func (e *Engine) carry(c Conn, x *connection, to int, f Frame) {
	at := max(e.now+e.latency(x, to, f.Kind, f.ID), x.ends[to].last)
	x.ends[to].last = at
	slot, body := e.net.frames.Take()
	*body = carried{f, c, uint8(to)}
	e.q.push(at, x.ends[to].node, kindFrame, uint64(slot))
}

// side returns which end of the connection the node is.
func (x *connection) side(n NodeID) int {
	if x.ends[0].node == n {
		return 0
	}
	return 1
}

func (e *Engine) drop(f Frame) {
	if e.Dropped != nil && f.Kind != kindClose {
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
		e.carry(c, x, 1-side, Frame{Kind: kindClose})
	} else {
		e.net.forget(c, x)
	}
}

// Break resets a connection: both ends are told now, and what it carried is
// lost.
func (e *Engine) Break(c Conn) {
	x := e.net.get(c)
	if x == nil {
		return
	}
	ends := x.ends
	ends[0].open = ends[0].open || x.opening
	e.net.forget(c, x)
	for i := range ends {
		if ends[i].open {
			e.nodes[ends[i].node].impl.Closed(c, Reset)
		}
	}
}

func (n *network) forget(c Conn, x *connection) {
	x.live = false
	x.gen++
	n.free = append(n.free, uint32(c))
}

func (n *network) accept(e *Engine, c Conn) {
	x := n.get(c)
	if x == nil {
		return
	}
	server := x.ends[1].node
	back := e.now + e.latency(x, 0, 0, x.cause)
	if e.nodes[server].down {
		e.q.push(back, x.ends[0].node, kindRefused, uint64(c))
		return
	}
	x.ends[1].open = true
	x.ends[0].last = back
	e.q.push(back, x.ends[0].node, kindOpened, uint64(c))
	e.nodes[server].impl.Opened(c)
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
		client := x.ends[0].node
		n.forget(c, x)
		e.nodes[client].impl.Closed(c, Refused)
	}
}

func (n *network) arrive(e *Engine, slot uint32) {
	n.current = *n.frames.At(slot)
	f := &n.current
	n.frames.Put(slot)
	x := n.get(f.conn)
	if x == nil || !x.ends[f.to].open {
		e.drop(f.Frame)
		if x != nil && f.Kind == kindClose && !x.ends[1-f.to].open {
			n.forget(f.conn, x)
		}
		return
	}
	node := x.ends[f.to].node
	e.trace.Uint(uint64(f.ID) ^ uint64(f.Kind)<<48 ^ uint64(uint32(f.Size)))
	if f.Kind != kindClose {
		if e.Arrived != nil {
			e.Arrived(x.ends[1-f.to].node, node, &f.Frame)
		}
		e.nodes[node].impl.Receive(f.conn, &f.Frame)
		return
	}
	x.ends[f.to].open = false
	if !x.ends[1-f.to].open {
		n.forget(f.conn, x)
	}
	e.nodes[node].impl.Closed(f.conn, PeerClosed)
}

// closeAll closes every end that a dead process held.
func (n *network) closeAll(e *Engine, node NodeID) {
	for i := range n.conns {
		x := &n.conns[i]
		if !x.live || (x.ends[0].node != node && x.ends[1].node != node) {
			continue
		}
		e.Close(node, Conn(uint64(x.gen+1)<<32|uint64(i)))
	}
}

// Slot returns a small number that no other open connection has, for tables of
// connections. A later connection may have it again.
func (c Conn) Slot() int { return int(uint32(c)) }
