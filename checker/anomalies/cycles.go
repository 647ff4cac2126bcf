package anomalies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// level is one of the anomalies that are cycles: which dependencies it is made of,
// and which it must have.
type level struct {
	id         string
	mask, must dep
}

var levels = []level{
	{G0, ww, ww},
	{G0Realtime, ww | rt, ww | rt},
	{G1c, ww | wr, wr},
	{G1cRealtime, ww | wr | rt, wr | rt},
}

// cycles looks for cycles of dependencies.
func (a *analysis) cycles() {
	g := a.graph()
	have := dep(0)
	for _, k := range g.kind {
		have |= k
	}
	missing := map[dep]string{ww: "the order of writes in the logs is taken for one of operations only with --ww-deps",
		wr: "no operation polls what another sent", rt: "no operation succeeds"}
	if a.opt.WWDeps {
		missing[ww] = "no two operations write neighbours of a log"
	}
	_, count := g.components(ww | wr | rt)
	acyclic := int(count) == len(g.start)-1 // with all dependencies, so with those of each level
	for _, l := range levels {
		t := a.tallies[l.id]
		if lacks := l.must &^ have; lacks != 0 {
			t.missing = missing[lacks&-lacks]
			continue
		}
		t.decided = g.count(l.must &^ rt)
		if !acyclic {
			a.level(g, l)
		}
	}
}

// count returns how many dependencies of a mask there are.
func (g *graph) count(mask dep) (n int) {
	for _, k := range g.kind {
		if k&mask != 0 {
			n++
		}
	}
	return n
}

// component is a strongly connected component with what a cycle in it may be about.
type component struct {
	number, size int32
	has          dep
	edges        []int32 // a few of those that every cycle of the level must have one of
	from         []int32 // and where they begin
}

// maxStarts is from how many edges of a component a shortest cycle is looked for,
// and maxVisits how many nodes are visited for it in all but the first.
const (
	maxStarts = 16
	maxVisits = 1 << 22
)

// level counts the components that have a cycle of the level, and keeps the shortest
// cycle that was found in the smallest.
func (a *analysis) level(g *graph, l level) {
	of, n := g.components(l.mask)
	sizes := make([]int32, n)
	for _, c := range of {
		sizes[c]++
	}
	found := make(map[int32]*component)
	first := l.must &^ rt
	for v := range int32(len(g.start) - 1) {
		for i := g.start[v]; i < g.start[v+1]; i++ {
			c := of[v]
			if of[g.to[i]] != c || g.kind[i]&l.mask == 0 || sizes[c] == 1 {
				continue
			}
			if found[c] == nil {
				found[c] = &component{number: c, size: sizes[c]}
			}
			f := found[c]
			f.has |= g.kind[i]
			if g.kind[i]&first != 0 && len(f.edges) < maxStarts {
				f.edges, f.from = append(f.edges, i), append(f.from, v)
			}
		}
	}
	var all []*component
	for _, f := range found {
		if f.has&l.must == l.must {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(x, y *component) int {
		return cmp.Or(cmp.Compare(x.size, y.size), cmp.Compare(x.from[0], y.from[0]))
	})
	for _, f := range all {
		if a.found(l.id, -1) {
			a.keep(l.id, a.cycle(g, of, f, l))
		}
	}
}

// cycle returns the shortest cycle of a component that was found.
func (a *analysis) cycle(g *graph, of []int32, f *component, l level) sample {
	var best []int32 // edges
	w := newWalk(g, of, f.number, l)
	for i, e := range f.edges {
		if i > 0 && i*2*int(f.size) > maxVisits {
			break
		}
		if path := w.around(f.from[i], e); best == nil || path != nil && g.steps(path) < g.steps(best) {
			best = path
		}
	}
	return a.cycleSample(g, best)
}

// steps counts the operations that edges lead to.
func (g *graph) steps(edges []int32) (n int) {
	for _, e := range edges {
		if int(g.to[e]) < g.n {
			n++
		}
	}
	return n
}

// cycleSample says in words what a cycle is, with the operations that show it.
func (a *analysis) cycleSample(g *graph, edges []int32) sample {
	e := a.evidence()
	var values []Value
	var words []string
	from := g.to[edges[len(edges)-1]]
	for _, i := range edges {
		to := g.to[i]
		if int(to) >= g.n {
			continue // a moment: real time is told where it leads to
		}
		switch g.kind[i] {
		case ww:
			entry, next := g.entry[i], a.neighbour(g.entry[i])
			e.entry(entry).entry(next).conflicts(entry, next)
			values = append(values, a.entries[entry].value, a.entries[next].value)
			words = append(words, fmt.Sprintf("%s wrote %s behind %s of %s", a.which(to), a.name(a.entries[next].value),
				a.h.Name(a.entries[entry].value), a.which(from)))
		case wr:
			v := a.handed(from, to)
			values = append(values, v)
			words = append(words, fmt.Sprintf("%s polled %s from %s", a.which(to), a.name(v), a.which(from)))
		case rt:
			words = append(words, fmt.Sprintf("%s began after %s had succeeded", a.which(to), a.which(from)))
		}
		e.ops = append(e.ops, to)
		from = to
	}
	return sample{e.ops, values, "a cycle: " + strings.Join(words, "; ")}
}

// neighbour returns the entry that follows one in the order of writes.
func (a *analysis) neighbour(entry int32) int32 {
	for g := a.group[entry] + 1; ; g++ {
		if a.groups[g+1] == a.groups[g]+1 {
			return a.groups[g]
		}
	}
}

// handed returns a value that one operation sent and another polled.
func (a *analysis) handed(from, to int32) Value {
	for _, r := range a.h.ReadsOf(&a.h.Ops[to]) {
		if a.writer[r.Value] == from {
			return r.Value
		}
	}
	panic("anomalies: a dependency without a value")
}

// which names an operation with where it stands, to tell those of one process apart.
func (a *analysis) which(op int32) string {
	o := &a.h.Ops[op]
	return fmt.Sprintf("the %s of process %s (%s %d)", o.F, a.h.Processes[o.Process], a.h.Unit, o.EndLine)
}
