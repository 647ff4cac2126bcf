package anomalies

// Options say how the histories of a system are meant.
type Options struct {
	// Subscribe says that consumers are given their keys by a group, so that a
	// rebalance may send them back or ahead.
	Subscribe bool
	// WWDeps takes the order of a log for the order of the transactions that wrote
	// to it.
	WWDeps bool
}

// Kind is what a history is about, and so which anomalies it can have.
type Kind uint8

// The kinds of histories.
const (
	Log      Kind = iota + 1 // send, poll, txn...: anomalies kafka/...
	Queue                    // enqueue, dequeue, drain: anomalies queue/...
	Set                      // add, read: anomalies set/...
	Register                 // read, write, cas: no anomalies; linearizable-state judges them
)

// Anomaly describes a pattern that a history should not show.
type Anomaly struct {
	ID   string
	Kind Kind
	// Absent says what is so when the history does not show it.
	Absent string
	// Allowed says whether a history that shows it is valid nevertheless.
	Allowed func(Options) bool
}

// The ids of the anomalies of logs.
const (
	InconsistentOffsets = "kafka/inconsistent-offsets"
	Duplicate           = "kafka/duplicate"
	Phantom             = "kafka/phantom"
	G1a                 = "kafka/g1a"
	PrecommittedRead    = "kafka/precommitted-read"
	LostWrite           = "kafka/lost-write"
	IntPollSkip         = "kafka/int-poll-skip"
	IntNonmonotonicPoll = "kafka/int-nonmonotonic-poll"
	IntSendSkip         = "kafka/int-send-skip"
	IntNonmonotonicSend = "kafka/int-nonmonotonic-send"
	PollSkip            = "kafka/poll-skip"
	NonmonotonicPoll    = "kafka/nonmonotonic-poll"
	NonmonotonicSend    = "kafka/nonmonotonic-send"
	Unseen              = "kafka/unseen"
	G0                  = "kafka/g0"
	G0Realtime          = "kafka/g0-realtime"
	G1c                 = "kafka/g1c"
	G1cRealtime         = "kafka/g1c-realtime"
	EmptyHistory        = "kafka/empty-history"
)

// The ids of the anomalies of queues and sets.
const (
	QueueLost        = "queue/lost"
	QueueUnexpected  = "queue/unexpected"
	QueueDuplicated  = "queue/duplicated"
	QueueRecovered   = "queue/recovered"
	QueueAbortedRead = "queue/aborted-read"
	SetLost          = "set/lost"
	SetUnexpected    = "set/unexpected"
	SetDuplicated    = "set/duplicated"
	SetRecovered     = "set/recovered"
	SetAbortedRead   = "set/aborted-read"
	SetStale         = "set/stale"
	SetNeverRead     = "set/never-read"
)

func never(Options) bool           { return false }
func always(Options) bool          { return true }
func ifSubscribed(o Options) bool  { return o.Subscribe }
func ifWritesOrder(o Options) bool { return o.WWDeps }

// Catalogue lists the anomalies in the order of docs/anomalies.md, which has the
// same words.
func Catalogue() []Anomaly {
	return []Anomaly{
		{InconsistentOffsets, Log, "An offset of a log holds one value.", never},
		{Duplicate, Log, "A value stands at one offset of its log.", never},
		{Phantom, Log, "A value that is polled was sent by some operation.", never},
		{G1a, Log, "No successful operation polls a value whose send failed.", never},
		{PrecommittedRead, Log, "No operation polls a value that it sent itself.", never},
		{LostWrite, Log, "A committed value that lies before one that was polled is polled too.", never},
		{IntPollSkip, Log, "Successive values of a key polled in one operation skip nothing.", never},
		{IntNonmonotonicPoll, Log, "Successive values of a key polled in one operation go forward in the log.", never},
		{IntSendSkip, Log, "Successive values of a key sent in one operation stand side by side in the log.", always},
		{IntNonmonotonicSend, Log, "Successive values of a key sent in one operation go forward in the log.", never},
		{PollSkip, Log, "A process goes on polling a key with the value after its last.", ifSubscribed},
		{NonmonotonicPoll, Log, "A process goes on polling a key after its last value, not at it or before.", ifSubscribed},
		{NonmonotonicSend, Log, "What a process sends to a key stands after what it sent there before.", never},
		{Unseen, Log, "Every value whose send succeeded is polled by the end.", never},
		{G0, Log, "The orders of writes in the logs make no cycle of operations.", always},
		{G0Realtime, Log, "The orders of writes and of real time make no cycle.", always},
		{G1c, Log, "Writes, and polls of what was written, make no cycle of operations.", ifWritesOrder},
		{G1cRealtime, Log, "Writes, polls of what was written and real time make no cycle.", ifWritesOrder},
		{EmptyHistory, Log, "The history sends or polls something.", never},

		{QueueLost, Queue, "Every value whose enqueue succeeded is dequeued by the end.", never},
		{QueueUnexpected, Queue, "Every dequeued value was enqueued before.", never},
		{QueueAbortedRead, Queue, "No value is dequeued whose enqueue failed.", never},
		{QueueDuplicated, Queue, "No value is dequeued more often than it was enqueued.", always},
		{QueueRecovered, Queue, "No value is dequeued whose enqueue did not succeed.", always},

		{SetLost, Set, "An element that was known to be there is in the last reads.", never},
		{SetUnexpected, Set, "Every element that is read was added before.", never},
		{SetAbortedRead, Set, "No element is read whose add failed.", never},
		{SetDuplicated, Set, "No read has an element twice.", never},
		{SetStale, Set, "An element that is there for good is in every read after it was known.", always},
		{SetNeverRead, Set, "Reads tell of every element whether it stayed or was lost.", always},
		{SetRecovered, Set, "No element is read whose add did not succeed.", always},
	}
}

// Find returns the anomaly of an id; ok is false when there is none.
func Find(id string) (a Anomaly, ok bool) {
	for _, a := range Catalogue() {
		if a.ID == id {
			return a, true
		}
	}
	return Anomaly{}, false
}

// Of returns the ids of the anomalies that a kind of history can have.
func Of(kind Kind) []string {
	var ids []string
	for _, a := range Catalogue() {
		if a.Kind == kind {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// Status is the verdict on one anomaly.
type Status string

// The verdicts, in the words of the checker. Unknown carries a reason.
const (
	Holds    Status = "holds"
	Violated Status = "violated"
	Unknown  Status = "unknown"
)

// Finding is what a history shows of one anomaly.
type Finding struct {
	ID     string
	Status Status
	// Count is how often the pattern was found.
	Count int
	// Keys counts the keys in which it was found; 0 for what is not about a key.
	Keys int
	// Decided counts what could have shown it; when it is 0, Vacuous is set.
	Decided int
	Vacuous bool
	// Reason says why the status is Unknown, or what was missing when Vacuous.
	Reason  string
	Allowed bool
	// Text says in one sentence what is wrong.
	Text string
	// Witness are indexes of the fewest operations that show it: without any one of
	// them the rest does not.
	Witness []int
	// Values are what the sentence is about.
	Values []Value
}

// CutOff takes back what the rest of a history that is cut off could still change:
// that a pattern is absent, or that something was not seen by the end.
func (f *Finding) CutOff() {
	switch f.ID {
	case Unseen, LostWrite, QueueLost, SetLost, SetStale, SetNeverRead:
	default:
		if f.Status == Violated {
			return
		}
	}
	*f = Finding{ID: f.ID, Status: Unknown, Decided: f.Decided, Reason: "the history is cut off", Allowed: f.Allowed}
}
