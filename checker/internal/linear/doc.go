// Package linear decides whether operations on a register or a FIFO queue whose
// values are distinct have a linearization, in the time of a sort.
//
// It knows spans of time and no history: the checker says what the operations
// are, and turns what was found wrong into a witness. An operation comes before
// another when it ended at an earlier nanosecond than the other began; spans that
// touch are concurrent.
//
//	Queue      a: enq [--]            deq [--]     b was in the queue after a
//	           b:        enq [--] deq [--]         and came out before it
//
//	Zones      a: write [--]        read [--]      a is surely the value from the
//	           b:           write [--]             first end to the last begin
//	                  a: |===zone===|              of its operations
//
// What is not known is told by times: [Never] is the end of what has no end, and
// the begin of what did not happen.
//
// Reference: Gibbons and Korach, Testing Shared Memories, 1997 (registers);
// Henzinger, Sezgin and Vafeiadis, Aspect-Oriented Linearizability Proofs, 2013
// (queues: no other violation exists than the ones looked for here).
package linear

import "math"

// Never is later than everything, Ever earlier.
const (
	Never int64 = math.MaxInt64
	Ever  int64 = math.MinInt64
)
