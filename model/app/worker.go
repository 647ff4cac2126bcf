package app

import (
	"slices"

	"orderlab/model"
	"orderlab/sim"
)

var decideWork = sim.NewDecision("app.work")

// worker is a thread of an application. It takes a record up, looks at tables where
// a stage needs that, works, and brings the effect about.
type worker struct {
	index int
	task  *task
	step  step
	queue fifo // of its own, where records go by key; else it shares one
}

// step is what a worker waits for.
type step uint8

const (
	idle     step = iota
	checking      // a table is read
	working
	behind  // a table is written behind the effect
	resting // until a failed record is tried again
	parking // a record is added to a parked key
	refused // the downstream has answered with an error
)

// begin takes the task up.
func (a *Application) begin(w *worker, t *task) {
	w.task = t
	t.since = a.host.Sim.Now()
	a.attempt(w)
}

// attempt is one attempt at the task in hand.
func (a *Application) attempt(w *worker) {
	w.step = checking
	if a.before {
		a.look(w.task)
		a.wait(w, a.sh.set.TableLatency)
		return
	}
	a.check(w)
}

// check asks the stages whether the work is to be done, and begins it.
func (a *Application) check(w *worker) {
	for _, s := range a.stages {
		if r := s.check(a, w.task); !a.goesOn(w, r) {
			return
		}
	}
	a.work(w)
}

// work begins the work itself.
func (a *Application) work(w *worker) {
	w.step = working
	if d := a.sh.downstream; d != nil {
		d.call(a, w)
		return
	}
	a.wait(w, a.host.Sim.Work(a.host.Node, a.serviceTime(w.task)+a.sh.monitor.cost(w.task)))
}

// serviceTime draws how long the task takes. The draw is about the message and its
// delivery, so that it is the same under every strategy.
func (a *Application) serviceTime(t *task) sim.Time {
	info := a.host.Recorder.History().Message(t.rec.Message)
	id := sim.Identity(sim.ID(info.Producer), sim.ID(info.Index), sim.ID(t.rec.Attempt)+sim.ID(t.tries)<<16)
	return sim.Time(a.host.Sim.Draw(decideWork, id, &a.sh.work))
}

func (a *Application) wait(w *worker, d sim.Time) { a.host.After(d, timerWork, uint64(w.index)) }

// next is called when what a worker waited for is over.
func (a *Application) next(w *worker) {
	switch w.step {
	case checking:
		a.check(w)
	case working:
		a.effect(w)
	case behind:
		for _, s := range a.stages {
			s.after(a, w.task)
		}
		a.finish(w)
	case refused:
		a.fail(w)
	case resting:
		a.attempt(w)
	case parking:
		a.sh.parking.add(a, w.task)
		a.finish(w)
	}
}

// effect ends the work: the stages rule on the effect, in its transaction, and it
// takes place or not.
func (a *Application) effect(w *worker) {
	t := w.task
	if a.sh.failing.fails(a, t) {
		a.fail(w)
		return
	}
	for _, s := range a.stages {
		if r := s.effect(a, t); !a.goesOn(w, r) {
			return
		}
	}
	a.apply(&t.rec, t)
	for _, s := range a.stages {
		s.applied(a, t)
	}
	if a.behind {
		w.step = behind
		a.wait(w, a.sh.set.TableLatency)
		return
	}
	a.finish(w)
}

// apply writes the effect of a record to the history, under the ownership in which the
// consumer was given the place: a later generation of the group in which it kept it
// is no other owner.
func (a *Application) apply(r *model.Record, t *task) {
	effect := *r
	if t.token > 0 {
		effect.Epoch = t.token
	}
	a.host.Recorder.Apply(&effect, a.host.Process, a.session, a.sh.sink, t.since)
	a.sh.monitor.applied(r.Message, t.key)
}

// goesOn carries out a ruling, and says whether the worker goes on with its task.
func (a *Application) goesOn(w *worker, r ruling) bool {
	switch r.verdict {
	case put:
		a.dispose(w.task, r.reason)
		a.finish(w)
	case refuse:
		a.fail(w)
	case handed:
		a.finish(w)
	case suspend:
	default:
		return true
	}
	return false
}

// dispose puts a task away for a reason.
func (a *Application) dispose(t *task, reason string) {
	rec := a.host.Recorder
	rec.Dispose(&t.rec, a.host.Process, a.session, rec.History().AddSymbol(reason))
	if slices.Contains(Reasons(), reason) || reason == ReasonDeduplicated {
		a.sh.monitor.disposed(t.rec.Message, t.key)
	}
}

// finish is the end of the task in hand. The worker takes up the next.
func (a *Application) finish(w *worker) {
	t := w.task
	w.task, w.step = nil, idle
	a.sh.unlock(t)
	a.settle(t)
	a.take(w)
}
