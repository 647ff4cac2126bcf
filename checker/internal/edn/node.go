package edn

import (
	"strconv"
	"unsafe"
)

// Kind says what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Nil     Kind = iota + 1
	Bool         // Int is 0 or 1
	Int          // a whole number that fits Int
	Number       // any other number; Text as it was written
	Char         // Text is the character
	String       // Text without quotes and escapes
	Keyword      // Text without the colon
	Symbol
	List
	Vector
	Map // children are keys and values in turn
	Set
	Tagged // Text is the tag; its one child is what it tags
)

var kindNames = [...]string{
	Nil: "nil", Bool: "a boolean", Int: "a whole number", Number: "a number", Char: "a character",
	String: "a string", Keyword: "a keyword", Symbol: "a symbol", List: "a list", Vector: "a vector",
	Map: "a map", Set: "a set", Tagged: "a tagged value",
}

// String returns the kind in words, as an error message needs them.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "nothing"
	}
	return kindNames[k]
}

// NodeID is the number of a node in its form; 0 is the outermost.
type NodeID int32

// None is the absence of a node.
const None NodeID = -1

// Node is one value of a form.
type Node struct {
	Kind        Kind
	Int         int64
	First, Next NodeID // first child and next sibling, or None
	Line        int32  // where it begins, from 1
	Column      int32  // in bytes, from 1
	from, to    int32  // of its text
}

// Form is a value with all that is in it.
type Form struct {
	nodes []Node
	text  []byte
}

// Node returns a node of the form.
func (f *Form) Node(id NodeID) *Node { return &f.nodes[id] }

// Bytes returns the memory that the form keeps for its nodes and their texts, in bytes.
func (f *Form) Bytes() int64 {
	return int64(cap(f.nodes))*int64(unsafe.Sizeof(Node{})) + int64(cap(f.text))
}

// Text returns the text of a node; see the kinds for what it is.
func (f *Form) Text(id NodeID) []byte {
	n := &f.nodes[id]
	return f.text[n.from:n.to]
}

// Untag returns what is tagged, however often, or the node itself.
func (f *Form) Untag(id NodeID) NodeID {
	for f.nodes[id].Kind == Tagged {
		id = f.nodes[id].First
	}
	return id
}

// Name returns the text of a keyword, a string or a symbol; ok is false for
// anything else.
func (f *Form) Name(id NodeID) (name []byte, ok bool) {
	switch f.nodes[id].Kind {
	case Keyword, String, Symbol:
		return f.Text(id), true
	}
	return nil, false
}

// Sequential says whether a node is a vector or a list, which EDN holds equal.
func (n *Node) Sequential() bool { return n.Kind == Vector || n.Kind == List }

// Append writes a node as EDN in one way for all that EDN holds equal, but for
// maps and sets, whose elements stay in the order in which they were written.
func (f *Form) Append(dst []byte, id NodeID) []byte {
	n := &f.nodes[id]
	switch n.Kind {
	case Nil:
		return append(dst, "nil"...)
	case Bool:
		return strconv.AppendBool(dst, n.Int == 1)
	case Int:
		return strconv.AppendInt(dst, n.Int, 10)
	case Char:
		return append(append(dst, '\\'), f.Text(id)...)
	case String:
		return strconv.AppendQuote(dst, string(f.Text(id)))
	case Keyword:
		return append(append(dst, ':'), f.Text(id)...)
	case List, Vector:
		return f.appendAll(dst, "[", n, ']')
	case Map:
		return f.appendAll(dst, "{", n, '}')
	case Set:
		return f.appendAll(dst, "#{", n, '}')
	case Tagged:
		dst = append(append(append(dst, '#'), f.Text(id)...), ' ')
		return f.Append(dst, n.First)
	}
	return append(dst, f.Text(id)...) // a number or a symbol
}

func (f *Form) appendAll(dst []byte, open string, n *Node, closing byte) []byte {
	dst = append(dst, open...)
	for child := n.First; child != None; child = f.nodes[child].Next {
		if child != n.First {
			dst = append(dst, ' ')
		}
		dst = f.Append(dst, child)
	}
	return append(dst, closing)
}
