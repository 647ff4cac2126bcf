package sim

import "fmt"

// The engine's own kinds of events.
const (
	kindEngine  Kind = 0xf00 + iota
	kindFrame        // a frame arrives; arg is its slot
	kindAccept       // a request for a connection arrives; arg is the connection
	kindOpened       // the answer to it arrives
	kindRefused      // the refusal arrives
	kindRestart      // a crashed process starts again
	kindCall         // a call at a time, by the program that drives the run
)

// Engine runs one simulation. It is used by one goroutine; a sweep has one
// engine a worker and resets it between runs, which keeps its memory.
type Engine struct {
	now    Time
	q      queue
	source Source // what is asked: asked, with the causes in front; nil is the seed
	asked  Source
	seed   Random
	nodes  []nodeState
	ids    []ID // the identities of the nodes, close together
	net    network
	world  world
	trace  traceHash
	events uint64
	limits Limits
	bounds bounds
	status Status
	last   Event
	// tally counts the events of the driver, the first, and of every node.
	tally []uint64
	calls []func() // by number
	spare []uint32 // numbers of calls that are done

	// Dropped is called with every frame that will not arrive, so that the
	// model can take back its body. It may be nil.
	Dropped func(f Frame)
	// Copied is called with a frame of which the network makes a second one, and
	// returns that with a body of its own. It may be nil when bodies are plain
	// numbers.
	Copied func(f Frame) Frame
	// Faulted is called when a fault of the schedule begins or ends. It may be nil.
	Faulted func(ev FaultEvent, entry *Entry)
	// Arrived is called with every frame just before its node receives it, for
	// traces: it must change nothing. It may be nil.
	Arrived func(from, to NodeID, f *Frame)
	// DigestBody feeds the content of a frame that is on its way; see
	// [Engine.Digest]. It may be nil when the frames' identities tell it.
	DigestBody func(d *Digest, f *Frame)
}

// New returns an engine for the first run; see [Engine.Reset].
func New(seed uint64, limits Limits) *Engine {
	e := new(Engine)
	e.q.past, e.q.frames = e.past, &e.net.frames
	e.Reset(seed, limits)
	return e
}

// Reset empties the engine for another run and keeps its memory. Decisions come
// from the seed until [Engine.SetSource] is called.
func (e *Engine) Reset(seed uint64, limits Limits) {
	e.now, e.events, e.status, e.last = 0, 0, Running, Event{}
	e.q.reset()
	e.seed, e.source, e.asked = Random{seed}, nil, nil
	clear(e.nodes)
	e.nodes, e.ids = e.nodes[:0], e.ids[:0]
	e.net.reset()
	e.world.reset()
	e.trace = traceHash{}
	e.limits, e.bounds = limits, boundsOf(limits)
	clear(e.calls)
	e.calls, e.spare = e.calls[:0], e.spare[:0]
	e.tally = append(e.tally[:0], 0)
	e.Dropped, e.Arrived, e.Copied, e.Faulted, e.DigestBody = nil, nil, nil, nil, nil
}

// SetSource makes another source answer the decisions; nil is the seed again.
func (e *Engine) SetSource(s Source) {
	e.source, e.asked = s, s
	if c := e.q.causes; c != nil {
		if s == nil {
			e.asked = e.seed
		}
		e.source = c
	}
}

// Seed returns the seed of the run.
func (e *Engine) Seed() uint64 { return e.seed.Seed }

// Now returns the virtual time.
func (e *Engine) Now() Time { return e.now }

// Events returns how many events were executed, with the current one: during an
// event it is the event's number.
func (e *Engine) Events() uint64 { return e.events }

// Pending returns how many events are pending.
func (e *Engine) Pending() int { return e.q.pending }

// Last returns the event executed last.
func (e *Engine) Last() Event { return e.last }

// Hash returns the trace hash: the digest of all events executed so far.
func (e *Engine) Hash() [16]byte { return e.trace.Sum() }

// Fold feeds a value of the model to the trace hash, for what the order of
// events alone does not tell.
func (e *Engine) Fold(v uint64) { e.trace.Uint(v) }

// SetHashing turns the trace hash off, or on again; it is on after
// [Engine.Reset]. Without it [Engine.Hash] is that of the events before.
func (e *Engine) SetHashing(on bool) { e.trace.off = !on }

// traceHash is the digest of the run, unless it is turned off.
type traceHash struct {
	Digest
	off bool
}

// Uint feeds a value when the hash is on.
func (t *traceHash) Uint(v uint64) {
	if !t.off {
		t.Digest.Uint(v)
	}
}

// Bits answers a decision with 64 uniform bits.
func (e *Engine) Bits(d Decision, id ID) uint64 {
	if e.source != nil {
		return e.source.Bits(d, id)
	}
	return draw(e.seed.Seed, d.hash, uint64(id))
}

// Choose answers a decision with one of n alternatives, 0 to n-1. Without any it
// panics.
func (e *Engine) Choose(d Decision, id ID, n int) int {
	if n < 1 {
		panic("sim: there is nothing to choose from for " + d.name)
	}
	if e.source != nil {
		return e.source.Choose(d, id, n)
	}
	return e.seed.Choose(d, id, n)
}

