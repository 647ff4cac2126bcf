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
	// Crashed tells that the process died: its memory is gone. Its timers, its
	// connections and its jobs at CPU servers are already gone too. What it keeps
	// on disk stays; after a crash of the machine [Engine.Size] of a file says how
	// much of it.
	Crashed()
	// Restarted starts the process again with what was on disk.
	Restarted()
	// Digest feeds the node's whole state, so that equal states are recognised.
	Digest(d *Digest)
}

type nodeState struct {
	impl  Node
	flags nodeFlags
	// epoch counts the crashes: what was begun for an earlier process is not
	// delivered to a later one.
	epoch uint32
	// datagrams is impl when it can receive datagrams.
	datagrams DatagramReceiver
	name      string
}

// nodeFlags say what is out of the ordinary about a node. The engine looks at
// one word for an event of a node that runs as usual.
type nodeFlags uint8

const (
	nodeDown   nodeFlags = 1 << iota // the process is not running
	nodeOff                          // the machine is not running either
	nodePaused                       // its events are held
	nodeDying                        // it passed a point where it crashes
	nodeDrifts                       // its monotonic clock does not run true
	nodeHalted = nodeDown | nodePaused
)

// AddNode adds a node under a name that is unique in the run. Decisions about
// the node's links are named by it.
func (e *Engine) AddNode(name string, n Node) NodeID {
	if len(e.nodes) == maxNodes {
		panic("sim: a run has at most 524,287 nodes")
	}
	receiver, _ := n.(DatagramReceiver)
	e.nodes = append(e.nodes, nodeState{impl: n, name: name, datagrams: receiver})
	e.ids = append(e.ids, Named(name))
	e.tally = append(e.tally, 0)
	e.world.addNode()
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

// Nodes returns how many nodes there are; their ids count from 0.
func (e *Engine) Nodes() int { return len(e.nodes) }

// Down says whether the node's process is not running.
func (e *Engine) Down(n NodeID) bool { return e.nodes[n].flags&nodeDown != 0 }

// Off says whether the node's machine is not running.
func (e *Engine) Off(n NodeID) bool { return e.nodes[n].flags&nodeOff != 0 }

// mark changes a node's flags and keeps count of the nodes that do not run.
func (e *Engine) mark(n NodeID, set, clear nodeFlags) {
	s := &e.nodes[n]
	before := s.flags&nodeHalted != 0
	s.flags = s.flags&^clear | set
	switch after := s.flags&nodeHalted != 0; {
	case after && !before:
		e.world.halted++
	case before && !after:
		e.world.halted--
	}
}

// Crash kills the node's process, as kill -9 does: its timers and its jobs at
// CPU servers are gone, and the operating system goes on. It closes the process's
// connections after what they already carry, and what the process wrote to a
// file stays in the page cache. Crashing a node that is down does nothing.
func (e *Engine) Crash(n NodeID) {
	if e.nodes[n].flags&nodeDown == 0 {
		e.kill(n)
		e.net.closeAll(e, n)
		e.nodes[n].impl.Crashed()
	}
}

// CrashMachine takes the power from the node's machine. Its process dies, nobody
// closes its connections, so that the other ends stay open until they send (a
// half-open connection), and of what was not synced to its disks nothing or only
// a part is left. Cause is what the crash is about, for the decision what is
// left. When the process is down already, the machine goes down below it.
func (e *Engine) CrashMachine(n NodeID, cause ID) {
	flags := e.nodes[n].flags
	if flags&nodeOff != 0 {
		return
	}
	e.mark(n, nodeOff, 0)
	if flags&nodeDown == 0 {
		e.kill(n)
	}
	e.net.loseAll(e, n)
	e.cutPower(n, cause)
	if flags&nodeDown == 0 {
		e.nodes[n].impl.Crashed()
	}
}

// kill ends the process without telling the node of it.
func (e *Engine) kill(n NodeID) {
	e.mark(n, nodeDown, nodePaused|nodeDying)
	e.nodes[n].epoch++
	e.q.each(func(slot int32, it *item) {
		if it.tag.node() == n && it.tag.kind() < kindEngine {
			e.q.cancel(slot)
		}
	})
	e.discardHeld(n)
	e.stopServers(n)
}

// Restart starts the node's process again after a delay, and its machine if that
// is down. Restarting a node that is up when the time comes does nothing.
func (e *Engine) Restart(n NodeID, after Time) {
	e.q.push(e.now+after, n, kindRestart, 0)
}

func (e *Engine) restart(n NodeID) {
	if e.nodes[n].flags&nodeDown == 0 {
		return
	}
	e.mark(n, 0, nodeDown|nodeOff)
	e.nodes[n].impl.Restarted()
}
