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
	if op.Position != history.NoPosition {
		out.Position = &op.Position
	}
	if op.End != history.Pending {
		out.End = &op.End
	}
	return out
}
