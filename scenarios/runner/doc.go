// Package runner makes one run: it builds the world of a case, drives its
// workload and its faults, hands the history to the checker, and turns what came
// out into a [result.Run].
//
//	case, seed --> Runner --------------------------------.
//	                 |  engine, history: reused            |
//	                 v                                     v
//	   workload --> World (model/<system>) --> history --> checker
//	   faults   -->                               |           |
//	                                              v           v
//	                                           metrics     verdicts --> result.Run
//
// A run is one goroutine and has no clock but the engine's. The caller cancels
// between steps.
package runner
