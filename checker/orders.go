package checker

import (
	"iter"
	"math"
	"slices"

	"orderlab/model/history"
)

// scratch is memory of the checks, kept from one history to the next.
type scratch struct {
	newest  []int32 // by group: the largest seq applied so far
	applied []int32 // by group: how many messages were applied so far
	keys    []keyTimes
	broken  []bool // by key: something is wrong with it
	late    lateOnes

	ends  []int32 // by sequence: where its items end
	items []item
	over  overtaking
	peaks []peak
	lates []lateness

	disposed      []bool  // by message, for a reason that is allowed
	handled       []uint8 // by message
	deliveries    deliveries
	logs          logs
	dense         denseLogs
	linear        linearScratch
	answers       []answers // where answeredReady, of the history
	answeredReady bool
	gaps          gaps
	epochs        []epochs
	cycles        cycles
	causes        causes
	states        states
	reads         reads
	sessionLogs   sessionLogs
	deadlines     deadlines
	timers        timers
	measuring     measuring
}

// lateOnes numbers the sequences in which something was overtaken.
type lateOnes struct {
	number []int32 // by sequence, or none
	list   []int32
}

// reset forgets them, and makes room for so many sequences.
func (l *lateOnes) reset(sequences int) {
	for _, i := range l.list {
		l.number[i] = none
	}
	l.list = l.list[:0]
	l.grow(sequences)
}

func (l *lateOnes) grow(sequences int) {
	for len(l.number) < sequences {
		l.number = append(l.number, none)
	}
}

// sort numbers them in the order of the sequences, and returns how many they are.
func (l *lateOnes) sort() int {
	slices.Sort(l.list)
	for i, sequence := range l.list {
		l.number[sequence] = int32(i)
	}
	return len(l.list)
}

func (l *lateOnes) add(sequence int32) {
	if l.number[sequence] == none {
		l.number[sequence] = int32(len(l.list))
		l.list = append(l.list, sequence)
	}
}

// forget makes ready for a sink what is known of sessions and keys: all of it for the
// first one, and then what the sink before touched, because sinks may be many.
func (s *scratch) forget(x *index, sink int, o *sending) {
	if sink == 0 {
		s.newest, s.applied = resize(s.newest, len(o.size), none), resize(s.applied, len(o.size), 0)
		return
	}
	for _, e := range x.sinks[sink-1].effects {
		for _, l := range o.lines(e.message) {
			if l.group != none {
				s.newest[l.group], s.applied[l.group] = none, 0
			}
		}
	}
}

// forgetKeys does the same for what is known of keys.
func (s *scratch) forgetKeys(x *index, sink int) {
	nothing := keyTimes{math.MinInt64, math.MaxInt64}
	if sink == 0 {
		s.keys = resize(s.keys, x.h.Keys(), nothing)
		return
	}
	for _, e := range x.sinks[sink-1].effects {
		if key := x.h.KeyOf(e.message); key != history.NoKey {
			s.keys[key] = nothing
		}
	}
}

// keyTimes is what the order in time needs to know of a key at a sink.
type keyTimes struct {
	lastSent   int64 // the latest send among what was applied
	firstAcked int64 // the earliest answer among what was applied
}

// tally counts what is wrong and keeps the best witness so far.
type tally struct {
	verdict Verdict
	best    inversion
	several bool // a message may be in several sequences
}

// count notes a violation by a message.
func (c *Checker) count(v *Verdict, m history.Message) {
	v.Violations++
	if key := c.ix.h.KeyOf(m); key != history.NoKey {
		c.s.broken[key] = true
	}
}

// begin prepares the set of broken keys.
func (c *Checker) begin() { c.s.broken = resize(c.s.broken, c.ix.h.Keys(), false) }

// conclude counts the broken keys.
func (c *Checker) conclude(v *Verdict) {
	for _, broken := range c.s.broken {
		if broken {
			v.Keys++
		}
	}
}

// sequences measures the sequences in which something was overtaken: all gives
// their items in order of time, with the number of the sequence.
func (c *Checker) sequences(t *tally, groups int, all iter.Seq2[int32, item]) {
	s := &c.s
	s.ends = resize(s.ends, groups+1, 0)
	for g := range all {
		s.ends[g+1]++
	}
	for g := range groups {
		s.ends[g+1] += s.ends[g]
	}
	// Now ends[g] is where g begins; filling moves it to where g ends.
	s.items = slices.Grow(s.items[:0], int(s.ends[groups]))[:s.ends[groups]]
	for g, it := range all {
		s.items[s.ends[g]] = it
		s.ends[g]++
	}
	from := int32(0)
	s.lates = s.lates[:0]
	for _, to := range s.ends[:groups] {
		if from < to {
			c.measure(t, s.items[from:to])
		}
		from = to
	}
	t.verdict.addLateness(s.lates, t.several)
}

func (c *Checker) measure(t *tally, items []item) {
	most, closest := c.s.over.measure(items, &t.verdict.Displaced)
	t.verdict.MaxDisplacement = max(t.verdict.MaxDisplacement, most)
	if closest.found && c.better(closest, t.best) {
		t.best = closest
	}
	c.s.outOfOrder(c.ix.h, items)
}

// better says whether an inversion is the better witness: the closer one, and of
// two the one that happened first.
func (c *Checker) better(a, b inversion) bool {
	switch {
	case !b.found:
		return true
	case a.distance != b.distance:
		return a.distance < b.distance
	}
	return byTime(c.ix.h.EndAt, a.overtaken, b.overtaken) < 0
}
