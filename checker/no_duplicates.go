package checker

import (
	"fmt"

	"orderlab/model/history"
)

func noDuplicates() Guarantee {
	return Guarantee{
		ID:     NoDuplicates,
		Holds:  "No sink applies a message twice. Deliveries that come again without an effect do not count.",
		decide: (*Checker).noDuplicates,
	}
}

// noDuplicates counts the effects that are not the first of their message at
// their sink.
func (c *Checker) noDuplicates(*Options) Verdict {
	x := &c.ix
	c.begin()
	var v Verdict
	again := none
	for i := range x.sinks {
		for _, e := range x.sinks[i].effects {
			if !e.again {
				v.Decided++
				continue
			}
			c.count(&v, e.message)
			if again == none || x.earlier(e.row, again) {
				again = e.row
			}
		}
	}
	c.conclude(&v)
	if again != none {
		v.Witness = x.duplicateWitness(again)
	}
	switch n := x.doubtfulDuplicates(); {
	case v.Violations > 0:
	case n > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s may or may not have been applied twice", plural(n, "message"))}
	case v.Decided == 0:
		return vacuous("no message was applied")
	}
	return v
}

// doubtfulDuplicates counts effects that may have taken place besides another
// one of their message, certain or not, at their sink.
func (x *index) doubtfulDuplicates() (n int) {
	for i := range x.sinks {
		for _, e := range x.sinks[i].effects {
			if e.doubt {
				n++
			}
		}
	}
	type place struct {
		sink    history.Symbol
		message history.Message
	}
	seen := make(map[place]bool)
	for _, row := range x.doubts {
		p := place{x.h.DetailAt(int(row)), x.h.MessageAt(int(row))}
		if seen[p] {
			n++
		}
		seen[p] = true
	}
	return n
}

func (x *index) duplicateWitness(again int32) *Witness {
	h := x.h
	m, sink := h.MessageAt(int(again)), h.DetailAt(int(again))
	first := none
	for _, e := range x.all {
		if e.message == m && h.DetailAt(int(e.row)) == sink {
			first = e.row
			break
		}
	}
	w := x.witness([]history.Message{m}, first, again)
	w.Text = fmt.Sprintf("%s was applied twice, at %s and %s",
		x.withKey(m), seconds(h.EndAt(int(first))), seconds(h.EndAt(int(again))))
	return w
}
