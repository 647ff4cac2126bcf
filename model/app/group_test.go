package app_test

import (
	"fmt"
	"slices"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// group is a log of some partitions with a group of consumers, as little of a broker
// as an application needs: it polls, commits, is crashed, paused and rebalanced.
type group struct {
	sim     *sim.Engine
	hist    history.History
	rec     model.Recorder
	shared  *app.Shared
	parts   []logPart
	members []*member
	sites   [2]sim.NodeID // the nodes of the producers
	tries   []uint16      // deliveries by message
	maxPoll int
	expand  int // partitions that an expansion will add
}

// logPart is a partition: its records, what was committed, and who owns it since when.
type logPart struct {
	place     history.Place
	records   []model.Record
	committed int64
	owner     int
	epoch     uint16
}

// member is a consumer's process.
type member struct {
	g       *group
	index   int
	node    sim.NodeID
	process history.Process
	app     *app.Application
	next    []int64  // to deliver, by partition
	holds   []uint16 // the epoch under which it believes to own a partition; 0: not
	paused  []bool
	polling bool
	armed   bool
}

// plan is a run of a group: what is sent, what fails.
type plan struct {
	Seed            uint64
	Members, Parts  int
	MaxPoll         int
	Messages        []arrival
	Crashes, Pauses []outage
	Steps           []step   // of the producers' clocks
	NoHandover      bool     // nobody takes over from a member that pauses
	Handovers       []outage // a member's partitions go to the next one
	Features        model.Values
	SplitKeys       bool // a key's messages go to any partition
	// Clocks, when not nil, sets the clocks of the producers' nodes at the beginning.
	Clocks func(*sim.Engine, []sim.NodeID)
	// Expand, when it is more than Parts, is how many partitions there are from ExpandAt on.
	Expand            int
	ExpandAt          sim.Time
	Work              sim.Time
	WorkIsExponential bool
}

type arrival struct {
	At       sim.Time
	Key      int
	Producer int
}

type outage struct {
	At, For sim.Time
	Member  int
}

// step moves the clock of a producer.
type step struct {
	At, By   sim.Time
	Producer int
}

// site is the node of a producer: a clock, and nothing else that the tests look at.
type site struct{}

func (site) Timer(sim.Kind, uint64)       {}
func (site) Opened(sim.Conn)              {}
func (site) Closed(sim.Conn, sim.Closing) {}
func (site) Receive(sim.Conn, *sim.Frame) {}
func (site) Digest(*sim.Digest)           {}
func (site) Crashed()                     {}
func (site) Restarted()                   {}

const (
	timerDeliver sim.Kind = 1
	timerOfApp   uint16   = 64
)

// run carries a plan out to its end, at which everything is settled or given up, on an
// engine that was used before.
func run(e *sim.Engine, p *plan) *group {
	e.Reset(p.Seed, sim.Limits{Time: 60 * sim.Minute})
	g := &group{sim: e, maxPoll: p.MaxPoll, expand: max(0, p.Expand-p.Parts)}
	g.rec.Reset(g.sim, &g.hist)
	for i := range g.sites {
		name := fmt.Sprintf("producer-%d", i)
		g.hist.AddProcess(name)
		g.sites[i] = g.sim.AddNode(name, site{})
	}
	if p.Clocks != nil {
		p.Clocks(g.sim, g.sites[:])
	}
	for _, s := range p.Steps {
		g.sim.At(s.At, func() { g.sim.StepClock(g.sites[s.Producer], s.By) })
	}
	for k := range 16 {
		g.hist.AddKey(fmt.Sprintf("key-%d", k))
	}
	for i := range p.Parts {
		g.parts = append(g.parts, logPart{place: g.hist.AddPlace(fmt.Sprintf("log/%d", i)), owner: i % p.Members, epoch: 1})
	}
	settings := app.Resolve(p.Features)
	work := sim.Constant(int64(p.Work))
	if p.WorkIsExponential {
		work = sim.Exponential(int64(p.Work))
	}
	g.shared = app.NewShared(g.sim, &g.rec, &settings, work, func(bool) {})
	g.shared.Gate.Open()
	g.shared.SendBy(2, func(m *model.Message) { g.produce(m, p.SplitKeys) })
	if p.Expand > p.Parts {
		g.shared.Operator.Attach(logWorld{new(world), g})
		g.sim.At(p.ExpandAt, func() { g.shared.Operator.Expand("log", p.Expand) })
	}
	for i := range p.Members {
		g.addMember(i)
	}
	for i, a := range p.Messages {
		g.sim.At(a.At, func() { g.send(i, a, p.SplitKeys) })
	}
	for _, o := range p.Crashes {
		m := g.members[o.Member%p.Members]
		g.sim.At(o.At, func() { g.sim.Crash(m.node) })
		g.sim.At(o.At+o.For, func() { g.sim.Restart(m.node, 0) })
	}
	for _, o := range p.Pauses {
		m := g.members[o.Member%p.Members]
		g.sim.At(o.At, func() { g.sim.Pause(m.node) })
		if !p.NoHandover {
			g.sim.At(o.At+o.For/2, func() { g.hand(m) })
		}
		g.sim.At(o.At+o.For, func() { g.sim.Resume(m.node) })
	}
	for _, o := range p.Handovers {
		g.sim.At(o.At, func() { g.hand(g.members[o.Member]) })
	}
	for range 2_000_000 {
		if g.sim.Step(1) != sim.Running {
			break
		}
	}
	return g
}

func (g *group) addMember(i int) {
	m := &member{g: g, index: i, next: make([]int64, len(g.parts)), holds: make([]uint16, len(g.parts)),
		paused: make([]bool, len(g.parts))}
	for range g.expand {
		m.next, m.holds, m.paused = append(m.next, 0), append(m.holds, 0), append(m.paused, false)
	}
	name := fmt.Sprintf("consumer-%d", i)
	m.process, m.node = g.hist.AddProcess(name), g.sim.AddNode(name, m)
	m.app = g.shared.NewApplication(m, &model.AppHost{Sim: g.sim, Node: m.node, Recorder: &g.rec, Process: m.process,
		TimerKind: timerOfApp})
	g.members = append(g.members, m)
	g.sim.At(0, func() {
		m.app.Started()
		m.take()
	})
}

// take takes up the partitions that the member owns and does not know of.
func (m *member) take() {
	var places []history.Place
	for i := range m.g.parts {
		p := &m.g.parts[i]
		if p.owner == m.index && m.holds[i] != p.epoch {
			m.holds[i], m.next[i], m.paused[i] = p.epoch, p.committed, false
			places = append(places, p.place)
		}
	}
	if len(places) > 0 {
		m.app.Assigned(places)
		m.arm()
	}
}

// hand gives what a member owns to the next one.
func (g *group) hand(from *member) {
	to := g.members[(from.index+1)%len(g.members)]
	for i := range g.parts {
		if p := &g.parts[i]; p.owner == from.index && to != from {
			p.owner, p.epoch = to.index, p.epoch+1
		}
	}
	g.sim.After(to.node, 0, timerDeliver, 1)
	g.sim.After(from.node, 0, timerDeliver, 1)
}

func (g *group) send(i int, a arrival, _ bool) {
	m := model.Message{Key: history.Key(a.Key), Producer: a.Producer, Index: uint32(i)}
	m.ID = g.rec.Arrive(history.MessageInfo{Key: m.Key, Producer: history.Process(a.Producer), Index: m.Index})
	g.shared.Send(&m)
}

// produce is the client of all producers: what it is given is stored at once.
func (g *group) produce(m *model.Message, split bool) {
	part := int(m.Key) % len(g.parts)
	if by, ok := g.shared.Partitioner().(model.MessagePartitioner); ok {
		part = by.PartitionMessage(m, uint32(m.Key), len(g.parts))
	}
	if split {
		part = int(m.Index) % len(g.parts)
	}
	p := &g.parts[part]
	at := int64(len(p.records))
	g.rec.Send(m.ID, history.Process(m.Producer), 0)
	g.rec.Store(m.ID, 0, p.place, at)
	g.rec.Ack(m.ID, history.Process(m.Producer), 0, history.OK, p.place, at, 0)
	p.records = append(p.records, model.Record{Message: m.ID, Place: p.place, Position: at})
	for len(g.tries) <= int(m.ID) {
		g.tries = append(g.tries, 0)
	}
	g.members[p.owner].arm()
}

// logWorld is the administration of the log: what was added is there at once.
type logWorld struct {
	*world
	g *group
}

func (w logWorld) Expand(_ string, count int) {
	for i := len(w.g.parts); i < count; i++ {
		owner := i % len(w.g.members)
		w.g.parts = append(w.g.parts, logPart{place: w.g.hist.AddPlace(fmt.Sprintf("log/%d", i)), owner: owner, epoch: 1})
	}
	for _, m := range w.g.members {
		w.g.sim.After(m.node, 0, timerDeliver, 1)
	}
}
func (w logWorld) Known(string) int { return len(w.g.parts) }
func (w logWorld) Added(_ string, before, count int) (out []history.Place) {
	for _, p := range w.g.parts[before:count] {
		out = append(out, p.place)
	}
	return out
}
func (w logWorld) Partitions(string) (out []history.Place) {
	for _, p := range w.g.parts {
		out = append(out, p.place)
	}
	return out
}
func (w logWorld) Committed(place history.Place) (int64, bool) {
	return w.g.parts[w.g.members[0].part(place)].committed, true
}
func (w logWorld) End(place history.Place) (int64, bool) {
	return int64(len(w.g.parts[w.g.members[0].part(place)].records)), true
}

// arm sees to it that a waiting poll is answered soon.
func (m *member) arm() {
	if !m.armed && !m.g.sim.Down(m.node) {
		m.armed = true
		m.g.sim.After(m.node, sim.Millisecond, timerDeliver, 0)
	}
}

// deliver answers a waiting poll, or tells what was taken away.
func (m *member) deliver() {
	if !m.polling {
		return
	}
	var lost []history.Place
	for i := range m.g.parts {
		if p := &m.g.parts[i]; m.holds[i] > 0 && (p.owner != m.index || m.holds[i] != p.epoch) {
			m.holds[i] = 0
			lost = append(lost, p.place)
		}
	}
	if len(lost) > 0 {
		m.app.Revoked(lost)
	}
	m.take()
	var out []model.Record
	for i := range m.g.parts {
		p := &m.g.parts[i]
		for m.holds[i] > 0 && !m.paused[i] && m.next[i] < int64(len(p.records)) && len(out) < m.g.maxPoll {
			r := p.records[m.next[i]]
			m.g.tries[r.Message]++
			r.Attempt, r.Epoch = m.g.tries[r.Message], m.holds[i]
			m.next[i]++
			out = append(out, r)
		}
	}
	if len(out) > 0 {
		m.polling = false
		m.app.Polled(out)
	}
}

// The client.

func (m *member) Poll()                    { m.polling = true; m.arm() }
func (m *member) Process() history.Process { return m.process }
func (m *member) Commit(place history.Place, next int64) {
	for i := range m.g.parts {
		if p := &m.g.parts[i]; p.place == place && m.holds[i] == p.epoch && p.owner == m.index {
			p.committed = next
		}
	}
}
func (m *member) Epoch(place history.Place) uint16 {
	return m.holds[m.part(place)]
}
func (m *member) Pause(place history.Place)  { m.paused[m.part(place)] = true }
func (m *member) Resume(place history.Place) { m.paused[m.part(place)] = false; m.arm() }
func (m *member) part(place history.Place) int {
	return slices.IndexFunc(m.g.parts, func(p logPart) bool { return p.place == place })
}

// The node.

func (m *member) Timer(kind sim.Kind, arg uint64) {
	if kind == timerDeliver {
		if arg == 0 {
			m.armed = false
		}
		m.deliver()
		return
	}
	m.app.Timer(uint16(kind)-timerOfApp, arg)
}
func (m *member) Opened(sim.Conn)              {}
func (m *member) Closed(sim.Conn, sim.Closing) {}
func (m *member) Receive(sim.Conn, *sim.Frame) {}
func (m *member) Digest(*sim.Digest)           {}
func (m *member) Crashed() {
	m.polling, m.armed = false, false
	clear(m.holds)
}
func (m *member) Restarted() {
	m.app.Started()
	m.take()
}
