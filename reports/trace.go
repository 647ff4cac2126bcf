package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// TraceFilter picks the operations of a trace. Each field that is not empty must
// fit: the process, the key of the message, the message as producer#index.
type TraceFilter struct {
	Node, Key, Message string
}

// Trace writes a history for people, one operation a line in the order in which
// it was recorded, which for a simulated run is that of time. It returns how many
// operations the filter picked; the error is the writer's.
func Trace(w io.Writer, h *history.History, f TraceFilter) (picked int, err error) {
	buffer := bufio.NewWriter(w)
	process, key := f.numbers(h)
	for i := range h.Len() {
		op := h.Op(i)
		if f.Node != "" && op.Process != process || f.Key != "" && keyOf(h, op.Message) != key ||
			f.Message != "" && (op.Message == history.NoMessage || h.MessageName(op.Message) != f.Message) {
			continue
		}
		picked++
		named := result.NewOperation(h, op)
		if _, err := fmt.Fprintln(buffer, TraceLine(&named)); err != nil {
			return picked, err
		}
	}
	return picked, buffer.Flush()
}

// numbers returns the numbers of the filter's names in a history. A name that it
// lacks gets one that no operation has.
func (f *TraceFilter) numbers(h *history.History) (history.Process, history.Key) {
	process, key := history.Process(h.Processes()), history.Key(h.Keys())
	for i := range h.Processes() {
		if h.ProcessName(history.Process(i)) == f.Node {
			process = history.Process(i)
		}
	}
	for i := range h.Keys() {
		if h.KeyName(history.Key(i)) == f.Key {
			key = history.Key(i)
		}
	}
	return process, key
}

func keyOf(h *history.History, m history.Message) history.Key {
	if m == history.NoMessage {
		return history.NoKey
	}
	return h.Message(m).Key
}

// TraceLine writes an operation: when it counted, who, what, and about what.
func TraceLine(op *result.Operation) string {
	at, length, word := op.Begin, int64(0), "took"
	if op.End != nil {
		at, length = *op.End, *op.End-op.Begin
	}
	if op.Kind == history.KindFault.String() {
		at, word = op.Begin, "for" // it is written down when it strikes
	}
	who := op.Process
	if op.Session > 0 {
		who += fmt.Sprintf("/%d", op.Session)
	}
	line := fmt.Sprintf("%16s  %-12s  %-10s", nanoseconds(at), who, op.Kind)
	add := func(format string, args ...any) { line += "  " + fmt.Sprintf(format, args...) }
	if op.Outcome != "ok" {
		add("%s", op.Outcome)
	}
	if op.Message != "" {
		add("%s", op.Message)
	}
	if op.Key != "" {
		add("key=%s", op.Key)
	}
	switch {
	case op.Place != "" && op.Position != nil:
		add("%s@%d", op.Place, *op.Position)
	case op.Place != "":
		add("%s", op.Place)
	}
	if op.Attempt > 1 {
		add("attempt %d", op.Attempt)
	}
	if op.Epoch > 0 {
		add("epoch %d", op.Epoch)
	}
	if op.Detail != "" {
		add("%s", op.Detail)
	}
	if length > 0 {
		add("%s %v", word, time.Duration(length))
	}
	return strings.TrimRight(line, " ")
}

// nanoseconds writes a virtual time in seconds, to the nanosecond.
func nanoseconds(t int64) string { return fmt.Sprintf("%d.%09ds", t/1e9, t%1e9) }
