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
//
// Because every decision has a name that does not depend on what else is in a run
// (see [sim.ID]), a run can be made again with a little less in it. So
// [Runner.Explain] names the faults without which a broken guarantee holds, and
// [Runner.Explicit] gives a run as a case that can be shrunk.
package runner
