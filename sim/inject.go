package sim

// inject begins the fault of an entry.
func (e *Engine) inject(i int) {
	d := &e.world.faults
	n, st := &d.plan[i], &d.state[i]
	st.firing++
	st.turn = 0
	st.others = int32(len(e.nodes))
	st.active = n.Until.Kind != Once || n.Fault.Kind == RollingRestart
	e.report(i, false)
	if n.Until.Kind == ForTime {
		e.q.push(e.now+n.Until.For, noNode, kindHeal, st.healArg(i))
	}
	e.apply(i, true)
}

// heal ends the fault of an entry that lasts.
func (e *Engine) heal(i int) {
	d := &e.world.faults
	if st := &d.state[i]; st.active {
		st.active = false
		e.apply(i, false)
		e.report(i, true)
	}
}

func (e *Engine) report(i int, healed bool) {
	d := &e.world.faults
	ev := FaultEvent{At: e.now, Entry: i, Firing: int(d.state[i].firing), Healed: healed}
	d.log = append(d.log, ev)
	if e.TracesCauses() {
		e.Note(d.describe(ev))
	}
	if e.Faulted != nil {
		e.Faulted(ev, &d.plan[i])
	}
}

// describe returns a beginning or an end in words.
func (d *director) describe(ev FaultEvent) string {
	n := &d.plan[ev.Entry]
	if ev.Healed {
		return "the end of fault " + quoted(n.Name) + ": " + n.Fault.String()
	}
	return "fault " + quoted(n.Name) + ": " + n.Fault.String()
}

// Heal ends the fault of that name if it lasts now.
func (e *Engine) Heal(name string) {
	d := &e.world.faults
	for i := range d.plan {
		if d.plan[i].Name == name {
			e.heal(i)
		}
	}
}

// HealAll ends every fault that lasts, except those for ever, and takes back
// every trigger: nothing more will happen. It begins the part of a run in which
// the system has to show that it recovers.
func (e *Engine) HealAll() {
	d := &e.world.faults
	d.over = true
	d.points, d.watch = 0, never
	for i := range d.plan {
		d.state[i].armed = false
		if d.plan[i].Until.Kind != ForEver {
			e.heal(i)
		}
	}
}

// healDue is the time at which a firing ends, unless it ended before.
func (e *Engine) healDue(arg uint64) {
	i := int(uint32(arg))
	if e.world.faults.state[i].firing == uint32(arg>>32) {
		e.heal(i)
	}
}

// apply begins or ends what a fault does.
func (e *Engine) apply(i int, on bool) {
	d := &e.world.faults
	f, st := &d.plan[i].Fault, &d.state[i]
	switch f.Kind {
	case Isolate:
		for k := st.lo; k < st.mid; k++ {
			e.isolate(d.targets[k], NodeID(st.others), on)
		}
		e.relook()
	case Split:
		if on {
			e.split(i)
		}
		e.links(i, on)
	case Flap:
		e.flap(i, on)
	case Partition, Clog, SlowLink, Throttle, Noisy:
		e.links(i, on)
	case ResetConns, DropConns, StallConns:
		e.conns(i, on)
	case RollingRestart:
		e.roll(i, on)
	case HealEverything:
		e.HealAll()
	case Custom:
	default:
		for k := st.lo; k < st.mid; k++ {
			e.nodeFault(i, int(k), on)
		}
	}
}

// isolate cuts a node from the first count nodes, or joins them again.
func (e *Engine) isolate(n, count NodeID, on bool) {
	for other := range count {
		if other != n {
			e.block(n, other, on)
			e.block(other, n, on)
		}
	}
}

func (e *Engine) block(from, to NodeID, on bool) {
	l := e.ownLink(from, to)
	l.blocked = max(0, l.blocked+step(on))
	l.judge()
}

func step(on bool) int16 {
	if on {
		return 1
	}
	return -1
}

// links applies a fault to the links between its two groups.
func (e *Engine) links(i int, on bool) {
	d := &e.world.faults
	st := d.state[i]
	for k := st.lo; k < st.mid; k++ {
		if st.mid < st.hi {
			for p := st.mid; p < st.hi; p++ {
				e.pair(i, d.targets[k], d.targets[p], on)
			}
			continue
		}
		for other := range NodeID(st.others) {
			if !d.among(i, other) {
				e.pair(i, d.targets[k], other, on)
			}
		}
	}
	e.relook()
}

