package sim

import "fmt"

// Event is an event of a run, for reports and traces.
type Event struct {
	At   Time
	Node NodeID
	Kind Kind
	// Arg is a timer's argument, or a frame's identity.
	Arg uint64
	// Frame and From are a frame's kind and its sender; Frame is also the kind of
	// a job that is done, From also the other end of a connection that is asked
	// for, opens or is refused. [Engine.Last] does not tell them.
	Frame uint16
	From  NodeID
}

var ownTexts = [...]string{"", "a frame", "a request for a connection", "the opening of a connection",
	"the refusal of a connection", "a restart", "a call"}

// Describer is what a node may be besides [Node], for readable traces.
type Describer interface {
	// DescribeTimer names a timer of the node, as "linger of partition 3".
	DescribeTimer(kind Kind, arg uint64) string
	// DescribeFrame names a frame that the node sends or receives.
	DescribeFrame(kind uint16, id ID) string
}

// feed feeds an event to a digest.
func (ev *Event) feed(d *Digest) {
	d.Int(int64(ev.At))
	d.Int(int64(ev.Node))
	d.Uint(uint64(ev.Kind)<<32 | uint64(ev.Frame))
	d.Uint(ev.Arg)
}

// event returns a pending event as far as the queue knows it.
func (it *item) event() Event {
	return Event{At: it.at, Node: it.tag.node(), Kind: it.tag.kind(), Arg: it.arg, From: noNode}
}

// detailed returns a pending event with what the network knows of it. The number
// of a slot or of a connection is no part of it: it would tell nobody anything.
func (e *Engine) detailed(it *item) Event {
	ev := it.event()
	switch ev.Kind {
	case kindFrame:
		f := e.net.frames.At(uint32(it.arg))
		ev.Arg, ev.Frame = uint64(f.id), f.kind
		if x := e.net.get(f.conn); x != nil {
			ev.From = x.ends[1-f.to].node
		}
	case kindDatagram:
		f := e.net.frames.At(uint32(it.arg))
		ev.Arg, ev.Frame, ev.From = uint64(f.id), f.kind, NodeID(f.conn)
	case kindServed:
		j := e.world.jobs.At(uint32(it.arg))
		ev.Arg, ev.Frame = j.arg, uint16(j.kind)
	case kindNotice:
		ev.Arg = uint64(e.world.notices.At(uint32(it.arg)).why)
	case kindAccept, kindOpened, kindRefused, kindAccepted:
		if x := e.net.get(Conn(it.arg)); x != nil {
			ev.From = x.ends[1-x.side(ev.Node)].node
		}
		ev.Arg = 0
	case kindProbe, kindCall:
		ev.Arg = 0
	}
	return ev
}

// Describe returns an event in words: what it is, its node and its time.
func (e *Engine) Describe(ev Event) string {
	name := "the driver"
	if e.isNode(ev.Node) {
		name = e.nodes[ev.Node].name
	}
	what := e.DescribeKind(ev)
	if c := ev.Class(); (c == FrameArrives || c == ConnectionTurns) && e.isNode(ev.From) {
		what += " from " + e.nodes[ev.From].name
	}
	return fmt.Sprintf("%s at %s at %v", what, name, ev.At)
}

func (e *Engine) isNode(n NodeID) bool { return n >= 0 && int(n) < len(e.nodes) }

// DescribeKind returns in words what an event is, without its nodes and its time.
func (e *Engine) DescribeKind(ev Event) string {
	var names Describer
	if e.isNode(ev.Node) {
		names, _ = e.nodes[ev.Node].impl.(Describer)
	}
	switch {
	case ev.Kind == kindFrame || ev.Kind == kindDatagram:
		return describeFrame(ev, names)
	case ev.Kind > kindWorld && int(ev.Kind-kindWorld) < len(worldTexts):
		return worldTexts[ev.Kind-kindWorld]
	case ev.Kind > kindEngine:
		return ownTexts[ev.Kind-kindEngine]
	case names != nil:
		return "timer " + names.DescribeTimer(ev.Kind, ev.Arg)
	}
	return fmt.Sprintf("timer %d (%d)", ev.Kind, ev.Arg)
}

func describeFrame(ev Event, names Describer) string {
	switch {
	case ev.Frame == frameClose:
		return "the closing of a connection"
	case ev.Frame >= frameRefuse:
		return "the reset of a connection"
	case names != nil:
		return "frame " + names.DescribeFrame(ev.Frame, ID(ev.Arg))
	case ev.Kind == kindDatagram:
		return fmt.Sprintf("datagram %d", ev.Frame)
	}
	return fmt.Sprintf("frame %d", ev.Frame)
}
