package app

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The worker's timers.
const (
	timerWork   uint16 = iota // the record at hand is done
	timerResume               // a new partition may be read; arg is its place
)

var decideWork = sim.NewDecision("app.work")

// Gate keeps the sink closed while a backlog is built up: workers stop at their
// first record until it opens.
type Gate struct {
	open    bool
	waiting []*Worker
}

// Open lets the workers go on.
func (g *Gate) Open() {
	g.open = true
	for _, w := range g.waiting {
		w.begin()
	}
	g.waiting = g.waiting[:0]
}

// Worker is the application at a consumer: it polls, processes the records one
// at a time, each for a drawn service time, and polls again when all are done.
type Worker struct {
	client  model.ConsumerClient
	host    *model.AppHost
	work    sim.Sampler
	sink    history.Symbol
	gate    *Gate
	op      *Operator
	pause   sim.Time
	records []model.Record
	at      int
	since   sim.Time
	session uint16
	started bool
	working bool // a record is at hand
}

// NewWorker returns the application of one consumer. All consumers of a group
// share the gate, the operator and the sink.
func NewWorker(c model.ConsumerClient, host *model.AppHost, s *Settings, work sim.Sampler,
	sink history.Symbol, gate *Gate, op *Operator) *Worker {
	return &Worker{client: c, host: host, work: work, sink: sink, gate: gate, op: op, pause: s.PauseNew}
}

// Started implements [model.ConsumerApp].
func (w *Worker) Started() {
	w.records, w.at, w.working = nil, 0, false
	if w.started {
		w.session++
	}
	w.started = true
	w.client.Poll()
}

// Polled implements [model.ConsumerApp].
func (w *Worker) Polled(records []model.Record) {
	if len(records) == 0 {
		w.client.Poll()
		return
	}
	w.records, w.at = records, 0
	if !w.gate.open {
		w.gate.waiting = append(w.gate.waiting, w)
		return
	}
	w.begin()
}

// begin takes up the record at hand.
func (w *Worker) begin() {
	if w.working || w.at >= len(w.records) {
		return // the process died while it waited at the gate
	}
	w.working = true
	w.since = w.host.Sim.Now()
	r := &w.records[w.at]
	info := w.host.Recorder.History().Message(r.Message)
	id := sim.Identity(sim.ID(info.Producer), sim.ID(info.Index), sim.ID(r.Attempt))
	work := sim.Time(w.host.Sim.Draw(decideWork, id, &w.work))
	w.host.After(w.host.Sim.Work(w.host.Node, work), timerWork, 0)
}

// Timer implements [model.ConsumerApp].
func (w *Worker) Timer(kind uint16, arg uint64) {
	if kind == timerResume {
		w.client.(model.Pauser).Resume(history.Place(arg))
		return
	}
	w.working = false
	w.host.Recorder.Apply(&w.records[w.at], w.host.Process, w.session, w.sink, w.since)
	if w.at++; w.at < len(w.records) {
		w.begin()
		return
	}
	w.client.Poll()
}

// DescribeTimer implements [model.TimerDescriber].
func (w *Worker) DescribeTimer(kind uint16, arg uint64) string {
	if kind == timerResume {
		return "pause of " + w.host.Recorder.History().PlaceName(history.Place(arg))
	}
	return "work on a record"
}

// Assigned implements [model.ConsumerApp]: partitions that an expansion has
// added stay paused for as long as the strategy says, counted from the
// expansion.
func (w *Worker) Assigned(places []history.Place) {
	if w.pause == 0 {
		return
	}
	for _, p := range places {
		since, isNew := w.op.NewSince(p)
		if rest := since + w.pause - w.host.Sim.Now(); isNew && rest > 0 {
			w.client.(model.Pauser).Pause(p)
			w.host.After(rest, timerResume, uint64(p))
		}
	}
}

// Revoked implements [model.ConsumerApp]. The worker has finished what it was
// handed, because it is in poll.
func (w *Worker) Revoked([]history.Place) {}
