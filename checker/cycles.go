package checker

import (
	"math"
	"slices"
	"sort"

	"orderlab/model/history"
)

// cycles decides whether the transcripts of several sinks fit one order. The
// nodes of its graph are the messages and, where real time counts, the moments of
// their sends in order of time: an edge leads from a message to the first moment
// after its ack, from every moment to the next, and to the message sent then. So
// the order in real time, which has n*n pairs, takes 3n edges.
type cycles struct {
	rows    [][]int32 // by sink: its transcript, as rows
	tied    []uint8   // by message: how many things fix its order, up to 2
	seen    []int32   // by message: the number of the sink that took it last
	moments []int32   // sends, in order of time
	from    []int32   // by node: where its edges begin
	to      []int32   // the nodes that edges lead to
	parts   components
}

// oneOrder counts the strongly connected components: the groups of messages that
// cannot be put in one order.
func (c *Checker) oneOrder(final bool) Verdict {
	x, g := &c.ix, &c.s.cycles
	c.begin()
	g.transcripts(x, final)
	g.timeline(x, !final)
	v := Verdict{Decided: g.decided(x)}
	if g.straight(x) {
		return v
	}
	g.connect(x)
	first := c.components(&v)
	c.conclude(&v)
	if v.Violations > 0 {
		v.Witness = g.witness(x, first)
	}
	return v
}

// transcripts takes the first effects of every sink, or the last ones.
func (g *cycles) transcripts(x *index, final bool) {
	for len(g.rows) < len(x.sinks) {
		g.rows = append(g.rows, nil)
	}
	g.rows = g.rows[:len(x.sinks)]
	g.tied = resize(g.tied, x.h.Messages(), 0)
	g.seen = resize(g.seen, x.h.Messages(), none)
	for i := range x.sinks {
		rows, effects := g.rows[i][:0], x.sinks[i].effects
		for j := range effects {
			e := &effects[j]
			if final {
				e = &effects[len(effects)-1-j]
			}
			if e.doubt || g.seen[e.message] == int32(i) {
				continue
			}
			g.seen[e.message] = int32(i)
			g.tied[e.message] = min(2, g.tied[e.message]+1)
			rows = append(rows, e.row)
		}
		if final {
			slices.Reverse(rows)
		}
		g.rows[i] = rows
	}
}

// timeline takes the first sends of all messages that were applied, and ties
// those messages that real time orders.
func (g *cycles) timeline(x *index, realtime bool) {
	g.moments = g.moments[:0]
	if !realtime {
		return
	}
	firstAcked, lastSent := history.Pending, int64(-1)
	for _, row := range x.sends {
		m := x.h.MessageAt(int(row))
		if x.send[m] != row || g.tied[m] == 0 {
			continue
		}
		g.moments = append(g.moments, row)
		lastSent = x.h.BeginAt(int(row))
	}
	if len(g.moments) == 0 {
		return
	}
	for i, ack := range x.ack {
		if ack != none && g.tied[i] > 0 {
			firstAcked = min(firstAcked, x.h.EndAt(int(ack)))
		}
	}
	for i := range g.tied {
		m := history.Message(i)
		acked, ok := x.acked(m)
		sent, ok2 := x.sent(m)
		if g.tied[i] > 0 && (ok && acked < lastSent || ok2 && sent > firstAcked) {
			g.tied[i] = 2
		}
	}
}

// decided counts the messages that follow another one at a sink, of those whose
// order something else fixes as well.
func (g *cycles) decided(x *index) (n int) {
	for _, rows := range g.rows {
		tied := 0
		for _, row := range rows {
			if g.tied[x.h.MessageAt(int(row))] == 2 {
				tied++
			}
		}
		n += max(0, tied-1)
	}
	return n
}

// straight says whether the transcript of a single sink is an order that fits real time,
// so that no graph is needed.
func (g *cycles) straight(x *index) bool {
	if len(g.rows) > 1 {
		return false
	}
	lastSent := int64(math.MinInt64) // of what was applied so far
	for _, rows := range g.rows {
		if len(g.moments) == 0 {
			break
		}
		for _, row := range rows {
			m := x.h.MessageAt(int(row))
			if acked, ok := x.acked(m); ok && acked < lastSent {
				return false
			}
			if sent, ok := x.sent(m); ok {
				lastSent = max(lastSent, sent)
			}
		}
	}
	return true
}

// connect builds the edges.
func (g *cycles) connect(x *index) {
	messages := x.h.Messages()
	g.from = resize(g.from, messages+len(g.moments)+1, 0)
	g.edges(x, func(a, _ int) { g.from[a+1]++ })
	for i := range messages + len(g.moments) {
		g.from[i+1] += g.from[i]
	}
	g.to = resize(g.to, int(g.from[messages+len(g.moments)]), 0)
	g.edges(x, func(a, b int) { // moves from[a] to the end of a's edges
		g.to[g.from[a]] = int32(b)
		g.from[a]++
	})
	copy(g.from[1:], g.from)
	g.from[0] = 0
}

// edges calls edge for every edge.
func (g *cycles) edges(x *index, edge func(a, b int)) {
	for _, rows := range g.rows {
		for i := 1; i < len(rows); i++ {
			edge(int(x.h.MessageAt(int(rows[i-1]))), int(x.h.MessageAt(int(rows[i]))))
		}
	}
	if len(g.moments) == 0 {
		return
	}
	messages := x.h.Messages()
	for m, ack := range x.ack {
		if ack == none || g.tied[m] == 0 {
			continue
		}
		end := x.h.EndAt(int(ack))
		at := sort.Search(len(g.moments), func(i int) bool { return x.h.BeginAt(int(g.moments[i])) > end })
		if at < len(g.moments) {
			edge(m, messages+at)
		}
	}
	for i, row := range g.moments {
		edge(messages+i, int(x.h.MessageAt(int(row))))
		if i+1 < len(g.moments) {
			edge(messages+i, messages+i+1)
		}
	}
}

// components counts the components with several nodes and their keys, and
// returns the message of such a one that was applied first.
func (c *Checker) components(v *Verdict) (first history.Message) {
	x, g := &c.ix, &c.s.cycles
	g.parts.find(g.from, g.to)
	first = history.NoMessage
	for _, n := range g.parts.sizes {
		if n > 1 {
			v.Violations++
		}
	}
	if v.Violations == 0 {
		return first
	}
	for _, e := range x.all {
		if g.parts.sizes[g.parts.of[e.message]] < 2 {
			continue
		}
		if key := x.h.KeyOf(e.message); key != history.NoKey {
			c.s.broken[key] = true
		}
		if first == history.NoMessage {
			first = e.message
		}
	}
	return first
}
