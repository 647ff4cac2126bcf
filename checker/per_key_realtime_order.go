package checker

import (
	"iter"

	"orderlab/model/history"
)

func perKeyRealtimeOrder() Guarantee {
	return Guarantee{
		ID: PerKeyRealtimeOrder,
		Holds: "For any two messages of one key, of any producers, where one was acked before the other was sent, " +
			"no sink applies the acked one for the first time after it has applied the other one.",
		Order:  true,
		decide: (*Checker).perKeyRealtimeOrder,
	}
}

// perKeyRealtimeOrder goes through the first effects at every sink. A message
// was overtaken when one of its key that was sent after its ack was applied
// before: when the latest send among those applied so far came after its ack.
func (c *Checker) perKeyRealtimeOrder(*Options) Verdict {
	x, s := &c.ix, &c.s
	keys := x.h.Keys()
	c.begin()
	var t tally
	for i := range x.sinks {
		s.forgetKeys(x, i)
		s.late.reset(keys)
		before := t.verdict.Violations
		for _, e := range x.sinks[i].effects {
			key := x.h.KeyOf(e.message)
			if e.again || e.doubt || key == history.NoKey {
				continue
			}
			preceded, late := s.keys[key].pass(x, e.message)
			if preceded {
				t.verdict.Decided++
			}
			if late {
				s.late.add(int32(key))
				c.count(&t.verdict, e.message)
			}
		}
		if t.verdict.Violations > before {
			c.sequences(&t, s.late.sort(), x.timeOrders(&x.sinks[i], s.late.number))
		}
	}
	c.conclude(&t.verdict)
	if t.best.found {
		c.realtimeWitness(&t)
	}
	return c.settle(t.verdict, "no message was acked before another of its key was sent, both applied at one sink")
}

// pass takes an effect into account. It says whether a message was applied before
// whose order with this one is fixed, and whether it should have been later.
func (k *keyTimes) pass(x *index, m history.Message) (preceded, late bool) {
	t := &x.times[m]
	late = k.lastSent > t.acked
	preceded = late || k.firstAcked < t.sent
	k.lastSent, k.firstAcked = max(k.lastSent, t.sent), min(k.firstAcked, t.acked)
	return preceded, late
}

// timeOrders gives the first effects at a sink of the keys that are late, with
// the times of sending and answer.
func (x *index) timeOrders(at *sink, late []int32) iter.Seq2[int32, item] {
	return func(yield func(int32, item) bool) {
		for _, e := range at.effects {
			key := x.h.KeyOf(e.message)
			if e.again || e.doubt || key == history.NoKey || late[key] == none {
				continue
			}
			t := &x.times[e.message] // a message that was not sent is unranked, one that was not acked has no bound
			if !yield(late[key], item{t.sent, t.acked, e.row}) {
				return
			}
		}
	}
}

func (c *Checker) realtimeWitness(t *tally) {
	x := &c.ix
	older, newer := x.h.MessageAt(int(t.best.overtaken)), x.h.MessageAt(int(t.best.overtaker))
	t.verdict.Witness = x.witness([]history.Message{older, newer},
		x.ack[older], x.send[newer], t.best.overtaker, t.best.overtaken)
	t.verdict.Witness.Text = x.overtook(older, newer, "%s was acked before %s was sent")
	t.verdict.LostAt, t.verdict.KeySplit = x.lostAt(t.best.overtaken, t.best.overtaker)
}
