// Package tidy holds the repository to its own rules. It is made of tests: what
// it finds fails `go test ./internal/tidy` with the place and the reason.
//
//	repository --> files --+--> Prose        every text file: words, paths, marks
//	                       +--> Style        every Go file, from its syntax tree
//	                       '--> Determinism  the simulated packages, from their
//	                            types: nothing that could differ between two
//	                            runs of one seed
//	                       |
//	                       v
//	                    []Finding      file:line: what to do (rule)
//
// # What may not be in a simulated package
//
// In sim, model/... and scenarios/runner a run is one goroutine and its outcome a
// pure function of the scenario and the seed. So there are no goroutines, selects,
// channels and locks; no clock, environment or source of randomness of the
// machine; no order that a map chose; no variable that one run could leave to
// the next; no file that only some architectures compile. In sim and model there
// is no floating point either, because it is not the same on every architecture.
// [Determinism] reads syntax trees and types, so that an alias, a type parameter
// or a value of another package hides nothing. A map may be read, and its
// contents may be listed by slices.Sorted(maps.Keys(m)); that is the one helper.
//
// Tests of these packages may do as they like; the generator of the samplers'
// tables, sim/internal/tables, may compute in floating point, because only
// the integers that it writes are part of the program.
//
// # Each rule is tested
//
// The directories below testdata hold an example of everything that is
// forbidden, with the rule's name in a comment `// want "rule"` at its line. A
// rule that stops finding its example fails, and so does one that finds more.
package tidy
