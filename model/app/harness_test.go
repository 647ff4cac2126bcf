package app_test

import (
	"fmt"
	"strings"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// process is a consumer's process without a broker: its client notes what the
// application asks of it.
type process struct {
	sim    *sim.Engine
	hist   history.History
	rec    model.Recorder
	node   sim.NodeID
	gate   *app.Gate
	op     *app.Operator
	world  *world
	worker *app.Application
	log    []string // what happened, in order
	held   bool
	inSync bool // a commit holds the thread up
}

// newProcess makes a process whose application has the features and works for 10
// ms on each record.
func newProcess(features model.Values) *process {
	p := &process{sim: sim.New(1, sim.Limits{})}
	p.rec.Reset(p.sim, &p.hist)
	p.hist.AddProcess("producer-0")
	p.node = p.sim.AddNode("billing-0", p)
	settings := app.Resolve(features)
	shared := app.NewShared(p.sim, &p.rec, &settings, sim.Constant(int64(10*sim.Millisecond)), func(on bool) {
		p.held = on
		p.note("hold %v", on)
	})
	p.op, p.gate = shared.Operator, &shared.Gate
	p.world = &world{p: p, partitions: 2, known: 2}
	for i := range 8 {
		p.world.places = append(p.world.places, p.hist.AddPlace(fmt.Sprintf("orders/%d", i)))
	}
	p.op.Attach(p.world)
	host := &model.AppHost{Sim: p.sim, Node: p.node, Recorder: &p.rec,
		Process: p.hist.AddProcess("billing-0"), TimerKind: 64}
	p.worker = shared.NewApplication(p, host)
	return p
}

func (p *process) note(format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf("%v ", p.sim.Now())+fmt.Sprintf(format, args...))
}

func (p *process) run(until sim.Time) {
	over := false
	p.sim.At(until, func() { over = true })
	for !over && p.sim.Step(1) == sim.Running {
	}
}

// take returns what happened since the last time.
func (p *process) take() string {
	out := strings.Join(p.log, "; ")
	p.log = nil
	return out
}

// records makes records of new messages, which are acked and stored.
func (p *process) records(place, count int) []model.Record {
	var out []model.Record
	for i := range count {
		m := p.rec.Arrive(history.MessageInfo{Index: uint32(p.hist.Messages())})
		p.rec.Send(m, 0, 0)
		p.rec.Store(m, 0, p.world.places[place], int64(i))
		p.rec.Ack(m, 0, 0, history.OK, p.world.places[place], int64(i), 0)
		out = append(out, model.Record{Message: m, Place: p.world.places[place], Position: int64(i), Attempt: 1})
	}
	return out
}

// applied returns each effect: when it was, of which message, in which session.
func (p *process) applied() string {
	var out []string
	for i := range p.hist.Len() {
		if op := p.hist.Op(i); op.Kind == history.KindApply {
			out = append(out, fmt.Sprintf("%v m%d s%d", sim.Time(op.End), op.Message, op.Session))
		}
	}
	return strings.Join(out, "; ")
}

// The client.

func (p *process) Poll()                      { p.note("poll") }
func (p *process) Process() history.Process   { return 1 }
func (p *process) Pause(place history.Place)  { p.note("pause %s", p.hist.PlaceName(place)) }
func (p *process) Resume(place history.Place) { p.note("resume %s", p.hist.PlaceName(place)) }

func (p *process) Committing() bool { return p.inSync }
func (p *process) Commit(place history.Place, next int64) {
	p.note("commit %s=%d", p.hist.PlaceName(place), next)
}

// The node.

func (p *process) Timer(kind sim.Kind, arg uint64) { p.worker.Timer(uint16(kind-64), arg) }
func (p *process) Opened(sim.Conn)                 {}
func (p *process) Closed(sim.Conn, sim.Closing)    {}
func (p *process) Receive(sim.Conn, *sim.Frame)    {}
func (p *process) Crashed()                        {}
func (p *process) Restarted()                      { p.worker.Started() }
func (p *process) Digest(*sim.Digest)              {}

// world is the administration of a topic: an expansion takes a second.
type world struct {
	p          *process
	places     []history.Place
	partitions int
	known      int
	committed  map[history.Place]bool
}

func (w *world) Expand(_ string, count int) {
	w.p.note("expand to %d", count)
	w.p.sim.At(w.p.sim.Now()+sim.Second, func() { w.partitions = count })
}
func (w *world) Known(string) int { return w.known }
func (w *world) Added(_ string, before, count int) []history.Place {
	return w.places[before:count]
}
func (w *world) Partitions(string) []history.Place { return w.places[:w.partitions] }
func (w *world) Committed(place history.Place) (int64, bool) {
	return 0, w.committed[place]
}
func (w *world) End(history.Place) (int64, bool) { return 0, true }

// The rest of a world is not asked for.

func (w *world) Send(*model.Message)     {}
func (w *world) Ready() bool             { return true }
func (w *world) Inject(*model.Fault)     {}
func (w *world) Heal(*model.Fault)       {}
func (w *world) PlaceOf(history.Key) int { return 0 }
func (w *world) Settled() bool           { return true }
func (w *world) Places() []history.Place { return w.places }
func (w *world) Digest(*sim.Digest)      {}
