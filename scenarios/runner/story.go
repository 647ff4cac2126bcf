package runner

import (
	"cmp"
	"fmt"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// story is what happened to some messages, in order of time for each.
type story []tale

// tale is the story of one message.
type tale struct {
	name, producer string
	ops            []result.Operation
}

// story reads what happened to messages in the last run, in which they may have
// other numbers. One that it does not have has no operations.
func (x *explainer) story(messages []history.MessageInfo) story {
	h := &x.r.hist
	out := make(story, len(messages))
	for i, m := range messages {
		out[i].producer = h.ProcessName(m.Producer)
		out[i].name = fmt.Sprintf("%s#%d", out[i].producer, m.Index)
		number := history.NoMessage
		for k := range h.Messages() {
			if info := h.Message(history.Message(k)); info.Producer == m.Producer && info.Index == m.Index {
				number = history.Message(k)
			}
		}
		if number == history.NoMessage {
			continue
		}
		for row := range h.Len() {
			if k := h.Kind(row); h.MessageAt(row) == number && k >= history.KindSend && k <= history.KindDispose {
				out[i].ops = append(out[i].ops, result.NewOperation(h, h.Op(row)))
			}
		}
	}
	return out
}

// turn is the first thing in which two stories differ, besides times.
type turn struct {
	at   int64
	node string // where it was decided
	text string
}

// differ returns the first turn of a story that the other does not take, or nil.
func (s story) differ(other story) *turn {
	var first *turn
	for i := range s {
		if t := s[i].differ(&other[i]); t != nil && (first == nil || t.at < first.at) {
			first = t
		}
	}
	return first
}

func (t *tale) differ(other *tale) *turn {
	for i := range max(len(t.ops), len(other.ops)) {
		switch {
		case i >= len(t.ops):
			op := &other.ops[i]
			return &turn{momentOf(op), t.decider(op), fmt.Sprintf("%s%s is not %s; without the fault it is",
				moment(momentOf(op)), t.name, again(other.ops[:i], op))}
		case i >= len(other.ops):
			op := &t.ops[i]
			return &turn{momentOf(op), t.decider(op), fmt.Sprintf("%s%s is %s; without the fault it is not",
				moment(momentOf(op)), t.name, again(t.ops[:i], op))}
		case !sameTurn(&t.ops[i], &other.ops[i]):
			op := &t.ops[i]
			return &turn{momentOf(op), t.decider(op), fmt.Sprintf("%s%s is %s; without the fault it is %s",
				moment(momentOf(op)), t.name, again(t.ops[:i], op), again(other.ops[:i], &other.ops[i]))}
		}
	}
	return nil
}

// decider is where an operation was decided: where a message is stored is chosen
// by its producer.
func (t *tale) decider(op *result.Operation) string {
	if op.Kind == history.KindStore.String() {
		return t.producer
	}
	return op.Process
}

// sameTurn says that two operations are the same but for times and positions.
func sameTurn(a, b *result.Operation) bool {
	return a.Kind == b.Kind && a.Outcome == b.Outcome && a.Process == b.Process && a.Place == b.Place &&
		a.Detail == b.Detail
}

// again says what became of a message, and whether it had happened before.
func again(before []result.Operation, op *result.Operation) string {
	text := done(op)
	for i := range before {
		if before[i].Kind == op.Kind && before[i].Outcome == op.Outcome {
			return text + " again"
		}
	}
	return text
}

// words says what became of a message in an operation.
func words(op *result.Operation) string {
	if op.Message == "" {
		return fmt.Sprintf("%s: %s %s", op.Process, op.Kind, op.Place)
	}
	return op.Message + " is " + done(op)
}

func done(op *result.Operation) string {
	kind, _ := history.ParseKind(op.Kind)
	text := op.Kind
	switch kind {
	case history.KindSend:
		text = "sent by " + op.Process
	case history.KindAck:
		text = "acked"
		if op.Outcome != history.OK.String() {
			text = fmt.Sprintf("answered with %s (%s)", op.Detail, op.Outcome)
		}
	case history.KindStore:
		text = "stored in " + op.Place
	case history.KindDeliver:
		text = "delivered to " + op.Process
	case history.KindApply:
		text = "applied by " + op.Process
	case history.KindDispose:
		text = fmt.Sprintf("disposed of by %s (%s)", op.Process, op.Detail)
	}
	return text
}

// momentOf is the time at which an operation counts.
func momentOf(op *result.Operation) int64 {
	if op.End != nil {
		return *op.End
	}
	return op.Begin
}

// compareMoments orders rows by the times at which they count.
func compareMoments(h *history.History, a, b int) int {
	of := func(row int) int64 {
		if end := h.EndAt(row); end != history.Pending {
			return end
		}
		return h.BeginAt(row)
	}
	return cmp.Or(cmp.Compare(of(a), of(b)), cmp.Compare(a, b))
}

// moment writes a time at the beginning of a line.
func moment(t int64) string {
	ms := (t + 500_000) / 1_000_000
	return fmt.Sprintf("%d.%03d s  ", ms/1000, ms%1000)
}
