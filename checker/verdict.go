package checker

import "orderlab/model/history"

// Status is the answer to one guarantee on one history.
type Status string

// The three answers. Unknown always carries a reason.
const (
	Holds    Status = "holds"
	Violated Status = "violated"
	Unknown  Status = "unknown"
)

// Hop is a point in the life of a message at which an order can be lost.
type Hop string

// The hops, in the order in which a message passes them.
const (
	HopSent      Hop = "sent"
	HopStored    Hop = "stored"
	HopDelivered Hop = "delivered"
	HopApplied   Hop = "applied"
)

// DisplacementsApart is how many counts of displacements are kept apart.
const DisplacementsApart = 24

// Verdict is what the checker found about one guarantee on one history.
type Verdict struct {
	Guarantee string
	Status    Status
	// Vacuous says that there was nothing to decide: the guarantee holds
	// because no pair of messages (or no message) of the history could break it.
	Vacuous bool
	// Reason says why the status is Unknown, or what was missing when Vacuous.
	Reason string
	// Decided counts what the guarantee was decided on: for the orders what came
	// after something whose order with it is fixed, for loss and duplicates the
	// messages, for logs the operations.
	Decided int
	// Violations counts what breaks it. For the orders these are the inversions:
	// effects (or deliveries) that came after one that should have been later.
	Violations int
	// Keys counts the keys with at least one violation.
	Keys int
	// MaxDisplacement is the largest number of messages of one sequence that
	// overtook one message of it; 0 for guarantees in which nothing is overtaken.
	MaxDisplacement int
	// Displaced counts what was overtaken by how many messages overtook it: the i-th
	// count is of 2^i up to twice as many, the last one of all beyond.
	Displaced [DisplacementsApart]int
	// MaxOutOfOrder and TotalOutOfOrder say how long, in nanoseconds, what was
	// overtaken stood behind the first that overtook it: the longest of all
	// violations, and their sum. 0 for guarantees in which nothing is overtaken.
	MaxOutOfOrder, TotalOutOfOrder int64
	// LostAt is the first hop at which the witness's pair stands in the wrong
	// order; empty for guarantees that are not orders, and when it holds.
	LostAt Hop
	// KeySplit says that the witness's messages went to different places, so
	// that their stored order could not be compared.
	KeySplit bool
	// Witness is the fewest operations that show the violation; nil unless
	// Violated.
	Witness *Witness
}

// Witness is a minimal proof of a violation: remove any operation and what is
// left does not show it, unless NotMinimal is set.
type Witness struct {
	// Rows are indexes of operations of the history, in order of time.
	Rows []int
	// Messages are the messages that they are about, the overtaken one first.
	Messages []history.Message
	// NotMinimal says that fewer operations may show it too, because the search for
	// them ended at its budget. Only searches by porcupine can end so; Text says it too.
	NotMinimal bool
	// Text says in one sentence what is wrong.
	Text string
}
