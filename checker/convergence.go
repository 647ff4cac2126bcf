package checker

import (
	"fmt"
	"math"
	"slices"

	"orderlab/model/history"
)

func convergence() Guarantee {
	return Guarantee{
		ID: Convergence,
		Holds: "In the end something of every key with an acked message has been applied, and its last effect at a sink " +
			"is that of a message which may come last: it did not definitely fail, and no acked message of the key was " +
			"sent after it by the same session, or after it had been acked.",
		decide: (*Checker).convergence,
	}
}

// states is what convergence keeps in memory.
type states struct {
	lastAcked []int32 // by session and key: the largest number of an acked message
	lastSent  []int64 // by key: when the latest of its acked messages was sent
	final     []int32 // by key: the row of the last effect at the sink
	doubtful  []bool  // by key: something may have been applied at the sink
	firstAck  []int32 // by key: the row of the first ack of one of its messages
}

// convergence compares the last effect of every key at every sink with what was
// acked. Which unknown sends took place is free, and so is the order of sends
// that were under way together: so a message may come last when no acked one has
// to come after it. An unknown one in between forces nothing.
func (c *Checker) convergence(opt *Options) Verdict {
	x, s := &c.ix, &c.s.states
	h := x.h
	c.begin()
	s.prepare(x)
	var v Verdict
	wrong, doubtful := none, 0
	for i := range x.sinks {
		s.enter(x, i)
		for _, e := range x.sinks[i].effects {
			key := h.KeyOf(e.message)
			if key == history.NoKey || s.final[key] != e.row {
				continue
			}
			if s.doubtful[key] {
				doubtful++
				continue
			}
			v.Decided++
			if !c.failed(e.message) && !s.outdated(x, e.message) {
				continue
			}
			c.count(&v, e.message)
			if wrong == none || x.earlier(e.row, wrong) {
				wrong = e.row
			}
		}
	}
	missing, unknown := c.stateless(&v)
	doubtful += unknown
	c.conclude(&v)
	switch {
	case v.Violations > 0 && opt.Truncated != "":
		return Verdict{Status: Unknown, Reason: opt.Truncated, Decided: v.Decided}
	case wrong != none:
		v.Witness = c.stateWitness(wrong)
	case missing != none:
		v.Witness = x.statelessWitness(missing)
	case doubtful > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("the state of %s depends on effects of which nobody knows", plural(doubtful, "key"))}
	case v.Decided == 0:
		return vacuous("no message with a key was acked or applied")
	}
	return v
}

// prepare finds the newest acked messages.
func (s *states) prepare(x *index) {
	s.lastAcked = resize(s.lastAcked, len(x.keyed.size), none)
	s.lastSent = resize(s.lastSent, x.h.Keys(), math.MinInt64)
	for i, row := range x.ack {
		m := history.Message(i)
		key := x.h.KeyOf(m)
		if row == none || key == history.NoKey {
			continue
		}
		s.lastSent[key] = max(s.lastSent[key], x.times[m].sent)
		for _, l := range x.keyed.lines(m) {
			if l.group != none {
				s.lastAcked[l.group] = max(s.lastAcked[l.group], l.seq)
			}
		}
	}
}

// enter finds the last effects at a sink.
func (s *states) enter(x *index, number int) {
	at := &x.sinks[number]
	if number == 0 {
		s.final = resize(s.final, x.h.Keys(), none)
		s.doubtful = resize(s.doubtful, x.h.Keys(), false)
	} else { // only what was touched: sinks may be many
		for _, e := range x.sinks[number-1].effects {
			if key := x.h.KeyOf(e.message); key != history.NoKey {
				s.final[key] = none
			}
		}
		for _, row := range x.doubts {
			if key := x.h.KeyOf(x.h.MessageAt(int(row))); key != history.NoKey {
				s.doubtful[key] = false
			}
		}
	}
	for _, e := range at.effects {
		if key := x.h.KeyOf(e.message); key != history.NoKey {
			s.final[key] = e.row
		}
	}
	for _, row := range x.doubts {
		if key := x.h.KeyOf(x.h.MessageAt(int(row))); key != history.NoKey && x.h.DetailAt(int(row)) == at.name {
			s.doubtful[key] = true
		}
	}
}

