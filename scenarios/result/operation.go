package result

import "orderlab/model/history"

// NewOperation returns an operation of h with names instead of numbers.
func NewOperation(h *history.History, op history.Op) Operation {
	out := Operation{
		Kind: op.Kind.String(), Outcome: op.Outcome.String(), Process: h.ProcessName(op.Process), Session: int(op.Session),
		Place: h.PlaceName(op.Place), Attempt: int(op.Attempt), Epoch: int(op.Epoch), Detail: h.SymbolName(op.Detail),
		Begin: op.Begin,
	}
	if op.Message != history.NoMessage {
		out.Message, out.Key = h.MessageName(op.Message), h.KeyName(h.Message(op.Message).Key)
	}
	switch {
	case op.Position == history.NoPosition:
	case op.Kind == history.KindSample:
		out.Value = &op.Position
	case op.Kind == history.KindRead:
		out.Key = h.KeyName(history.Key(op.Position))
	default:
		out.Position = &op.Position
	}
	if op.End != history.Pending {
		out.End = &op.End
	}
	return out
}

// Event is something that happened in the world of a run and is no operation of
// its history. Times are nanoseconds of virtual time.
type Event struct {
	At int64
	// Node is where it happened, From the node at the other end of a frame or a
	// connection, else empty.
	Node, From string
	Kind       EventKind
	// Text says what happened, as "Metadata -> 5 partitions".
	Text string
	// Messages are those that a frame carries.
	Messages []history.Message
	// Rows is how many operations the history had before it.
	Rows int
}

// EventKind is what sort of event it was.
type EventKind string

// The kinds of events.
const (
	EventFrame      EventKind = "frame"      // a frame was received
	EventLost       EventKind = "lost"       // a frame came to a node that did not take it
	EventConnection EventKind = "connection" // one was asked for, opened, refused or closed
	EventFault      EventKind = "fault"      // a fault began or ended
	EventTimer      EventKind = "timer"      // a timer of a node fired
	EventMachine    EventKind = "machine"    // the machine below a node did something
)
