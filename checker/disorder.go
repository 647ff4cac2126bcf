package checker

import (
	"orderlab/model/history"
)

// Disorder measures a history besides the verdicts. docs/guarantees.md defines the
// measures for people.
type Disorder struct {
	// Delivered counts messages by how often they were delivered, to whomever;
	// Applied counts the messages of each sink by how often it applied them.
	Delivered, Applied Repeats
	// StaleReads is about the reads of states, StaleApplies about first effects.
	StaleReads, StaleApplies Staleness
}

// RepeatsApart is how many counts [Repeats] keeps apart.
const RepeatsApart = 8

// Repeats counts messages by how often something happened to them.
type Repeats struct {
	// Times[i] counts those to which it happened i+1 times, the last one those to
	// which it happened so often or more.
	Times [RepeatsApart]int
	// Most is the largest number of times for one message.
	Most int
}

// Staleness says of reads or effects how far they were behind acked writes.
type Staleness struct {
	// Judged counts those that can be judged, Stale those that lacked a write.
	Judged, Stale int
	// Max and Total are how long the first write that was lacking had been acked
	// by then, in nanoseconds: the longest, and the sum.
	Max, Total int64
}

// measuring is what the measures keep in memory.
type measuring struct {
	times   []int32 // by message
	writes  []int32 // messages that were acked, by key; see writesOf
	from    []int32 // by key: its first write
	next    []int32 // by key: its first write that the sink may lack
	earlier []int64 // by write: the earliest ack of it and those behind it
	settled []bool  // by message: no reader has to see it
	seen    []bool  // by message: the sink applied it
}

// Disorder measures the history that was checked last. Of the options, Disposals
// says which messages need not take effect.
func (c *Checker) Disorder(opt Options) Disorder {
	c.needIndex()
	x, m := &c.ix, &c.s.measuring
	var out Disorder
	m.deliveries(x.h, &out.Delivered)
	m.effects(x, &out.Applied)
	m.settle(x, &opt)
	if x.h.Count(history.KindRead) > 0 {
		m.sort(x, func(msg history.Message) int64 { return x.h.BeginAt(int(x.send[msg])) })
		m.reads(x, &out.StaleReads)
	}
	m.sort(x, func(msg history.Message) int64 { return x.h.EndAt(int(x.ack[msg])) })
	for i := range x.sinks {
		m.applies(x, i, &out.StaleApplies)
	}
	return out
}

func (r *Repeats) add(times int32) {
	if times > 0 {
		r.Times[min(int(times), RepeatsApart)-1]++
		r.Most = max(r.Most, int(times))
	}
}

func (m *measuring) deliveries(h *history.History, r *Repeats) {
	m.times = resize(m.times, h.Messages(), 0)
	for b := range h.Blocks() {
		for i := range b.Len {
			if b.Kind(i) == history.KindDeliver && b.OutcomeAt(i) == history.OK && b.MessageAt(i) != history.NoMessage {
				m.times[b.MessageAt(i)]++
			}
		}
	}
	for _, n := range m.times {
		r.add(n)
	}
}

// effects counts at each sink. Effects that may or may not have taken place do not
// count.
func (m *measuring) effects(x *index, r *Repeats) {
	m.times = resize(m.times, x.h.Messages(), 0)
	for i := range x.sinks {
		for _, e := range x.sinks[i].effects {
			m.times[e.message]++
		}
		for _, e := range x.sinks[i].effects {
			r.add(m.times[e.message])
			m.times[e.message] = 0
		}
	}
}