// Draw answers a decision with a value of a distribution. A constant is no
// decision, so nobody is asked.
func (e *Engine) Draw(d Decision, id ID, s *Sampler) int64 {
	if s.shape == shapeConstant {
		return s.a
	}
	if e.source == nil {
		return s.Sample(draw(e.seed.Seed, d.hash, uint64(id)))
	}
	return s.Sample(e.source.Bits(d, id))
}

// After sets a timer of the node, d from now on its monotonic clock, which is the
// true time unless [Engine.SetClock] or a fault made it drift. Its kind is below
// 0xf00. A negative d is a mistake of the model and panics with the node's name.
func (e *Engine) After(n NodeID, d Time, kind Kind, arg uint64) TimerID {
	if d < 0 || kind >= kindEngine {
		panic(fmt.Sprintf("sim: node %s set a timer of kind %d for %v from now at %v", e.nodes[n].name, kind, d, e.now))
	}
	if e.nodes[n].flags&nodeDrifts != 0 {
		d = e.onClock(n, d)
	}
	return e.q.timer(e.q.push(e.now+d, n, kind, arg))
}

// Cancel takes a pending timer back. It does nothing when the timer fired or
// was cancelled before.
func (e *Engine) Cancel(t TimerID) {
	switch i := e.q.slot(t); {
	case i == 0:
	case e.q.items[i].at < 0: // a pause holds it
		if c := e.q.causes; c != nil {
			c.cancelled(&e.q.items[i])
		}
		e.unhold(i)
		e.q.release(i)
	default:
		e.q.cancel(i)
	}
}

// At calls f at a time of the run: the door for the program that drives the run
// and for its fault schedule. Models use timers. A time that has passed panics.
func (e *Engine) At(at Time, f func()) {
	i := uint32(len(e.calls))
	if n := len(e.spare); n > 0 {
		i, e.spare = e.spare[n-1], e.spare[:n-1]
		e.calls[i] = f
	} else {
		e.calls = append(e.calls, f)
	}
	e.q.push(at, noNode, kindCall, uint64(i))
}

// call runs a call, whose number is free before that: it may use At itself.
func (e *Engine) call(i uint32) {
	f := e.calls[i]
	e.calls[i] = nil
	e.spare = append(e.spare, i)
	f()
}

// past is called by the queue when an event is scheduled in the past.
func (e *Engine) past(at Time, n NodeID, kind Kind) {
	panic(fmt.Sprintf("sim: at %v %s was scheduled in the past", e.now, e.Describe(Event{At: at, Node: n, Kind: kind})))
}

// noNode stands for the program that drives the run.
const noNode NodeID = -1

// Halt ends the run after the current event.
func (e *Engine) Halt() {
	if e.status == Running {
		e.status = Halted
	}
}

// Status returns the status without running anything.
func (e *Engine) Status() Status { return e.status }

// Step executes at most n events and says whether the run can go on. An event
// that would pass a limit is not executed and stays pending; see [Engine.Reason].
func (e *Engine) Step(n int) Status {
	for ; n > 0 && e.status == Running; n-- {
		if (e.events >= e.bounds.events || e.q.pending > e.bounds.pending) && e.over() {
			break
		}
		i := e.q.pop(e.bounds.time)
		if i <= 0 {
			e.status = Idle
			if i == later {
				e.status = TimeLimit
			}
			break
		}
		e.execute(i)
	}
	if c := e.q.causes; c != nil {
		c.pause()
	}
	return e.status
}

// execute executes the event of a slot, unless its node does not run.
func (e *Engine) execute(i int32) {
	it := &e.q.items[i]
	at, tag, arg := it.at, it.tag, it.arg // the slot is free for others soon
	e.now = at
	if e.world.halted > 0 && e.withhold(i) {
		return
	}
	e.events++
	if c := e.q.causes; c != nil {
		c.begin(e.events, i, it)
	}
	e.q.release(i)
	if e.events == e.world.faults.watch {
		e.counted()
	}
	node, kind := tag.node(), tag.kind()
	e.last = Event{At: at, Node: node, Kind: kind, Arg: arg}
	e.trace.Uint(uint64(at) ^ uint64(uint32(tag))*tagSpread)
	e.tally[node+1]++
	if kind < kindEngine {
		e.trace.Uint(arg)
		e.nodes[node].impl.Timer(kind, arg)
		return
	}
	switch kind { // the common ones first
	case kindFrame:
		e.net.arrive(e, uint32(arg))
	case kindDatagram:
		e.datagram(node, uint32(arg))
	default:
		e.own(&e.last)
	}
}

// tagSpread moves the few bits of a tag over the word that it shares with a time
// in the trace hash.
const tagSpread = 0x9e3779b97f4a7c15

// own executes an event of the engine's own.
func (e *Engine) own(ev *Event) {
	switch ev.Kind {
	case kindFrame:
		e.net.arrive(e, uint32(ev.Arg))
	case kindAccept:
		e.net.accept(e, Conn(ev.Arg))
	case kindOpened:
		e.net.opened(e, Conn(ev.Arg))
	case kindRefused:
		e.net.refused(e, Conn(ev.Arg))
	case kindRestart:
		e.restart(ev.Node)
	case kindCall:
		e.call(uint32(ev.Arg))
	default:
		e.happen(ev)
	}
}
