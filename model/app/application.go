package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The timers of an application.
const (
	timerWork    uint16 = iota // a worker's step is over; arg is the worker
	timerResume                // a new partition may be read; arg is its place
	timerCommit                // positions are to be committed
	timerGap                   // a gap has been waited for; arg is the key
	timerBarrier               // markers were passed; arg is 1 when they have been waited for long enough
)

// Application is what an application does at one consumer. It polls, hands the
// records to its workers, and polls again: when all of them are finished, or, with
// `poll_ahead`, as soon as there is room. See the package's picture.
type Application struct {
	sh     *Shared
	client model.ConsumerClient
	host   *model.AppHost
	index  int

	workers []worker // those of the pool, and last the one for retries
	queue   fifo     // that the workers of the pool share
	stages  []stage
	// before and behind say whether some stage needs a round trip of its own.
	before, behind bool
	tracker        tracker
	order          resequencer
	barrier        barrier
	owned          []holding
	free           []*task
	outputs        []model.Output // of the transaction to come

	session uint16
	started bool
	polling bool
	paused  bool // the places are paused because too much is in hand
	inHand  int  // records polled and not finished
	retries int  // in hand besides
}

// Started implements [model.ConsumerApp].
func (a *Application) Started() {
	for i := range a.workers {
		w := &a.workers[i]
		if w.task != nil {
			a.sh.abandoned(a, w.task)
		}
		w.task, w.step = nil, idle
		w.queue.clear()
	}
	a.queue.clear()
	a.tracker.reset()
	a.order.reset()
	a.barrier.reset()
	a.owned, a.outputs = a.owned[:0], a.outputs[:0]
	a.inHand, a.retries, a.paused = 0, 0, false
	if a.started {
		a.session++
	}
	a.started = true
	a.sh.returned(a)
	a.poll()
}

func (a *Application) poll() {
	a.polling = true
	a.client.Poll()
}

// Polled implements [model.ConsumerApp].
func (a *Application) Polled(records []model.Record) {
	a.polling = false
	if len(records) == 0 {
		a.poll()
		return
	}
	a.tracker.begin(records)
	a.inHand += len(records)
	if a.sh.set.PollAhead {
		a.sh.metrics.note(a, metricInHand, int64(a.inHand))
	}
	for i := range records {
		a.arrive(a.newTask(&records[i], fromPartition, 0))
	}
	if a.sh.set.PollAhead {
		a.pollAhead()
	}
	if !a.sh.Gate.open {
		a.sh.Gate.waiting = append(a.sh.Gate.waiting, a)
		return
	}
	a.dispatch()
	if a.waiting() > 0 || a.inHand == 0 {
		if !a.sh.set.PollAhead {
			a.pollAfter()
		}
	}
}

// waiting is how many records in hand wait for others, which have to be polled.
func (a *Application) waiting() int { return a.order.held + a.barrier.waiting() }

// newTask makes a task of a record, which is copied.
func (a *Application) newTask(r *model.Record, from origin, tries int) *task {
	var t *task
	if n := len(a.free); n > 0 {
		t, a.free = a.free[n-1], a.free[:n-1]
	} else {
		t = new(task)
	}
	key := a.host.Recorder.History().KeyOf(r.Message)
	*t = task{rec: *r, key: key, from: from, tries: tries, token: a.tokenOf(r.Place)}
	return t
}

// arrive puts a polled record into its queue, unless it waits for its predecessors.
func (a *Application) arrive(t *task) {
	if a.barrier.on() && !a.barrier.admit(t) {
		return
	}
	a.admitted(t)
}

func (a *Application) admitted(t *task) {
	if a.order.on() && !a.order.admit(t) {
		return
	}
	a.enqueue(t)
}

func (a *Application) enqueue(t *task) {
	if a.sh.set.Dispatch == DispatchKey && a.pool() > 1 {
		a.workers[a.lane(t.key)].queue.push(t)
		return
	}
	a.queue.push(t)
}

// lane is the worker that a key belongs to.
func (a *Application) lane(key history.Key) int {
	return int(uint64(sim.Identity(sim.ID(key))) % uint64(a.pool()))
}

