package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// TraceFilter picks the lines of a trace. Each field that is not empty must fit:
// the node, which is the process of an operation and either end of a frame or a
// connection; the key of a message; the message as producer#index. A frame fits
// with any of the messages that it carries.
type TraceFilter struct {
	Node, Key, Message string
}

// Trace writes a history for people, one operation a line in the order in which
// it was recorded, which for a simulated run is that of time. It returns how many
// operations the filter picked; the error is the writer's.
func Trace(w io.Writer, h *history.History, f TraceFilter) (picked int, err error) {
	t := NewTracer(w, h, f)
	err = t.Close()
	return t.Operations, err
}

// Tracer writes the trace of a run while it goes on: the operations of its history
// and the events of its world, merged.
type Tracer struct {
	// Operations and Events are how many lines of each kind were picked so far, and
	// AllEvents how many events were seen.
	Operations, Events, AllEvents int

	w    *bufio.Writer
	h    *history.History
	f    TraceFilter
	rows int // operations written or left out
}

// NewTracer returns a tracer of the run whose history is h, which may be empty yet.
func NewTracer(w io.Writer, h *history.History, f TraceFilter) *Tracer {
	return &Tracer{w: bufio.NewWriter(w), h: h, f: f}
}

// Event writes an event, after the operations that were recorded before it.
func (t *Tracer) Event(e *result.Event) {
	t.operations(e.Rows)
	t.AllEvents++
	if t.picks(e) {
		t.Events++
		t.line(EventLine(e))
	}
}

// Close writes what is left of the history. The error is the writer's, also of
// what was written before.
func (t *Tracer) Close() error {
	t.operations(t.h.Len())
	return t.w.Flush()
}

// operations writes the operations up to a row.
func (t *Tracer) operations(end int) {
	for ; t.rows < end; t.rows++ {
		op := t.h.Op(t.rows)
		if t.f.Node != "" && t.h.ProcessName(op.Process) != t.f.Node || !t.picksMessage(op.Message) {
			continue
		}
		t.Operations++
		named := result.NewOperation(t.h, op)
		t.line(TraceLine(&named))
	}
}

// line writes a line. The buffer keeps its first error for Close.
func (t *Tracer) line(s string) { _, _ = t.w.WriteString(s + "\n") }

func (t *Tracer) picks(e *result.Event) bool {
	if t.f.Node != "" && e.Node != t.f.Node && e.From != t.f.Node {
		return false
	}
	if t.f.Key == "" && t.f.Message == "" {
		return true
	}
	return slices.ContainsFunc(e.Messages, t.picksMessage)
}

// picksMessage says whether what is about a message, or about none, fits.
func (t *Tracer) picksMessage(m history.Message) bool {
	if t.f.Key == "" && t.f.Message == "" {
		return true
	}
	return m != history.NoMessage && (t.f.Key == "" || t.h.KeyName(t.h.Message(m).Key) == t.f.Key) &&
		(t.f.Message == "" || t.h.MessageName(m) == t.f.Message)
}

// EventLine writes an event: when, where, what, and who was at the other end.
func EventLine(e *result.Event) string {
	line := fmt.Sprintf("%16s  %-12s  %-10s  %s", nanoseconds(e.At), e.Node, e.Kind, e.Text)
	if e.From != "" {
		line += "  from " + e.From
	}
	return line
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
	case op.Position != nil && op.Kind == history.KindSend.String():
		add("due %s", nanoseconds(*op.Position))
	}
	if op.Attempt > 1 {
		add("attempt %d", op.Attempt)
	}
	if op.Epoch > 0 {
		add("epoch %d", op.Epoch)
	}
	switch {
	case op.Value != nil:
		add("%s=%d", op.Detail, *op.Value)
	case op.Detail != "":
		add("%s", op.Detail)
	}
	if length > 0 {
		add("%s %v", word, time.Duration(length))
	}
	return strings.TrimRight(line, " ")
}

// nanoseconds writes a virtual time in seconds, to the nanosecond.
func nanoseconds(t int64) string { return fmt.Sprintf("%d.%09ds", t/1e9, t%1e9) }
