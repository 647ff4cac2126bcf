package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// variable is a name with the scalar that stands for it.
type variable struct {
	name  string
	at    position
	value *node
}

// maxText bounds a text after variables were put in.
const maxText = 1 << 16

// piece is a part of a text: as it stands, or a reference ${name}.
type piece struct {
	text      string
	reference bool
}

// pieces splits a text at its references. ok is false when one is not closed.
func pieces(text string) (out []piece, ok bool) {
	for text != "" {
		i := strings.Index(text, "${")
		if i < 0 {
			return append(out, piece{text, false}), true
		}
		if i > 0 {
			out = append(out, piece{text[:i], false})
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			return out, false
		}
		out = append(out, piece{text[i+2 : i+j], true})
		text = text[i+j+1:]
	}
	return out, true
}

// refers says whether a text has a reference, closed or not.
func refers(text string) bool { return strings.Contains(text, "${") }

// substitution puts variables into trees.
type substitution struct {
	vars []variable
	// unknown reports a name that is not given.
	unknown func(name string, at position)
	// wrong reports anything else.
	wrong func(at position, format string, args ...any)
}

// apply replaces every ${name} in the values of a tree; keys have none. What has
// no reference stays the node that it is, since most of a file is like that and each
// of its cases has a tree.
func (s *substitution) apply(n *node) *node {
	out := n
	for i, e := range n.entries {
		if v := s.apply(e.value); v != e.value {
			if out == n {
				out = &node{shape: n.shape, at: n.at, entries: slices.Clone(n.entries)}
			}
			out.entries[i].value = v
		}
	}
	for i, item := range n.items {
		if v := s.apply(item); v != item {
			if out == n {
				out = &node{shape: n.shape, at: n.at, items: slices.Clone(n.items)}
			}
			out.items[i] = v
		}
	}
	if n.shape == shapeScalar {
		return s.scalar(n)
	}
	return out
}

// scalar replaces the references of a single value. One that is nothing but
// ${name} becomes the variable's value with its type; inside a longer text the
// value's text is put in, and the whole is a text.
func (s *substitution) scalar(n *node) *node {
	if !refers(n.text) {
		return n
	}
	parts, ok := pieces(n.text)
	if !ok {
		s.wrong(n.at, "%s has a ${ without its }", quote(n.text))
		return n
	}
	out := &node{shape: shapeScalar, at: n.at, quoted: true}
	var b strings.Builder
	for _, p := range parts {
		if !p.reference {
			b.WriteString(p.text)
			continue
		}
		value := s.value(p.text)
		if value == nil {
			s.unknown(p.text, n.at)
			return n
		}
		b.WriteString(value.text)
		out.at.given = fmt.Sprintf("${%s} is %s here", p.text, clip(value.text))
		if len(parts) == 1 {
			out.quoted = value.quoted
		}
		if b.Len() > maxText {
			s.wrong(n.at, "the text is longer than %d bytes once its variables are put in", maxText)
			return n
		}
	}
	out.text = b.String()
	return out
}

func (s *substitution) value(name string) *node {
	for _, v := range s.vars {
		if v.name == name {
			return v.value
		}
	}
	return nil
}
