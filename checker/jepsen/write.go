package jepsen

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"

	"orderlab/checker/anomalies"
)

// Write writes a history of logs as Jepsen does, one map an event, so that [Read] and
// the tools of Jepsen read it back.
//
// A process of Jepsen does one thing at a time, while a producer here may have many
// sends under way. Each of its operations then has a process of its own, and the field
// :client says who it was. Keys that were taken from a client are written as an assign
// of those that it keeps, with :released for those that it does not. The error is the
// writer's.
func Write(w io.Writer, h *anomalies.History) error {
	out := &writer{w: bufio.NewWriter(w), h: h, lanes: make([][]lane, len(h.Processes)),
		touched: make([]map[anomalies.Key]bool, len(h.Processes)), sent: make([]int32, h.Values())}
	for n, e := range out.events() {
		out.event(n, e)
	}
	return out.w.Flush()
}

// moment is an invocation or a completion of an operation.
type moment struct {
	at   int32
	op   int32
	done bool
}

// lane is a process of Jepsen that does the operations of a client.
type lane struct {
	number int
	op     int32 // that is under way, or -1
}

type writer struct {
	w     *bufio.Writer
	h     *anomalies.History
	lanes [][]lane // by client
	next  int      // number of a process
	// touched has, by client, the keys that it sends to or polls, as far as that has
	// begun: what happens during a poll comes after it in the client's order.
	touched []map[anomalies.Key]bool
	sent    []int32 // by value: how often it was sent so far
	last    int64   // the latest time
}

// events returns invocations and completions in order. What is pending and was handed
// something, or knows an offset, or lost a key, completes at the end, without it being
// known how, and :pending says that it did not: only a completion has room for the rest.
func (o *writer) events() []moment {
	var all []moment
	for i := range o.h.Ops {
		op := &o.h.Ops[i]
		all = append(all, moment{op.Invoked, int32(i), false})
		if op.Type != anomalies.Pending {
			all = append(all, moment{op.Completed, int32(i), true})
			o.last = max(o.last, op.End)
		} else if o.saysMore(op) {
			all = append(all, moment{anomalies.Never, int32(i), true})
		}
		o.last = max(o.last, op.Begin)
	}
	slices.SortFunc(all, func(a, b moment) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.op, b.op)) })
	return all
}

// saysMore says whether an operation has what its invocation cannot say.
func (o *writer) saysMore(op *anomalies.Op) bool {
	known := func(p anomalies.Place) bool { return p.Offset != anomalies.NoOffset }
	return len(o.h.ReadsOf(op))+len(o.h.ListedOf(op)) > 0 || slices.ContainsFunc(o.h.SendsOf(op), known)
}

// event writes one event.
func (o *writer) event(n int, e moment) {
	op := &o.h.Ops[e.op]
	typ, at, f := ":invoke", op.Begin, op.F
	if e.done {
		typ, at = ":info", max(op.End, op.Begin)
		switch op.Type {
		case anomalies.OK:
			typ = ":ok"
		case anomalies.Fail:
			typ = ":fail"
		case anomalies.Pending:
			at = o.last
		}
	}
	if f == anomalies.Release {
		f = anomalies.Assign
	}
	o.text("{:index ", strconv.Itoa(n), ", :type ", typ, ", :process ", strconv.Itoa(o.lane(e, op)), ", :client ")
	o.quoted(o.h.Processes[op.Process])
	o.text(", :f :", f.String(), ", :value ")
	o.value(e, op)
	if e.done && op.Type == anomalies.Pending {
		o.text(", :pending true")
	}
	if op.F == anomalies.Release {
		o.text(", :released ")
		o.keys(o.h.ListedOf(op))
	}
	if again := o.attempt(e, op); again > 1 {
		o.text(", :attempt ", strconv.Itoa(int(again)))
	}
	if listed := o.h.ListedOf(op); e.done && len(listed) > 0 && op.F == anomalies.Txn {
		o.text(", :rebalance-log [{:keys ")
		o.keys(listed)
		o.text("}]")
	}
	o.text(", :time ", strconv.FormatInt(at, 10), "}\n")
}

// lane returns the number of the process that does an operation: one of its client's
// that is free. After an outcome that is not known a process of Jepsen does nothing
// more.
func (o *writer) lane(e moment, op *anomalies.Op) int {
	lanes := o.lanes[op.Process]
	want := e.op
	if !e.done {
		want = -1
	}
	i := slices.IndexFunc(lanes, func(l lane) bool { return l.op == want })
	if i < 0 {
		i = len(lanes)
		lanes = append(lanes, lane{o.next, -1})
		o.next++
	}
	number := lanes[i].number
	switch {
	case !e.done:
		lanes[i].op = e.op
	case op.Type == anomalies.OK || op.Type == anomalies.Fail:
		lanes[i].op = -1
	default:
		lanes = slices.Delete(lanes, i, i+1)
	}
	o.lanes[op.Process] = lanes
	return number
}

