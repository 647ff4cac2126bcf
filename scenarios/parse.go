package scenarios

import (
	"errors"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file, against hostile ones.
const (
	maxFile  = 1 << 20
	maxDepth = 40
)

// parse reads YAML into a tree. It adds what is wrong to ps and returns nil when
// there is no tree.
func parse(src []byte, ps *problems) *node {
	switch {
	case len(src) > maxFile:
		ps.add(position{1, 1}, "the file has %d bytes; a scenario has at most %d", len(src), maxFile)
		return nil
	case !utf8.Valid(src):
		ps.add(invalidAt(src), "the file is not valid UTF-8")
		return nil
	}
	if at, deep := tooDeep(src); deep {
		ps.add(at, "nested deeper than %d levels", maxDepth)
		return nil
	}
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		addSyntax(err, ps)
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		ps.add(position{1, 1}, "the file is empty; a scenario begins with `orderlab: 1`")
		return nil
	}
	if len(file.Docs) > 1 {
		ps.add(where(file.Docs[1].Body), "a second document; a file holds one scenario")
		return nil
	}
	return convert(file.Docs[0].Body, ps, 0)
}

// tooDeep looks for nesting before the parser does, which would recurse into it.
func tooDeep(src []byte) (position, bool) {
	at, depth, indent, fresh := position{1, 1}, 0, 0, true
	for _, c := range src {
		switch {
		case c == '\n':
			at.line, at.column, indent, fresh = at.line+1, 0, 0, true
		case fresh && (c == ' ' || c == '-'):
			indent++
		case c == '[' || c == '{':
			depth++
			fresh = false
		case c == ']' || c == '}':
			depth = max(0, depth-1)
			fresh = false
		default:
			fresh = false
		}
		at.column++
		if depth > maxDepth || indent > 16*maxDepth {
			return at, true
		}
	}
	return position{}, false
}

func invalidAt(src []byte) position {
	at := position{1, 1}
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			break
		}
		at.column++
		if r == '\n' {
			at.line, at.column = at.line+1, 1
		}
		src = src[n:]
	}
	return at
}

func addSyntax(err error, ps *problems) {
	var syntax interface {
		error
		GetMessage() string
		GetToken() *token.Token
	}
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		ps.add(ofToken(syntax.GetToken()), "not valid YAML: %s", syntax.GetMessage())
		return
	}
	ps.add(position{1, 1}, "not valid YAML: %v", err)
}

func ofToken(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{t.Position.Line, t.Position.Column}
}

// where returns the position of a node: of a mapping, of its first key.
func where(n ast.Node) position {
	switch n := n.(type) {
	case nil:
		return position{1, 1}
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return where(n.Values[0])
		}
	case *ast.MappingValueNode:
		return ofToken(n.Key.GetToken())
	}
	return ofToken(n.GetToken())
}

func convert(n ast.Node, ps *problems, depth int) *node {
	at := where(n)
	out := &node{at: at}
	if depth > maxDepth {
		ps.add(at, "nested deeper than %d levels", maxDepth)
		return out
	}
	switch n := n.(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		out.shape = shapeMap
		for _, v := range n.Values {
			convertEntry(out, v, ps, depth)
		}
	case *ast.MappingValueNode:
		out.shape = shapeMap
		convertEntry(out, n, ps, depth)
	case *ast.SequenceNode:
		out.shape = shapeList
		for _, v := range n.Values {
			out.items = append(out.items, convert(v, ps, depth+1))
		}
	case *ast.StringNode:
		out.shape, out.text, out.quoted = shapeScalar, n.Value, n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		out.shape, out.text, out.quoted = shapeScalar, n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.shape, out.text = shapeScalar, n.GetToken().Value
	default:
		ps.add(at, "anchors, aliases, merge keys and tags are not part of the language; write the value out")
	}
	return out
}

func convertEntry(out *node, v *ast.MappingValueNode, ps *problems, depth int) {
	at := ofToken(v.Key.GetToken())
	if _, ok := v.Key.(*ast.MergeKeyNode); ok {
		ps.add(at, "anchors, aliases, merge keys and tags are not part of the language; write the value out")
		return
	}
	key := v.Key.GetToken().Value
	if out.get(key) != nil {
		ps.add(at, "%q is given twice", key)
		return
	}
	out.entries = append(out.entries, entry{key, at, convert(v.Value, ps, depth+1)})
}
