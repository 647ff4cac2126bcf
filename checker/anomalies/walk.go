package anomalies

import "slices"

// walk looks for shortest cycles in a component. It goes breadth first over nodes,
// each twice where a step of real time is asked for: before such a step and after.
type walk struct {
	g     *graph
	of    []int32
	in    int32
	mask  dep
	timed int32   // 0 when a step of real time is asked for, else 1
	via   []int32 // by state: the edge by which it was reached
	prev  []int32 // and the state from which
	seen  []int32 // the states that were reached
}

func newWalk(g *graph, of []int32, in int32, l level) *walk {
	states := 2 * (len(g.start) - 1)
	w := &walk{g: g, of: of, in: in, mask: l.mask, via: filled(states), prev: filled(states)}
	if l.must&rt == 0 {
		w.timed = 1
	}
	return w
}

// around returns the edges of a shortest cycle that begins with the edge first of a
// node, or nil. Steps to a moment are free, those to an operation are counted.
func (w *walk) around(node, first int32) []int32 {
	for _, s := range w.seen {
		w.via[s] = none
	}
	begin, goal := 2*w.g.to[first]+w.timed, 2*node+1
	w.seen = append(w.seen[:0], begin)
	w.via[begin] = first
	near, far := []int32{begin}, []int32(nil)
	for len(near) > 0 {
		for len(near) > 0 {
			s := near[len(near)-1]
			near = near[:len(near)-1]
			if s == goal {
				return w.back(begin, goal)
			}
			near, far = w.spread(s, near, far)
		}
		near, far = far, near
	}
	return nil
}

// spread reaches the neighbours of a state.
func (w *walk) spread(s int32, near, far []int32) ([]int32, []int32) {
	g := w.g
	for i := g.start[s/2]; i < g.start[s/2+1]; i++ {
		if g.kind[i]&w.mask == 0 || w.of[g.to[i]] != w.in {
			continue
		}
		next := 2*g.to[i] + s%2
		if g.kind[i] == rt {
			next |= 1
		}
		if w.via[next] != none {
			continue
		}
		w.via[next], w.prev[next] = i, s
		w.seen = append(w.seen, next)
		if int(g.to[i]) >= g.n {
			near = append(near, next)
		} else {
			far = append(far, next)
		}
	}
	return near, far
}

// back returns the edges by which a state was reached, from the first on.
func (w *walk) back(begin, s int32) []int32 {
	var edges []int32
	for ; s != begin; s = w.prev[s] {
		edges = append(edges, w.via[s])
	}
	edges = append(edges, w.via[begin])
	slices.Reverse(edges)
	return edges
}
