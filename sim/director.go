package sim

import "fmt"

// director carries out the schedule of faults.
type director struct {
	plan    Schedule
	state   []entryState
	targets []NodeID // of all entries
	epochs  []uint32 // of the targets' processes when a pause began
	points  int      // entries that wait for a point
	waiting int      // entries that wait for a condition, or end at one
	watch   uint64   // the next number of events that an entry waits for
	over    bool     // everything was healed
	log     []FaultEvent
}

// entryState is how far an entry is. Its nodes are targets[lo:mid], its peers
// targets[mid:hi].
type entryState struct {
	lo, mid, hi int32
	others      int32  // how many nodes there were when it began
	births      uint32 // how many connections had been opened when it began
	firing      uint32
	turn        uint32 // of a fault that goes through turns
	passed      uint64 // how often the point was passed, or how often it was due
	armed       bool   // its trigger has still to come
	active      bool
	blocking    bool // a flap is down
}

// FaultEvent is the beginning or the end of a fault.
type FaultEvent struct {
	At Time
	// Entry is the index in the schedule, Firing the how-manieth time this is,
	// from 1.
	Entry  int
	Firing int
	Healed bool
}

const never = ^uint64(0)

func (d *director) reset() {
	d.plan = nil
	d.state, d.targets, d.epochs = d.state[:0], d.targets[:0], d.epochs[:0]
	d.points, d.waiting, d.watch, d.over = 0, 0, never, false
	d.log = d.log[:0]
}

// Install sets a schedule going. The nodes that it names must exist. A run has
// one schedule; the slice is the engine's until [Engine.Reset].
func (e *Engine) Install(s Schedule) error {
	d := &e.world.faults
	if d.plan != nil {
		return fmt.Errorf("sim: the run has a schedule of faults already")
	}
	if err := s.Check(); err != nil {
		return err
	}
	for i := range s {
		if s[i].When.Kind == AtTime && s[i].When.Time < e.now {
			return fmt.Errorf("fault %q: its time, %v, has passed", s[i].Name, s[i].When.Time)
		}
		if err := e.resolve(&s[i]); err != nil {
			d.reset()
			return fmt.Errorf("fault %q: %w", s[i].Name, err)
		}
	}
	d.plan = s
	for i := range s {
		e.arm(i)
	}
	return nil
}

// resolve finds the nodes of an entry.
func (e *Engine) resolve(n *Entry) error {
	d := &e.world.faults
	st := entryState{lo: int32(len(d.targets))}
	if n.When.Kind == AtPoint {
		if _, ok := e.NodeByName(n.When.Node); !ok {
			return fmt.Errorf("there is no node %q", n.When.Node)
		}
	}
	for g, names := range [...][]string{n.Fault.Nodes, n.Fault.Peers} {
		if g == 1 {
			st.mid = int32(len(d.targets))
		}
		for _, name := range names {
			id, ok := e.NodeByName(name)
			if !ok {
				return fmt.Errorf("there is no node %q", name)
			}
			d.targets = append(d.targets, id)
			d.epochs = append(d.epochs, 0)
		}
	}
	st.hi = int32(len(d.targets))
	d.state = append(d.state, st)
	return nil
}

// arm makes an entry wait for its trigger.
func (e *Engine) arm(i int) {
	d := &e.world.faults
	when, until := &d.plan[i].When, &d.plan[i].Until
	d.state[i].armed = true
	switch when.Kind {
	case AtTime, AtEvery:
		e.q.push(max(when.Time, e.now), noNode, kindTrigger, uint64(i))
	case AtEvents:
		d.watch = min(d.watch, max(when.Count, e.events+1))
	case AtPoint:
		d.points++
	case AtHolding:
		d.waiting++
	}
	if until.Kind == UntilHolding {
		d.waiting++
	}
}

// due makes a trigger go off after the current event.
func (e *Engine) due(i int) {
	d := &e.world.faults
	d.state[i].armed = false
	e.q.push(e.now+d.plan[i].When.After, noNode, kindTrigger, uint64(i))
}

// counted looks for the triggers that wait for the number of events reached.
func (e *Engine) counted() {
	d := &e.world.faults
	d.watch = never
	for i := range d.plan {
		when := &d.plan[i].When
		switch {
		case when.Kind != AtEvents || !d.state[i].armed:
		case when.Count <= e.events:
			e.due(i)
		default:
			d.watch = min(d.watch, when.Count)
		}
	}
}

