// Package scenarios is the language in which a question is asked: it reads a
// scenario file and expands it to cases, each one strategy at one scan point.
//
//	file.yaml --> tree with positions --> patches merged --> variables put in
//	                                      (scan, strategy)         |
//	                                                               v
//	             Errors <-- checked against the registry <-- decoded strictly
//	                                                               |
//	                                                               v
//	                                                         Scenario, []Case
//
// Every node of the tree remembers where it stands in the file, also after it
// was merged into another strategy, so that every error names its line and
// column. All errors of a file are reported at once.
//
// What may stand under `system`, `app` and `faults` is not known here: it comes
// from the descriptors of the registry.
package scenarios
