package sim

// nodeFault applies a fault to one of its nodes; k is its place in the targets.
func (e *Engine) nodeFault(i, k int, on bool) {
	d := &e.world.faults
	f, n := &d.plan[i].Fault, d.targets[k]
	w := &e.world.nodes[n]
	sign := Share(step(on))
	switch f.Kind {
	case Crash, CrashMachine:
		e.keepDown(n, f.Kind == CrashMachine, d.cause(i), on)
	case PauseNode:
		// A pause is one of a process: that of one which died is over.
		if on {
			d.epochs[k] = e.nodes[n].epoch + 1
			if e.nodes[n].flags&nodeDown != 0 {
				d.epochs[k] = 0
			}
			e.Pause(n)
		} else if d.epochs[k] == e.nodes[n].epoch+1 {
			e.Resume(n)
		}
	case SlowCPU:
		w.slow.faults += sign * (f.Factor - Whole)
	case StepClock:
		if on {
			e.StepClock(n, f.By)
		} else {
			e.ResetClock(n)
		}
	case DriftClock:
		e.addDrift(n, int64(sign)*f.PPB)
	case FullDisk, SlowDisk:
		e.diskFault(f, n, on)
	}
}

// keepDown crashes a node, or starts it again when no other fault keeps it down.
func (e *Engine) keepDown(n NodeID, machine bool, cause ID, on bool) {
	w := &e.world.nodes[n]
	switch {
	case !on:
		if w.downs--; w.downs == 0 {
			e.Restart(n, 0)
		}
		return
	case machine:
		e.CrashMachine(n, cause)
	default:
		e.Crash(n)
	}
	w.downs++
}

func (e *Engine) diskFault(f *Fault, n NodeID, on bool) {
	for id := range e.world.disks {
		d := &e.world.disks[id]
		switch {
		case d.node != n:
		case f.Kind == SlowDisk:
			d.slow.faults += Share(step(on)) * (f.Factor - Whole)
		case on:
			e.FillDisk(DiskID(id))
		default:
			e.EmptyDisk(DiskID(id))
		}
	}
}

var (
	decideSplit = NewDecision("fault.split")
	decideAlone = NewDecision("fault.split.alone")
	decideFlap  = NewDecision("fault.flap")
)

// split draws the two parts of a split: each node's side is a draw of its own,
// and when all are on one side, one more draw says who is alone.
func (e *Engine) split(i int) {
	d := &e.world.faults
	st := &d.state[i]
	all, cause := d.targets[st.lo:st.hi], d.cause(i)
	for a := range all { // in the order of the nodes, whatever an earlier split did
		for b := a; b > 0 && all[b] < all[b-1]; b-- {
			all[b], all[b-1] = all[b-1], all[b]
		}
	}
	left := 0
	for k, n := range all {
		if e.Choose(decideSplit, Identity(cause, e.ids[n]), 2) == 0 {
			all[left], all[k] = all[k], all[left]
			left++
		}
	}
	if left == 0 || left == len(all) {
		k := e.Choose(decideAlone, cause, len(all))
		all[0], all[k] = all[k], all[0]
		left = 1
	}
	st.mid = st.lo + int32(left)
}

// flap begins or ends a fault that comes and goes.
func (e *Engine) flap(i int, on bool) {
	st := &e.world.faults.state[i]
	switch {
	case on:
		e.flapTurn(i)
	case st.blocking:
		st.blocking = false
		e.links(i, false)
	}
}

// flapTurn makes a link that flaps stop or go, for a time that is drawn.
func (e *Engine) flapTurn(i int) {
	d := &e.world.faults
	f, st := &d.plan[i].Fault, &d.state[i]
	st.blocking = !st.blocking
	e.links(i, st.blocking)
	last := f.Up
	if st.blocking {
		last = f.Down
	}
	id := Identity(d.cause(i), ID(st.turn))
	st.turn++
	e.q.push(e.now+last.in(e, decideFlap, id), noNode, kindTurn, st.healArg(i))
}

// roll begins a rolling restart, or breaks it off.
func (e *Engine) roll(i int, on bool) {
	d := &e.world.faults
	st := &d.state[i]
	switch {
	case on:
		e.rollTurn(i)
	case st.turn%2 == 1: // one is down
		e.keepDown(d.targets[st.lo+int32(st.turn/2)], false, 0, false)
	}
}

// rollTurn kills the next node of a rolling restart, or starts it again.
func (e *Engine) rollTurn(i int) {
	d := &e.world.faults
	f, st := &d.plan[i].Fault, &d.state[i]
	n := d.targets[st.lo+int32(st.turn/2)]
	wait := f.DownFor
	if st.turn%2 == 0 {
		e.keepDown(n, false, 0, true)
	} else {
		e.keepDown(n, false, 0, false)
		wait = f.Gap
	}
	if st.turn++; st.turn == uint32(2*(st.mid-st.lo)) {
		e.heal(i)
		return
	}
	e.q.push(e.now+wait, noNode, kindTurn, st.healArg(i))
}

// turnDue is the time of the next turn of a firing, unless it ended before.
func (e *Engine) turnDue(arg uint64) {
	i := int(uint32(arg))
	d := &e.world.faults
	switch st := &d.state[i]; {
	case !st.active || st.firing != uint32(arg>>32):
	case d.plan[i].Fault.Kind == Flap:
		e.flapTurn(i)
	default:
		e.rollTurn(i)
	}
}
