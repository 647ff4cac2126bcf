package history

import "math"

// Kind says what an operation is.
type Kind uint8

// The kinds of operations. The comment of each names the fields of [Op] that it
// uses besides Kind, Outcome, Process, Session, Begin and End.
const (
	// KindSend is the application's call of send. Message. End equals Begin:
	// the answer is an operation of its own (KindAck). Attempt is above 1 when
	// the application itself sends the message again, as an outbox does after a
	// crash; what a client retries inside is not a send. Position is when the
	// message is due, if it is delayed.
	KindSend Kind = iota + 1
	// KindAck is the client's answer to a send, one for each send: Outcome OK
	// (it is stored as durably as was asked), Fail (it is certainly not stored)
	// or Unknown (it may be). Message, Place and Position where the answer names
	// them, Detail (the error, for Fail and Unknown). Begin is when the send was
	// called.
	KindAck
	// KindStore is the arrival of the message in a log or queue. Message,
	// Place, Position. Process is the broker. Two stores of one message are a
	// duplicate in the log.
	KindStore
	// KindDeliver hands a message to a consumer. Message, Place, Position,
	// Attempt (1 for the first delivery), Epoch.
	KindDeliver
	// KindApply is the effect of a message at a sink. Message, Place (where it
	// was consumed from), Position, Attempt, Epoch, Detail (the sink). Begin is
	// the start of the work, End the moment of the effect; effects are ordered by
	// End, and at one instant by their place in the history.
	KindApply
	// KindDispose puts a message away without its effect. Message, Place,
	// Attempt, Detail (the reason: "dead-letter", "expired", "deduplicated"...).
	KindDispose
	// KindPoll is a consumer's call for messages from one place. Its KindDeliver
	// operations, all of them, follow it directly. Place and Position: the place read and the position
	// of the next message to read, also when nothing was delivered. Detail is
	// "end" when the position was the end of the log at that moment.
	KindPoll
	// KindCommit stores a consumer's progress. Place, Position (the next
	// message to read), Epoch, Detail (the error if it failed).
	KindCommit
	// KindBegin, KindCommitTxn and KindAbortTxn bound a transaction of a
	// session. Detail is the transaction's name.
	KindBegin
	KindCommitTxn
	KindAbortTxn
	// KindAssign replaces the places a consumer reads by hand; one operation
	// for each place. KindSubscribe asks for places by topic. Place or Detail.
	KindAssign
	KindSubscribe
	// KindRebalance gives a consumer a place (Detail "assigned") or takes it
	// away ("revoked", or "lost" when it was already given to another). Place,
	// Epoch (the generation).
	KindRebalance
	// KindRead observes the state of a key at a sink. Position (the number of
	// the Key), Message (the last message whose effect is visible, or
	// NoMessage), Detail (the sink).
	KindRead
	// KindCrash ends a process; what the process does later carries a new
	// Session. Detail is the kind of crash.
	KindCrash
	// KindFault is a fault of the schedule. Begin and End bound it. Detail is
	// its description. Position is its index in the schedule.
	KindFault
	// KindSample is the value of a metric at a moment. Position (the value, from 0),
	// Detail (the metric), Place (what it is about, if not the process).
	KindSample
	kindEnd
)

// Outcome says how an operation ended, as far as its caller could tell.
type Outcome uint8

// The outcomes. An operation without an answer is Unknown and its End is
// [Pending].
const (
	OK      Outcome = iota
	Fail            // it certainly did not happen (a definite error)
	Unknown         // it may have happened (an indefinite error or no answer)
)

// The dense names of a history: indexes into its tables, given out in the order
// of first use. Place is a partition, queue or log; Symbol any other word.
type (
	Message uint32
	Key     uint32
	Process uint16
	Place   uint32
	Symbol  uint16
)

// Absent values.
const (
	NoMessage  Message = math.MaxUint32
	NoKey      Key     = math.MaxUint32
	NoProcess  Process = math.MaxUint16
	NoPlace    Place   = math.MaxUint32
	NoPosition int64   = -1
	NoSymbol   Symbol  = 0 // the empty word
	// Pending is the End of an operation that had no answer.
	Pending int64 = math.MaxInt64
)

// Op is one operation, as a row. Times are nanoseconds since the start of the
// run (or of the recording).
type Op struct {
	Kind     Kind
	Outcome  Outcome
	Attempt  uint16 // the number of this delivery (or send), from 1; 0 where it is not known or means nothing
	Process  Process
	Session  uint16 // incarnation of the process, from 0; raised by a crash
	Epoch    uint16 // ownership of the place: generation, lease or term
	Detail   Symbol
	Message  Message
	Place    Place
	Position int64
	Begin    int64
	End      int64
}

// MessageInfo is what is known of a message from the start.
type MessageInfo struct {
	Key      Key
	Producer Process
	// Index is the message's number in its producer's workload, from 0. With
	// the producer it is the message's identity: it survives the removal of
	// other messages.
	Index uint32
}

var kindNames = [kindEnd]string{
	KindSend: "send", KindAck: "ack", KindStore: "store", KindDeliver: "deliver",
	KindApply: "apply", KindDispose: "dispose", KindPoll: "poll", KindCommit: "commit",
	KindBegin: "begin-txn", KindCommitTxn: "commit-txn", KindAbortTxn: "abort-txn",
	KindAssign: "assign", KindSubscribe: "subscribe", KindRebalance: "rebalance",
	KindRead: "read", KindCrash: "crash", KindFault: "fault",
	KindSample: "sample",
}

// String returns the kind's name in files and reports.
func (k Kind) String() string {
	if k == 0 || k >= kindEnd {
		return "invalid"
	}
	return kindNames[k]
}

// ParseKind is the inverse of [Kind.String]; ok is false for any other word.
func ParseKind(s string) (k Kind, ok bool) {
	for i := Kind(1); i < kindEnd; i++ {
		if kindNames[i] == s {
			return i, true
		}
	}
	return 0, false
}

// String returns the outcome's name in files and reports.
func (o Outcome) String() string {
	switch o {
	case OK:
		return "ok"
	case Fail:
		return "fail"
	}
	return "unknown"
}

// ParseOutcome is the inverse of [Outcome.String].
func ParseOutcome(s string) (o Outcome, ok bool) {
	switch s {
	case "ok":
		return OK, true
	case "fail":
		return Fail, true
	case "unknown":
		return Unknown, true
	}
	return 0, false
}
