package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// decoder reads trees into the types of the language and collects mistakes.
type decoder struct {
	ps  *problems
	reg *Registry
	// body are the parts of a case, in the order in which they are read: a part
	// may look at those before it.
	body []field[Case]
	// includes reads the files that the scenario names.
	includes *includes
	// The case that is being read, and its system, nil while that is not known.
	c      *Case
	system *model.System
	// named has the roles of the case's nodes, see [decoder.roles]; kinds the faults
	// of the systems.
	named map[string]*model.Role
	kinds map[*model.System][]model.FaultKind
	// places has where keys stand, nil until that is asked; see [decoder.elsewhere].
	places map[string][]string
}

func newDecoder(reg *Registry, ps *problems) *decoder {
	return &decoder{ps: ps, reg: reg, body: bodyFields(reg), kinds: make(map[*model.System][]model.FaultKind)}
}

// mapping reads a mapping that has these keys and no others. Title calls it in
// messages, as `a phase`; without one its key does.
func mapping[T any](title string, fields []field[T]) value[T] {
	return value[T]{
		spec{kind: kindMapping, keys: keysOf(fields)},
		func(d *decoder, n *node, what string, out *T) {
			if title != "" {
				what = title
			}
			readMapping(d, n, what, fields, out)
		},
	}
}

// single is a mapping that has exactly one of its keys. Forms are examples.
func single[T any](fields []field[T], forms string) value[T] {
	v := mapping("", fields)
	v.spec.single = true
	all := names(v.spec.keys)
	read := v.read
	v.read = func(d *decoder, n *node, what string, out *T) {
		if n.shape != shapeMap {
			d.ps.add(n.at, "%s is %s, and here is %v", what, forms, n.shape)
			return
		}
		var given []string
		at, empty := n.at, true
		for _, e := range n.entries {
			switch {
			case e.value.shape == shapeNull:
				at = e.at
			case slices.Contains(all, e.key):
				given = append(given, e.key)
				fallthrough
			default:
				empty = false
			}
		}
		read(d, n, what, out)
		switch {
		case empty:
			if d.ps.calls++; !d.ps.has(at) {
				d.ps.add(at, "%s is empty; it is %s", what, forms)
			}
		case len(given) > 1:
			last := given[len(given)-1]
			d.ps.add(locate(n, last), "%s is one of %s, and here are %s; a patch takes one away with `%s: null`",
				what, strings.Join(all, ", "), strings.Join(given, " and "), given[0])
		}
	}
	return v
}

// readMapping reads the entries into out, in the order of the fields. An entry
// with nothing in it is one that a patch removed, and counts as not given.
func readMapping[T any](d *decoder, n *node, what string, fields []field[T], out *T) {
	if n.shape != shapeMap {
		d.ps.add(n.at, "%s is a mapping, and here is %v", what, n.shape)
		return
	}
	known := func(name string) bool {
		return slices.ContainsFunc(fields, func(f field[T]) bool { return f.key.name == name })
	}
	for _, e := range n.entries {
		if !known(e.key) && !d.ps.full() {
			d.ps.add(e.at, "%s is not a key of %s%s", quote(e.key), what, d.unknownKey(e.key, keysOf(fields)))
		}
	}
	for _, f := range fields {
		e := n.entry(f.key.name)
		switch {
		case e != nil && e.value.shape != shapeNull && f.key.unused != nil:
			d.unusedSetting(e, f.key.unused)
		case e != nil && e.value.shape != shapeNull:
			if f.read != nil {
				f.read(d, e.value, out)
			}
		case f.key.required && e != nil:
			if d.ps.calls++; !d.ps.has(e.at) {
				d.ps.add(e.at, "%s lacks %q, which is removed here", what, f.key.name)
			}
		case f.key.required:
			d.ps.add(n.at, "%s lacks %q%s", what, f.key.name, example(f.key))
		}
	}
}

// example is the end of a sentence about a key that is missing.
func example(k key) string {
	if k.example == "" {
		return ""
	}
	return fmt.Sprintf(", as `%s: %s`", k.name, k.example)
}

// list reads a list of least to most items; most 0 means no bound.
func list[V any](item value[V], least, most int, form string) value[[]V] {
	return value[[]V]{
		spec{kind: kindList, item: &item.spec, min: int64(least), max: int64(most)},
		func(d *decoder, n *node, what string, out *[]V) {
			switch {
			case n.shape != shapeList:
				d.ps.add(n.at, "%s is a list, as %s, and here is %v", what, form, n.shape)
				return
			case len(n.items) < least || most > 0 && len(n.items) > most:
				d.ps.add(n.at, "%s has %s, and this one has %d", what, howMany(least, most), len(n.items))
				return
			}
			*out = slices.Grow(*out, len(n.items))
			for _, i := range n.items {
				var v V
				item.read(d, i, "an item of "+what, &v)
				*out = append(*out, v)
			}
		},
	}
}

// howMany says how many items there may be.
func howMany(least, most int) string {
	switch {
	case least == most && most == 1:
		return "one item"
	case least == most:
		return fmt.Sprintf("%d items", least)
	case most == 0:
		return fmt.Sprintf("at least %s", howMany(least, least))
	}
	return fmt.Sprintf("%d to %d items", least, most)
}

// oneOrList reads a list; one item alone is a list of one.
func oneOrList[V any](item value[V], form string) value[[]V] {
	all := list(item, 1, 0, form)
	return value[[]V]{
		spec{kind: kindEither, either: []spec{all.spec, item.spec}},
		func(d *decoder, n *node, what string, out *[]V) {
			if n.shape == shapeScalar {
				var v V
				item.read(d, n, what, &v)
				*out = append(*out, v)
				return
			}
			all.read(d, n, what, out)
		},
	}
}

// named is an entry of a mapping of names.
type named[V any] struct {
	name  string
	value V
}

// mappingOf reads a mapping of any names.
func mappingOf[V any](item value[V], form string) value[[]named[V]] {
	return value[[]named[V]]{
		spec{kind: kindNames, item: &item.spec},
		func(d *decoder, n *node, what string, out *[]named[V]) {
			if n.shape != shapeMap {
				d.ps.add(n.at, "%s maps names, as %s, and here is %v", what, form, n.shape)
				return
			}
			for _, e := range n.entries {
				if e.value.shape == shapeNull || !d.name(e.key, e.at, "a name in "+what) {
					continue
				}
				var v V
				item.read(d, e.value, e.key, &v)
				*out = append(*out, named[V]{e.key, v})
			}
		},
	}
}

// locate returns where a path of keys ends in a tree, or as far as it goes.
func locate(n *node, path ...string) position {
	at := n.at
	for _, key := range path {
		e := n.entry(key)
		if e == nil {
			return at
		}
		at, n = e.at, e.value
	}
	return at
}
