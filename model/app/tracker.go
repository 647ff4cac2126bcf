package app

import (
	"cmp"
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `commit`.
const (
	CommitClient     = model.CommitClient
	CommitBefore     = "before-work"
	CommitBatch      = "batch"
	CommitFinished   = "finished"
	CommitContiguous = "contiguous"
	CommitSink       = "sink"
)

// tracker knows what of each place is in hand and commits positions, in the way
// that the strategy chose.
//
// The claim of `contiguous` is that no record is lost, whichever finishes first and
// whenever the process dies: a position is committed only when everything before it
// is finished. Its price is that what was finished behind it is done again after a
// crash. `finished`, which commits what is finished whatever is before it, is what
// it is compared with.
type tracker struct {
	app    *Application
	mode   string
	every  sim.Time
	places []tracked
	dirty  bool
	timed  bool // the timer is set
}

// tracked is a place, with the records in hand in the order of their positions.
type tracked struct {
	place   history.Place
	records []pending
	head    int
	next    int64 // to commit; -1 when there is nothing new
}

type pending struct {
	position int64
	done     bool
}

func (k *tracker) reset() { k.places, k.dirty, k.timed = k.places[:0], false, false }

func (k *tracker) of(place history.Place) *tracked {
	for i := range k.places {
		if k.places[i].place == place {
			return &k.places[i]
		}
	}
	k.places = append(k.places, tracked{place: place, next: -1})
	return &k.places[len(k.places)-1]
}

// begin takes in records that poll has returned.
func (k *tracker) begin(records []model.Record) {
	if k.mode == CommitClient {
		return
	}
	for i := range records {
		r := &records[i]
		p := k.of(r.Place)
		p.records = append(p.records, pending{position: r.Position})
		if k.mode == CommitBefore {
			p.next, k.dirty = r.Position+1, true
		}
	}
	if k.mode == CommitBefore {
		k.flush()
	}
}

// done notes that a record is finished. One of a place that was taken away in the
// meantime is not known any more.
func (k *tracker) done(r *model.Record) {
	if k.mode == CommitClient || k.mode == CommitBefore {
		return
	}
	p := k.of(r.Place)
	rest := p.records[p.head:]
	i, ok := slices.BinarySearchFunc(rest, r.Position, func(x pending, at int64) int {
		return cmp.Compare(x.position, at)
	})
	if !ok {
		return
	}
	rest[i].done = true
	for p.head < len(p.records) && p.records[p.head].done {
		p.head++
		p.next, k.dirty = p.records[p.head-1].position+1, true
	}
	if k.mode == CommitFinished {
		p.next, k.dirty = r.Position+1, true
	}
	if p.head > 64 && p.head*2 > len(p.records) {
		p.records, p.head = append(p.records[:0], p.records[p.head:]...), 0
	}
	k.later()
}

// later sees to it that what is new is committed in time.
func (k *tracker) later() {
	switch {
	case !k.dirty || k.mode == CommitBatch:
	case k.every == 0:
		k.flush()
	case !k.timed:
		k.timed = true
		k.app.host.After(k.every, timerCommit, 0)
	}
}

// flush commits what is new.
func (k *tracker) flush() {
	if !k.dirty {
		return
	}
	k.dirty = false
	client := k.app.client.(model.PrefixAcker)
	for i := range k.places {
		if p := &k.places[i]; p.next >= 0 {
			client.Commit(p.place, p.next)
			p.next = -1
		}
	}
}

// revoked forgets places that are taken away, after a last commit.
func (k *tracker) revoked(places []history.Place) {
	if k.mode == CommitClient {
		return
	}
	if k.mode != CommitBatch { // whose batch is finished, or was not begun
		k.flush()
	}
	k.places = slices.DeleteFunc(k.places, func(p tracked) bool { return slices.Contains(places, p.place) })
}
