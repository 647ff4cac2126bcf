package app

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// Shared is what all consumers of a run share: the sink with its rows, the tables
// and topics of the application, the service that it calls, and the operator. All
// of it outlives the process of a consumer.
type Shared struct {
	Operator *Operator
	Gate     Gate

	sim      *sim.Engine
	rec      *model.Recorder
	set      Settings
	work     sim.Sampler
	sink     history.Symbol
	apps     []*Application
	versions versions
	stamps   stamps
	rows     rows
	marks    marks
	fence    fence
	retry    retryTopic
	parking  parkingTable
	failing  failing
	content  replica
	metrics  metrics
	outbox   outbox
	epochs   epochs
	monitor  monitor

	downstream *downstream
}

// Gate keeps the sink closed while a backlog is built up: workers stop at their
// first record until it opens.
type Gate struct {
	open    bool
	waiting []*Application
}

// Open lets the workers go on.
func (g *Gate) Open() {
	g.open = true
	for _, a := range g.waiting {
		a.dispatch()
	}
	g.waiting = g.waiting[:0]
}

// NewShared returns what the consumers of a run share. Work is how long a record
// takes a worker, and hold is called to hold the producers back and to let them go.
func NewShared(e *sim.Engine, rec *model.Recorder, s *Settings, work sim.Sampler, hold func(bool)) *Shared {
	hist := rec.History()
	sh := &Shared{sim: e, rec: rec, set: *s, work: work, sink: hist.AddSymbol("sink"),
		Operator: NewOperator(e, rec, s, hold), versions: versions{hist: hist}}
	sh.retry.sh, sh.parking.sh, sh.failing.sh, sh.content.sh = sh, sh, sh, sh
	sh.epochs = epochs{sh: sh, inner: s.NewPartitioner(), unanswered: []int{0}, changed: []int{0}, open: []bool{true}}
	sh.Operator.epochs = &sh.epochs
	sh.monitor.sh = sh
	if s.Guard == GuardTime {
		sh.stamps.follow(sh)
	}
	if s.DownstreamNodes > 0 {
		sh.downstream = newDownstream(sh)
	}
	return sh
}

// Sample begins to sample a metric, with its value so far: nothing.
func (s *Shared) Sample(name string) {
	for i, m := range Metrics() {
		if m.Name == name && len(s.apps) > 0 {
			s.metrics.most[i] = -1
			s.metrics.note(s.apps[0], metric(i), 0)
		}
	}
}

// NewApplication returns the application of one consumer. The consumers of a group
// are made in the order of their numbers.
func (s *Shared) NewApplication(c model.ConsumerClient, host *model.AppHost) *Application {
	a := &Application{sh: s, client: c, host: host, index: len(s.apps)}
	s.apps = append(s.apps, a)
	a.workers = make([]worker, s.set.Workers+1)
	for i := range a.workers {
		a.workers[i].index = i
	}
	a.tracker = tracker{app: a, mode: s.set.Commit, every: s.set.CommitEvery}
	a.order = resequencer{app: a, timeout: s.set.Resequence}
	a.barrier = barrier{app: a, timer: sim.NoTimer}
	a.stages = s.set.stages()
	for _, st := range a.stages {
		cost := st.cost()
		a.before, a.behind = a.before || cost.before, a.behind || cost.after
	}
	return a
}

// Busy says that something of the application is under way that will go on by
// itself: records in hand, retries that wait for their time, an expansion.
func (s *Shared) Busy() bool {
	if s.Operator.Busy() || s.retry.busy() || s.parking.busy() || s.outbox.busy() || s.monitor.waits > 0 {
		return true
	}
	for _, a := range s.apps {
		if a.inHand+a.retries > 0 && !s.sim.Down(a.host.Node) {
			return true
		}
	}
	return false
}

// row returns the row of a key.
func (s *Shared) row(key history.Key) *row { return s.rows.of(key) }

// runs returns the application that works on the retries of a key: always the
// same, or the next one that is up.
func (s *Shared) runs(key history.Key) *Application {
	first := int(uint64(sim.Identity(sim.ID(key))) % uint64(len(s.apps)))
	for i := range s.apps {
		if a := s.apps[(first+i)%len(s.apps)]; !s.sim.Down(a.host.Node) {
			return a
		}
	}
	return nil
}

// again hands a record to the worker for retries of an application.
func (s *Shared) again(a *Application, r *model.Record, from origin, tries int) {
	r.Attempt++
	s.rec.Deliver(r, a.host.Process, a.session)
	t := a.newTask(r, from, tries)
	a.retries++
	w := a.retrier()
	w.queue.push(t)
	a.take(w)
}

// settled tells where a task came from that it is over.
func (s *Shared) settled(a *Application, t *task) {
	switch t.from {
	case fromRetry:
		s.retry.done(t)
	case fromParking:
		s.parking.done(a, t)
	}
}

// abandoned is told of a task that was in hand when its process died: what it held
// is released.
func (s *Shared) abandoned(_ *Application, t *task) {
	s.unlock(t)
	if s.downstream != nil {
		s.downstream.forget(t)
	}
}

// returned gives back what a process had taken for a retry when it died.
func (s *Shared) returned(a *Application) {
	s.retry.returned(a)
	s.parking.returned(a)
}
