package checker

import (
	"iter"

	"orderlab/model/history"
)

func perKeyOrder() Guarantee {
	return Guarantee{
		ID: PerKeyOrder,
		Holds: "For any two messages of one key that one producer session sent one after the other, " +
			"no sink applies the earlier one for the first time after it has applied the later one.",
		Order:  true,
		decide: (*Checker).perKeyOrder,
	}
}

// perKeyOrder goes through the first effects at every sink. A message was
// overtaken when one of its session and key with a larger number was applied
// before: when its number is below the largest one so far.
func (c *Checker) perKeyOrder(*Options) Verdict {
	x, s := &c.ix, &c.s
	c.begin()
	var t tally
	for i := range x.sinks {
		s.newest = resize(s.newest, x.groups, none)
		s.late = resize(s.late, x.groups, false)
		before := t.verdict.Violations
		for _, e := range x.sinks[i].effects {
			if e.again || e.doubt {
				continue
			}
			preceded, late := c.pass(x.lines(e.message))
			if preceded {
				t.verdict.Decided++
			}
			if late {
				c.count(&t.verdict, e.message)
			}
		}
		if t.verdict.Violations > before {
			c.sequences(&t, x.groups, x.sendOrder(&x.sinks[i], s.late))
		}
	}
	c.conclude(&t.verdict)
	if t.best.found {
		c.perKeyOrderWitness(&t)
	}
	return c.settle(t.verdict, "no two messages of one key and producer session were applied at one sink")
}

// pass takes a first effect into account. It says whether others of its session
// and key were applied before, and whether later ones were.
func (c *Checker) pass(lines []line) (preceded, late bool) {
	s := &c.s
	for _, l := range lines {
		switch {
		case l.group == none:
		case s.newest[l.group] > l.seq:
			preceded, late, s.late[l.group] = true, true, true
		default:
			preceded = preceded || s.newest[l.group] != none
			s.newest[l.group] = l.seq
		}
	}
	return preceded, late
}

// sendOrder gives the first effects at a sink of the groups that are late, with
// their places in the order of sending.
func (x *index) sendOrder(at *sink, late []bool) iter.Seq2[int32, item] {
	return func(yield func(int32, item) bool) {
		for _, e := range at.effects {
			if e.again || e.doubt {
				continue
			}
			for _, l := range x.lines(e.message) {
				if l.group != none && late[l.group] && !yield(l.group, item{int64(l.seq), int64(l.seq), e.row}) {
					return
				}
			}
		}
	}
}

func (c *Checker) perKeyOrderWitness(t *tally) {
	older, newer := c.ix.h.MessageAt(int(t.best.overtaken)), c.ix.h.MessageAt(int(t.best.overtaker))
	a, b := c.ix.sendsInOrder(older, newer)
	t.verdict.Witness = c.ix.witness([]history.Message{older, newer}, a, b, t.best.overtaker, t.best.overtaken)
	t.verdict.Witness.Text = c.ix.overtook(older, newer, "%s was sent before %s")
	t.verdict.LostAt, t.verdict.KeySplit = c.ix.lostAt(t.best.overtaken, t.best.overtaker)
}
