package sim

// NodeID numbers the nodes of a run in the order of their creation.
type NodeID int32

// Node is the behaviour of one node: a broker, a client, a controller. The
// engine calls it; it answers by setting timers and sending frames. A node
// reads no state of another node: what it knows came in a frame.
type Node interface {
	// Timer handles a timer that the node set with [Engine.After].
	Timer(kind Kind, arg uint64)
	// Opened tells that a connection is open at this end. The client's end
	// opens one round trip after [Engine.Open], the server's half of one.
	Opened(c Conn)
	// Closed tells that a connection is closed at this end and why. It is not
	// called for the node's own [Engine.Close].
	Closed(c Conn, why Closing)
	// Receive handles a frame. The frame is the engine's and valid only for
	// the call; its body belongs to the receiver from now on.
	Receive(c Conn, f *Frame)
	// Crashed tells that the process died: its memory is gone. Its timers and
	// connections are already gone too. What it keeps on disk stays.
	Crashed()
	// Restarted starts the process again with what was on disk.
	Restarted()
	// Digest feeds the node's whole state, so that equal states are recognised.
	Digest(d *Digest)
}

type nodeState struct {
	impl Node
	name string
	id   ID
	down bool
}

// AddNode adds a node under a name that is unique in the run. Decisions about
// the node's links are named by it.
func (e *Engine) AddNode(name string, n Node) NodeID {
	if len(e.nodes) == maxNodes {
		panic("sim: a run has at most 524,287 nodes")
	}
	e.nodes = append(e.nodes, nodeState{impl: n, name: name, id: Named(name)})
	return NodeID(len(e.nodes) - 1)
}

// NodeName returns the node's name.
func (e *Engine) NodeName(n NodeID) string { return e.nodes[n].name }

// NodeByName returns the node of that name; ok is false when there is none.
func (e *Engine) NodeByName(name string) (id NodeID, ok bool) {
	for i := range e.nodes {
		if e.nodes[i].name == name {
			return NodeID(i), true
		}
	}
	return 0, false
}

// Down says whether the node's process is not running.
func (e *Engine) Down(n NodeID) bool { return e.nodes[n].down }

// Crash kills the node's process: its timers are gone, and the operating system
// closes its connections after what they already carry. Crashing a node that is
// down does nothing.
func (e *Engine) Crash(n NodeID) {
	s := &e.nodes[n]
	if s.down {
		return
	}
	s.down = true
	e.q.each(func(slot int32, it *item) {
		if it.tag.node() == n && it.tag.kind() < kindEngine {
			e.q.cancel(slot)
		}
	})
	e.net.closeAll(e, n)
	s.impl.Crashed()
}

// Restart starts the node's process again after a delay. Restarting a node that
// is up when the time comes does nothing.
func (e *Engine) Restart(n NodeID, after Time) {
	e.q.push(e.now+after, n, kindRestart, 0)
}

func (e *Engine) restart(n NodeID) {
	s := &e.nodes[n]
	if !s.down {
		return
	}
	s.down = false
	s.impl.Restarted()
}
