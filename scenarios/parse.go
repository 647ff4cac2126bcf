package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFile bounds the size of a file.
const maxFile = 512 << 10

// parse reads YAML into a tree. It adds what is wrong to ps and returns nil when
// there is no tree.
func parse(src []byte, ps *problems) *node {
	if len(src) > maxFile {
		ps.add(position{}, "the file has more than %s, and a scenario is far smaller", sizes.format(maxFile))
		return nil
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	ps.files[ps.reading].lines = strings.Split(text, "\n")
	if at, what := unreadable(text); what != "" {
		ps.add(at, "%s", what)
		return nil
	}
	tokens := lexer.Tokenize(text)
	if !checkTokens(tokens, ps) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		addSyntax(err, tokens, ps)
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		ps.add(position{}, "the file is empty; a scenario begins with `orderlab: 1`")
		return nil
	}
	return convert(file.Docs[0].Body, ps, 0)
}

// unreadable finds what is no text.
func unreadable(text string) (position, string) {
	at := position{line: 1, column: 1}
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return at, "the file is not valid UTF-8"
		case r < ' ' && r != '\t' && r != '\n', r == 0x7f:
			return at, "a control character, which a scenario has no use for"
		case r == '\n':
			at.line, at.column = at.line+1, 0
		}
		at.column++
	}
	return at, ""
}

// hints explain what the parser says about common mistakes.
var hints = []struct{ has, hint string }{
	{"found character '\t'", "a tab; indent with spaces"},
	{"mapping value is not allowed", "a second `key:` where a value has begun, on this line or on one below that stands further " +
		"to the right; put a text with a colon in quotes, and keys of one mapping below each other"},
	{"value is not allowed in this context", "this stands at no level of what is above it; look at the spaces before it"},
	{"non-map value is specified", "a key without a value; write `key: value`"},
	{"end character of double-quoted text", "a text begins with \" and has no \" at its end"},
	{"end character of single-quoted text", "a text begins with ' and has no ' at its end"},
}

func addSyntax(err error, tokens token.Tokens, ps *problems) {
	var syntax interface {
		error
		GetMessage() string
		GetToken() *token.Token
	}
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		ps.add(position{}, "not valid YAML: %v", err)
		return
	}
	message := syntax.GetMessage()
	if strings.Contains(message, "',' or '") {
		open, what := unclosed(tokens, syntax.GetToken())
		ps.add(open, "not valid YAML: %s", what)
		return
	}
	for _, h := range hints {
		if strings.Contains(message, h.has) {
			message = h.hint
			break
		}
	}
	ps.add(ofToken(syntax.GetToken()), "not valid YAML: %s", message)
}

// unclosed says what is wrong with a mapping or a list in brackets in which something
// stands that cannot, and where: at the bracket, when its line ended before that.
func unclosed(tokens token.Tokens, wrong *token.Token) (position, string) {
	at := ofToken(wrong)
	var open []*token.Token
	for _, t := range tokens {
		if p := ofToken(t); p.line > at.line || p.line == at.line && p.column >= at.column {
			break
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			open = append(open, t)
		case token.MappingEndType, token.SequenceEndType:
			open = open[:max(0, len(open)-1)]
		}
	}
	if len(open) == 0 {
		return at, "a bracket above is not closed, or a `,` is missing in it"
	}
	last := open[len(open)-1]
	if bracket := ofToken(last); bracket.line < at.line {
		return bracket, fmt.Sprintf("this `%s` is not closed, or a `,` is missing before line %d", last.Value, at.line)
	}
	return at, fmt.Sprintf("a `,` is missing before this, or the `%s` is not closed", last.Value)
}

func ofToken(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{line: t.Position.Line, column: t.Position.Column}
}

// where returns the position of a node: of a block mapping, of its first key.
func where(n ast.Node) position {
	switch n := n.(type) {
	case nil:
		return position{}
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
	if depth > 2*maxDepth {
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
		out.shape, out.text = shapeScalar, n.Value
		out.quoted = n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		out.shape, out.text, out.quoted = shapeScalar, n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.shape, out.text = shapeScalar, n.GetToken().Value
	default:
		ps.add(at, "a scenario has mappings, lists and single values, and here is something else")
	}
	return out
}

func convertEntry(out *node, v *ast.MappingValueNode, ps *problems, depth int) {
	t := v.Key.GetToken()
	at := ofToken(t)
	switch first := out.entry(t.Value); {
	case first != nil:
		ps.add(at, "%s is given twice; it stands in line %d already", quote(t.Value), first.at.line)
	case refers(t.Value):
		ps.misreferred = true
		ps.add(at, "a key cannot have a reference; only values can")
	default:
		out.entries = append(out.entries, entry{t.Value, at, convert(v.Value, ps, depth+1)})
	}
}
