package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `on_revoke`.
const (
	RevokeGoOn    = "go-on"
	RevokeDiscard = "discard"
)

// holding is a place that the consumer owns, and the epoch in which it was given to it.
type holding struct {
	place history.Place
	token uint16
}

// tokenOf returns the fencing token for a place.
func (a *Application) tokenOf(p history.Place) uint16 {
	for _, h := range a.owned {
		if h.place == p {
			return h.token
		}
	}
	return 0
}

// owned says whether a consumer has been given a place.
func (s *Shared) owned(p history.Place) bool {
	return slices.ContainsFunc(s.apps, func(a *Application) bool {
		return slices.ContainsFunc(a.owned, func(h holding) bool { return h.place == p })
	})
}

// own notes a place that the consumer has been given.
func (a *Application) own(p history.Place) {
	h := holding{place: p}
	if client, ok := a.client.(model.EpochReader); ok {
		h.token = client.Epoch(p)
	}
	a.owned = append(slices.DeleteFunc(a.owned, func(o holding) bool { return o.place == p }), h)
}

// Assigned implements [model.ConsumerApp]: partitions that an expansion has
// added stay paused for as long as the strategy says, counted from the
// expansion.
func (a *Application) Assigned(places []history.Place) {
	for _, p := range places {
		a.own(p)
		rest := a.sh.pausedNew(p)
		if rest > 0 {
			a.host.After(rest, timerResume, uint64(p))
		}
		if rest > 0 || a.paused {
			a.client.(model.Pauser).Pause(p)
		}
	}
}

// pausedNew returns for how long a place is still to be paused because it is new.
func (s *Shared) pausedNew(p history.Place) sim.Time {
	if s.set.PauseNew == 0 {
		return 0
	}
	since, isNew := s.Operator.NewSince(p)
	if !isNew {
		return 0
	}
	return max(0, since+s.set.PauseNew-s.sim.Now())
}

// Revoked implements [model.ConsumerApp]. One that finishes all records before it
// polls has nothing of the places in hand. One that polls ahead has, and goes on
// with what it has begun: its effects are those of an owner that is one no more.
// What waits in a queue it works off too, or throws away.
func (a *Application) Revoked(places []history.Place) {
	a.tracker.revoked(places)
	a.barrier.revoked(places)
	a.owned = slices.DeleteFunc(a.owned, func(h holding) bool { return slices.Contains(places, h.place) })
	if a.sh.set.OnRevoke != RevokeDiscard {
		return
	}
	a.discard(&a.queue, places)
	for i := range a.pool() {
		a.discard(&a.workers[i].queue, places)
	}
	a.order.discard(places)
}

// discard takes the tasks of places out of a queue. Their positions are not
// committed, so that the next owner has them.
func (a *Application) discard(q *fifo, places []history.Place) {
	kept := q.tasks[:0]
	for _, t := range q.tasks[q.head:] {
		if slices.Contains(places, t.rec.Place) && t.from == fromPartition {
			a.inHand--
			a.free = append(a.free, t)
			continue
		}
		kept = append(kept, t)
	}
	q.tasks, q.head = kept, 0
}
