package app

import (
	"orderlab/model"
	"orderlab/sim"
)

// The values of the feature `retry`.
const (
	RetryNone    = "none"
	RetryInPlace = "in-place"
	RetryTopic   = "retry-topic"
	RetryPark    = "park-key"
)

// The values of the feature `exhausted`.
const (
	ExhaustedDrop       = "drop"
	ExhaustedDeadLetter = "dead-letter"
)

// fail is the end of an attempt that failed. What becomes of the record is the
// strategy's choice.
//
//   - none: the error is logged and the record forgotten.
//   - in-place: the worker rests and tries again. It keeps the order, and nothing
//     behind the record moves: with one worker the whole consumer.
//   - retry-topic: the record goes to another topic, from which it comes back after
//     a delay. Nothing waits for it, so its key's successors overtake it.
//   - park-key: the record and everything of its key that follows go to a table.
func (a *Application) fail(w *worker) {
	t := w.task
	for _, s := range a.stages {
		s.failed(a, t)
	}
	a.sh.unlock(t)
	set := &a.sh.set
	if set.Retry == RetryNone {
		a.dispose(t, ReasonFailed)
		a.finish(w)
		return
	}
	if t.from == fromParking {
		a.sh.parking.failed(t)
		a.finish(w)
		return
	}
	if t.tries++; set.Retries > 0 && t.tries > set.Retries && set.Retry != RetryPark {
		a.exhausted(t)
		a.finish(w)
		return
	}
	switch set.Retry {
	case RetryInPlace:
		w.step = resting
		a.wait(w, set.delay(t.tries))
	case RetryTopic:
		a.sh.retry.add(t)
		a.finish(w)
	case RetryPark:
		a.park(w)
	}
}

// exhausted puts a record away that has failed too often.
func (a *Application) exhausted(t *task) {
	if a.sh.set.Exhausted == ExhaustedDeadLetter {
		a.dispose(t, ReasonDeadLetter)
		return
	}
	a.dispose(t, ReasonFailed)
}

// delay is how long the n-th failure of a record is waited for, from 1.
func (s *Settings) delay(n int) sim.Time {
	d := s.RetryDelay
	for range n - 1 {
		if d > sim.Time(1)<<50/sim.Time(s.RetryFactor) {
			break
		}
		d *= sim.Time(s.RetryFactor)
	}
	return d
}

// retryTopic is the topics of the non-blocking retries, one for each delay. What
// is in them survives its consumer.
type retryTopic struct {
	sh      *Shared
	entries []retried
}

// retried is a record in a retry topic.
type retried struct {
	rec   model.Record
	tries int
	taken *Application // that works on it; nil while it waits
}

func (q *retryTopic) busy() bool { return len(q.entries) > 0 }

func (q *retryTopic) find(r *model.Record) int {
	for i := range q.entries {
		if e := &q.entries[i]; e.rec.Place == r.Place && e.rec.Position == r.Position {
			return i
		}
	}
	return -1
}

// add puts a record into the topic of its delay. One that came from there is in it
// still, and waits anew.
func (q *retryTopic) add(t *task) {
	if i := q.find(&t.rec); i >= 0 {
		q.entries[i].tries, q.entries[i].taken = t.tries, nil
		q.entries[i].rec.Attempt = t.rec.Attempt
	} else {
		q.entries = append(q.entries, retried{rec: t.rec, tries: t.tries})
	}
	q.wake(t.rec, q.sh.set.delay(t.tries))
}

// wake hands a record to a consumer after a time, or tries later when none is up.
func (q *retryTopic) wake(r model.Record, after sim.Time) {
	q.sh.sim.At(q.sh.sim.Now()+after, func() {
		i := q.find(&r)
		if i < 0 || q.entries[i].taken != nil {
			return
		}
		e := &q.entries[i]
		a := q.sh.runs(q.sh.rec.History().KeyOf(r.Message))
		if a == nil {
			q.wake(r, sim.Second)
			return
		}
		e.taken = a
		e.rec.Attempt++
		again := e.rec
		again.Attempt--
		q.sh.again(a, &again, fromRetry, e.tries)
	})
}

// done takes a record out whose retry is over, unless it was put back.
func (q *retryTopic) done(t *task) {
	if i := q.find(&t.rec); i >= 0 && q.entries[i].taken != nil {
		q.entries = append(q.entries[:i], q.entries[i+1:]...)
	}
}

// returned gives the records back that a process had taken.
func (q *retryTopic) returned(a *Application) {
	for i := range q.entries {
		if e := &q.entries[i]; e.taken == a {
			e.taken = nil
			q.wake(e.rec, 0)
		}
	}
}
