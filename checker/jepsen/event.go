package jepsen

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
)

// event is the fields of an event that count; edn.None where one is missing.
type event struct {
	at                                             edn.NodeID
	typ, f, process, value, time, index, rebalance edn.NodeID
	client, attempt, released, pending             edn.NodeID
}

// fields finds the fields of an event.
func (d *decoder) fields() (e event, p *problem) {
	const none = edn.None
	e = event{none, none, none, none, none, none, none, none, none, none, none, none}
	e.at = d.form.Untag(0)
	n := d.form.Node(e.at)
	if n.Kind != edn.Map {
		return e, d.wrong(e.at, "an event is a map, as {:type :invoke, :f :poll, ...}, and here is %s", n.Kind)
	}
	for key := n.First; key != edn.None; {
		value := d.form.Node(key).Next
		if name, ok := d.form.Name(key); ok {
			if field := e.field(name); field != nil {
				if *field != edn.None {
					return e, d.wrong(key, "the field %s stands twice", name)
				}
				*field = d.form.Untag(value)
			}
		}
		key = d.form.Node(value).Next
	}
	for _, f := range []struct {
		name string
		id   edn.NodeID
	}{{":type", e.typ}, {":process", e.process}, {":f", e.f}} {
		if f.id == edn.None && d.isLine(n.First) {
			return e, d.wrong(e.at, "this is a history in JSON Lines; read it without --history-format jepsen")
		}
		if f.id == edn.None {
			return e, d.wrong(e.at, "the event has no %s", f.name)
		}
	}
	return e, nil
}

// isLine says whether the fields of a map are those of a history in JSON Lines.
func (d *decoder) isLine(key edn.NodeID) bool {
	for key != edn.None {
		if name, ok := d.form.Name(key); ok && (string(name) == "history" || string(name) == "op") {
			return true
		}
		key = d.form.Node(d.form.Node(key).Next).Next
	}
	return false
}

func (e *event) field(name []byte) *edn.NodeID {
	switch string(name) {
	case "type":
		return &e.typ
	case "f":
		return &e.f
	case "process":
		return &e.process
	case "value":
		return &e.value
	case "time":
		return &e.time
	case "index":
		return &e.index
	case "client":
		return &e.client
	case "attempt":
		return &e.attempt
	case "pending":
		return &e.pending
	case "released":
		return &e.released
	case "rebalance-log", "rebalance_log":
		return &e.rebalance
	}
	return nil
}

// types are the words of the field :type; an invocation leaves its operation pending.
var types = map[string]anomalies.Type{
	"invoke": anomalies.Pending, "ok": anomalies.OK, "fail": anomalies.Fail, "info": anomalies.Info,
}

// event adds one event to the history.
func (d *decoder) event() *problem {
	e, wrong := d.fields()
	if wrong != nil {
		return wrong
	}
	if name, ok := d.form.Name(e.process); ok && string(name) == "nemesis" {
		return nil
	}
	number := d.form.Node(e.process)
	if number.Kind != edn.Int {
		return d.wrong(e.process, "a process is a whole number or :nemesis, and here is %s", d.show(e.process))
	}
	f, ok := d.form.Name(e.f)
	if !ok {
		return d.wrong(e.f, ":f is a keyword, and here is %s", d.show(e.f))
	}
	typ, ok := d.form.Name(e.typ)
	if _, known := types[string(typ)]; !ok || !known {
		return d.wrong(e.typ, ":type is :invoke, :ok, :fail or :info, and here is %s", d.show(e.typ))
	}
	if wrong := d.order(&e); wrong != nil {
		return wrong
	}
	p, wrong := d.process(&e, number.Int)
	if wrong != nil {
		return wrong
	}
	d.again = e.attempt != edn.None && d.form.Node(e.attempt).Kind == edn.Int && d.form.Node(e.attempt).Int > 1
	if d.now++; d.now == anomalies.Never {
		return d.wrong(e.at, "the history has more events than can be judged")
	}
	if string(typ) == "invoke" {
		return d.invoke(&e, p, f)
	}
	return d.complete(&e, p, f, types[string(typ)])
}

// process returns the process of an event. Processes of one :client count as one, whose
// operations may overlap.
func (d *decoder) process(e *event, number int64) (*process, *problem) {
	p := d.processes[number]
	if e.client == edn.None {
		if p == nil {
			p = &process{number: d.out.AddProcess(fmt.Sprint(number)), op: -1}
			d.processes[number] = p
		}
		return p, nil
	}
	name, ok := d.form.Name(e.client)
	if !ok {
		return nil, d.wrong(e.client, ":client is a name, and here is %s", d.show(e.client))
	}
	client, ok := d.clients[string(name)]
	if !ok {
		client = d.out.AddProcess(string(name))
		d.clients[string(name)] = client
		d.clientText += int64(len(name))
	}
	if p == nil {
		p = &process{number: client, op: -1}
		d.processes[number] = p
	}
	if p.number != client {
		return nil, d.wrong(e.client, "process %d is of the client %s here, and was of %s before",
			number, name, d.out.Processes[p.number])
	}
	return p, nil
}

