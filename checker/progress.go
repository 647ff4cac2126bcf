package checker

import (
	"fmt"
	"math"

	"orderlab/model/history"
)

func progress() Guarantee {
	return Guarantee{
		ID: Progress,
		Holds: "Every acked message is applied, or disposed for a reason that is allowed, within the declared time: " +
			"counted from its ack, or from the end of the last fault, whichever is later.",
		decide: (*Checker).progress,
	}
}

// deadlines is what progress keeps in memory.
type deadlines struct {
	settled []int32 // by message: the row of its first effect or disposal that is allowed
	doubted []bool  // by message: it may have been applied
	healed  int64   // when the last fault ended
	last    int32   // the row of the last moment of the history; none while nobody asked
}

// progress compares the first effect of every acked message at any sink with its
// deadline. What is missing when the history ends before that may have come.
func (c *Checker) progress(opt *Options) Verdict {
	x, d := &c.ix, &c.s.deadlines
	h := x.h
	switch {
	case opt.ProgressWithin <= 0:
		return vacuous("no time was declared within which messages take effect")
	case !d.prepare(x, opt):
		return vacuous("a fault never healed")
	}
	c.begin()
	var v Verdict
	worst, open, doubtful := none, 0, 0
	for m, ack := range x.ack {
		if ack == none {
			continue
		}
		v.Decided++
		due := after(max(x.times[m].acked, d.healed), opt.ProgressWithin)
		done := d.settled[m]
		switch {
		case done != none && h.EndAt(int(done)) <= due:
		case d.doubted[m]:
			doubtful++
		case h.EndAt(int(d.end(h))) <= due:
			open++
		default:
			c.count(&v, history.Message(m))
			if worst == none || x.earlier(ack, worst) {
				worst = ack
			}
		}
	}
	c.conclude(&v)
	switch {
	case worst != none:
		v.Witness = x.progressWitness(worst, d, opt)
	case open > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("the history ends before the time of %s is over", plural(open, "acked message"))}
	case doubtful > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s may or may not have taken effect", plural(doubtful, "acked message"))}
	case v.Decided == 0:
		return vacuous("no message was acked")
	}
	return v
}

// prepare says whether every fault ended.
func (d *deadlines) prepare(x *index, opt *Options) (healed bool) {
	h := x.h
	d.settled = resize(d.settled, h.Messages(), none)
	d.doubted = resize(d.doubted, h.Messages(), false)
	d.healed, d.last = math.MinInt64, none
	for _, e := range x.all {
		d.settle(x, e.message, e.row)
	}
	for _, row := range x.disposals {
		if opt.allows(h.SymbolName(h.DetailAt(int(row)))) {
			d.settle(x, h.MessageAt(int(row)), row)
		}
	}
	for _, row := range x.doubts {
		d.doubted[h.MessageAt(int(row))] = true
	}
	for _, row := range x.of(history.KindFault) {
		end := h.EndAt(int(row))
		if end == history.Pending {
			return false
		}
		d.healed = max(d.healed, end)
	}
	return true
}

// end returns the row of the last moment of the history.
func (d *deadlines) end(h *history.History) int32 {
	if d.last != none {
		return d.last
	}
	last := int64(math.MinInt64)
	for b := range h.Blocks() {
		for i := range b.Len {
			if end := b.EndAt(i); end != history.Pending && end >= last {
				d.last, last = int32(b.First+i), end
			}
		}
	}
	return d.last
}

func (d *deadlines) settle(x *index, m history.Message, row int32) {
	if d.settled[m] == none || x.earlier(row, d.settled[m]) {
		d.settled[m] = row
	}
}

// progressWitness shows the ack, and what came too late: the effect, or else the
// last moment of the history.
func (x *index) progressWitness(ack int32, d *deadlines, opt *Options) *Witness {
	h := x.h
	m := h.MessageAt(int(ack))
	from := "it was acked"
	if d.healed > h.EndAt(int(ack)) {
		from = "the last fault"
	}
	within := fmt.Sprintf("within %s after %s", seconds(opt.ProgressWithin), from)
	if done := d.settled[m]; done != none {
		late := h.EndAt(int(done)) - max(h.EndAt(int(ack)), d.healed) - opt.ProgressWithin
		w := x.witness([]history.Message{m}, ack, done)
		w.Text = fmt.Sprintf("%s did not take effect %s, but %s later", x.withKey(m), within, seconds(late))
		return w
	}
	w := x.witness([]history.Message{m}, ack, d.end(h))
	w.Text = fmt.Sprintf("%s did not take effect %s, nor until the history ends", x.withKey(m), within)
	return w
}
