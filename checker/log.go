package checker

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// logOp is an operation on one place seen as an append-only log: the append of
// the record at a position, or a read that found the log's end there.
type logOp struct {
	read     bool
	position int64
	message  history.Message
	row      int32
	begin    int64
	end      int64
}

// linearizableLog decides linearizable-log for each place: porcupine within a
// budget of steps. Appends are sends whose position is known; reads are polls
// that reached the end.
func (c *Checker) linearizableLog(h *history.History, opt *Options) Verdict {
	budget := opt.Budget
	if budget == 0 {
		budget = DefaultBudget
	}
	logs, conflict := c.logs(h)
	if conflict != nil {
		return *conflict
	}
	var v, unknown Verdict
	for place, ops := range logs {
		if len(ops) < 2 {
			continue
		}
		v.Decided += len(ops)
		name := h.PlaceName(history.Place(place))
		if reason := incomplete(ops); reason != "" {
			unknown = Verdict{Status: Unknown, Reason: name + ": " + reason}
			continue
		}
		switch linearize(ops, &budget) {
		case porcupine.Illegal:
			v.Violations++
			if v.Witness == nil {
				v.Witness = logWitness(h, name, ops)
			}
		case porcupine.Unknown:
			unknown = Verdict{Status: Unknown, Reason: fmt.Sprintf(
				"%s: the budget of linearizability is spent after %d operations' worth of steps", name, len(ops))}
		}
	}
	switch {
	case v.Violations > 0:
		return v
	case unknown.Status != "":
		return unknown
	case v.Decided == 0:
		return vacuous("no place has two operations with a known position")
	}
	return v
}

// logs collects the operations of each place, in order of position with a read
// of an end before the append there. A position that two messages hold is a
// violation of its own.
func (c *Checker) logs(h *history.History) ([][]logOp, *Verdict) {
	x := &c.ix
	logs := make([][]logOp, h.Places())
	add := func(row int32, op *history.Op) {
		if op.Place == history.NoPlace || op.Position == history.NoPosition {
			return
		}
		begin, end, from := int64(math.MinInt64), history.Pending, row
		if m := op.Message; x.send[m] != none {
			begin = x.sent[m]
			if a := x.ack[m]; a != none {
				if ack := h.Op(int(a)); ack.Place == op.Place && ack.Position == op.Position {
					end, from = ack.End, a
				}
			}
		}
		logs[op.Place] = append(logs[op.Place], logOp{position: op.Position, message: op.Message, row: from, begin: begin, end: end})
	}
	for _, list := range [][]int32{x.stores, x.ack, x.delivers} {
		for _, row := range list {
			if row != none {
				op := h.Op(int(row))
				add(row, &op)
			}
		}
	}
	for _, row := range x.polls {
		op := h.Op(int(row))
		if h.SymbolName(op.Detail) == "end" && op.Place != history.NoPlace && op.Position != history.NoPosition && op.End != history.Pending {
			logs[op.Place] = append(logs[op.Place], logOp{read: true, position: op.Position, message: history.NoMessage, row: row, begin: op.Begin, end: op.End})
		}
	}
	for place := range logs {
		ops := logs[place]
		slices.SortStableFunc(ops, func(a, b logOp) int {
			return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(rank(a), rank(b)))
		})
		kept := ops[:0]
		for _, op := range ops {
			if n := len(kept); !op.read && n > 0 && !kept[n-1].read && kept[n-1].position == op.position {
				if kept[n-1].message != op.message {
					return nil, conflict(h, history.Place(place), kept[n-1], op)
				}
				continue
			}
			kept = append(kept, op)
		}
		logs[place] = kept
	}
	return logs, nil
}

func rank(op logOp) int {
	if op.read {
		return 0
	}
	return 1
}

func conflict(h *history.History, place history.Place, a, b logOp) *Verdict {
	return &Verdict{Status: Violated, Decided: 2, Violations: 1, Witness: &Witness{
		Rows: []int{int(min(a.row, b.row)), int(max(a.row, b.row))}, Messages: []history.Message{a.message, b.message},
		Text: fmt.Sprintf("position %d of %s holds %s and %s", a.position, h.PlaceName(place), message(h, a.message), message(h, b.message)),
	}}
}

// incomplete says why the operations cannot be judged: a position without an
// append, or an operation that ends before it begins.
func incomplete(ops []logOp) string {
	next := int64(-1)
	for _, op := range ops {
		if op.end < op.begin {
			return fmt.Sprintf("the operation at position %d ends before it begins", op.position)
		}
		if op.read {
			continue
		}
		if next >= 0 && op.position != next {
			return fmt.Sprintf("nobody is known to have appended position %d", next)
		}
		next = op.position + 1
	}
	return ""
}

// linearize asks porcupine, with the log's length as the state: an append is
// legal at its own position, a read where it found the end. The budget is
// shared by all places and counts steps of the model.
func linearize(ops []logOp, budget *int) porcupine.CheckResult {
	start := ops[0].position
	model := porcupine.Model{
		Init: func() any { return start },
		Step: func(state, input, _ any) (bool, any) {
			if *budget--; *budget < 0 {
				return false, state
			}
			op, length := input.(*logOp), state.(int64)
			if op.position != length {
				return false, state
			}
			if op.read {
				return true, length
			}
			return true, length + 1
		},
		Equal: func(a, b any) bool { return a == b },
	}
	list := make([]porcupine.Operation, len(ops))
	for i := range ops {
		// Every operation has a client of its own: a consumer's fetches of one
		// place overlap in its own time, because it asks ahead.
		list[i] = porcupine.Operation{ClientId: i, Input: &ops[i], Call: ops[i].begin, Return: ops[i].end}
	}
	if *budget <= 0 {
		return porcupine.Unknown
	}
	ok := porcupine.CheckOperations(model, list)
	switch {
	case *budget < 0:
		return porcupine.Unknown
	case ok:
		return porcupine.Ok
	}
	return porcupine.Illegal
}

// logWitness finds two operations that cannot both be: the later one in the log
// ended before the earlier one began. With every position known, a log without
// such a pair has a linearization.
func logWitness(h *history.History, place string, ops []logOp) *Witness {
	latest := 0 // of those before, the one that began last
	for i := range ops {
		before, op := &ops[latest], &ops[i]
		if op.end < before.begin {
			w := &Witness{Rows: []int{int(min(op.row, before.row)), int(max(op.row, before.row))},
				Text: fmt.Sprintf("in %s, %s ended before %s began", place, logText(h, op), logText(h, before))}
			for _, m := range []history.Message{before.message, op.message} {
				if m != history.NoMessage {
					w.Messages = append(w.Messages, m)
				}
			}
			return w
		}
		if op.begin > before.begin {
			latest = i
		}
	}
	return &Witness{Text: "no linearization of " + place}
}

func logText(h *history.History, op *logOp) string {
	if op.read {
		return fmt.Sprintf("a read that found the end at %d", op.position)
	}
	return fmt.Sprintf("the append of %s at %d", message(h, op.message), op.position)
}
