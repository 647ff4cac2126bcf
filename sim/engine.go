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

// Status says whether a run can go on, and if not, why it ended.
type Status uint8

// The statuses.
const (
	Running     Status = iota
	Idle               // no event is pending
	Halted             // the model called Halt
	TimeLimit          // virtual time would pass the limit
	EventLimit         // the limit of events was met
	MemoryLimit        // the limit of pending events was met
)

var statusTexts = [...]string{"running", "idle", "halted", "limit of virtual time", "limit of events", "limit of pending events"}

// String returns the status in words.
func (s Status) String() string { return statusTexts[s] }

// Limits bound a run; 0 means no limit.
type Limits struct {
	Time    Time
	Events  uint64
	Pending int
}

// Engine runs one simulation. It is used by one goroutine; a sweep has one
// engine a worker and resets it between runs, which keeps its memory.
type Engine struct {
	now    Time
	q      queue
	source Source
	seed   Random
	nodes  []nodeState
	net    network
	world  world
	trace  traceHash
	events uint64
	limits Limits
	status Status
	last   Event
	calls  []func()

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
}

// Event is an executed event, for reports of nondeterminism and for traces.
type Event struct {
	At   Time
	Node NodeID
	Kind Kind
	Arg  uint64
}

// New returns an engine for the first run; see [Engine.Reset].
func New(seed uint64, limits Limits) *Engine {
	e := new(Engine)
	e.Reset(seed, limits)
	return e
}

// Reset empties the engine for another run and keeps its memory. Decisions come
// from the seed until [Engine.SetSource] is called.
func (e *Engine) Reset(seed uint64, limits Limits) {
	e.now, e.events, e.status, e.last = 0, 0, Running, Event{}
	e.q.reset()
	e.q.ties = 0
	e.seed, e.source = Random{seed}, nil
	clear(e.nodes)
	e.nodes = e.nodes[:0]
	e.net.reset()
	e.world.reset()
	e.trace = traceHash{}
	e.limits = limits
	clear(e.calls)
	e.calls = e.calls[:0]
	e.Dropped, e.Arrived, e.Copied, e.Faulted = nil, nil, nil, nil
}

// SetSource makes another source answer the decisions.
func (e *Engine) SetSource(s Source) { e.source = s }

// PermuteTies orders events of one instant by a hash of the instant and the node
// instead of by scheduling. Events of one node keep their order. Real systems
// promise no order there, so no finding should depend on it.
func (e *Engine) PermuteTies(seed uint64) { e.q.ties = seed | 1 }

// Seed returns the seed of the run.
func (e *Engine) Seed() uint64 { return e.seed.Seed }

// Now returns the virtual time.
func (e *Engine) Now() Time { return e.now }

// Events returns how many events were executed.
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

// Choose answers a decision with one of n alternatives, 0 to n-1.
func (e *Engine) Choose(d Decision, id ID, n int) int {
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
	return s.Sample(e.Bits(d, id))
}

// After sets a timer of the node, d from now. A negative d is a mistake of the
// model and panics with the node's name.
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
	case e.q.items[i].at < 0:
		e.unhold(i)
		e.q.release(i)
	default:
		e.q.cancel(i)
	}
}

// At calls f at a time of the run, which must not have passed: the door for the
// program that drives the run and for its fault schedule. Models use timers.
func (e *Engine) At(at Time, f func()) {
	e.calls = append(e.calls, f)
	e.q.push(max(at, e.now), noNode, kindCall, uint64(len(e.calls)-1))
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

// Step executes at most n events and says whether the run can go on.
func (e *Engine) Step(n int) Status {
	for ; n > 0 && e.status == Running; n-- {
		i := e.q.pop()
		if i == 0 {
			e.status = Idle
			break
		}
		it := e.q.items[i]
		if e.over(it.at) {
			e.q.release(i)
			break
		}
		e.now = it.at
		if e.world.halted > 0 && e.withhold(i) {
			continue
		}
		e.q.release(i)
		if e.events++; e.events == e.world.faults.watch {
			e.counted()
		}
		node, kind := it.tag.node(), it.tag.kind()
		e.last = Event{it.at, node, kind, it.arg}
		e.trace.Uint(uint64(it.at) ^ uint64(uint32(it.tag))*tagSpread)
		if kind < kindEngine {
			e.trace.Uint(it.arg)
			e.nodes[node].impl.Timer(kind, it.arg)
		} else {
			e.own(&e.last)
		}
	}
	return e.status
}

// tagSpread moves the few bits of a tag over the word that it shares with a time
// in the trace hash.
const tagSpread = 0x9e3779b97f4a7c15

// over sets the status when the next event would pass a limit.
func (e *Engine) over(at Time) bool {
	switch {
	case e.limits.Time > 0 && at > e.limits.Time:
		e.status = TimeLimit
	case e.limits.Events > 0 && e.events >= e.limits.Events:
		e.status = EventLimit
	case e.limits.Pending > 0 && e.q.pending > e.limits.Pending:
		e.status = MemoryLimit
	default:
		return false
	}
	return true
}

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
		e.calls[ev.Arg]()
	default:
		e.happen(ev)
	}
}

// Digest returns the digest of the whole state: every node's, and what is
// pending is told by the nodes' own accounts of it.
func (e *Engine) Digest() [16]byte {
	var d Digest
	for i := range e.nodes {
		d.String(e.nodes[i].name)
		e.nodes[i].impl.Digest(&d)
	}
	e.digestWorld(&d)
	return d.Sum()
}

// Describe returns an event in words: its time, its node and its kind.
func (e *Engine) Describe(ev Event) string {
	name := "the driver"
	if ev.Node >= 0 && int(ev.Node) < len(e.nodes) {
		name = e.nodes[ev.Node].name
	}
	what := fmt.Sprintf("timer %d (%d)", ev.Kind, ev.Arg)
	switch ev.Kind {
	case kindFrame:
		what = "a frame"
	case kindAccept, kindOpened, kindRefused:
		what = "the opening of a connection"
	case kindRestart:
		what = "a restart"
	case kindCall:
		what = "a call"
	}
	return fmt.Sprintf("%s at %s at %v", what, name, ev.At)
}
