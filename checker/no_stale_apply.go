package checker

import (
	"fmt"

	"orderlab/model/history"
)

func noStaleApply() Guarantee {
	return Guarantee{
		ID: NoStaleApply,
		Holds: "After a newer owner (generation, lease, term) has applied a message of a place at a sink, no older owner " +
			"applies one of that place there. Where no place is known, the key takes its part.",
		decide: (*Checker).noStaleApply,
	}
}

// epochs is what is known of a place or key at a sink.
type epochs struct {
	newest uint16
	row    int32 // the last effect of the newest owner
}

// noStaleApply compares the epoch of every effect with the newest before. An
// effect without an epoch says nothing.
func (c *Checker) noStaleApply(*Options) Verdict {
	x, s := &c.ix, &c.s
	h := x.h
	c.begin()
	var v Verdict
	stale, newer := none, none
	for i := range x.sinks {
		if i == 0 {
			s.epochs = resize(s.epochs, h.Places()+h.Keys(), epochs{row: none})
		} else {
			for _, e := range x.sinks[i-1].effects {
				if of := x.owned(e.row); of >= 0 {
					s.epochs[of].row = none
				}
			}
		}
		for _, e := range x.sinks[i].effects {
			epoch, of := h.EpochAt(int(e.row)), x.owned(e.row)
			if epoch == 0 || of < 0 {
				continue
			}
			last := &s.epochs[of]
			if last.row != none {
				v.Decided++
			}
			if last.row == none || epoch >= last.newest {
				*last = epochs{epoch, e.row}
				continue
			}
			c.count(&v, e.message)
			if stale == none || x.earlier(e.row, stale) {
				stale, newer = e.row, last.row
			}
		}
	}
	c.conclude(&v)
	if stale != none {
		v.Witness = x.staleWitness(stale, newer)
	}
	doubtful := 0
	for _, row := range x.doubts {
		if h.EpochAt(int(row)) != 0 && x.owned(row) >= 0 {
			doubtful++
		}
	}
	switch {
	case v.Violations > 0:
	case doubtful > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s may or may not have taken place", plural(doubtful, "effect"))}
	case v.Decided == 0:
		return vacuous("no sink applied two messages of one place or key with known owners")
	}
	return v
}

// owned returns the number of what the owner of an effect owned: its place, or
// else its key behind all places, or -1.
func (x *index) owned(row int32) int {
	if place := x.h.PlaceAt(int(row)); place != history.NoPlace {
		return int(place)
	}
	if key := x.h.KeyOf(x.h.MessageAt(int(row))); key != history.NoKey {
		return x.h.Places() + int(key)
	}
	return -1
}

func (x *index) staleWitness(stale, newer int32) *Witness {
	h := x.h
	m, n := h.MessageAt(int(stale)), h.MessageAt(int(newer))
	w := x.witness([]history.Message{m, n}, newer, stale)
	what := "key " + h.KeyName(h.KeyOf(m))
	if place := h.PlaceAt(int(stale)); place != history.NoPlace {
		what = h.PlaceName(place)
	}
	w.Text = fmt.Sprintf("%s applied %s under epoch %d of %s, after epoch %d had applied %s",
		h.ProcessName(h.ProcessAt(int(stale))), h.MessageName(m), h.EpochAt(int(stale)), what,
		h.EpochAt(int(newer)), h.MessageName(n))
	return w
}
