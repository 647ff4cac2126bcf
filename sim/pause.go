package sim

// heldLine is the line of the events that a paused node will handle, linked
// through the queue's items. A held item is marked by a time below 0: -1 minus
// when it was due.
type heldLine struct{ first, last int32 }

// Pause stops the node's own code, as a long collection of garbage does: its
// timers do not fire, it reads nothing, and its jobs at CPU servers stand still.
// Its machine and the world go on: connections to it open, frames arrive there
// and wait, its disks and its clock run. Pauses nest: a node that was paused
// twice runs after it was resumed twice. Pausing a node that is down does
// nothing.
func (e *Engine) Pause(n NodeID) {
	if e.nodes[n].flags&nodeDown != 0 {
		return
	}
	w := &e.world.nodes[n]
	if w.paused++; w.paused == 1 {
		e.mark(n, nodePaused, 0)
		e.freeze(n)
	}
}

// Resume takes one Pause back. After the last, the node handles everything that
// was held, in its order, before anything newer.
func (e *Engine) Resume(n NodeID) {
	w := &e.world.nodes[n]
	if e.nodes[n].flags&nodePaused == 0 || w.paused == 0 {
		return
	}
	if w.paused--; w.paused == 0 {
		e.thaw(n)
		e.q.push(e.now, n, kindDrain, 0)
	}
}

// Paused says whether the node's code stands still.
func (e *Engine) Paused(n NodeID) bool { return e.nodes[n].flags&nodePaused != 0 }

// withhold takes an event that is due from a node that does not run: it holds
// what a paused node will handle, and forgets the timers of a dying one.
func (e *Engine) withhold(slot int32) bool {
	it := &e.q.items[slot]
	n, kind := it.tag.node(), it.tag.kind()
	if n < 0 || e.nodes[n].flags&nodeHalted == 0 || !ofCode(kind) {
		return false
	}
	if e.nodes[n].flags&nodeDown != 0 {
		if kind < kindEngine {
			e.q.release(slot)
		}
		return kind < kindEngine
	}
	if kind == kindFrame && e.toJudge(uint32(it.arg)) {
		return false
	}
	line := &e.world.nodes[n].held
	it.at, it.next, it.prev = -1-it.at, 0, line.last
	if line.last == 0 {
		line.first = slot
	} else {
		e.q.items[line.last].next = slot
	}
	line.last = slot
	e.q.pending++
	return true
}

// holds says whether a paused node has such an event in its line.
func (e *Engine) holds(n NodeID, kind Kind, arg uint64) bool {
	for slot := e.world.nodes[n].held.first; slot != 0; slot = e.q.items[slot].next {
		if it := &e.q.items[slot]; it.tag.kind() == kind && it.arg == arg {
			return true
		}
	}
	return false
}

// unhold takes an event out of the line; its slot has still to be released.
func (e *Engine) unhold(slot int32) {
	it := &e.q.items[slot]
	line := &e.world.nodes[it.tag.node()].held
	if it.prev == 0 {
		line.first = it.next
	} else {
		e.q.items[it.prev].next = it.next
	}
	if it.next == 0 {
		line.last = it.prev
	} else {
		e.q.items[it.next].prev = it.prev
	}
	e.q.pending--
}

// drain lets a node handle the first event that was held. One event a step, so
// that everything due in the same instant is held behind the rest.
func (e *Engine) drain(n NodeID) {
	w := &e.world.nodes[n]
	if e.nodes[n].flags&nodePaused == 0 || w.paused > 0 {
		return
	}
	slot := w.held.first
	if slot == 0 {
		e.mark(n, 0, nodePaused)
		return
	}
	e.unhold(slot)
	it := e.q.items[slot]
	cause := uint64(0)
	if c := e.q.causes; c != nil {
		cause = c.bySlot[slot] // before the next drain takes the slot
	}
	e.q.release(slot)
	if w.held.first != 0 {
		e.q.push(e.now, n, kindDrain, 0)
	} else {
		e.mark(n, 0, nodePaused)
	}
	e.last = Event{At: e.now, Node: n, Kind: it.tag.kind(), Arg: it.arg}
	if c := e.q.causes; c != nil {
		c.drained(cause, &it)
	}
	e.trace.Uint(uint64(uint32(it.tag)) * tagSpread)
	if kind := it.tag.kind(); kind < kindEngine {
		e.trace.Uint(it.arg)
		e.nodes[n].impl.Timer(kind, it.arg)
		return
	}
	e.own(&e.last)
}

// discardHeld forgets what a dead process will not handle.
func (e *Engine) discardHeld(n NodeID) {
	w := &e.world.nodes[n]
	w.paused = 0
	for w.held.first != 0 {
		slot := w.held.first
		e.unhold(slot)
		it := e.q.items[slot]
		e.q.release(slot)
		switch it.tag.kind() {
		case kindFrame, kindDatagram:
			f := e.net.frames.At(uint32(it.arg)).frame()
			e.net.frames.Put(uint32(it.arg))
			e.drop(f)
		case kindNotice:
			e.world.notices.Put(uint32(it.arg))
		}
	}
}
