package history

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// decoder turns lines into operations of an empty history.
type decoder struct {
	h       *History
	line    int
	version bool
	fields  [fieldCount]value
	byIndex map[indexed]Message
	byName  map[string]Message
	states  []state // by message
	late    []lateAck
	op      Op    // of the line that is read; a field, so that it is not allocated each time
	texts   int64 // bytes of all names
}

// indexed is a message called producer#index.
type indexed struct {
	producer Process
	index    uint32
}

func newDecoder(h *History) *decoder {
	return &decoder{h: h, byIndex: make(map[indexed]Message), byName: make(map[string]Message)}
}

// read takes in one line.
func (d *decoder) read(line []byte) *problem {
	line = bytes.TrimRight(line, "\r\n")
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if p := d.scan(line); p != nil {
		return p
	}
	if d.has(fieldVersion) {
		return d.head()
	}
	if !d.version {
		return problemf(0, "the first line should be {\"history\":%d}", Version)
	}
	return d.operation()
}

// head reads the line of the version. It may stand again where files were joined.
func (d *decoder) head() *problem {
	if v := &d.fields[fieldVersion]; v.number != Version {
		return problemf(v.column, "the history has version %d; this program reads version %d", v.number, Version)
	}
	for f := range fieldVersion {
		if d.has(f) {
			return problemf(d.fields[f].column, "%s stands in the line of the version", fields[f].name)
		}
	}
	d.version = true
	return nil
}

// scan fills fields.
func (d *decoder) scan(line []byte) *problem {
	for f := range d.fields {
		d.fields[f].column = 0
	}
	if what := foreign(line); what != "" {
		return problemf(1, "%s", what)
	}
	s := scanner{line: line}
	if p := s.expect('{', "{"); p != nil {
		return p
	}
	for {
		name, v, p := s.next()
		if p != nil {
			return p
		}
		if name == nil {
			return nil
		}
		f := fieldOf(name)
		switch {
		case f < 0:
			known := fieldList()
			return problemf(v.column, "no field is called %q%s; the fields are %s", shorten(name), meant(name, known),
				strings.Join(known, " "))
		case d.has(f):
			return problemf(v.column, "%s stands twice", name)
		case fields[f].number && v.str:
			return problemf(v.column, "%s should be a whole number, without quotes%s", name, unit(f))
		case !fields[f].number && !v.str:
			return problemf(v.column, "%s should be a string, in quotes", name)
		}
		d.fields[f] = v
	}
}

func (d *decoder) has(field int) bool { return d.fields[field].column > 0 }

// text returns the field's string, or nil.
func (d *decoder) text(field int) []byte {
	if !d.has(field) {
		return nil
	}
	return d.fields[field].text
}

// steps read an operation, each a part of it.
var steps = [...]func(*decoder, *Op) *problem{
	(*decoder).kind, (*decoder).times, (*decoder).numbers, (*decoder).names, (*decoder).message, (*decoder).detail,
	(*decoder).lifecycle,
}

// operation appends the operation of the fields.
func (d *decoder) operation() *problem {
	d.op = Op{Message: NoMessage, Place: NoPlace, Position: NoPosition}
	for _, step := range steps {
		if p := step(d, &d.op); p != nil {
			return p
		}
	}
	d.h.Append(d.op)
	return nil
}

func (d *decoder) kind(op *Op) *problem {
	if !d.has(fieldOp) {
		return problemf(0, "the field op is missing; it says what happened: send, ack, deliver, apply...")
	}
	kind, ok := ParseKind(string(d.text(fieldOp)))
	if !ok {
		var known []string
		for k := Kind(1); k < kindEnd; k++ {
			known = append(known, k.String())
		}
		return problemf(d.fields[fieldOp].column, "no operation is called %q%s; they are %s", shorten(d.text(fieldOp)),
			meant(d.text(fieldOp), known), strings.Join(known, " "))
	}
	op.Kind = kind
	for _, f := range required[kind] {
		if !d.has(f) {
			return problemf(0, "the field %s is missing; %s needs it", fields[f].name, kind)
		}
	}
	if d.has(fieldMessage) && !kind.allows(fieldMessage) {
		return problemf(d.fields[fieldMessage].column, "%s has no message", kind)
	}
	if d.has(fieldKey) && !d.has(fieldMessage) && kind != KindRead {
		return problemf(d.fields[fieldKey].column, "a key without a message")
	}
	return d.misplaced(kind)
}

// times reads begin and end, and the outcome, whose default depends on them.
func (d *decoder) times(op *Op) *problem {
	at, begin, end := &d.fields[fieldAt], &d.fields[fieldBegin], &d.fields[fieldEnd]
	switch {
	case d.has(fieldAt) && (d.has(fieldBegin) || d.has(fieldEnd)):
		return problemf(at.column, "at stands beside begin or end; a moment has at, a span has begin and end")
	case d.has(fieldAt):
		op.Begin, op.End = at.number, at.number
	case !d.has(fieldBegin):
		return problemf(0, "the time is missing: at for a moment, begin and end for a span, in nanoseconds")
	case !d.has(fieldEnd):
		op.Begin, op.End = begin.number, Pending
	case end.number < begin.number:
		return problemf(end.column, "the operation ends at %d, before it begins at %d", end.number, begin.number)
	default:
		op.Begin, op.End = begin.number, end.number
	}
	if op.Begin == Pending || (d.has(fieldEnd) && (op.End == Pending || op.End-op.Begin < 0)) {
		return problemf(0, "the time does not fit 64 bits of nanoseconds")
	}
	op.Outcome = defaultOutcome(op.End)
	if d.has(fieldOutcome) {
		outcome, ok := ParseOutcome(string(d.text(fieldOutcome)))
		if !ok {
			return problemf(d.fields[fieldOutcome].column, "no outcome is called %q; they are ok, fail, unknown",
				d.text(fieldOutcome))
		}
		if op.End == Pending && outcome != Unknown {
			return problemf(d.fields[fieldOutcome].column, "the outcome is %s, but the operation has no end", outcome)
		}
		op.Outcome = outcome
	}
	return nil
}

