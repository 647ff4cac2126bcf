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

// perKeyOrder is about the order of sending of each session and key.
func (c *Checker) perKeyOrder(*Options) Verdict {
	v := c.sendingOrder(&c.ix.keyed, func(older, newer history.Message) string {
		return c.ix.overtook(older, newer, "%s was sent before %s")
	})
	return c.settle(v, "no two messages of one key and producer session were applied at one sink")
}

// sendingOrder goes through the first effects at every sink. A message was
// overtaken when one of its group with a larger number was applied before: when
// its number is below the largest one so far. Text says in words what an
// inversion is.
func (c *Checker) sendingOrder(o *sending, text func(older, newer history.Message) string) Verdict {
	x, s := &c.ix, &c.s
	c.begin()
	t := tally{several: o.again != nil}
	groups := len(o.size)
	for i := range x.sinks {
		s.forget(x, i, o)
		s.late.reset(groups)
		before := t.verdict.Violations
		for _, e := range x.sinks[i].effects {
			if e.again || e.doubt {
				continue
			}
			preceded, late := c.pass(o.lines(e.message))
			if preceded {
				t.verdict.Decided++
			}
			if late {
				c.count(&t.verdict, e.message)
			}
		}
		if t.verdict.Violations > before {
			c.sequences(&t, s.late.sort(), o.effects(&x.sinks[i], s.late.number))
		}
	}
	c.conclude(&t.verdict)
	if t.best.found {
		c.sendingWitness(&t, text)
	}
	return t.verdict
}

// pass takes a first effect into account. It says whether others of its group
// were applied before, and whether later ones were.
func (c *Checker) pass(lines []line) (preceded, late bool) {
	s := &c.s
	for _, l := range lines {
		switch {
		case l.group == none:
		case s.newest[l.group] > l.seq:
			preceded, late = true, true
			s.late.add(l.group)
		default:
			preceded = preceded || s.newest[l.group] != none
			s.newest[l.group] = l.seq
		}
	}
	return preceded, late
}

// effects gives the first effects at a sink of the groups that are late, with their
// numbers and places in the order of sending.
func (o *sending) effects(at *sink, late []int32) iter.Seq2[int32, item] {
	return func(yield func(int32, item) bool) {
		for _, e := range at.effects {
			if e.again || e.doubt {
				continue
			}
			for _, l := range o.lines(e.message) {
				if l.group != none && late[l.group] != none &&
					!yield(late[l.group], item{int64(l.seq), int64(l.seq), e.row}) {
					return
				}
			}
		}
	}
}

func (c *Checker) sendingWitness(t *tally, text func(older, newer history.Message) string) {
	x := &c.ix
	older, newer := x.h.MessageAt(int(t.best.overtaken)), x.h.MessageAt(int(t.best.overtaker))
	a, b := x.sendsInOrder(older, newer)
	t.verdict.Witness = x.witness([]history.Message{older, newer}, a, b, t.best.overtaker, t.best.overtaken)
	t.verdict.Witness.Text = text(older, newer)
	x.trace(&t.verdict, t.best.overtaken, t.best.overtaker)
}

// trace sets where the order of two effects was lost, given their rows. A key is
// split when its messages went to different places.
func (x *index) trace(v *Verdict, late, early int32) {
	v.LostAt, v.KeySplit = x.lostAt(late, early)
	key := x.h.KeyOf(x.h.MessageAt(int(late)))
	v.KeySplit = v.KeySplit && key != history.NoKey && key == x.h.KeyOf(x.h.MessageAt(int(early)))
}
