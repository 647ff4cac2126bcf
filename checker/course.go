package checker

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

// course follows operations in the order of time, with all states that they can
// have led to by then: at each end of an operation, those in which it has taken
// effect. It finds the first moment at which nothing explains them, in time
// proportional to the operations where few overlap, and leaves out what made no
// difference on the way: what led back to the states in which it began.
//
// Reference: Lowe, Testing for linearizability, 2017 (just-in-time linearization).
type course struct {
	ops     []searchOp
	step    func(state, input, output any) (bool, any)
	left    Budget          // steps that may still be taken, and bytes that states may take at once
	repeats bool            // leave out also what later operations name again
	slots   []int8          // by operation that began: its number among the open ones
	open    [mostOpen]int32 // by number: the operation
	used    uint64          // the numbers that are open
	now     []possible
	path    []int32 // what has begun, without what made no difference
	moments []quiet
	at      map[string]int // by what was possible: the index in moments
	// By message: the last event about it, and the last begin of a read of it.
	about, read map[history.Message]int
}

// mostOpen is how many operations may be open at once.
const mostOpen = 64

// possible is a state that operations can have led to, where of those that are open
// the taken ones have taken effect.
type possible struct {
	state any
	taken uint64
}

// quiet is a moment at which nothing is open but what never ends.
type quiet struct {
	key  string
	path int // the length of the path
}

// explained says what a course found: whether operations have a linearization.
type explained uint8

const (
	tooMany  explained = iota // too many steps, or operations open at once
	possibly                  // they have one
	never
)

// impasse is the first moment at which nothing explains operations.
type impasse struct {
	at     int64
	op     int     // the operation that ends there and cannot have taken effect
	path   []int32 // operations that alone lead there, in the order of their begins
	states []any   // the states it found
}

// follow says whether operations have a linearization, and where the first moment is
// at which they have none.
func (c *course) follow(initial any) (explained, impasse) {
	events := c.events()
	c.now = []possible{{state: initial}}
	c.at, c.slots = make(map[string]int), make([]int8, len(c.ops))
	c.remember(0)
	for n, e := range events {
		if !e.end {
			if c.used == 1<<mostOpen-1 {
				return tooMany, impasse{}
			}
			slot := bits.TrailingZeros64(^c.used)
			c.used |= 1 << slot
			c.open[slot], c.slots[e.op] = e.op, int8(slot)
			c.path = append(c.path, e.op)
			continue
		}
		states, ended := c.end(e.op)
		switch {
		case !ended:
			return tooMany, impasse{}
		case len(c.now) == 0:
			return never, impasse{at: e.at, op: int(e.op), path: c.path, states: states}
		}
		c.remember(n + 1)
	}
	return possibly, impasse{}
}

// event is the begin or the end of an operation.
type event struct {
	at  int64
	end bool
	op  int32
}

// events returns the begins and ends in the order of time. What begins at the moment
// at which another ends overlaps it.
func (c *course) events() []event {
	var out []event
	for i := range c.ops {
		o := &c.ops[i]
		out = append(out, event{o.begin, false, int32(i)})
		if o.end != linear.Never {
			out = append(out, event{o.end, true, int32(i)})
		}
	}
	rank := func(e event) int {
		if e.end {
			return 1
		}
		return 0
	}
	slices.SortFunc(out, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.op, b.op))
	})
	c.about, c.read = make(map[history.Message]int), make(map[history.Message]int)
	for n, e := range out {
		o := &c.ops[e.op]
		c.about[o.message] = n
		switch o.do {
		case doRead:
			c.read[o.message] = n
		case doCAS:
			c.read[o.from], c.about[o.from] = n, n
		}
	}
	return out
}

