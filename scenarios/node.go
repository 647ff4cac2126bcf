package scenarios

import (
	"strconv"
	"strings"
)

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

// position is a place in the file, both counted from 1.
type position struct{ line, column int }

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

func (n *node) get(key string) *node {
	for i := range n.entries {
		if n.entries[i].key == key {
			return n.entries[i].value
		}
	}
	return nil
}

// merge lays a patch over a tree: mappings are merged, null removes, and
// everything else replaces.
func merge(base, patch *node) *node {
	if patch == nil {
		return base
	}
	if base == nil || base.shape != shapeMap || patch.shape != shapeMap {
		return patch
	}
	out := &node{shape: shapeMap, at: base.at}
	for _, e := range base.entries {
		p := patch.get(e.key)
		switch {
		case p == nil:
			out.entries = append(out.entries, e)
		case p.shape != shapeNull:
			out.entries = append(out.entries, entry{e.key, e.at, merge(e.value, p)})
		}
	}
	for _, e := range patch.entries {
		if base.get(e.key) == nil && e.value.shape != shapeNull {
			out.entries = append(out.entries, e)
		}
	}
	return out
}

// variable is a name with the scalar that stands for it.
type variable struct {
	name  string
	value *node
}

// substitute replaces every ${name}. A scalar that is nothing but ${name}
// becomes the variable's value with its type; inside a longer text the value's
// text is put in. Names that are not given are reported.
func substitute(n *node, vars []variable, unknown func(name string, at position)) *node {
	switch n.shape {
	case shapeScalar:
		return substituteScalar(n, vars, unknown)
	case shapeMap:
		out := &node{shape: shapeMap, at: n.at, entries: make([]entry, len(n.entries))}
		for i, e := range n.entries {
			out.entries[i] = entry{e.key, e.at, substitute(e.value, vars, unknown)}
		}
		return out
	case shapeList:
		out := &node{shape: shapeList, at: n.at, items: make([]*node, len(n.items))}
		for i, item := range n.items {
			out.items[i] = substitute(item, vars, unknown)
		}
		return out
	}
	return n
}

func substituteScalar(n *node, vars []variable, unknown func(name string, at position)) *node {
	names := references(n.text)
	if len(names) == 0 {
		return n
	}
	out := &node{shape: shapeScalar, at: n.at, text: n.text, quoted: n.quoted}
	for _, name := range names {
		value := lookup(vars, name)
		if value == nil {
			unknown(name, n.at)
			continue
		}
		if n.text == "${"+name+"}" {
			out.text, out.quoted = value.text, value.quoted
			return out
		}
		out.text = strings.ReplaceAll(out.text, "${"+name+"}", value.text)
	}
	return out
}

func lookup(vars []variable, name string) *node {
	for _, v := range vars {
		if v.name == name {
			return v.value
		}
	}
	return nil
}

// references returns the names in the ${...} of a text.
func references(text string) []string {
	var out []string
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return out
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			return out
		}
		out = append(out, text[i+2:i+j])
		text = text[i+j+1:]
	}
}

// uses says whether the tree refers to a variable.
func (n *node) uses(name string) bool {
	switch n.shape {
	case shapeScalar:
		return strings.Contains(n.text, "${"+name+"}")
	case shapeMap:
		for _, e := range n.entries {
			if e.value.uses(name) {
				return true
			}
		}
	case shapeList:
		for _, item := range n.items {
			if item.uses(name) {
				return true
			}
		}
	}
	return false
}

// scalar returns the value of a scalar as a point has it: an int64, a bool or a
// string.
func (n *node) scalar() any {
	if !n.quoted {
		if v, err := strconv.ParseInt(n.text, 10, 64); err == nil {
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
