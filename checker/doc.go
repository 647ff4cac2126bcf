// Package checker decides guarantees on histories: of simulated runs, of
// recordings of real systems. It knows no broker and no engine.
//
//	history --> index (one pass) --+--> per-key-order, no-regression
//	                               +--> per-key-realtime-order
//	                               +--> no-loss, no-duplicates
//	                               +--> partition-order
//	                               '--> linearizable-log (porcupine, in a budget)
//	                                          |
//	                                          v
//	                       Verdict: holds | violated + witness | unknown
//
// # Orders
//
// The order that is asked for is that of sending: of one producer session
// (per-key-order), or in real time of any producers (per-key-realtime-order).
// It is judged at the sinks: message a was overtaken by b when a was sent before
// b and the first effect of a came after the first effect of b. Effects are
// ordered by their end, and effects of one instant by their place in the history.
//
// All orders and the counts of loss and duplication take time linear in the
// number of operations, without a map on the way; only the groups of messages in
// which something was overtaken are looked at again, in n log n.
//
// # Witnesses
//
// A violated verdict carries the fewest operations that show it: without any one
// of them the rest shows no violation. Of all pairs that break an order the one
// is taken that was sent closest together, and of those the first.
package checker
