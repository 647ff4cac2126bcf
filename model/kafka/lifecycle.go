package kafka

import "orderlab/sim"

// registerBackoff is how long a broker waits before it turns to the controller
// again.
//
// Reference: Kafka, BrokerLifecycleManager (ExponentialBackoff from 100 ms; the
// growth is left out).
const registerBackoff = 100 * sim.Millisecond

// start connects to the controller.
func (b *broker) start() {
	switch {
	case b.control == sim.NoConn:
		cause := sim.Named("register")
		if b.attempts > 0 {
			cause = sim.Identity(cause, sim.ID(b.incarnation), sim.ID(b.attempts))
		}
		b.attempts++
		b.control = b.w.sim.Open(b.node, b.w.controller.node, cause)
	case !b.registered:
		b.register()
	}
}

func (b *broker) register() { b.report(frameRegister) }

// report sends the controller a word about the process.
func (b *broker) report(kind uint16) {
	id, body := b.bodies().control.Take()
	*body = controlBody{broker: b.index, incarnation: b.incarnation, offset: b.offset, wantShutDown: b.stopping}
	b.w.sim.Send(b.node, b.control, sim.Frame{Kind: kind, Body: id, Size: 64})
}

// beat sends a heartbeat and sets the time of the next.
//
// Reference: Kafka, BrokerLifecycleManager (broker.heartbeat.interval.ms).
func (b *broker) beat() {
	if b.registered {
		b.report(frameBeat)
	}
	b.beatAfter(b.w.cfg.replication.heartbeat)
}

// beatAfter sets the time of the next heartbeat.
func (b *broker) beatAfter(d sim.Time) {
	b.w.sim.Cancel(b.beatTimer)
	b.beatTimer = b.w.sim.After(b.node, d, timerBeat, 0)
}

// controlled handles what the controller answered.
func (b *broker) controlled(f *sim.Frame) {
	body := b.bodies().control.At(f.Body)
	switch {
	case f.Kind == frameRegister|reply && body.err != errNone:
		b.w.sim.After(b.node, registerBackoff, timerRegister, 0)
	case f.Kind == frameRegister|reply:
		b.registered = true
		if !b.beating {
			b.beating = true
			b.beat()
		} else {
			b.report(frameBeat)
		}
		for _, r := range b.replicas {
			if r != nil && r.leader && r.altering {
				b.sendAlter(r)
			}
		}
	case f.Kind == frameAlter|reply:
		b.altered(body)
	case f.Kind == frameBeat|reply:
		b.mayStop(body)
	}
	b.bodies().control.Put(f.Body)
}

// Crashed implements [sim.Node]: what the process knew is gone. Its logs are not,
// as far as they were on disk when the machine went down with it.
func (b *broker) Crashed() {
	machine := b.w.sim.Off(b.node)
	if b.stopping {
		b.w.sim.At(b.w.sim.Now(), func() { b.w.exited(b) })
	}
	for i := range b.conns {
		for _, f := range b.conns[i].pending {
			b.bodies().drop(f)
		}
		b.conns[i] = serverConn{pending: b.conns[i].pending[:0]}
	}
	for len(b.leaving) > 0 {
		b.dropLeaving(0)
	}
	for _, r := range b.replicas {
		if r != nil {
			b.crashReplica(r, machine)
		}
	}
	for i := range b.fetchers {
		b.fetchers[i] = fetcher{parts: b.fetchers[i].parts[:0]}
	}
	b.leaders, b.epochs, b.runnable = b.leaders[:0], b.epochs[:0], b.runnable[:0]
	b.control, b.registered, b.beating, b.serving, b.attempts = sim.NoConn, false, false, false, 1
	b.live, b.coordinator = 0, noLeader
	b.startPurgatories()
	b.startRates()
	b.startProcessor()
	b.disk.free, b.disk.halting = 0, false
	b.dropTxns()
	b.beatTimer, b.stopping, b.asked, b.offset = sim.NoTimer, false, false, 0
	b.incarnation++
	if b.group != nil {
		b.group.lost()
		b.group = nil
	}
	for p := range b.replicas {
		b.w.verifyAll(int32(p))
	}
}

// Restarted implements [sim.Node]: the broker begins with what is on its disk and
// takes part when the controller has registered it.
func (b *broker) Restarted() {
	b.start()
	b.watchISR()
	b.watchClean()
	b.disk.halted = false
	b.watchDisk()
	b.watchTxns()
}

// coordinate passes a group's request on, or says that another broker coordinates.
//
// Reference: Kafka, GroupCoordinatorService (NOT_COORDINATOR).
func (b *broker) coordinate(c sim.Conn, f sim.Frame) {
	if b.group != nil && b.group.b == b {
		b.group.handle(c, f)
		return
	}
	switch f.Kind {
	case frameLeave:
		b.bodies().group.Put(f.Body)
		b.unmute(c)
		return
	case frameCommit, frameOffsets:
		b.bodies().offsets.At(f.Body).err = errNotCoordinator
	default:
		b.bodies().group.At(f.Body).err = errNotCoordinator
	}
	b.answer(c, sim.Frame{Kind: f.Kind | reply, Body: f.Body, Size: 64})
}

// takeGroup begins or ends to coordinate the group as the image says. One that was
// deposed without knowing it can store nothing any more, because it does not lead
// the offsets topic: so it coordinates no more from the moment another does.
func (b *broker) takeGroup() {
	switch {
	case b.coordinator != b.index:
		if b.group != nil {
			b.group.resign()
		}
		b.group = nil
	case b.w.controller.coordinator == b.index && b.group == nil:
		b.group = b.w.group
		if b.group.b != b {
			b.group.load(b)
		}
	}
}

// lost ends the coordinator's process: what was parked is gone.
func (g *coordinator) lost() {
	if g.consumers != nil {
		g.consumers.lost()
	}
	for i := range g.seats {
		s := &g.seats[i]
		if s.joining || s.syncing {
			g.bodies().group.Put(s.parked)
		}
		s.joining, s.syncing, s.timer = false, false, sim.NoTimer
	}
	g.named, g.timer, g.delaying = g.named[:0], sim.NoTimer, false
	g.b = nil
}

// resign ends the coordination of a broker that lives on: whoever waits there is
// sent to look for the coordinator, and nothing is timed any more.
//
// Reference: Kafka, GroupMetadataManager.onUnloaded.
func (g *coordinator) resign() {
	for i := range g.seats {
		s := &g.seats[i]
		g.b.w.sim.Cancel(s.timer)
		switch {
		case s.joining:
			g.answer(s, frameJoin, errNotCoordinator)
		case s.syncing:
			g.answer(s, frameSync, errNotCoordinator)
		}
	}
	for i := range g.named {
		g.b.w.sim.Cancel(g.named[i].timer)
	}
	g.b.w.sim.Cancel(g.timer)
	g.lost()
}

// load takes the group over from the log of the offsets topic: its members, whose
// sessions begin anew, with their assignment, and the committed positions.
//
// Reference: Kafka, GroupMetadataManager.onLoaded.
func (g *coordinator) load(b *broker) {
	if old := g.b; old != nil {
		g.resign()
		old.group = nil
	}
	g.b = b
	if g.consumers != nil {
		g.consumers.load()
	}
	g.restore()
}
