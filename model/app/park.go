package app

import (
	"slices"

	"orderlab/model"
	"orderlab/model/history"
)

// The values of the feature `park_lock`.
const (
	ParkAtomic   = "atomic"
	ParkSeparate = "separate"
)

// The values of the feature `abandoned`.
const (
	AbandonRelease    = "release"
	AbandonHold       = "hold"
	AbandonDeadLetter = "dead-letter"
)

// parkingTable is the retry table of parked keys. A key is parked when one of its
// records fails: the record goes into the table, and whatever of the key comes after
// it is added behind it. A job looks at the table from time to time and works each
// key off from the front.
//
// Its claim: no record of a key overtakes another, none is lost, and other keys do
// not wait. It needs two things that its source does not mention.
//
//   - Looking whether a key is parked and adding to it is one transaction, and so is
//     taking its last record out and freeing it (`park_lock: atomic`). With a lock
//     beside the list (`separate`), a record is added to a key that is freed at that
//     moment: nobody works it off before the next look, and what follows overtakes
//     it.
//   - Somebody decides what becomes of the followers of a record that has failed too
//     often (`abandoned`): they go on without it, they wait for ever, or they
//     are given up as well.
//
// Reference: the article that calls it key parking (E13); devgeist, parts 2 and 3.
type parkingTable struct {
	sh     *Shared
	keys   []parkedKey // in the order in which they were parked
	index  []int32     // by key, into keys, plus 1
	timed  bool
	parked int64 // records in the table
}

type parkedKey struct {
	key     history.Key
	locked  bool // new records are added
	held    bool // for ever, behind a record that was given up
	waiting []model.Record
	tries   int          // of the first one
	taken   *Application // that works on the first one
}

// locks says whether a key is parked.
func (p *parkingTable) locks(key history.Key) bool {
	k := p.of(key)
	return k != nil && k.locked
}

func (p *parkingTable) of(key history.Key) *parkedKey {
	if int(key) >= len(p.index) || p.index[key] == 0 {
		return nil
	}
	return &p.keys[p.index[key]-1]
}

func (p *parkingTable) busy() bool {
	return slices.ContainsFunc(p.keys, func(k parkedKey) bool { return len(k.waiting) > 0 && !k.held })
}

// park adds the worker's task to the table, which takes a round trip.
func (a *Application) park(w *worker) {
	w.step = parking
	a.wait(w, a.sh.set.TableLatency)
}

// add parks the key of a record, if it is not, and puts the record at its end.
func (p *parkingTable) add(a *Application, t *task) {
	k := p.of(t.key)
	if k == nil {
		for len(p.index) <= int(t.key) {
			p.index = append(p.index, 0)
		}
		p.keys = append(p.keys, parkedKey{key: t.key})
		p.index[t.key] = int32(len(p.keys))
		k = &p.keys[len(p.keys)-1]
	}
	if !t.parked { // it failed; what was only added relies on the lock that it saw
		k.locked = true
	}
	k.waiting = append(k.waiting, t.rec)
	p.parked++
	p.sh.metrics.note(a, metricParked, p.parked)
	p.later()
}

// later sets the time of the job's next look.
func (p *parkingTable) later() {
	if !p.timed {
		p.timed = true
		p.sh.sim.At(p.sh.sim.Now()+p.sh.set.RetryDelay, p.look)
	}
}

// look begins to work off every key that nobody is working on.
func (p *parkingTable) look() {
	p.timed = false
	for i := range p.keys {
		p.start(i)
	}
	if p.busy() {
		p.later()
	}
}

// start hands the first record of a key to the worker for retries of a consumer.
func (p *parkingTable) start(i int) {
	k := &p.keys[i]
	if k.taken != nil && p.sh.sim.Down(k.taken.host.Node) {
		k.taken = nil
	}
	if len(k.waiting) == 0 || k.held || k.taken != nil {
		return
	}
	a := p.sh.runs(k.key)
	if a == nil {
		return // at the next look
	}
	k.taken = a
	r := k.waiting[0]
	k.waiting[0].Attempt++
	p.sh.again(a, &r, fromParking, k.tries)
}

// failed notes that the first record of a key has failed again.
func (p *parkingTable) failed(t *task) {
	set := &p.sh.set
	k := p.of(t.key)
	if k.tries++; set.Retries == 0 || k.tries < set.Retries {
		k.taken = nil // until the next look
		return
	}
	a := k.taken
	switch set.Abandoned {
	case AbandonHold:
		k.held = true
		a.dispose(t, ReasonDeadLetter)
		p.pop(k)
	case AbandonDeadLetter:
		for len(k.waiting) > 0 {
			all := *t
			all.rec = k.waiting[0]
			a.dispose(&all, ReasonDeadLetter)
			p.pop(k)
		}
	default:
		a.dispose(t, ReasonDeadLetter)
		p.pop(k)
	}
}

func (p *parkingTable) pop(k *parkedKey) {
	k.waiting = k.waiting[1:]
	k.tries = 0
	p.parked--
}

// done takes the record out that was worked off. The next one follows at once; after
// the last the key is free.
func (p *parkingTable) done(_ *Application, t *task) {
	k := p.of(t.key)
	if k.taken == nil || k.held {
		return // it failed, or its key is given up
	}
	k.taken = nil
	if len(k.waiting) > 0 && k.waiting[0].Position == t.rec.Position {
		p.pop(k)
	}
	if len(k.waiting) > 0 {
		p.start(int(p.index[t.key] - 1))
		return
	}
	if p.sh.set.ParkLock == ParkAtomic {
		k.locked = false
		return
	}
	key := t.key
	p.sh.sim.At(p.sh.sim.Now()+p.sh.set.TableLatency, func() { p.of(key).locked = false })
}

// returned gives the keys back that a process was working on when it died.
func (p *parkingTable) returned(a *Application) {
	for i := range p.keys {
		if k := &p.keys[i]; k.taken == a {
			k.taken = nil
			p.later()
		}
	}
}

// parkStage adds what comes to a parked key to it.
type parkStage struct {
	passive
	mode string
}

func (s *parkStage) cost() trips { return trips{before: true} }

// look is what is read at the beginning of the round trip.
func (a *Application) look(t *task) {
	if a.sh.set.Retry == RetryPark && a.sh.set.ParkLock == ParkSeparate {
		t.parked = a.sh.parking.locks(t.key)
	}
}

func (s *parkStage) check(a *Application, t *task) ruling {
	if t.from == fromParking {
		return ruling{}
	}
	if s.mode == ParkAtomic {
		t.parked = a.sh.parking.locks(t.key)
	}
	if !t.parked {
		return ruling{}
	}
	a.sh.parking.add(a, t)
	return ruling{verdict: handed}
}

// effect: a record that began before its key was parked would overtake.
func (s *parkStage) effect(a *Application, t *task) ruling {
	if s.mode != ParkAtomic || t.from == fromParking || !a.sh.parking.locks(t.key) {
		return ruling{}
	}
	t.parked = true
	a.sh.parking.add(a, t)
	return ruling{verdict: handed}
}