// attempt returns how often what an operation sends was sent by then.
func (o *writer) attempt(e moment, op *anomalies.Op) (most int32) {
	for _, s := range o.h.SendsOf(op) {
		if !e.done {
			o.sent[s.Value]++
		}
		most = max(most, o.sent[s.Value])
	}
	return most
}

// value writes the field :value.
func (o *writer) value(e moment, op *anomalies.Op) {
	switch op.F {
	case anomalies.Assign, anomalies.Subscribe:
		o.keys(o.h.ListedOf(op))
	case anomalies.Release:
		o.keys(o.kept(op))
	case anomalies.Send, anomalies.Poll, anomalies.Txn:
		o.micro(e, op)
	default:
		o.text("nil")
	}
}

// kept returns the keys that a client has to do with, without those taken from it.
func (o *writer) kept(op *anomalies.Op) (keys []anomalies.Key) {
	for k := range o.touched[op.Process] {
		if !slices.Contains(o.h.ListedOf(op), k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func (o *writer) keys(keys []anomalies.Key) {
	o.text("[")
	for i, k := range keys {
		if i > 0 {
			o.text(" ")
		}
		o.quoted(o.h.Keys[k])
	}
	o.text("]")
}

// micro writes the micro-operations of a send, poll or transaction.
func (o *writer) micro(e moment, op *anomalies.Op) {
	if !e.done {
		o.touch(op)
	}
	o.text("[")
	for i, s := range o.h.SendsOf(op) {
		if i > 0 {
			o.text(" ")
		}
		o.text("[:send ")
		o.quoted(o.h.Keys[o.h.KeyOf(s.Value)])
		o.text(" ")
		if e.done && s.Offset != anomalies.NoOffset {
			o.place(s)
		} else {
			o.quoted(o.h.Name(s.Value))
		}
		o.text("]")
	}
	if op.F != anomalies.Send {
		if len(o.h.SendsOf(op)) > 0 {
			o.text(" ")
		}
		o.poll(e, op)
	}
	o.text("]")
}

// touch notes the keys of an operation that begins.
func (o *writer) touch(op *anomalies.Op) {
	touched := o.touched[op.Process]
	if touched == nil {
		touched = make(map[anomalies.Key]bool)
		o.touched[op.Process] = touched
	}
	for _, places := range [][]anomalies.Place{o.h.SendsOf(op), o.h.ReadsOf(op)} {
		for _, p := range places {
			touched[o.h.KeyOf(p.Value)] = true
		}
	}
}

// poll writes what was handed, in its order: a map for each stretch of one key.
func (o *writer) poll(e moment, op *anomalies.Op) {
	reads := o.h.ReadsOf(op)
	if !e.done || len(reads) == 0 {
		o.text("[:poll]")
		return
	}
	for i := 0; i < len(reads); {
		if i > 0 {
			o.text(" ")
		}
		key := o.h.KeyOf(reads[i].Value)
		o.text("[:poll {")
		o.quoted(o.h.Keys[key])
		o.text(" [")
		for first := i; i < len(reads) && o.h.KeyOf(reads[i].Value) == key; i++ {
			if i > first {
				o.text(" ")
			}
			o.place(reads[i])
		}
		o.text("]}]")
	}
}

// place writes [offset value].
func (o *writer) place(p anomalies.Place) {
	offset := "nil"
	if p.Offset != anomalies.NoOffset {
		offset = strconv.FormatInt(p.Offset, 10)
	}
	o.text("[", offset, " ")
	o.quoted(o.h.Name(p.Value))
	o.text("]")
}

func (o *writer) text(parts ...string) {
	for _, p := range parts {
		_, _ = o.w.WriteString(p) // Flush returns the error
	}
}

// quoted writes a string of EDN.
func (o *writer) quoted(s string) {
	_ = o.w.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			_ = o.w.WriteByte('\\')
			_, _ = o.w.WriteRune(r)
		case '\n':
			o.text(`\n`)
		case '\r':
			o.text(`\r`)
		case '\t':
			o.text(`\t`)
		default:
			_, _ = o.w.WriteRune(r)
		}
	}
	_ = o.w.WriteByte('"')
}
