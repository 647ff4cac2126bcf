package checker

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model/history"
)

// realtime stands for the number of a sink where the order of sends counts.
const realtime = -1

// follows is an edge of a cycle: a comes before b at a sink or in real time. The
// rows show it: two effects, or an ack and a send.
type follows struct {
	a, b       history.Message
	sink       int
	rowA, rowB int32
}

// witness returns a cycle through a message, made so small that every sink, and
// real time, orders one pair of it.
func (g *cycles) witness(x *index, start history.Message) *Witness {
	edges := shortened(x, g.cycle(x, start))
	var rows []int32
	var messages []history.Message
	var says []string
	h := x.h
	for _, e := range edges {
		rows, messages = append(rows, e.rowA, e.rowB), append(messages, e.a)
		how := h.MessageName(e.a) + " before " + h.MessageName(e.b)
		switch {
		case e.sink == realtime:
			how = fmt.Sprintf("%s was acked before %s was sent", h.MessageName(e.a), h.MessageName(e.b))
		case x.sinks[e.sink].name == history.NoSymbol:
			how += " at a sink without a name"
		default:
			how += " at " + h.SymbolName(x.sinks[e.sink].name)
		}
		says = append(says, how)
	}
	w := x.witness(messages, rows...)
	w.Text = "no order has " + strings.Join(says, ", ")
	return w
}

// cycle finds the shortest way along edges from a message back to itself, and
// joins what one sink orders.
func (g *cycles) cycle(x *index, start history.Message) (edges []follows) {
	parent := g.back(int32(start))
	path := []int32{int32(start)}
	for v := parent[int32(start)]; v != int32(start); v = parent[v] {
		path = append(path, v)
	}
	path = append(path, int32(start))
	slices.Reverse(path)
	messages := int32(x.h.Messages())
	shown := g.shown(x, path)
	for i := 0; i+1 < len(path); {
		j := i + 1
		for path[j] >= messages { // through moments
			j++
		}
		a, b := history.Message(path[i]), history.Message(path[j])
		if j > i+1 {
			edges = append(edges, follows{a, b, realtime, x.ack[a], x.send[b]})
		} else {
			edges = append(edges, shown[a])
		}
		i = j
	}
	return edges
}

// back searches the component of a node for the shortest way back to it, and
// returns for every node that was reached the one before.
func (g *cycles) back(start int32) map[int32]int32 {
	parent := make(map[int32]int32)
	for queue := []int32{start}; ; queue = queue[1:] {
		v := queue[0]
		for _, w := range g.to[g.from[v]:g.from[v+1]] {
			if _, ok := parent[w]; ok || g.parts.of[w] != g.parts.of[start] {
				continue
			}
			parent[w] = v
			if w == start {
				return parent
			}
			queue = append(queue, w)
		}
	}
}

// shown finds for every two messages that are side by side on a path the first sink at
// which one follows the other, by the first of the two.
func (g *cycles) shown(x *index, path []int32) map[history.Message]follows {
	next := make(map[history.Message]history.Message)
	for i := 1; i < len(path); i++ {
		if max(path[i-1], path[i]) < int32(x.h.Messages()) {
			next[history.Message(path[i-1])] = history.Message(path[i])
		}
	}
	out := make(map[history.Message]follows)
	for i, rows := range g.rows {
		for j := 1; j < len(rows); j++ {
			a, b := x.h.MessageAt(int(rows[j-1])), x.h.MessageAt(int(rows[j]))
			if n, wanted := next[a]; !wanted || n != b {
				continue
			}
			if _, known := out[a]; !known {
				out[a] = follows{a, b, i, rows[j-1], rows[j]}
			}
		}
	}
	return out
}

// shortened goes along a cycle and drops a part whenever one sink, or real time, orders
// two pairs of it: a before b, and further on c before d. Either a is before d, and what
// is between can go; or d is not behind a, so that c is before b, which closes a cycle
// with what is between.
func shortened(x *index, edges []follows) []follows {
	var out []follows
	for _, second := range edges {
		i := slices.IndexFunc(out, func(e follows) bool { return e.sink == second.sink })
		if i < 0 {
			out = append(out, second)
			continue
		}
		first := out[i]
		if !x.leads(first, second) {
			return append([]follows{{second.a, first.b, first.sink, second.rowA, first.rowB}}, out[i+1:]...)
		}
		out = append(out[:i], follows{first.a, second.b, first.sink, first.rowA, second.rowB})
	}
	return out
}

// leads says whether the first message of one edge is before the last of another
// one of the same sink.
func (x *index) leads(e, f follows) bool {
	if e.sink == realtime {
		return x.h.EndAt(int(e.rowA)) < x.h.BeginAt(int(f.rowB))
	}
	return x.earlier(e.rowA, f.rowB)
}
