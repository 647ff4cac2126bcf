package scenarios

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file, against hostile ones. The parser's time can grow with the
// square of the number of tokens: 20,000 take a fifth of a second.
const (
	maxFile   = 512 << 10
	maxDepth  = 40
	maxTokens = 20_000
)

// parse reads YAML into a tree. It adds what is wrong to ps and returns nil when
// there is no tree.
func parse(src []byte, ps *problems) *node {
	if len(src) > maxFile {
		ps.add(position{}, "the file has more than %s, and a scenario is far smaller", sizes.format(maxFile))
		return nil
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	ps.lines = strings.Split(text, "\n")
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
		addSyntax(err, ps)
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

// outside are the parts of YAML that the language leaves out.
var outside = map[token.Type]string{
	token.AnchorType:     "an anchor is not part of the language; write the value out, or use ${...} and `vars`",
	token.AliasType:      "an alias is not part of the language; write the value out, or use ${...} and `vars`",
	token.MergeKeyType:   "a merge key is not part of the language; write the keys out",
	token.TagType:        "a tag is not part of the language; leave it out",
	token.MappingKeyType: "a key with `?` is not part of the language; write `key: value`",
	token.DirectiveType:  "a directive is not part of the language; leave it out",
}

// checkTokens looks for what the language leaves out, and for what would take
// the parser long, before it begins.
func checkTokens(tokens token.Tokens, ps *problems) bool {
	before := ps.calls
	tokens = slices.DeleteFunc(slices.Clone(tokens), func(t *token.Token) bool { return t.Type == token.CommentType })
	if len(tokens) > maxTokens {
		ps.add(ofToken(tokens[maxTokens]), "the file has more than %d keys, values and marks, and a scenario is far smaller", maxTokens)
		return false
	}
	directive := false
	for i, t := range tokens {
		what := outside[t.Type]
		directive = directive || t.Type == token.DirectiveType
		switch {
		case what != "":
		case t.Type == token.DocumentHeaderType && i > 0 && !directive:
			what = "a second document; a file holds one scenario"
		case t.Type == token.DocumentEndType && i < len(tokens)-1:
			what = "the document ends here, and more follows; a file holds one scenario"
		case t.Type == token.MappingStartType && i > 0 && strings.HasSuffix(tokens[i-1].Value, "$"):
			what = "inside { } or [ ] a reference stands in quotes, as \"${name}\""
		}
		if what != "" {
			ps.add(ofToken(t), "%s", what)
		}
	}
	if at, deep := tooDeep(tokens); deep {
		ps.add(at, "nested deeper than %d levels", maxDepth)
	}
	return ps.calls == before
}

// tooDeep looks for nesting: of brackets, and of blocks by the columns at which
// their keys and dashes stand.
func tooDeep(tokens token.Tokens) (position, bool) {
	flow := 0
	var blocks []int
	for i, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingValueType:
			if flow > 0 {
				continue
			}
			column := t.Position.Column
			if t.Type == token.MappingValueType && i > 0 {
				column = tokens[i-1].Position.Column
			}
			for len(blocks) > 0 && blocks[len(blocks)-1] >= column {
				blocks = blocks[:len(blocks)-1]
			}
			blocks = append(blocks, column)
		}
		if flow+len(blocks) > maxDepth {
			return ofToken(t), true
		}
	}
	return position{}, false
}

// hints explain what the parser says about common mistakes.
var hints = []struct{ has, hint string }{
	{"found character '\t'", "a tab; indent with spaces"},
	{"mapping value is not allowed", "a second `key:` on one line; put a text with a colon in quotes, and a key on a line of its own"},
	{"value is not allowed in this context", "this stands at no level of what is above it; look at the spaces before it"},
	{"non-map value is specified", "a key without a value; write `key: value`"},
}

func addSyntax(err error, ps *problems) {
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
	for _, h := range hints {
		if strings.Contains(message, h.has) {
			message = h.hint
			break
		}
	}
	ps.add(ofToken(syntax.GetToken()), "not valid YAML: %s", message)
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
