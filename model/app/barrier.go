package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `epoch_hold`.
const (
	HoldAll  = "all-partitions"
	HoldOwn  = "own-partition"
	HoldNone = "none"
)

// barrier is a consumer's side of a change of epochs: it holds records of a new epoch
// back until the markers of all producers have been passed in the old partitions, by
// whichever consumers own those, with everything before them finished. What was passed
// stands in a table that all consumers know of. A new partition with a record that waits
// is paused; old ones are read on, because markers lie behind records that wait.
//
// Its claim: the order of keys, over an expansion under traffic. Its price: a key that
// goes to a new partition waits for the slowest of the old ones (`all-partitions`), or
// for the one that it was in (`own-partition`), and records lie in memory, so that
// positions have to be committed `contiguous`. It rests on three things: every producer
// marks every old partition; none sends anything to one after its marker; every consumer
// looks at what others have passed.
//
// Reference: the design of brokers that split partitions, "finish epoch e before e+1"
// (S13); Chandy and Lamport's markers on channels that keep their order.
type barrier struct {
	app    *Application
	held   []*task // in the order in which they came
	places []approach
	// shut are the places that are paused because a record of theirs waits.
	shut    []history.Place
	timer   sim.TimerID
	waits   int  // markers in hand that cannot be passed yet
	givesUp bool // it has waited long enough, and goes on without the markers
}

// approach is how far a place is on the way to its next marker.
type approach struct {
	place   history.Place
	working []int64 // positions that are in hand, in order
	markers []*task
}

func (b *barrier) on() bool { return b.app.sh.set.marked() }

// waiting is how many records in hand do not keep the consumer from polling.
func (b *barrier) waiting() int { return len(b.held) + b.waits }

func (b *barrier) reset() {
	b.held, b.places, b.shut, b.waits, b.timer, b.givesUp = nil, b.places[:0], b.shut[:0], 0, sim.NoTimer, false
}

func (b *barrier) of(place history.Place) *approach {
	for i := range b.places {
		if b.places[i].place == place {
			return &b.places[i]
		}
	}
	b.places = append(b.places, approach{place: place})
	return &b.places[len(b.places)-1]
}

// admit says whether a polled record may be worked on; else it is held, or it was a marker.
func (b *barrier) admit(t *task) bool {
	e := &b.app.sh.epochs
	p := b.of(t.rec.Place)
	if e.markerOf(t.rec.Message) != nil {
		p.markers = append(p.markers, t)
		b.waits++
		b.pass(p)
		return false
	}
	if b.givesUp || e.mayRead(t.rec.Message, t.key) {
		if len(b.held) > 0 { // the table was read before the news of it came
			b.release()
			p = b.of(t.rec.Place)
		}
		p.working = append(p.working, t.rec.Position)
		return true
	}
	t.since = b.app.host.Sim.Now()
	b.held = append(b.held, t)
	b.app.sh.metrics.note(b.app, metricEpochHeld, int64(len(b.held)))
	b.close(t.rec.Place)
	if timeout := b.app.sh.set.EpochTimeout; timeout > 0 && b.timer == sim.NoTimer {
		b.timer = b.app.host.After(timeout, timerBarrier, 1)
	}
	return false
}

// close pauses a place that only new epochs use.
func (b *barrier) close(place history.Place) {
	client, ok := b.app.client.(model.Pauser)
	if _, isNew := b.app.sh.Operator.NewSince(place); !ok || !isNew || slices.Contains(b.shut, place) {
		return
	}
	b.shut = append(b.shut, place)
	client.Pause(place)
}

// done is told of a record that is finished. It returns how many markers that let pass.
func (b *barrier) done(place history.Place, position int64) {
	p := b.of(place)
	if i, ok := slices.BinarySearch(p.working, position); ok {
		p.working = slices.Delete(p.working, i, i+1)
	}
	b.pass(p)
}

// pass passes the markers of a place that have nothing before them.
func (b *barrier) pass(p *approach) {
	a := b.app
	for len(p.markers) > 0 && b.free(p, p.markers[0]) {
		t := p.markers[0]
		p.markers = p.markers[1:]
		b.waits--
		if a.sh.epochs.pass(a.sh.epochs.markerOf(t.rec.Message)) {
			a.dispose(t, ReasonDeduplicated)
		} else {
			t.since = a.host.Sim.Now()
			a.apply(&t.rec, t)
		}
		a.tracker.done(&t.rec)
		a.inHand--
		a.free = append(a.free, t)
	}
}

// free says whether everything before a marker is finished: what is at work, and what
// waits of the epochs that it ends.
func (b *barrier) free(p *approach, t *task) bool {
	if len(p.working) > 0 && p.working[0] < t.rec.Position {
		return false
	}
	e := &b.app.sh.epochs
	ends := e.markerOf(t.rec.Message).epoch
	return !slices.ContainsFunc(b.held, func(h *task) bool {
		return h.rec.Place == t.rec.Place && h.rec.Position < t.rec.Position && e.of[h.rec.Message] < ends
	})
}

// release lets go on what need not wait any more.
func (b *barrier) release() {
	a := b.app
	kept := b.held[:0]
	now := a.host.Sim.Now()
	for _, t := range b.held {
		if !b.givesUp && !a.sh.epochs.mayRead(t.rec.Message, t.key) {
			kept = append(kept, t)
			continue
		}
		a.sh.metrics.note(a, metricEpochWait, int64((now-t.since)/sim.Millisecond))
		p := b.of(t.rec.Place)
		i, _ := slices.BinarySearch(p.working, t.rec.Position)
		p.working = slices.Insert(p.working, i, t.rec.Position)
		a.admitted(t)
	}
	b.held = kept
	b.reopen()
	if len(b.held) == 0 && b.timer != sim.NoTimer {
		a.host.Sim.Cancel(b.timer)
		b.timer = sim.NoTimer
	}
}

// reopen lets places be read again of which no record waits.
func (b *barrier) reopen() {
	b.shut = slices.DeleteFunc(b.shut, func(place history.Place) bool {
		if slices.ContainsFunc(b.held, func(t *task) bool { return t.rec.Place == place }) {
			return false
		}
		if !b.app.paused {
			b.app.client.(model.Pauser).Resume(place)
		}
		return true
	})
}

// timed is called when consumers were told of markers, or have waited long enough.
func (b *barrier) timed(over bool) {
	if over {
		b.timer, b.givesUp = sim.NoTimer, true
	}
	b.release()
	b.app.dispatch()
}

// revoked drops what waits of places that were taken away: the next owner has it.
func (b *barrier) revoked(places []history.Place) {
	a := b.app
	drop := func(t *task) bool {
		if !slices.Contains(places, t.rec.Place) {
			return false
		}
		a.inHand--
		a.free = append(a.free, t)
		return true
	}
	b.held = slices.DeleteFunc(b.held, drop)
	b.places = slices.DeleteFunc(b.places, func(p approach) bool {
		if !slices.Contains(places, p.place) {
			return false
		}
		b.waits -= len(p.markers)
		for _, t := range p.markers {
			drop(t)
		}
		return true
	})
	b.shut = slices.DeleteFunc(b.shut, func(p history.Place) bool { return slices.Contains(places, p) })
}
