package sim

import (
	"fmt"
	"math"
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

var statusTexts = [...]string{"running", "no event is pending", "halted", "limit of virtual time", "limit of events",
	"limit of pending events"}

// String returns the status in words.
func (s Status) String() string { return statusTexts[s] }

// Limits bound a run; 0 means no limit.
type Limits struct {
	// Time is the latest time of an event.
	Time Time
	// Events is how many events are executed at most.
	Events uint64
	// Pending is how many events are pending at most, which bounds the engine's
	// memory: an event takes 32 bytes, a frame on its way about 48 more.
	Pending int
}

// bounds are the limits in the form in which every step looks at them.
type bounds struct {
	time    Time
	pending int
	// events is where to look next: at half of the limit the counters are noted,
	// so that a run that goes round in circles can be told by what it did lately.
	events uint64
	half   struct {
		events uint64
		now    Time
		tally  []uint64
	}
}

func boundsOf(l Limits) bounds {
	b := bounds{time: math.MaxInt64, pending: math.MaxInt, events: math.MaxUint64}
	if l.Time > 0 {
		b.time = l.Time
	}
	if l.Pending > 0 {
		b.pending = l.Pending
	}
	if l.Events > 0 {
		b.events = l.Events / 2
	}
	return b
}

// over says whether a limit is met now, and sets the status.
func (e *Engine) over() bool {
	switch {
	case e.q.pending == 0:
		e.status = Idle
	case e.q.pending > e.bounds.pending:
		e.status = MemoryLimit
	case e.limits.Events > 0 && e.events >= e.limits.Events:
		e.status = EventLimit
	default: // half of the events
		half := &e.bounds.half
		half.events, half.now, half.tally = e.events, e.now, append(half.tally[:0], e.tally...)
		e.bounds.events = e.limits.Events
		return false
	}
	return true
}

// Reason says why the run ended, with the node that is most probably to blame
// when it met a limit: the one with the most events in the second half of the
// limit of events, or the one with the most pending events.
func (e *Engine) Reason() string {
	switch e.status {
	case EventLimit:
		return e.busiest()
	case MemoryLimit:
		return fmt.Sprintf("%v: %d are pending at %v, %s", e.status, e.q.pending, e.now, e.hoarder())
	case TimeLimit:
		next := e.q.items[e.q.earliest()]
		return fmt.Sprintf("%v: the next event is %s; %d are pending, %s", e.status,
			e.Describe(next.event()), e.q.pending, e.hoarder())
	}
	return e.status.String()
}

// busiest names the node with the most events since half of the limit.
func (e *Engine) busiest() string {
	text := fmt.Sprintf("%v: %d at %v", e.status, e.events, e.now)
	if e.now == e.bounds.half.now && e.events > 1 {
		text = fmt.Sprintf("%v: %d, and time stands still at %v", e.status, e.events, e.now)
	}
	lately := e.events - e.bounds.half.events
	counts := append([]uint64(nil), e.tally...)
	for i, n := range e.bounds.half.tally {
		counts[i] -= n
	}
	worst := largest(counts)
	return fmt.Sprintf("%s; %d of the last %d were of %s; the last was %s", text, counts[worst], lately,
		e.owner(worst), e.Describe(e.last))
}

// hoarder names the node with the most pending events and their commonest kind.
func (e *Engine) hoarder() string {
	byNode := make([]uint64, len(e.tally))
	e.q.each(func(_ int32, it *item) { byNode[it.tag.node()+1]++ })
	worst := largest(byNode)
	byKind, example := make([]uint64, 1<<kindBits), make([]Event, 1<<kindBits)
	e.q.each(func(_ int32, it *item) {
		if k := it.tag.kind(); int(it.tag.node()+1) == worst {
			byKind[k]++
			example[k] = it.event()
		}
	})
	kind := largest(byKind)
	return fmt.Sprintf("%d of them of %s, %d like %s",
		byNode[worst], e.owner(worst), byKind[kind], e.Describe(example[kind]))
}

// largest returns the index of the largest count.
func largest(counts []uint64) int {
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return best
}

// owner names whom a count of the tally belongs to.
func (e *Engine) owner(i int) string {
	if i == 0 {
		return "the driver"
	}
	return "node " + e.nodes[i-1].name
}
