package checker

import (
	"fmt"
	"math"
	"slices"

	"orderlab/model/history"
)

func timerOrder() Guarantee {
	return Guarantee{
		ID: TimerOrder,
		Holds: "A delayed message fires no earlier than it is due, and no later than the declared tick after that; and of " +
			"two that are due in different ticks the one that is due first fires first. It fires when it is first " +
			"delivered, or applied where no delivery of it is recorded.",
		decide: (*Checker).timerOrder,
	}
}

// timers is what timer-order keeps in memory.
type timers struct {
	fired   []int32 // by message: the row that shows that it fired
	inOrder []int32 // those rows, in order of time
	delayed []int32 // by message: its first send that says when it is due
}

// timerOrder goes through what fired, with the largest due time so far.
func (c *Checker) timerOrder(opt *Options) Verdict {
	x, t := &c.ix, &c.s.timers
	h := x.h
	c.begin()
	t.prepare(x)
	var v Verdict
	single, older, newer, latest := none, none, none, none
	for _, row := range t.inOrder {
		m := h.MessageAt(int(row))
		due, at := h.PositionAt(int(t.delayed[m])), h.EndAt(int(row))
		v.Decided++
		switch {
		case at < due, opt.Tick > 0 && at > after(due, opt.Tick):
			c.count(&v, m)
			if single == none {
				single = row
			}
		case latest != none && ticks(due, opt) < ticks(t.due(h, latest), opt):
			c.count(&v, m)
			if older == none {
				older, newer = row, latest
			}
		}
		if latest == none || due > t.due(h, latest) {
			latest = row
		}
	}
	c.conclude(&v)
	switch {
	case single != none:
		v.Witness = x.timeWitness(t, single)
	case older != none:
		v.Witness = x.timerWitness(t, older, newer)
	case v.Decided == 0:
		return vacuous("no message with a due time fired")
	}
	return v
}

// due is when the message of a row is due.
func (t *timers) due(h *history.History, row int32) int64 {
	return h.PositionAt(int(t.delayed[h.MessageAt(int(row))]))
}

// ticks is the number of the tick in which a time lies.
func ticks(at int64, opt *Options) int64 { return at / max(1, opt.Tick) }

func (t *timers) prepare(x *index) {
	h := x.h
	t.delayed = resize(t.delayed, h.Messages(), none)
	t.fired = resize(t.fired, h.Messages(), none)
	t.inOrder = t.inOrder[:0]
	some := false
	for _, row := range x.sends {
		if m := h.MessageAt(int(row)); h.PositionAt(int(row)) != history.NoPosition && t.delayed[m] == none {
			t.delayed[m], some = row, true
		}
	}
	if !some {
		return
	}
	for _, row := range x.of(history.KindDeliver) {
		if h.OutcomeAt(int(row)) == history.OK {
			t.fire(x, row)
		}
	}
	delivered := t.fired
	for _, e := range x.all {
		if row := delivered[e.message]; row == none || h.Kind(int(row)) == history.KindApply {
			t.fire(x, e.row)
		}
	}
	for m, row := range t.fired {
		if row != none && t.delayed[m] != none {
			t.inOrder = append(t.inOrder, row)
		}
	}
	slices.SortFunc(t.inOrder, func(a, b int32) int { return byTime(h.EndAt, a, b) })
}

func (t *timers) fire(x *index, row int32) {
	m := x.h.MessageAt(int(row))
	if m != history.NoMessage && (t.fired[m] == none || x.earlier(row, t.fired[m])) {
		t.fired[m] = row
	}
}

func (x *index) timeWitness(t *timers, row int32) *Witness {
	h := x.h
	m := h.MessageAt(int(row))
	w := x.witness([]history.Message{m}, t.delayed[m], row)
	late, how := h.EndAt(int(row))-t.due(h, row), "after"
	if late < 0 {
		late, how = -max(late, -math.MaxInt64), "before"
	}
	w.Text = fmt.Sprintf("%s fired %s %s it was due", x.withKey(m), seconds(late), how)
	return w
}

func (x *index) timerWitness(t *timers, older, newer int32) *Witness {
	h := x.h
	m, n := h.MessageAt(int(older)), h.MessageAt(int(newer))
	w := x.witness([]history.Message{m, n}, t.delayed[m], t.delayed[n], older, newer)
	w.Text = fmt.Sprintf("%s was due %s before %s and fired after it", h.MessageName(m),
		seconds(t.due(h, newer)-t.due(h, older)), h.MessageName(n))
	return w
}
