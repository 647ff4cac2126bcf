package app

import (
	"slices"

	"orderlab/model/history"
	"orderlab/sim"
)

// resequencer holds records back until their predecessors of the same key have come
// (Hohpe and Woolf, Resequencer), or until it has waited for them long enough.
//
// Its claim: the records of a key are worked on in the order of their versions, as
// long as no gap lasts longer than the time-out and all records of the key come to
// this consumer. One that comes after it was given up is late, and out of order. The
// buffer is in memory: positions have to be committed `contiguous`, or a crash loses
// what it held.
type resequencer struct {
	app     *Application
	timeout sim.Time
	keys    []expecting // by key
	held    int
}

// expecting is what is awaited of a key.
type expecting struct {
	next   int32   // the version that is to come
	tasks  []*task // in the order of their versions
	timer  sim.TimerID
	active bool // next is known
}

func (q *resequencer) on() bool { return q.timeout > 0 }

func (q *resequencer) reset() { q.keys, q.held = q.keys[:0], 0 }

func (q *resequencer) of(key history.Key) *expecting {
	for len(q.keys) <= int(key) {
		q.keys = append(q.keys, expecting{timer: sim.NoTimer})
	}
	k := &q.keys[key]
	if !k.active { // what the sink has says where the key is
		k.active, k.next = true, q.app.sh.row(key).version+1
	}
	return k
}

// admit says whether a record may go on; else it is held.
func (q *resequencer) admit(t *task) bool {
	k, v := q.of(t.key), q.version(t)
	switch {
	case v < k.next: // late, or a second time
		return true
	case v == k.next:
		k.next++
		// It goes first: what it sets free is queued behind it.
		q.app.enqueue(t)
		q.release(t.key, k)
		return false
	}
	i, _ := slices.BinarySearchFunc(k.tasks, v, func(x *task, v int32) int { return int(q.version(x) - v) })
	k.tasks = slices.Insert(k.tasks, i, t)
	q.held++
	q.app.sh.metrics.note(q.app, metricHeld, int64(q.held))
	if k.timer == sim.NoTimer {
		k.timer = q.app.host.After(q.timeout, timerGap, uint64(t.key))
	}
	return false
}

func (q *resequencer) version(t *task) int32 { return q.app.sh.versions.at(t.rec.Message) }

// release lets the records go on that nothing is missing before.
func (q *resequencer) release(key history.Key, k *expecting) {
	for len(k.tasks) > 0 && q.version(k.tasks[0]) <= k.next {
		t := k.tasks[0]
		k.tasks = k.tasks[1:]
		k.next = max(k.next, q.version(t)+1)
		q.held--
		q.app.enqueue(t)
	}
	q.app.host.Sim.Cancel(k.timer)
	k.timer = sim.NoTimer
	if len(k.tasks) > 0 {
		k.timer = q.app.host.After(q.timeout, timerGap, uint64(key))
	}
}

// expire gives up what is missing before the first record that is held.
func (q *resequencer) expire(key history.Key) {
	k := q.of(key)
	k.timer = sim.NoTimer
	if len(k.tasks) == 0 {
		return
	}
	k.next = q.version(k.tasks[0])
	q.release(key, k)
	q.app.dispatch()
}

// discard takes out the records of places that were taken away, and forgets where
// their keys are.
func (q *resequencer) discard(places []history.Place) {
	for i := range q.keys {
		k := &q.keys[i]
		k.tasks = slices.DeleteFunc(k.tasks, func(t *task) bool {
			if !slices.Contains(places, t.rec.Place) {
				return false
			}
			q.held--
			q.app.inHand--
			return true
		})
	}
}
