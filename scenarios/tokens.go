package scenarios

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Limits of a file's parts, against hostile ones. The parser's time grows with
// the number of tokens, and with the square of the keys of one mapping and of
// the keys without a value.
const (
	maxTokens = 100_000
	maxDepth  = 40
	maxKeysOf = 1_000
	maxBlank  = 1_000
)

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
		ps.add(ofToken(tokens[maxTokens]), "the file has more than %d keys, values and marks, and a scenario is far smaller",
			maxTokens)
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
	(&nesting{ps: ps}).check(tokens)
	return ps.calls == before
}

// nesting follows tokens into mappings and lists, before the parser does.
type nesting struct {
	ps     *problems
	levels []level
	blank  int
}

// level is a mapping or a list that is open: in brackets, or a block whose keys
// or dashes stand at a column.
type level struct {
	column int  // 0 in brackets
	list   bool // in [ ]
	keys   int
}

// check reports the first thing of which there is too much.
func (n *nesting) check(tokens token.Tokens) {
	for i, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			n.levels = append(n.levels, level{list: t.Type == token.SequenceStartType})
		case token.MappingEndType, token.SequenceEndType:
			n.closeBrackets()
		case token.CollectEntryType: // a key needs no value in brackets
			n.key(0)
		case token.SequenceEntryType:
			n.block(t.Position.Column)
			n.value(tokens, i, t.Position.Column)
		case token.MappingValueType:
			column := tokens[max(0, i-1)].Position.Column
			n.block(column)
			n.key(column)
			n.value(tokens, i, column)
		}
		top := level{}
		if len(n.levels) > 0 {
			top = n.levels[len(n.levels)-1]
		}
		switch {
		case len(n.levels) > maxDepth:
			n.ps.add(ofToken(t), "nested deeper than %d levels", maxDepth)
		case top.keys > maxKeysOf:
			n.ps.add(ofToken(t), "a mapping has more than %d keys", maxKeysOf)
		case n.blank > maxBlank:
			n.ps.add(ofToken(t), "more than %d keys or items have no value", maxBlank)
		default:
			continue
		}
		return
	}
}

func (n *nesting) inBrackets() bool {
	return len(n.levels) > 0 && n.levels[len(n.levels)-1].column == 0
}

func (n *nesting) closeBrackets() {
	if n.inBrackets() {
		n.levels = n.levels[:len(n.levels)-1]
	}
}

// block goes to the block of a column, and out of those further to the right.
func (n *nesting) block(column int) {
	if n.inBrackets() {
		return
	}
	for len(n.levels) > 0 && n.levels[len(n.levels)-1].column > column {
		n.levels = n.levels[:len(n.levels)-1]
	}
	if len(n.levels) == 0 || n.levels[len(n.levels)-1].column < column {
		n.levels = append(n.levels, level{column: column})
	}
}

// key counts a key of the innermost mapping.
func (n *nesting) key(column int) {
	if len(n.levels) == 0 || n.inBrackets() != (column == 0) {
		return
	}
	if top := &n.levels[len(n.levels)-1]; !top.list {
		top.keys++
	}
}

// value looks whether something follows a colon or a dash.
func (n *nesting) value(tokens token.Tokens, i, column int) {
	if i+1 == len(tokens) {
		n.blank++
		return
	}
	here, next := tokens[i].Position, tokens[i+1]
	switch next.Type {
	case token.CollectEntryType, token.MappingEndType, token.SequenceEndType:
		n.blank++
	default:
		if next.Position.Line > here.Line && next.Position.Column <= column {
			n.blank++
		}
	}
}
