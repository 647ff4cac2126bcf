package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// watchEvery is how often an operator looks whether the next step can be taken.
const watchEvery = 100 * sim.Millisecond

// Operator carries out changes of the system while it is in use, in the way that
// the strategy chose. It sees what an administrator sees: what was applied, the
// committed positions, what the producers know.
type Operator struct {
	sim   *sim.Engine
	rec   *model.Recorder
	set   *Settings
	admin model.Expander
	pos   model.PositionReader
	// Hold stops the producers' applications from sending, or lets them go on.
	hold  func(bool)
	added []addition
	busy  bool
	// epochs are the producers that change over under traffic.
	epochs *epochs

	// Drained and Adopted are what drain-then-expand waits for: before the
	// expansion, and after it. They may be replaced, by a strategy that waits
	// for something else or by a test that shows what each is needed for.
	Drained func() bool
	Adopted func(topic string, before, count int) bool
}

// addition is a place that an expansion added, and when.
type addition struct {
	place history.Place
	at    sim.Time
}

// NewOperator returns the operator of a run. hold is called to hold the
// producers back and to let them go.
func NewOperator(e *sim.Engine, rec *model.Recorder, s *Settings, hold func(bool)) *Operator {
	o := &Operator{sim: e, rec: rec, set: s, hold: hold}
	o.Drained, o.Adopted = o.drained, o.adopted
	return o
}

// Attach gives the operator the world's administration, as far as it offers it.
func (o *Operator) Attach(w model.World) {
	o.admin, _ = w.(model.Expander)
	o.pos, _ = w.(model.PositionReader)
}

// Busy says that a change is under way.
func (o *Operator) Busy() bool { return o.busy }

// NewSince says whether a place was added by an expansion, and when.
func (o *Operator) NewSince(p history.Place) (at sim.Time, ok bool) {
	for _, a := range o.added {
		if a.place == p {
			return a.at, true
		}
	}
	return 0, false
}

// Expand adds partitions to a topic. It says whether it took the change over;
// else the caller injects it as it is.
func (o *Operator) Expand(topic string, count int) bool {
	if o.admin == nil {
		return false
	}
	switch o.set.Expand {
	case Online:
		o.expand(topic, count)
	case DrainThen:
		o.drainThen(topic, count)
	default:
		o.changeOver(topic, count)
	}
	return true
}

// drainThen holds the producers back until nothing is left that new messages could
// overtake.
func (o *Operator) drainThen(topic string, count int) {
	o.busy = true
	o.hold(true)
	o.when(o.Drained, func() {
		known := len(o.admin.Partitions(topic))
		o.expand(topic, count)
		o.when(func() bool { return o.Adopted(topic, known, count) }, func() {
			o.busy = false
			o.hold(false)
		})
	})
}

// changeOver adds partitions that nobody uses, waits until every producer knows them,
// and lets the producers change over, each at its time. Where the new partitions stand
// for a new topic, the operator also says when consumers may read it.
func (o *Operator) changeOver(topic string, count int) {
	o.busy = true
	old := o.admin.Partitions(topic)
	o.epochs.plan(len(old), count)
	epoch := o.epochs.last()
	o.expand(topic, count)
	o.when(func() bool { return o.admin.Known(topic) >= count }, func() {
		o.epochs.change()
		o.when(func() bool { return o.emptied(old) }, func() {
			o.busy = false
			if o.set.Expand == NewTopic {
				o.epochs.open[epoch] = true
				o.epochs.announce()
			}
		})
	})
}

// emptied says that the old partitions of a change have nothing left: no producer sends
// to them any more, and all was applied; or, for who looks at positions alone, that these
// are at the ends.
func (o *Operator) emptied(old []history.Place) bool {
	if o.set.DrainedBy == DrainedCommitted {
		return o.consumed(old)
	}
	if !o.epochs.quiet() {
		return false
	}
	if o.set.Expand == EpochMarked {
		return true // from here on it goes by itself
	}
	return !slices.ContainsFunc(old, func(p history.Place) bool { return o.rec.Lag(p) > 0 })
}

// consumed says that the group has committed all that is stored in places.
func (o *Operator) consumed(places []history.Place) bool {
	return !slices.ContainsFunc(places, func(p history.Place) bool {
		end, known := o.pos.End(p)
		next, ok := o.pos.Committed(p)
		return !known || end > 0 && (!ok || next < end)
	})
}

// expand asks for the partitions and announces them to the consumers.
func (o *Operator) expand(topic string, count int) {
	before := len(o.admin.Partitions(topic))
	o.admin.Expand(topic, count)
	for _, p := range o.admin.Added(topic, before, count) {
		o.added = append(o.added, addition{p, o.sim.Now()})
	}
}

// drained says that every message sent was answered for, and every acked one applied:
// not that the committed lag is zero, which says nothing of the work that is still in
// hand, and of a retry topic. Who looks at the lag alone is not told the difference.
func (o *Operator) drained() bool {
	if o.set.DrainedBy == DrainedCommitted {
		return o.consumed(o.admin.Partitions(""))
	}
	return o.rec.Unanswered == 0 && o.rec.Unapplied == 0
}

// adopted says that every producer knows the new partitions and that the group
// has a position in each; where the application commits, which it does behind
// records only, that it has an owner for each.
func (o *Operator) adopted(topic string, before, count int) bool {
	if o.set.ResumeWhen == ResumeExpanded {
		return len(o.admin.Partitions(topic)) >= count
	}
	if o.admin.Known(topic) < count {
		return false
	}
	places := o.admin.Partitions(topic)
	if len(places) < count {
		return false
	}
	for _, p := range places[before:] {
		if _, ok := o.pos.Committed(p); !ok && (o.set.Commit == CommitClient || !o.epochs.sh.owned(p)) {
			return false
		}
	}
	return true
}

// when calls then as soon as a look finds the condition true.
func (o *Operator) when(condition func() bool, then func()) {
	if condition() {
		then()
		return
	}
	o.sim.At(o.sim.Now()+watchEvery, func() { o.when(condition, then) })
}
