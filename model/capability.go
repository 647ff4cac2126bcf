package model

import "orderlab/model/history"

// Capability names something that a system's client offers to an application.
// A strategy that needs one the client lacks is refused when the scenario is
// read, never approximated.
type Capability string

// The capabilities, each with the interface that a client implements for it.
const (
	AckOne             Capability = "ack-one"              // [MessageAcker]
	AckPrefix          Capability = "ack-prefix"           // [PrefixAcker]
	NackRequeue        Capability = "nack-requeue"         // [Nacker]
	PauseResume        Capability = "pause-resume"         // [Pauser]
	Seek               Capability = "seek"                 // [Seeker]
	EndPositions       Capability = "end-positions"        // [PositionReader]
	CommittedPositions Capability = "committed-positions"  // [PositionReader]
	OwnershipEpoch     Capability = "ownership-epoch"      // [EpochReader]
	Expand             Capability = "expand"               // [Expander]
	CustomPartitioner  Capability = "custom-partitioner"   // [Partitioner] is accepted
	FailedSends        Capability = "failed-sends"         // [ResendFailed] is heeded
	Transactions       Capability = "transactions"         // [TransactionSettings] are heeded
	Outputs            Capability = "transactional-output" // [Transactor]
)

// ResendFailed is the setting of an application that sends a message again when its
// client says that the send has failed, and may go through on a second try.
const ResendFailed = "resend_failed"

// Commit is the setting of an application that says who commits positions. With any
// value but [CommitClient] a client does not commit by itself.
const (
	Commit       = "commit"
	CommitClient = "client"
)

// CommitsItself says whether the application commits positions.
func CommitsItself(app Values) bool {
	v, given := app.Get(Commit)
	return given && v.Text != CommitClient
}

// MessageAcker acknowledges single messages.
type MessageAcker interface {
	Ack(place history.Place, position int64)
}

// PrefixAcker acknowledges everything before a position: the next one to read.
type PrefixAcker interface {
	Commit(place history.Place, next int64)
}

// SyncCommitter is what a [PrefixAcker] may be besides: Commit may hold up the thread
// that has called it, as if it did not return.
type SyncCommitter interface {
	// Committing says that it does so now.
	Committing() bool
}

// CommitWaiter is an application whose thread a [SyncCommitter] may hold up.
type CommitWaiter interface {
	// Committed is called when the thread goes on.
	Committed()
}

// Nacker gives a message back to be delivered again.
type Nacker interface {
	Nack(place history.Place, position int64)
}

// Pauser stops and restarts delivery from one place. A paused place stays owned.
type Pauser interface {
	Pause(place history.Place)
	Resume(place history.Place)
}

// Seeker moves the next position to read.
type Seeker interface {
	SeekTo(place history.Place, position int64)
}

// PositionReader reads positions as the broker would tell them to an
// administrator. ok is false when there is none.
type PositionReader interface {
	Committed(place history.Place) (next int64, ok bool)
	End(place history.Place) (next int64, ok bool)
}

// EpochReader tells under which ownership (generation, lease) a place is held.
type EpochReader interface {
	Epoch(place history.Place) uint16
}

// Expander adds partitions (or queues) to a topic while it is in use.
type Expander interface {
	// Expand asks for count partitions in all. The answer comes later; the
	// new partitions are visible to clients when their metadata says so.
	Expand(topic string, count int)
	// Known returns the smallest number of partitions that any running
	// producer believes the topic to have.
	Known(topic string) int
	// Added returns the places that an expansion from before to count partitions
	// adds, also while it is still under way.
	Added(topic string, before, count int) []history.Place
	// Partitions returns the places of the topic that exist now, in order.
	Partitions(topic string) []history.Place
}

// Partitioner maps a key to one of count partitions. Implementations are pure:
// the same key and count always give the same partition.
type Partitioner interface {
	// Partition is given the system's own hash of the key as well, which the
	// default partitioner of the system reduces modulo count.
	Partition(key history.Key, hash uint32, count int) int
}

// MessagePartitioner is what a [Partitioner] may be besides: it looks at the message
// and not only at its key, and goes before the other method. Implementations are pure.
type MessagePartitioner interface {
	PartitionMessage(m *Message, hash uint32, count int) int
}

// Record is a message as delivered to a consumer.
type Record struct {
	Message  history.Message
	Place    history.Place
	Position int64
	Attempt  uint16
	Epoch    uint16
}

// ConsumerClient is what every client offers to its application: the poll loop.
type ConsumerClient interface {
	// Poll asks for records; the application's Polled is called exactly once
	// for it unless the process crashes, possibly with no records.
	Poll()
	// Process returns the client's process in the history.
	Process() history.Process
}

// ConsumerApp is the application at a consumer. The client calls it; the slice
// of records is the client's and valid until the next Poll.
type ConsumerApp interface {
	// Started is called when the process starts and after each restart.
	Started()
	// Polled delivers the answer to Poll.
	Polled(records []Record)
	// Assigned and Revoked tell about ownership, from within a poll: when
	// Revoked is called the application has finished everything it was handed.
	Assigned(places []history.Place)
	Revoked(places []history.Place)
	// Timer is a timer that the application set on its node.
	Timer(kind uint16, arg uint64)
}