// order checks the number of an event. Negative numbers stand for none.
func (d *decoder) order(e *event) *problem {
	if e.index == edn.None {
		return nil
	}
	n := d.form.Node(e.index)
	switch {
	case n.Kind != edn.Int:
		return d.wrong(e.index, ":index is a whole number, and here is %s", d.show(e.index))
	case n.Int < 0:
	case n.Int <= d.last:
		return d.wrong(e.index, "the event has the index %d and stands behind the one with %d; the events are not in order", n.Int, d.last)
	default:
		d.last = n.Int
	}
	return nil
}

// time returns when an event happened: its time, or its number where it has none;
// ok says which.
func (d *decoder) time(e *event) (at int64, ok bool, p *problem) {
	if e.time == edn.None {
		return int64(d.now), false, nil
	}
	switch n := d.form.Node(e.time); {
	case n.Kind == edn.Nil || n.Kind == edn.Int && n.Int < 0:
		return int64(d.now), false, nil
	case n.Kind == edn.Int:
		return n.Int, true, nil
	}
	return 0, false, d.wrong(e.time, ":time is a whole number of nanoseconds, and here is %s", d.show(e.time))
}

func (d *decoder) invoke(e *event, p *process, f []byte) *problem {
	line := d.form.Node(e.at).Line
	if p.op >= 0 {
		return d.wrong(e.at, "process %s invokes %s while its %s of line %d is under way",
			d.out.Processes[p.number], f, p.f, d.out.Ops[p.op].Line)
	}
	at, timed, wrong := d.time(e)
	if wrong != nil {
		return wrong
	}
	what := anomalies.ParseF(f)
	if e.released != edn.None {
		if what != anomalies.Assign {
			return d.wrong(e.released, ":released is of an assign, and here is %s", f)
		}
		what = anomalies.Release
	}
	op := anomalies.Op{F: what, Process: p.number, Invoked: d.now, Completed: anomalies.Never,
		Begin: at, Line: line, EndLine: line}
	if wrong := d.kind(e, op.F, f); wrong != nil {
		return wrong
	}
	p.op, p.f, p.line, p.timed = d.out.Begin(op), append(p.f[:0], f...), line, timed
	return d.content(e, p.op, anomalies.Pending)
}

func (d *decoder) complete(e *event, p *process, f []byte, typ anomalies.Type) *problem {
	name := d.out.Processes[p.number]
	switch {
	case p.op < 0 && p.line > 0:
		return d.wrong(e.at, "process %s completes %s, and what it invoked was completed on line %d", name, f, p.line)
	case p.op < 0:
		return d.wrong(e.at, "process %s completes %s, and no line says that it was invoked", name, f)
	case string(p.f) != string(f):
		return d.wrong(e.f, "process %s completes %s, but on line %d it invoked %s", name, f, p.line, p.f)
	}
	at, timed, wrong := d.time(e)
	if wrong != nil {
		return wrong
	}
	op := &d.out.Ops[p.op]
	if timed && p.timed && at < op.Begin {
		return d.wrong(e.time, "the operation completes at %d, before it was invoked at %d on line %d", at, op.Begin, op.Line)
	}
	line := d.form.Node(e.at).Line
	i := p.op
	if op.EndLine = line; e.pending == edn.None {
		op.Type, op.Completed, op.End = typ, d.now, at
	}
	p.op, p.line = -1, line
	return d.content(e, i, typ)
}

// kind sees to it that a history is about one thing.
func (d *decoder) kind(e *event, op anomalies.F, f []byte) *problem {
	kind := anomalies.Kind(0)
	switch op {
	case anomalies.Send, anomalies.Poll, anomalies.Txn, anomalies.Assign, anomalies.Subscribe, anomalies.Release,
		anomalies.Crash:
		kind = anomalies.Log
	case anomalies.Enqueue, anomalies.Dequeue, anomalies.Drain:
		kind = anomalies.Queue
	case anomalies.Add:
		kind = anomalies.Set
	case anomalies.Write, anomalies.CAS:
		kind = anomalies.Register
	default:
		if d.out.Kind == 0 && len(d.other) < 5 && !slices.Contains(d.other, string(f)) {
			d.other = append(d.other, string(f))
		}
		return nil
	}
	if d.out.Kind == 0 {
		d.out.Kind, d.kindLine = kind, d.form.Node(e.at).Line
		d.tuples = kind == anomalies.Register && d.isTuple(e.value, op)
		if wrong := d.readEarlier(); wrong != nil {
			return wrong
		}
	}
	if kind != d.out.Kind {
		return d.wrong(e.f, "%s stands in a history that is about %s, as line %d shows; judge them apart", f, about[d.out.Kind], d.kindLine)
	}
	return nil
}

// about says what a kind of history is about.
var about = map[anomalies.Kind]string{anomalies.Log: "logs", anomalies.Queue: "a queue", anomalies.Set: "a set",
	anomalies.Register: "registers"}

// finish looks at the history as a whole.
func (d *decoder) finish() *problem {
	if d.out.Kind != 0 || len(d.out.Ops) == 0 {
		return nil
	}
	return &problem{line: d.out.Ops[0].Line, text: fmt.Sprintf("the history has only the operations %s; those of logs are send, poll, "+
		"txn, assign and subscribe, those of queues enqueue, dequeue and drain, those of sets add and read, those of "+
		"registers read, write and cas", strings.Join(d.other, ", "))}
}
