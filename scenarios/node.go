package scenarios

import "strconv"

// shape is what a node of the file is.
type shape uint8

const (
	shapeNull shape = iota
	shapeScalar
	shapeList
	shapeMap
)

func (s shape) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[s]
}

// position is a place in a file, line and column counted from 1. Given says which
// variable was put in there, and is added to what is wrong with it.
type position struct {
	line, column int
	given        string
	// file is the number of the file among those that were read: 0 is the
	// scenario's own, the others are included.
	file int
}

// node is a part of the file. Trees are never changed once built: merging and
// substitution make new nodes, which keep the positions of what they are from.
type node struct {
	shape   shape
	at      position
	text    string // of a scalar
	quoted  bool
	entries []entry
	items   []*node
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	at    position
	value *node
}

// entry returns the entry of that key, or nil.
func (n *node) entry(key string) *entry {
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// get returns the value of that key, or nil.
func (n *node) get(key string) *node {
	if e := n.entry(key); e != nil {
		return e.value
	}
	return nil
}

// follow returns the value at the end of a path of keys, or nil.
func (n *node) follow(path []string) *node {
	for _, key := range path {
		if n = n.get(key); n == nil {
			return nil
		}
	}
	return n
}

// merge lays a patch over a tree: mappings are merged, and everything else
// replaces. Null replaces like any other value, so what it removes is still
// there as a key with nothing in it; readers pass it over, but know the place.
func merge(base, patch *node) *node {
	if base.shape != shapeMap || patch.shape != shapeMap {
		return patch
	}
	out := &node{shape: shapeMap, at: base.at, entries: make([]entry, 0, len(base.entries)+len(patch.entries))}
	for _, e := range base.entries {
		if p := patch.entry(e.key); p != nil {
			e = entry{p.key, p.at, merge(e.value, p.value)}
		}
		out.entries = append(out.entries, e)
	}
	for _, e := range patch.entries {
		if base.entry(e.key) == nil {
			out.entries = append(out.entries, e)
		}
	}
	return out
}

// setFile says in which file a tree stands.
func (n *node) setFile(file int) {
	n.at.file = file
	for i := range n.entries {
		n.entries[i].at.file = file
		n.entries[i].value.setFile(file)
	}
	for _, item := range n.items {
		item.setFile(file)
	}
}

// without returns a mapping without a key.
func (n *node) without(key string) *node {
	out := &node{shape: n.shape, at: n.at}
	for _, e := range n.entries {
		if e.key != key {
			out.entries = append(out.entries, e)
		}
	}
	return out
}

// walk visits the node and all below it.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, e := range n.entries {
		e.value.walk(visit)
	}
	for _, item := range n.items {
		item.walk(visit)
	}
}

// scalar returns the value of a scalar as a point has it: an int64, a bool or a
// string.
func (n *node) scalar() any {
	if !n.quoted {
		if v, err := strconv.ParseInt(n.text, 10, 64); err == nil && whole.MatchString(n.text) {
			return v
		}
		switch n.text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return n.text
}
