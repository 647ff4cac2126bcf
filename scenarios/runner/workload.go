package runner

import (
	"fmt"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/sim"
)

// The decisions of the workload. Each is about the index-th message of a
// producer, so a message has the same key and the same place in time under
// every strategy.
var (
	decideArrival = sim.NewDecision("workload.arrival")
	decideKey     = sim.NewDecision("workload.key")
	decideSkew    = sim.NewDecision("workload.partition-share")
)

const (
	// watchEvery is how often the end of a phase is looked for that ends on a
	// condition.
	watchEvery = 100 * sim.Millisecond

	millionth = 1_000_000
)

// workload is the node that stands for the applications at the producers. It
// walks through the phases and lets messages arrive.
type workload struct {
	x       *run
	node    sim.NodeID
	sources []source
	keys    keyPicker
	phase   int
	until   sim.Time // when the phase ends, if it ends at a time
	preload bool
	steady  history.Message // the first message that is not of a preload
	held    bool
	waiting []model.Message
	current model.Message // the one that arrives: a local one would be allocated
	unsent  int           // messages with times of their own that have not arrived
	latest  sim.Time      // of the drained phase: when it ends in any case
}

// source is the stream of one producer.
type source struct {
	index   uint32   // of the next message, over all phases
	left    int      // of a preload
	at      sim.Time // when the next arrives
	every   sim.Time // the mean time between two
	poisson bool
	on      bool
}

func newWorkload(x *run) *workload {
	l := &workload{x: x, phase: -1, steady: history.NoMessage}
	l.sources = make([]source, x.c.Workload.Producers)
	l.keys = newKeyPicker(&x.c.Workload.Keys)
	return l
}

// enter makes the workload a node of the world.
func (l *workload) enter() { l.node = l.x.r.sim.AddNode("workload", l) }

// start schedules what has a time of its own, and begins with the first phase as
// soon as the system is ready, or at once where its messages have times: every
// consumer then owns what it will own and has a position there, so that a
// preload is the backlog of a group that is at work, not of one that is new.
func (l *workload) start() {
	x := l.x
	if from := sim.Time(x.c.Consumers.WorkFrom); from > 0 {
		x.r.sim.At(from, x.open)
	}
	if len(x.c.Workload.Phases[0].Sends) > 0 {
		l.next()
		return
	}
	l.when(x.world.Ready, l.next)
}

// when calls then as soon as a look finds the condition true.
func (l *workload) when(condition func() bool, then func()) {
	if condition() {
		then()
		return
	}
	l.x.r.sim.At(l.x.r.sim.Now()+watchEvery, func() { l.when(condition, then) })
}

// next begins the next phase, or ends the run after the last.
func (l *workload) next() {
	l.phase++
	x := l.x
	if l.phase == len(x.c.Workload.Phases) {
		x.r.sim.Halt()
		return
	}
	p := &x.c.Workload.Phases[l.phase]
	x.mark(p.Name)
	x.r.sim.Phase(p.Name)
	l.preload = p.Preload > 0
	if !l.preload {
		if x.c.Consumers.WorkFrom == 0 {
			x.open()
		}
		if l.steady == history.NoMessage {
			l.steady = history.Message(x.r.hist.Messages())
		}
	}
	now := x.r.sim.Now()
	switch {
	case l.preload:
		l.beginPreload(p)
	case p.For > 0:
		l.until = now + sim.Time(p.For)
		l.begin(p)
		x.r.sim.At(l.until, l.next)
	default:
		l.latest = now + sim.Time(p.AtMost)
		l.until = l.latest
		l.begin(p)
		l.when(l.drained, l.next)
	}
}

// drained says that nothing more will happen to any message, or that it has
// been waited for long enough.
func (l *workload) drained() bool {
	if l.x.r.sim.Now() >= l.latest {
		l.x.mark("gave up")
		return true
	}
	return l.unsent == 0 && len(l.waiting) == 0 && !l.x.app.Busy() && l.x.world.Settled()
}

// begin lets messages arrive until the phase ends.
func (l *workload) begin(p *scenarios.Phase) {
	now := l.x.r.sim.Now()
	if len(p.Sends) > 0 {
		l.armSend(0)
	}
	for i := range l.sources {
		s := &l.sources[i]
		was := s.on
		s.on = i < p.Producers && p.Arrivals.Process != "" && p.Arrivals.Rate > 0
		if !s.on {
			continue
		}
		s.poisson = p.Arrivals.Process == "poisson"
		s.every = sim.Time(int64(sim.Second) * millionth / p.Arrivals.Rate)
		s.at = now
		l.advance(i)
		if !was {
			l.arm(i)
		}
	}
}