// Phase announces that a phase of the run begins, by its name: triggers and ends
// wait for it. The first announcement of a name counts.
func (e *Engine) Phase(name string) { e.announce(name, AtPhase, UntilPhase) }

// Condition announces that a condition holds, by its name. A model or a driver
// may announce it as often as it likes: the first time sets off the triggers, and
// each time ends what lasts until it holds.
func (e *Engine) Condition(name string) {
	if e.world.faults.waiting > 0 {
		e.announce(name, AtHolding, UntilHolding)
	}
}

func (e *Engine) announce(name string, trigger TriggerKind, until UntilKind) {
	d := &e.world.faults
	for i := range d.plan {
		n, st := &d.plan[i], &d.state[i]
		if n.Until.Kind == until && n.Until.Name == name && st.active {
			e.q.push(e.now, noNode, kindHeal, st.healArg(i))
		}
		if n.When.Kind == trigger && n.When.Name == name && st.armed {
			e.due(i)
		}
	}
}

func (st *entryState) healArg(i int) uint64 { return uint64(st.firing)<<32 | uint64(i) }

// Point is a named point of a node's code, as "after append, before ack". It
// returns true when a fault kills the process here: the code has to return at
// once. What it does all the same comes to nothing: the process sends, opens and
// writes nothing more, its timers never fire, and [Node.Crashed] is called after
// the current event.
func (e *Engine) Point(n NodeID, name string) bool {
	return e.world.faults.points > 0 && e.pass(n, name)
}

func (e *Engine) pass(n NodeID, name string) bool {
	d := &e.world.faults
	for i := range d.plan {
		when, st := &d.plan[i].When, &d.state[i]
		if when.Kind != AtPoint || !st.armed || when.Name != name || when.Node != e.nodes[n].name {
			continue
		}
		if st.passed++; st.passed < when.Count {
			continue
		}
		d.points--
		e.due(i)
		if when.After == 0 && d.kills(i, n) {
			e.dieNow(n, d.plan[i].Fault.Kind == CrashMachine, Named(d.plan[i].Name))
		}
	}
	return e.nodes[n].flags&nodeDying != 0
}

// kills says whether an entry crashes the node.
func (d *director) kills(i int, n NodeID) bool {
	if k := d.plan[i].Fault.Kind; k != Crash && k != CrashMachine {
		return false
	}
	for _, t := range d.targets[d.state[i].lo:d.state[i].mid] {
		if t == n {
			return true
		}
	}
	return false
}

// dieNow kills a process in the middle of its code. Its node hears of it after
// the current event.
func (e *Engine) dieNow(n NodeID, machine bool, cause ID) {
	if e.nodes[n].flags&nodeDying != 0 {
		return
	}
	w := &e.world.nodes[n]
	w.dyingMachine, w.dyingCause = machine, cause
	w.paused = 0
	e.mark(n, nodeDown|nodeDying, nodePaused)
	if machine {
		e.mark(n, nodeOff, 0)
		e.net.loseAll(e, n)
	} else {
		e.net.closeAll(e, n)
	}
	e.q.push(e.now, n, kindDie, 0)
}

// die is the end of a process that passed a point where it crashes.
func (e *Engine) die(n NodeID) {
	w := &e.world.nodes[n]
	if e.nodes[n].flags&nodeDying == 0 {
		return
	}
	e.mark(n, 0, nodeDown|nodeOff|nodeDying)
	if w.dyingMachine {
		e.CrashMachine(n, w.dyingCause)
	} else {
		e.Crash(n)
	}
}

// fire is the time of a trigger.
func (e *Engine) fire(i int) {
	d := &e.world.faults
	when, st := &d.plan[i].When, &d.state[i]
	if d.over {
		return
	}
	if when.Kind == AtEvery && st.armed {
		st.passed++
		if when.Count == 0 || st.passed < when.Count {
			e.q.push(e.now+when.Every, noNode, kindTrigger, uint64(i))
		} else {
			st.armed = false
		}
	}
	if when.Kind == AtTime {
		st.armed = false
	}
	if !st.active {
		e.inject(i)
	}
}

// FaultLog returns the beginnings and ends of faults so far. The slice is the
// engine's. An entry that does not appear has never fired.
func (e *Engine) FaultLog() []FaultEvent { return e.world.faults.log }

// Faults returns the schedule of the run.
func (e *Engine) Faults() Schedule { return e.world.faults.plan }
