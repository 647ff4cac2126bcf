package app

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `write`.
const (
	WriteUpsert       = "upsert"
	WriteInsertUpdate = "insert-then-update"
	WriteCheckInsert  = "check-then-insert"
	WriteLock         = "lock-then-insert"
	WriteOptimistic   = "optimistic"
	WriteReadModify   = "read-modify-write"
)

// row is the row of a key at the sink.
type row struct {
	version int32    // of the newest message that was applied
	written int32    // how often it was written; 0: there is none
	newest  sim.Time // the largest timestamp that was applied, if any was
	stamped bool
	holder  *task // of its lock
	queue   []lockWaiter
}

// rows are the table at the sink.
type rows struct{ byKey []row }

func (r *rows) of(key history.Key) *row {
	for len(r.byKey) <= int(key) {
		r.byKey = append(r.byKey, row{})
	}
	return &r.byKey[key]
}

// rowStage writes the row of a key, which has a unique key.
//
//   - upsert: one statement, whether the row exists or not.
//   - insert-then-update: a key's first message inserts its row, the others update
//     it, and fail without one.
//   - check-then-insert: looks for the row when the work begins, and then inserts or
//     updates. Of two that saw no row the second fails: duplicate key.
//   - lock-then-insert: the same under the lock of the key.
//   - optimistic: reads the row when the work begins and writes it where nobody has
//     meanwhile; else it fails. No update is lost.
//   - read-modify-write: reads it and writes it back, and with it the loss of
//     what others wrote meanwhile.
type rowStage struct {
	passive
	mode string
}

// check reads the row.
func (s *rowStage) check(a *Application, t *task) ruling {
	if s.mode == WriteLock && !a.sh.lock(a, t) {
		return ruling{verdict: suspend}
	}
	t.read = a.sh.row(t.key).written
	return ruling{}
}

func (s *rowStage) effect(a *Application, t *task) ruling {
	r := a.sh.row(t.key)
	switch s.mode {
	case WriteInsertUpdate:
		if r.written == 0 && a.sh.versions.at(t.rec.Message) != 1 {
			return ruling{verdict: refuse}
		}
	case WriteCheckInsert, WriteLock:
		if t.read == 0 && r.written > 0 {
			return ruling{verdict: refuse}
		}
	case WriteOptimistic:
		if t.read != r.written {
			return ruling{verdict: refuse}
		}
	case WriteReadModify:
		if t.read != r.written {
			a.sh.metrics.add(a, metricLostUpdates, int64(r.written-t.read))
		}
	}
	return ruling{}
}

// applied notes what the row has now.
func (s *rowStage) applied(a *Application, t *task) {
	r := a.sh.row(t.key)
	r.written++
	r.version = max(r.version, a.sh.versions.at(t.rec.Message))
}

// lockUse says what a task has to do with the lock of its row.
type lockUse uint8

const (
	noLock lockUse = iota
	waitsForLock
	holdsLock
)

// lockWaiter is a task that waits for the lock of a row.
type lockWaiter struct {
	app  *Application
	task *task
}

// lock takes the lock of a task's row, or puts the task in its queue.
func (s *Shared) lock(a *Application, t *task) bool {
	r := s.row(t.key)
	switch {
	case t.lock == holdsLock:
		return true
	case r.holder == nil:
		r.holder, t.lock = t, holdsLock
		return true
	}
	t.lock = waitsForLock
	r.queue = append(r.queue, lockWaiter{a, t})
	return false
}

// unlock releases the lock that a task holds, and lets the next one have it. The
// lock of a process that has died is released when the process is back.
func (s *Shared) unlock(t *task) {
	r := s.row(t.key)
	switch t.lock {
	case waitsForLock:
		for i := range r.queue {
			if r.queue[i].task == t {
				r.queue = append(r.queue[:i], r.queue[i+1:]...)
				break
			}
		}
	case holdsLock:
		r.holder = nil
		if len(r.queue) > 0 {
			next := r.queue[0]
			r.queue = r.queue[1:]
			r.holder, next.task.lock = next.task, holdsLock
			next.app.called(next.task)
		}
	}
	t.lock = noLock
}

// called wakes the worker that has a task, which goes on with its check.
func (a *Application) called(t *task) {
	for i := range a.workers {
		if w := &a.workers[i]; w.task == t {
			w.step = checking
			a.wait(w, 0)
		}
	}
}