// stateless counts the keys of which a message was acked and nothing was applied
// at any sink, where something was applied at all. It returns the first ack of such
// a key, and how many keys nobody knows about.
func (c *Checker) stateless(v *Verdict) (ack int32, doubtful int) {
	x, s := &c.ix, &c.s.states
	h := x.h
	if len(x.sinks) != 1 || len(x.doubts) > 0 { // else it is known from the only sink
		s.visit(x)
	}
	if len(x.all) == 0 || !slices.Contains(s.final, none) {
		return none, 0
	}
	s.firstAck = resize(s.firstAck, h.Keys(), none)
	for m, row := range x.ack {
		key := h.KeyOf(history.Message(m))
		if row == none || key == history.NoKey || s.final[key] != none {
			continue
		}
		if s.firstAck[key] == none || x.earlier(row, s.firstAck[key]) {
			s.firstAck[key] = row
		}
	}
	ack = none
	for key, row := range s.firstAck {
		switch {
		case row == none:
		case s.doubtful[key]:
			doubtful++
		default:
			v.Decided++
			c.count(v, h.MessageAt(int(row)))
			if ack == none || x.earlier(row, ack) {
				ack = row
			}
		}
	}
	return ack, doubtful
}

// visit finds the keys with an effect at any sink.
func (s *states) visit(x *index) {
	h := x.h
	s.final = resize(s.final, h.Keys(), none)
	s.doubtful = resize(s.doubtful, h.Keys(), false)
	for _, e := range x.all {
		if key := h.KeyOf(e.message); key != history.NoKey {
			s.final[key] = e.row
		}
	}
	for _, row := range x.doubts {
		if key := h.KeyOf(h.MessageAt(int(row))); key != history.NoKey {
			s.doubtful[key] = true
		}
	}
}

// statelessWitness shows the ack, and that effects are recorded at all.
func (x *index) statelessWitness(ack int32) *Witness {
	m := x.h.MessageAt(int(ack))
	w := x.witness([]history.Message{m}, ack, x.all[0].row)
	w.Text = fmt.Sprintf("%s was acked, and nothing of the key was ever applied", x.withKey(m))
	return w
}

// outdated says whether an acked message has to come after m.
func (s *states) outdated(x *index, m history.Message) bool {
	for _, l := range x.keyed.lines(m) {
		if l.group != none && s.lastAcked[l.group] > l.seq {
			return true
		}
	}
	return s.lastSent[x.h.KeyOf(m)] > x.times[m].acked
}

func (c *Checker) stateWitness(final int32) *Witness {
	x := &c.ix
	h := x.h
	m := h.MessageAt(int(final))
	key := h.KeyName(h.KeyOf(m))
	if c.failed(m) {
		w := x.witness([]history.Message{m}, x.send[m], c.answered()[m].fail, final)
		w.Text = fmt.Sprintf("key %s ends with %s, whose send failed", key, h.MessageName(m))
		return w
	}
	newest := x.newest(m)
	a, b := x.ack[m], x.send[newest]
	how := "%s was sent after it had been acked, and acked"
	if x.keyed.before(m, newest) {
		a, b = x.sendsInOrder(m, newest)
		how = "the same session sent %s later, which was acked"
	}
	w := x.witness([]history.Message{newest, m}, a, b, x.ack[newest], final)
	w.Text = fmt.Sprintf("key %s ends with %s, but "+how, key, h.MessageName(m), h.MessageName(newest))
	return w
}

// newest returns the acked message that was sent last of those that have to come
// after m.
func (x *index) newest(m history.Message) history.Message {
	for i := len(x.sends) - 1; i >= 0; i-- {
		n := x.h.MessageAt(int(x.sends[i]))
		if x.ack[n] != none && (x.keyed.before(m, n) || x.timeOrder(m, n)) {
			return n
		}
	}
	panic("checker: an outdated message without a newer one")
}