// end lets an operation end: it has taken effect by now, after whichever of the open
// ones that is possible. It returns the states on the way; false when that takes too
// many steps.
func (c *course) end(op int32) (states []any, ok bool) {
	slot := c.slots[op]
	seen, held := make(map[possible]bool), int64(0)
	list := slices.Clone(c.now)
	for _, p := range list {
		seen[p] = true
	}
	var after []possible
	for i := 0; i < len(list); i++ {
		p := list[i]
		if p.taken&(1<<slot) != 0 {
			p.taken &^= 1 << slot
			after = append(after, p)
			continue
		}
		states = append(states, p.state)
		for rest := c.used &^ p.taken; rest != 0; rest &= rest - 1 {
			j := bits.TrailingZeros64(rest)
			if c.alike(j, c.used&^p.taken) {
				continue
			}
			o := &c.ops[c.open[j]]
			if c.left.Steps--; c.left.Steps < 0 || held > c.left.Bytes {
				return nil, false
			}
			allowed, next := c.step(p.state, o, nil)
			if !allowed || o.end == linear.Never && next == p.state {
				continue // it need not take effect
			}
			q := possible{next, p.taken | 1<<j}
			if !seen[q] && !c.worse(q, list) {
				seen[q] = true
				list = append(list, q)
				held += bytesOf(next)
			}
		}
	}
	c.used &^= 1 << slot
	c.now = after
	return states, true
}

// possibleBytes is what a possible state takes, besides its text.
const possibleBytes = 96

// bytesOf returns what a possible state takes.
func bytesOf(state any) int64 {
	text, _ := state.(string)
	return possibleBytes + int64(len(text))
}

// worse says whether a state was found with less: what never ends and has not taken
// effect may still do so, or not.
func (c *course) worse(q possible, list []possible) bool {
	ending := uint64(0)
	for rest := c.used; rest != 0; rest &= rest - 1 {
		if j := bits.TrailingZeros64(rest); c.ops[c.open[j]].end != linear.Never {
			ending |= 1 << j
		}
	}
	if ending == c.used {
		return false
	}
	return slices.ContainsFunc(list, func(p possible) bool {
		return p.taken&^q.taken == 0 && q.taken&^p.taken&ending == 0 && p.state == q.state
	})
}

// alike says whether an operation without an end does the same as another that may
// take effect in its place and has a lower number.
func (c *course) alike(slot int, untaken uint64) bool {
	o := &c.ops[c.open[slot]]
	if o.end != linear.Never {
		return false
	}
	for rest := untaken & (1<<slot - 1); rest != 0; rest &= rest - 1 {
		p := &c.ops[c.open[bits.TrailingZeros64(rest)]]
		if p.end == linear.Never && p.do == o.do && p.event == o.event && p.from == o.from &&
			(p.message == o.message || p.do == doWrite && !p.seen && !o.seen) {
			return true
		}
	}
	return false
}

// remember goes back to the earlier moment at which the same was possible, if nothing
// was open then and now but what never ends: what happened in between makes no
// difference to what comes, unless that is about the same messages. What began in
// between, never ends and has not taken effect stays.
func (c *course) remember(next int) {
	for rest := c.used; rest != 0; rest &= rest - 1 {
		if c.ops[c.open[bits.TrailingZeros64(rest)]].end != linear.Never {
			return
		}
	}
	key := c.text(next)
	i, known := c.at[key]
	if !known || c.matters(c.path[c.moments[i].path:], next) {
		c.at[key] = len(c.moments)
		c.moments = append(c.moments, quiet{key, len(c.path)})
		return
	}
	for _, m := range c.moments[i+1:] {
		delete(c.at, m.key)
	}
	between := c.path[c.moments[i].path:]
	c.moments, c.path = c.moments[:i+1], c.path[:c.moments[i].path]
	for _, op := range between {
		if c.ops[op].end == linear.Never {
			c.path = append(c.path, op)
		}
	}
	c.moments[i].path = len(c.path)
}

// text says what is possible. Which message was last does not matter where nobody
// will read it any more.
func (c *course) text(next int) string {
	var texts []string
	for _, p := range c.now {
		if s, ok := p.state.(stateOf); ok {
			if last, read := c.read[s.last]; !read || last < next {
				p.state = s.state
			}
		}
		text := fmt.Sprintf("%q", fmt.Sprint(p.state))
		for rest := p.taken; rest != 0; rest &= rest - 1 {
			text += fmt.Sprintf(" %d", c.open[bits.TrailingZeros64(rest)])
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ";")
}

// matters says whether what comes next is about a message of one of the operations.
func (c *course) matters(ops []int32, next int) bool {
	return !c.repeats && slices.ContainsFunc(ops, func(op int32) bool {
		m := c.ops[op].message
		return m != history.NoMessage && c.about[m] >= next
	})
}
