package checker

import (
	"fmt"

	"orderlab/model/history"
)

func noGhost() Guarantee {
	return Guarantee{
		ID: NoGhost,
		Holds: "No sink applies a message that was never sent, or of which every send definitely failed. " +
			"A history without sends says nothing.",
		decide: (*Checker).noGhost,
	}
}

// answers is what is known of the sends of a message.
type answers struct {
	sends, fails int32
	fail         int32 // row of the first definite failure, or none
	other        bool  // another answer: it was stored, or may have been
}

// ghost says whether a message cannot be anywhere: it was not sent, or it failed.
func (c *Checker) ghost(m history.Message) bool { return c.ix.send[m] == none || c.failed(m) }

// failed says whether every send of a message definitely failed. The answers of all
// messages are found when one has to be asked about that was sent and not acked.
func (c *Checker) failed(m history.Message) bool {
	if c.ix.send[m] == none || c.ix.ack[m] != none {
		return false
	}
	a := &c.answered()[m]
	return !a.other && a.fails >= a.sends
}

// answered finds the answers of all messages, once.
func (c *Checker) answered() []answers {
	x, s := &c.ix, &c.s
	h := x.h
	if s.answeredReady {
		return s.answers
	}
	s.answeredReady = true
	s.answers = resize(s.answers, h.Messages(), answers{fail: none})
	for _, row := range x.sends {
		s.answers[h.MessageAt(int(row))].sends++
	}
	for _, row := range x.of(history.KindAck) {
		a := &s.answers[h.MessageAt(int(row))]
		if h.OutcomeAt(int(row)) != history.Fail {
			a.other = true
			continue
		}
		a.fails++
		if a.fail == none || x.earlier(row, a.fail) {
			a.fail = row
		}
	}
	return s.answers
}

// noGhost counts the messages, for each sink, that it cannot have been sent.
func (c *Checker) noGhost(*Options) Verdict {
	x := &c.ix
	if len(x.sends) == 0 {
		return vacuous("no send is recorded")
	}
	c.begin()
	var v Verdict
	first := none
	for i := range x.sinks {
		for _, e := range x.sinks[i].effects {
			if e.again {
				continue
			}
			v.Decided++
			if !c.ghost(e.message) {
				continue
			}
			c.count(&v, e.message)
			if first == none || x.earlier(e.row, first) {
				first = e.row
			}
		}
	}
	c.conclude(&v)
	if first != none {
		v.Witness = c.ghostWitness(first)
	}
	doubtful := 0
	for _, row := range x.doubts {
		if c.ghost(x.h.MessageAt(int(row))) {
			doubtful++
		}
	}
	switch {
	case v.Violations > 0:
	case doubtful > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s of what was not sent may or may not have taken place", plural(doubtful, "effect"))}
	case v.Decided == 0:
		return vacuous("no message was applied")
	}
	return v
}

// ghostWitness shows the failed send, or, where there was none, that sends are
// recorded at all.
func (c *Checker) ghostWitness(effect int32) *Witness {
	x := &c.ix
	m := x.h.MessageAt(int(effect))
	if x.send[m] == none {
		w := x.witness([]history.Message{m}, x.sends[0], effect)
		w.Text = x.withKey(m) + " was applied and never sent"
		return w
	}
	fail := c.answered()[m].fail
	w := x.witness([]history.Message{m}, x.send[m], fail, effect)
	w.Text = x.withKey(m) + " was applied, though its send failed"
	if why := x.h.SymbolName(x.h.DetailAt(int(fail))); why != "" {
		w.Text += " with " + why
	}
	return w
}