// pool is how many workers share what is polled.
func (a *Application) pool() int { return len(a.workers) - 1 }

// retrier is the worker for what comes back from the retry topic or a parked key.
func (a *Application) retrier() *worker { return &a.workers[len(a.workers)-1] }

// dispatch gives each idle worker something to do.
func (a *Application) dispatch() {
	for i := range a.workers {
		if w := &a.workers[i]; w.step == idle {
			a.take(w)
		}
	}
}

// take lets an idle worker take up the next task, if there is one for it.
func (a *Application) take(w *worker) {
	if w.step != idle || !a.sh.Gate.open || a.waits() {
		return
	}
	switch {
	case w.queue.len() > 0:
		a.begin(w, w.queue.pop())
	case w != a.retrier() && a.queue.len() > 0:
		a.begin(w, a.queue.pop())
	}
}

// waits says that the worker's thread waits for a commit: where that comes before the
// work, and where the thread that polls is the one that works.
func (a *Application) waits() bool {
	client, ok := a.client.(model.SyncCommitter)
	return ok && client.Committing() && (a.tracker.mode == CommitBefore || a.pool() == 1 && !a.sh.set.PollAhead)
}

// Committed implements [model.CommitWaiter].
func (a *Application) Committed() { a.dispatch() }

// settle notes that a task is over, and polls where that is due.
func (a *Application) settle(t *task) {
	if t.from != fromPartition {
		a.retries--
		a.sh.settled(a, t)
		a.free = append(a.free, t)
		return
	}
	a.tracker.done(&t.rec)
	a.free = append(a.free, t)
	a.inHand--
	if a.barrier.on() {
		a.barrier.done(t.rec.Place, t.rec.Position)
	}
	switch {
	case a.sh.set.PollAhead:
		a.pollAhead()
	case a.inHand == 0 && !a.polling && a.sh.set.Outputs:
		a.transact()
	default:
		a.pollAfter()
	}
}

// pollAfter polls when all records of the last poll are finished, but for those that
// wait for predecessors, which have to be polled.
func (a *Application) pollAfter() {
	if a.polling || a.inHand > a.waiting() {
		return
	}
	if a.tracker.mode == CommitBatch {
		a.tracker.flush()
	}
	a.poll()
}

// pollAhead polls while workers are at work, as far as there is room in the queue.
// Without room it does not poll; or it pauses its places, and goes on polling,
// which keeps its membership of the group alive.
func (a *Application) pollAhead() {
	set := &a.sh.set
	room := set.Queue + a.waiting()
	full := a.inHand >= room
	switch {
	case set.WhenFull == FullPause && full && !a.paused:
		a.setPaused(true)
	case a.paused && a.inHand <= room/2:
		a.setPaused(false)
	}
	if !a.polling && (!full || set.WhenFull == FullPause) {
		a.poll()
	}
}

func (a *Application) setPaused(on bool) {
	a.paused = on
	client := a.client.(model.Pauser)
	for _, h := range a.owned {
		switch {
		case on:
			client.Pause(h.place)
		case a.sh.pausedNew(h.place) == 0 && !slices.Contains(a.barrier.shut, h.place):
			client.Resume(h.place)
		}
	}
}

// Timer implements [model.ConsumerApp].
func (a *Application) Timer(kind uint16, arg uint64) {
	switch kind {
	case timerWork:
		a.next(&a.workers[arg])
	case timerResume:
		if !a.paused {
			a.client.(model.Pauser).Resume(history.Place(arg))
		}
	case timerCommit:
		a.tracker.timed = false
		a.tracker.flush()
	case timerGap:
		a.order.expire(history.Key(arg))
	case timerBarrier:
		a.barrier.timed(arg == 1)
	}
}

// DescribeTimer implements [model.TimerDescriber].
func (a *Application) DescribeTimer(kind uint16, arg uint64) string {
	switch kind {
	case timerResume:
		return "pause of " + a.host.Recorder.History().PlaceName(history.Place(arg))
	case timerCommit:
		return "commit of positions"
	case timerGap:
		return "wait for a predecessor"
	case timerBarrier:
		return "news of markers"
	}
	return "work on a record"
}
