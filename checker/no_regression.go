package checker

import (
	"fmt"

	"orderlab/model/history"
)

func noRegression() Guarantee {
	return Guarantee{
		ID: NoRegression,
		Holds: "No sink applies a message again after it has applied a newer one of the same key: " +
			"one that the same session sent later, or that was sent after the message had been acked.",
		Order:  true,
		decide: (*Checker).noRegression,
	}
}

// noRegression goes through all effects at every sink, with what both orders of
// sending remember. Violations are effects, not messages: a message that is
// replayed twice goes back twice.
func (c *Checker) noRegression(*Options) Verdict {
	x, s := &c.ix, &c.s
	c.begin()
	var v Verdict
	worst := effect{row: none}
	for i := range x.sinks {
		s.forget(x, i, &x.keyed)
		s.forgetKeys(x, i)
		for _, e := range x.sinks[i].effects {
			key := x.h.KeyOf(e.message)
			if e.doubt || key == history.NoKey {
				continue
			}
			bySession, back := c.passAgain(e)
			byTime, late := s.keys[key].pass(x, e.message)
			if bySession || byTime {
				v.Decided++
			}
			if !e.again || !back && !late {
				continue
			}
			c.count(&v, e.message)
			if worst.row == none || x.earlier(e.row, worst.row) {
				worst = e
			}
		}
	}
	c.conclude(&v)
	if worst.row != none {
		c.regressionWitness(&v, worst)
	}
	return c.settle(v, "no sink applied two messages of one key whose order is fixed")
}

// passAgain takes any effect into account. It says whether others of its session
// and key were applied before, and whether later ones were.
func (c *Checker) passAgain(e effect) (preceded, back bool) {
	s := &c.s
	for _, l := range c.ix.keyed.lines(e.message) {
		if l.group == none {
			continue
		}
		newest := s.newest[l.group]
		back = back || newest > l.seq
		preceded = preceded || newest != none && newest != l.seq || s.applied[l.group] > 1
		s.newest[l.group] = max(newest, l.seq)
		if !e.again {
			s.applied[l.group]++
		}
	}
	return preceded, back
}

// regressionWitness takes the newer message that was applied last before.
func (c *Checker) regressionWitness(v *Verdict, again effect) {
	x := &c.ix
	h, m := x.h, again.message
	first, newer := none, none
	sink := h.DetailAt(int(again.row))
	for _, e := range x.all {
		if h.DetailAt(int(e.row)) != sink {
			continue
		}
		if e.row == again.row {
			break
		}
		switch {
		case e.message == m:
			if first == none {
				first = e.row
			}
		case x.keyed.before(m, e.message) || x.timeOrder(m, e.message):
			newer = e.row
		}
	}
	n := h.MessageAt(int(newer))
	a, b := x.ack[m], x.send[n]
	if x.keyed.before(m, n) {
		a, b = x.sendsInOrder(m, n)
	}
	v.Witness = x.witness([]history.Message{m, n}, a, b, first, newer, again.row)
	v.Witness.Text = fmt.Sprintf("%s was applied again after the newer %s", x.withKey(m), h.MessageName(n))
	v.LostAt, v.KeySplit = x.lostAgainAt(again.row, newer)
}
