package anomalies

import (
	"cmp"
	"slices"
)

// dep is a kind of dependency between two operations.
type dep uint8

// The dependencies, as bits of a mask.
const (
	ww dep = 1 << iota // the second wrote the next value of a log
	wr                 // the second polled a value that the first sent
	rt                 // the first completed before the second was invoked
)

// graph holds the dependencies of operations. Nodes from n on are moments: one for
// each completion of a successful operation. An operation leads to the moment of its
// completion, a moment to the next, and to the operations that are invoked before
// the next: so real time takes a number of edges that is linear in the operations,
// and a path between operations through moments alone is one step of real time.
type graph struct {
	n     int // operations
	start []int32
	to    []int32
	kind  []dep
	// Of an edge that is a ww: the entry of the log that the first wrote.
	entry []int32
}

// edge is one dependency.
type edge struct {
	from, to int32
	kind     dep
	entry    int32
}

// graph builds the dependencies.
func (a *analysis) graph() *graph {
	edges, nodes := a.edges()
	g := &graph{n: len(a.h.Ops), start: make([]int32, nodes+1), to: make([]int32, len(edges)),
		kind: make([]dep, len(edges)), entry: make([]int32, len(edges))}
	for _, e := range edges {
		g.start[e.from+1]++
	}
	for i := range nodes {
		g.start[i+1] += g.start[i]
	}
	next := slices.Clone(g.start)
	for _, e := range edges {
		i := next[e.from]
		next[e.from]++
		g.to[i], g.kind[i], g.entry[i] = e.to, e.kind, e.entry
	}
	return g
}

func (a *analysis) edges() (edges []edge, nodes int) {
	h := a.h
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Type == Pending {
			continue
		}
		latest := none // a writer whose values are mostly polled together
		for _, r := range h.ReadsOf(op) {
			w := a.writer[r.Value]
			if w != none && w != int32(i) && w != latest {
				edges = append(edges, edge{w, int32(i), wr, none})
				latest = w
			}
		}
	}
	if a.opt.WWDeps {
		edges = a.writeOrder(edges)
	}
	return a.realTime(edges)
}

// writeOrder adds the dependencies between writers of neighbours in a log. An offset
// with several values says nothing of their order and is passed over.
func (a *analysis) writeOrder(edges []edge) []edge {
	before := none
	for g := range len(a.groups) - 1 {
		i := a.groups[g]
		if a.groups[g+1] > i+1 {
			continue
		}
		if before != none && a.entries[before].key == a.entries[i].key {
			v, w := a.writer[a.entries[before].value], a.writer[a.entries[i].value]
			if v != none && w != none && v != w {
				edges = append(edges, edge{v, w, ww, before})
			}
		}
		before = i
	}
	return edges
}

// realTime adds the moments.
func (a *analysis) realTime(edges []edge) ([]edge, int) {
	h := a.h
	done := make([]int32, 0, len(h.Ops))
	sorted := true
	for i := range h.Ops {
		if h.Ops[i].Type == OK {
			sorted = sorted && (len(done) == 0 || h.Ops[done[len(done)-1]].Completed < h.Ops[i].Completed)
			done = append(done, int32(i))
		}
	}
	if !sorted {
		slices.SortFunc(done, func(x, y int32) int { return cmp.Compare(h.Ops[x].Completed, h.Ops[y].Completed) })
	}
	n := len(h.Ops)
	moment := func(m int) int32 { return int32(n + m) }
	for m, op := range done {
		edges = append(edges, edge{op, moment(m), rt, none})
		if m > 0 {
			edges = append(edges, edge{moment(m - 1), moment(m), rt, none})
		}
	}
	m := 0
	for i := range h.Ops { // in order of invocation
		for m < len(done) && h.Ops[done[m]].Completed < h.Ops[i].Invoked {
			m++
		}
		if m > 0 {
			edges = append(edges, edge{moment(m - 1), int32(i), rt, none})
		}
	}
	return edges, n + len(done)
}

// components returns the number of the strongly connected component of each node, by
// dependencies of a mask, and how many there are.
//
// Reference: Tarjan 1972, with a stack of its own, because a component may be as
// large as the history.
func (g *graph) components(mask dep) (of []int32, count int32) {
	nodes := len(g.start) - 1
	of = filled(nodes)
	low, at, stack := filled(nodes), slices.Clone(g.start[:nodes]), make([]int32, 0, 1024)
	order := filled(nodes)
	var path []int32
	clock := int32(0)
	for root := range int32(nodes) {
		if order[root] != none {
			continue
		}
		path = append(path[:0], root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if order[v] == none {
				order[v], low[v] = clock, clock
				clock++
				stack = append(stack, v)
			}
			deeper := false
			for ; at[v] < g.start[v+1]; at[v]++ {
				w := g.to[at[v]]
				if g.kind[at[v]]&mask == 0 || of[w] != none {
					continue
				}
				if order[w] == none {
					path, deeper = append(path, w), true
					break
				}
				low[v] = min(low[v], low[w])
			}
			if deeper {
				continue
			}
			path = path[:len(path)-1]
			if low[v] == order[v] {
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					of[w] = count
					if w == v {
						break
					}
				}
				count++
			}
		}
	}
	return of, count
}
