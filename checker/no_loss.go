package checker

import (
	"fmt"

	"orderlab/model/history"
)

func noLoss() Guarantee {
	return Guarantee{
		ID: NoLoss,
		Holds: "Every acked message is applied, or disposed for a reason that is allowed, by the end of a settled history. " +
			"A message that was never acked may be missing.",
		decide: (*Checker).noLoss,
	}
}

// noLoss looks for acked messages without an effect. With sinks named in the
// options a message needs one at each of them; a disposal stands for all.
func (c *Checker) noLoss(opt *Options) Verdict {
	x, s := &c.ix, &c.s
	c.begin()
	var v Verdict
	s.disposed = resize(s.disposed, x.h.Messages(), false)
	for _, row := range x.disposals {
		if opt.allows(x.h.SymbolName(x.h.DetailAt(int(row)))) {
			s.disposed[x.h.MessageAt(int(row))] = true
		}
	}
	lost, where, doubtful := none, "", 0
	wanted := opt.Sinks
	if len(wanted) == 0 {
		wanted = []string{""} // at any sink
	}
	for _, want := range wanted {
		c.handled(want)
		for m, row := range x.ack {
			if row == none {
				continue
			}
			v.Decided++
			switch s.handled[m] {
			case unhandled:
				c.count(&v, history.Message(m))
				if lost == none || x.earlier(row, lost) {
					lost, where = row, want
				}
			case doubted:
				doubtful++
			}
		}
	}
	switch {
	case v.Decided == 0:
		return vacuous("no message was acked")
	case v.Violations > 0 && opt.Truncated != "":
		return Verdict{Status: Unknown, Reason: opt.Truncated, Decided: v.Decided}
	case v.Violations == 0 && doubtful > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s may or may not have taken effect", plural(doubtful, "acked message"))}
	}
	c.conclude(&v)
	if lost != none {
		v.Witness = x.lossWitness(lost, where)
	}
	return v
}

// What became of a message.
const (
	unhandled uint8 = iota
	doubted
	handled
)

// handled finds what became of every message at a sink, or at any for "".
func (c *Checker) handled(sink string) {
	x, s := &c.ix, &c.s
	s.handled = resize(s.handled, x.h.Messages(), unhandled)
	there := func(row int32) bool { return sink == "" || x.h.SymbolName(x.h.DetailAt(int(row))) == sink }
	for _, row := range x.doubts {
		if there(row) {
			s.handled[x.h.MessageAt(int(row))] = doubted
		}
	}
	for i := range x.sinks {
		if effects := x.sinks[i].effects; there(effects[0].row) {
			for _, e := range effects {
				s.handled[e.message] = handled
			}
		}
	}
	for m, disposed := range s.disposed {
		if disposed {
			s.handled[m] = handled
		}
	}
}

func (x *index) lossWitness(ack int32, sink string) *Witness {
	m := x.h.MessageAt(int(ack))
	w := x.witness([]history.Message{m}, ack)
	w.Text = x.withKey(m) + " was acked and never applied"
	if sink != "" {
		w.Text += " at " + sink
	}
	for _, row := range x.disposals {
		if x.h.MessageAt(int(row)) == m {
			w.Text += fmt.Sprintf(", but disposed as %s, which is not allowed", x.h.SymbolName(x.h.DetailAt(int(row))))
			break
		}
	}
	return w
}
