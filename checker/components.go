package checker

// components are the strongly connected components of a graph, found in linear
// time (Tarjan 1972) without recursion.
type components struct {
	of    []int32 // by node: the number of its component
	sizes []int32 // by component: how many nodes it has

	index, low []int32 // by node: when it was reached; the earliest that it leads back to
	edge       []int32 // by node: the next of its edges
	stack      []int32 // nodes whose component is not known yet
	path       []int32 // from the start to the node that is looked at
}

// find takes a graph as the places where each node's edges begin (with one place
// more) and the nodes that they lead to.
func (c *components) find(from, to []int32) {
	nodes := len(from) - 1
	c.of, c.index = resize(c.of, nodes, none), resize(c.index, nodes, none)
	c.low = resize(c.low, nodes, 0)
	c.edge = append(c.edge[:0], from[:nodes]...)
	c.sizes, c.stack, c.path = c.sizes[:0], c.stack[:0], c.path[:0]
	count := int32(0)
	reach := func(v int32) {
		c.index[v], c.low[v] = count, count
		count++
		c.stack, c.path = append(c.stack, v), append(c.path, v)
	}
	for start := range int32(nodes) {
		if c.index[start] != none {
			continue
		}
		for reach(start); len(c.path) > 0; {
			v := c.path[len(c.path)-1]
			if c.edge[v] < from[v+1] {
				w := to[c.edge[v]]
				c.edge[v]++
				if c.index[w] == none {
					reach(w)
				} else if c.of[w] == none {
					c.low[v] = min(c.low[v], c.index[w])
				}
				continue
			}
			c.leave(v)
		}
	}
}

// leave ends with a node: it is the first of its component, or leads back.
func (c *components) leave(v int32) {
	c.path = c.path[:len(c.path)-1]
	if n := len(c.path); n > 0 {
		parent := c.path[n-1]
		c.low[parent] = min(c.low[parent], c.low[v])
	}
	if c.low[v] != c.index[v] {
		return
	}
	number, size := int32(len(c.sizes)), int32(0)
	for {
		w := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		c.of[w] = number
		size++
		if w == v {
			break
		}
	}
	c.sizes = append(c.sizes, size)
}