// among says whether a node is one of an entry's first group.
func (d *director) among(i int, n NodeID) bool {
	for _, t := range d.targets[d.state[i].lo:d.state[i].mid] {
		if t == n {
			return true
		}
	}
	return false
}

func (e *Engine) pair(i int, a, b NodeID, on bool) {
	if a == b {
		return
	}
	e.linkFault(i, a, b, on)
	if !e.world.faults.plan[i].Fault.OneWay {
		e.linkFault(i, b, a, on)
	}
}

// linkFault applies a fault to one link.
func (e *Engine) linkFault(i int, from, to NodeID, on bool) {
	f := &e.world.faults.plan[i].Fault
	l := e.ownLink(from, to)
	sign := Share(step(on))
	switch f.Kind {
	case Partition, Split, Flap:
		l.blocked = max(0, l.blocked+step(on))
	case SlowLink:
		if f.Factor != 0 {
			l.slow.faults += sign * (f.Factor - Whole)
		}
		l.added.faults += Time(sign) * f.Added
	case Throttle:
		l.throttle = e.throttled(from, to)
	case Noisy:
		l.faulty.Loss += sign * f.Noise.Loss
		l.faulty.Duplicate += sign * f.Noise.Duplicate
		l.faulty.Corrupt += sign * f.Noise.Corrupt
		l.faulty.Reorder += sign * f.Noise.Reorder
		l.faulty.Window += Time(sign) * f.Noise.Window
	case Clog:
		if !on {
			e.Unclog(from, to)
			return
		}
		l.clogged++
	}
	l.judge()
}

// throttled returns the lowest bandwidth that the faults leave to a link.
func (e *Engine) throttled(from, to NodeID) (least int64) {
	d := &e.world.faults
	for i := range d.plan {
		f := &d.plan[i].Fault
		if f.Kind != Throttle || !d.state[i].active || (least != 0 && f.Bandwidth >= least) {
			continue
		}
		if d.covers(i, from, to) || (!f.OneWay && d.covers(i, to, from)) {
			least = f.Bandwidth
		}
	}
	return least
}

// covers says whether an entry's fault lies on the way from one node to another.
func (d *director) covers(i int, from, to NodeID) bool {
	st := &d.state[i]
	if !d.among(i, from) {
		return false
	}
	if st.mid == st.hi {
		return int32(to) < st.others && !d.among(i, to)
	}
	for _, t := range d.targets[st.mid:st.hi] {
		if t == to {
			return true
		}
	}
	return false
}

// conns applies a fault to the connections between two groups. The end of a stall
// is one for those that were there when it began.
func (e *Engine) conns(i int, on bool) {
	d := &e.world.faults
	st := &d.state[i]
	if on {
		st.births = e.net.births
	}
	for k := 1; k < len(e.net.conns); k++ {
		x := &e.net.conns[k]
		if !x.live || x.born >= st.births {
			continue
		}
		a, b := x.ends[0].node, x.ends[1].node
		if d.covers(i, b, a) {
			a, b = b, a
		} else if !d.covers(i, a, b) {
			continue
		}
		e.connFault(i, e.net.connAt(k), a, b, on)
	}
}

// connFault applies a fault to a connection between a node of the first group and
// one of the second.
func (e *Engine) connFault(i int, c Conn, a, b NodeID, on bool) {
	d := &e.world.faults
	f := &d.plan[i].Fault
	switch f.Kind {
	case ResetConns:
		e.Break(c)
	case DropConns:
		e.Drop(c, a, Drop{Tell: f.Tell, Late: f.Late, Cause: d.cause(i)})
	case StallConns:
		e.stallConn(a, c, on)
		if !f.OneWay {
			e.stallConn(b, c, on)
		}
	}
}

func (e *Engine) stallConn(from NodeID, c Conn, on bool) {
	if on {
		e.Stall(from, c)
	} else {
		e.Unstall(from, c)
	}
}

// cause is the identity of a firing.
func (d *director) cause(i int) ID { return Identity(Named(d.plan[i].Name), ID(d.state[i].firing)) }
