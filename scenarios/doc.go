// Package scenarios is the language in which a question is asked: it reads a
// scenario file and expands it to cases, each one strategy at one scan point.
//
//	file.yaml --> tree with positions --> patches merged --> variables put in
//	                                      (scan, strategy)         |
//	                                                               v
//	             Errors <-- checked as a whole <-- read by the fields, strictly
//	                                                               |
//	                                                               v
//	                                                         Scenario, []Case
//
// Every node of the tree remembers where it stands in the file, also after it
// was merged into another strategy or stands for a variable, so that every
// mistake has a line and a column. All mistakes of a file are reported at once.
//
// What may stand where is described once, in fields: a key with its type, its
// default, a sentence and an example, and the place in a Go value that it is
// read into. The decoder reads by them; [Schema], [Reference] and
// [SystemReference] write them down for editors and for people.
//
// What may stand under `system`, `app` and `faults` is not known here: it comes
// from the descriptors of the registry.
//
// A file is not trusted. Its size, its nesting, the number of its parts and of
// the cases that it multiplies to are bounded, so that any file is read or
// refused within a second.
package scenarios
