// Package edn reads EDN, the notation in which Clojure programs write data, one
// form at a time and in bounded memory.
//
//	bytes --> Reader.Next --> *Form: a tree of nodes, valid until the next call
//	             |
//	             '--> *SyntaxError: line, column, what is wrong
//
// It knows maps, vectors, lists, sets, keywords, symbols, strings, characters,
// numbers (with the suffixes N and M, ratios, other bases, ##Inf), nil, booleans,
// tagged literals, comments and discarded forms. What Clojure's printer writes
// beyond EDN and what stands in real histories is understood too: namespaced maps,
// regular expressions and variables. A number keeps its text where it does not fit
// an int64, so that nothing is rounded.
//
// Input may be hostile: the depth of nesting, the bytes and the nodes of a form are
// limited ([Limits]), and what is over them is an error like any other.
package edn