// advance draws when the source's next message arrives.
func (l *workload) advance(i int) {
	s := &l.sources[i]
	wait := s.every
	if s.poisson {
		e := sim.Exponential(int64(s.every))
		wait = sim.Time(l.x.r.sim.Draw(decideArrival, model.MessageIdentity(i, s.index), &e))
	}
	s.at += wait
}

// arm sets the timer of the source's next message, unless that is too late.
func (l *workload) arm(i int) {
	s := &l.sources[i]
	if !l.preload && s.at >= l.until {
		s.on = false
		return
	}
	l.x.r.sim.After(l.node, s.at-l.x.r.sim.Now(), timerArrival, uint64(i))
}

// The timers of the workload.
const (
	timerArrival sim.Kind = iota // of the next message of source arg
	timerSend                    // of the arg-th message that has a time
)

// DescribeTimer implements [sim.Describer].
func (l *workload) DescribeTimer(kind sim.Kind, arg uint64) string {
	if kind == timerSend {
		s := &l.x.c.Workload.Phases[0].Sends[arg]
		return "arrival of " + scenarios.MessageName(s.Producer, s.Index)
	}
	return fmt.Sprintf("arrival of a message at producer-%d", arg)
}

// DescribeFrame implements [sim.Describer]: there are none.
func (l *workload) DescribeFrame(uint16, sim.ID) string { return "" }

// armSend sets the timer of the i-th message that has a time of its own.
func (l *workload) armSend(i int) {
	l.unsent = 0
	if sends := l.x.c.Workload.Phases[0].Sends; i < len(sends) {
		l.unsent = len(sends) - i
		l.x.r.sim.After(l.node, sim.Time(sends[i].At)-l.x.r.sim.Now(), timerSend, uint64(i))
	}
}

// Timer implements [sim.Node]: a message arrives.
func (l *workload) Timer(kind sim.Kind, arg uint64) {
	i := int(arg)
	if l.x.overMessages() {
		return
	}
	if kind == timerSend {
		s := &l.x.c.Workload.Phases[0].Sends[i]
		l.arrive(s.Producer, s.Index, history.Key(s.Key))
		l.armSend(i + 1)
		return
	}
	s := &l.sources[i]
	key, ok := l.pickKey(i, s.index)
	if !ok {
		return
	}
	l.arrive(i, s.index, key)
	s.index++
	if l.preload {
		if s.left--; s.left == 0 {
			s.on = false
			return
		}
		s.at += preloadSpacing
	} else {
		l.advance(i)
	}
	l.arm(i)
}

// arrive hands a message to its producer's application.
func (l *workload) arrive(i int, index uint32, key history.Key) {
	x := l.x
	m := model.Message{Key: key, Producer: i, Index: index, Size: int32(x.c.Workload.RecordSize)}
	m.ID = x.r.rec.Arrive(history.MessageInfo{Key: m.Key, Producer: history.Process(i), Index: index})
	if l.held && x.app.Holds(i) {
		l.waiting = append(l.waiting, m)
		return
	}
	l.current = m
	x.app.Send(&l.current)
}

// hold stops the applications from sending, or lets them go on with what has
// arrived meanwhile, in order.
func (l *workload) hold(on bool) {
	l.held = on
	if on {
		l.x.mark("producers held")
		return
	}
	l.x.mark("producers resume")
	for i := range l.waiting {
		l.x.app.Send(&l.waiting[i])
	}
	l.waiting = l.waiting[:0]
}

// The workload has no connections and does not crash.

// Opened implements [sim.Node].
func (l *workload) Opened(sim.Conn) {}

// Closed implements [sim.Node].
func (l *workload) Closed(sim.Conn, sim.Closing) {}

// Receive implements [sim.Node].
func (l *workload) Receive(sim.Conn, *sim.Frame) {}

// Crashed implements [sim.Node].
func (l *workload) Crashed() {}

// Restarted implements [sim.Node].
func (l *workload) Restarted() {}

// Digest implements [sim.Node].
func (l *workload) Digest(d *sim.Digest) {
	d.Int(int64(l.phase))
	for i := range l.sources {
		d.Uint(uint64(l.sources[i].index))
	}
}

// overMessages ends the run when it has as many messages as it may.
func (x *run) overMessages() bool {
	if limit := x.c.Limits.Messages; limit == 0 || int64(x.r.hist.Messages()) < limit {
		return false
	}
	x.end("limit of messages")
	return true
}

// end ends the run early, at a limit.
func (x *run) end(limit string) {
	x.limit = limit
	x.r.sim.Halt()
}

// mark notes a moment for plots.
func (x *run) mark(label string) {
	x.marks = append(x.marks, result.Mark{AtS: seconds(int64(x.r.sim.Now())), Label: label})
}