func (d *decoder) numbers(op *Op) *problem {
	for _, n := range [...]struct {
		field int
		to    *uint16
	}{{fieldSession, &op.Session}, {fieldAttempt, &op.Attempt}, {fieldEpoch, &op.Epoch}} {
		v := &d.fields[n.field]
		if v.column == 0 {
			continue
		}
		if v.number < 0 || v.number > math.MaxUint16 {
			return problemf(v.column, "%s is %d; it should be between 0 and %d", fields[n.field].name, v.number, math.MaxUint16)
		}
		*n.to = uint16(v.number)
	}
	own := positionField(op.Kind)
	for _, f := range [...]int{own, fieldPosition} { // a send may have both, and only its due time is kept
		if p := &d.fields[f]; d.has(f) && p.number < 0 {
			return problemf(p.column, "%s is %d; it counts from 0", fields[f].name, p.number)
		}
	}
	if d.has(own) {
		op.Position = d.fields[own].number
	}
	return nil
}

// names reads process and place.
func (d *decoder) names(op *Op) *problem {
	if len(d.text(fieldProcess)) == 0 {
		return problemf(0, "the field process is missing; it says who did this")
	}
	if p := d.room(&d.h.processes, fieldProcess, maxProcesses); p != nil {
		return p
	}
	op.Process = Process(d.intern(&d.h.processes, fieldProcess))
	if !d.has(fieldPlace) {
		return nil
	}
	if len(d.text(fieldPlace)) == 0 {
		return problemf(d.fields[fieldPlace].column, "place is empty; leave it out")
	}
	op.Place = Place(d.intern(&d.h.places, fieldPlace))
	return nil
}

// intern returns the number of a name, which has room in its table.
func (d *decoder) intern(t *table, field int) uint32 {
	name := d.text(field)
	if i, ok := t.index[string(name)]; ok {
		return i
	}
	d.texts += int64(len(name)) + textBytes
	return t.add(string(name), math.MaxUint32)
}

// room refuses a name that would not fit its table any more.
func (d *decoder) room(t *table, field int, limit uint32) *problem {
	if uint32(len(t.names)) < limit {
		return nil
	}
	if _, ok := t.index[string(d.text(field))]; ok {
		return nil
	}
	return problemf(d.fields[field].column, "more than %d different names of %s; is it the name of something else?",
		limit, fields[field].name)
}

// detail reads the detail under the name that it has for this kind.
func (d *decoder) detail(op *Op) *problem {
	want := detailField(op.Kind)
	for f := fieldSink; f <= fieldDetail; f++ {
		if !d.has(f) {
			continue
		}
		if fields[f].name != want {
			return problemf(d.fields[f].column, "%s has no field %s; what it has is called %s", op.Kind, fields[f].name, want)
		}
		if p := d.room(&d.h.symbols, f, maxSymbols); p != nil {
			return p
		}
		if text := d.text(f); len(text) > 0 {
			op.Detail = Symbol(d.intern(&d.h.symbols, f) + 1)
		}
	}
	return nil
}

// message finds or declares the message, with its key.
func (d *decoder) message(op *Op) *problem {
	key := NoKey
	if d.has(fieldKey) {
		key = Key(d.intern(&d.h.keys, fieldKey))
	}
	if op.Kind == KindRead {
		op.Position = int64(key)
	}
	if !d.has(fieldMessage) {
		return nil
	}
	name := d.text(fieldMessage)
	if len(name) == 0 {
		return problemf(d.fields[fieldMessage].column, "message is empty; every message has a name of its own")
	}
	op.Message = d.find(name)
	switch info := &d.h.messages[op.Message]; {
	case key == NoKey || info.Key == key:
	case info.Key == NoKey:
		info.Key = key
	default:
		return problemf(d.fields[fieldMessage].column,
			"message %s has key %s here and key %s before; every message needs a name of its own",
			name, d.text(fieldKey), d.h.KeyName(info.Key))
	}
	return nil
}

// find returns the message of a name. It is producer#index where the producer is
// a process that is known by then, else a name as such.
func (d *decoder) find(name []byte) Message {
	id, ok := d.parse(name)
	if ok {
		if m, seen := d.byIndex[id]; seen {
			return m
		}
	}
	if m, seen := d.byName[string(name)]; seen {
		return m
	}
	d.states = append(d.states, state{})
	if ok {
		m := d.h.AddMessage(MessageInfo{Key: NoKey, Producer: id.producer, Index: id.index})
		d.byIndex[id] = m
		return m
	}
	d.texts += int64(len(name)) + textBytes
	m := d.h.AddNamedMessage(string(name), NoKey)
	d.byName[d.h.ids[m]] = m
	return m
}

func (d *decoder) parse(name []byte) (id indexed, ok bool) {
	i := bytes.LastIndexByte(name, '#')
	if i < 0 || i+1 == len(name) || name[i+1] == '0' && i+2 < len(name) {
		return id, false
	}
	producer, ok := d.h.processes.index[string(name[:i])]
	if !ok {
		return id, false
	}
	for _, c := range name[i+1:] {
		if c < '0' || c > '9' {
			return id, false
		}
	}
	index, err := strconv.ParseUint(string(name[i+1:]), 10, 32)
	return indexed{Process(producer), uint32(index)}, err == nil
}
