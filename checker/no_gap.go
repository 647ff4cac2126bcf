package checker

import (
	"fmt"
	"slices"

	"orderlab/model/history"
)

func noGap() Guarantee {
	return Guarantee{
		ID: NoGap,
		Holds: "When a sink applies a message of a key for the first time, it has applied every acked message that the " +
			"same session sent earlier for this key, or that one was disposed for a reason that is allowed.",
		decide: (*Checker).noGap,
	}
}

// gaps is what no-gap keeps in memory. A slot is a place in the order of sending
// of a session and key; those of a group lie side by side.
type gaps struct {
	from      []int32 // by group: its first slot
	acked     []bool  // by slot
	missing   []bool  // by slot: acked, and neither applied nor disposed at the sink so far
	open      []int32 // by group: no slot below is missing
	disposals []int32 // rows, in order of time
}

// noGap goes through the first effects at every sink, with the lowest acked
// message of each group that is still missing there.
func (c *Checker) noGap(opt *Options) Verdict {
	x, g := &c.ix, &c.s.gaps
	c.begin()
	g.prepare(x, opt)
	var v Verdict
	after, missing := none, none
	for i := range x.sinks {
		g.enter(x, i)
		next := 0
		for _, e := range x.sinks[i].effects {
			for ; next < len(g.disposals) && !x.earlier(e.row, g.disposals[next]); next++ {
				g.handle(x.keyed.lines(x.h.MessageAt(int(g.disposals[next]))))
			}
			if e.again || e.doubt {
				continue
			}
			lines := x.keyed.lines(e.message)
			decided, gap := g.gap(lines)
			if gap {
				c.count(&v, e.message)
				if after == none || x.earlier(e.row, after) {
					after, missing = e.row, g.last(lines)
				}
			}
			g.handle(lines)
			if decided {
				v.Decided++
			}
		}
	}
	c.conclude(&v)
	if after != none {
		v.Witness = x.gapWitness(after, g.message(x, missing))
	}
	return c.settle(v, "no message was applied of whose key and session an earlier one was sent")
}

// prepare finds the acked slots and the disposals that are allowed.
func (g *gaps) prepare(x *index, opt *Options) {
	h, groups := x.h, len(x.keyed.size)
	g.from = resize(g.from, groups+1, 0)
	for i, n := range x.keyed.size {
		g.from[i+1] = g.from[i] + n
	}
	g.acked = resize(g.acked, int(g.from[groups]), false)
	for m, row := range x.ack {
		if row == none {
			continue
		}
		for _, l := range x.keyed.lines(history.Message(m)) {
			if l.group == none {
				continue
			}
			g.acked[g.from[l.group]+l.seq] = true
		}
	}
	g.disposals = g.disposals[:0]
	for _, row := range x.disposals {
		if opt.allows(h.SymbolName(h.DetailAt(int(row)))) {
			g.disposals = append(g.disposals, row)
		}
	}
	slices.SortFunc(g.disposals, func(a, b int32) int { return byTime(h.EndAt, a, b) })
}

// enter begins with a sink, where what may have been applied is no gap.
func (g *gaps) enter(x *index, number int) {
	at := &x.sinks[number]
	if number == 0 {
		g.missing = append(g.missing[:0], g.acked...)
		g.open = append(g.open[:0], g.from[:len(g.from)-1]...)
	} else { // only what was touched: sinks may be many
		for _, e := range x.sinks[number-1].effects {
			g.restore(x.keyed.lines(e.message))
		}
		for _, row := range g.disposals {
			g.restore(x.keyed.lines(x.h.MessageAt(int(row))))
		}
		for _, row := range x.doubts {
			g.restore(x.keyed.lines(x.h.MessageAt(int(row))))
		}
	}
	for _, row := range x.doubts {
		if x.h.DetailAt(int(row)) == at.name {
			g.handle(x.keyed.lines(x.h.MessageAt(int(row))))
		}
	}
}

// restore takes back what a sink changed about a message's groups.
func (g *gaps) restore(lines []line) {
	for _, l := range lines {
		if l.group != none {
			slot := g.from[l.group] + l.seq
			g.missing[slot], g.open[l.group] = g.acked[slot], g.from[l.group]
		}
	}
}

func (g *gaps) handle(lines []line) {
	for _, l := range lines {
		if l.group != none {
			g.missing[g.from[l.group]+l.seq] = false
		}
	}
}

// gap says whether before a message another of its group was sent, and whether one is
// missing.
func (g *gaps) gap(lines []line) (decided, gap bool) {
	for _, l := range lines {
		if l.group == none {
			continue
		}
		slot, open := g.from[l.group]+l.seq, &g.open[l.group]
		decided = decided || l.seq > 0
		for *open < slot && !g.missing[*open] {
			*open++
		}
		gap = gap || *open < slot
	}
	return decided, gap
}

// last returns the last slot before a message, of the first group in which there is a
// gap, that is missing.
func (g *gaps) last(lines []line) int32 {
	for _, l := range lines {
		if l.group == none || g.open[l.group] >= g.from[l.group]+l.seq {
			continue
		}
		missing := g.from[l.group] + l.seq - 1
		for !g.missing[missing] {
			missing--
		}
		return missing
	}
	return none
}

// message returns the message of a slot.
func (g *gaps) message(x *index, slot int32) history.Message {
	for m := range history.Message(x.h.Messages()) {
		for _, l := range x.keyed.lines(m) {
			if l.group != none && g.from[l.group]+l.seq == slot {
				return m
			}
		}
	}
	panic("checker: a place in an order without a message")
}

func (x *index) gapWitness(after int32, missing history.Message) *Witness {
	m := x.h.MessageAt(int(after))
	a, b := x.sendsInOrder(missing, m)
	w := x.witness([]history.Message{missing, m}, a, b, x.ack[missing], after)
	w.Text = fmt.Sprintf("%s was applied while %s, sent before it and acked, was neither applied nor disposed",
		x.withKey(m), x.h.MessageName(missing))
	return w
}
