package scenarios

import (
	"regexp"
	"strconv"
	"strings"
)

// treeWriter writes trees as YAML.
type treeWriter struct{ writer }

// flowWidth is how wide a mapping or a list on one line may be.
const flowWidth = 100

// entry writes a key with its value, on one line where that is short.
func (w *treeWriter) entry(indent int, key string, n *node) {
	text := flow(n)
	short := n.shape == shapeScalar || n.shape == shapeNull || 2*indent+len(key)+len(text) < flowWidth
	switch {
	case short && indent > 0, n.shape != shapeMap && n.shape != shapeList, len(n.entries)+len(n.items) == 0:
		w.line(indent, "%s: %s", plainKey(key), text)
	case n.shape == shapeMap:
		w.line(indent, "%s:", plainKey(key))
		for _, e := range n.entries {
			w.entry(indent+1, e.key, e.value)
		}
	default:
		w.list(indent, key, n)
	}
}

func (w *treeWriter) list(indent int, key string, n *node) {
	if text := flow(n); len(key)+len(text) < flowWidth && !deep(n) {
		w.line(indent, "%s: %s", plainKey(key), text)
		return
	}
	w.line(indent, "%s:", plainKey(key))
	for _, item := range n.items {
		w.line(indent+1, "- %s", flow(item))
	}
}

// deep says whether a list has items that are no single values.
func deep(n *node) bool {
	for _, item := range n.items {
		if item.shape != shapeScalar {
			return true
		}
	}
	return false
}

// flow writes a tree on one line.
func flow(n *node) string {
	var parts []string
	switch n.shape {
	case shapeMap:
		for _, e := range n.entries {
			parts = append(parts, plainKey(e.key)+": "+flow(e.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case shapeList:
		for _, item := range n.items {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case shapeScalar:
		return scalarText(n)
	}
	return "null"
}

// plainForm is a text that YAML reads as it stands, everywhere, and plainWords those
// that it reads as something else.
var (
	plainForm  = regexp.MustCompile(`^[\pL\pN/.](?:[\pL\pN/._%+-]|[ ][\pL\pN/.(])*$`)
	plainWords = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n|~|\.inf|\.nan)$`)
	numberForm = regexp.MustCompile(`^-?[0-9][0-9.]*$`)
)

// scalarText writes a single value so that it is read with the same type.
func scalarText(n *node) string {
	switch {
	case n.quoted:
		return strconv.Quote(n.text)
	case plainForm.MatchString(n.text) && !plainWords.MatchString(n.text), numberForm.MatchString(n.text),
		n.text == "true", n.text == "false":
		return n.text
	}
	return strconv.Quote(n.text)
}

func plainKey(key string) string {
	if plainForm.MatchString(key) && !plainWords.MatchString(key) {
		return key
	}
	return strconv.Quote(key)
}
