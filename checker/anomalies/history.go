package anomalies

import (
	"fmt"
	"math"
	"strings"
	"unsafe"
)

// F is what an operation does.
type F uint8

// The operations. Those of queues, sets and registers are written with the same two
// lists: an enqueue, add or write sends its value, a dequeue, drain or read reads values.
const (
	Send      F = iota + 1
	Poll        // reads what it was handed
	Txn         // sends and polls, all or nothing
	Assign      // replaces what the process reads by hand: Listed
	Subscribe   // replaces what it reads by topic: Listed
	Release     // takes the keys Listed from the process, as a rebalance does
	Crash       // ends the client: its process begins anew
	Enqueue
	Dequeue
	Drain
	Add
	Read
	Write
	CAS   // reads its first value and writes its second, or fails
	Other // anything else: it only takes its time
)

var fNames = [...]string{Send: "send", Poll: "poll", Txn: "txn", Assign: "assign", Subscribe: "subscribe",
	Release: "release", Crash: "crash", Enqueue: "enqueue", Dequeue: "dequeue", Drain: "drain", Add: "add", Read: "read",
	Write: "write", CAS: "cas", Other: "other"}

// String returns the name as histories write it.
func (f F) String() string {
	if f == 0 || int(f) >= len(fNames) {
		return "invalid"
	}
	return fNames[f]
}

// ParseF is the inverse of [F.String] for what a history can hold; any other word
// is Other.
func ParseF(name []byte) F {
	for f := Send; f < Other; f++ {
		if f != Release && string(name) == fNames[f] {
			return f
		}
	}
	return Other
}

// Type says how an operation ended.
type Type uint8

// The ends of operations. One that is pending has none; it counts as Info.
const (
	Pending Type = iota
	OK           // it took effect
	Fail         // it did not
	Info         // it may have
)

// String returns the type's name, in the words of a verdict's witness.
func (t Type) String() string {
	switch t {
	case OK:
		return "ok"
	case Fail:
		return "fail"
	}
	return "unknown"
}

// The dense names of a history. A Key is a log: a partition. A Value is a message
// of one key; the same text in another key is another Value.
type (
	Key   int32
	Value int32
)

// NoOffset is an offset that is not known.
const NoOffset int64 = -1

// Never is when an operation completed that is pending.
const Never = math.MaxInt32

// Place is a value with the offset at which an operation says that it stands.
type Place struct {
	Value  Value
	Offset int64
}

// span is a range of one of the lists of a history.
type span struct{ from, to int32 }

// Op is one operation: its invocation and its completion.
type Op struct {
	F       F
	Type    Type
	Process int32
	// Invoked and Completed are the numbers of the two events in the order in
	// which they happened; Completed is Never while it is pending.
	Invoked, Completed int32
	// Begin and End are their times in nanoseconds; End means nothing while it is
	// pending.
	Begin, End int64
	// Line and EndLine are where the events stand in their source: lines of a file
	// from 1, or rows of a history from 0.
	Line, EndLine int32

	sends, reads, listed span
}

// History is a list of operations in the order of their invocations. The zero value
// is empty. Operations are added with [History.Begin] and what belongs to the latest
// with [History.Send], [History.Read] and [History.List].
type History struct {
	Ops       []Op
	Processes []string
	Keys      []string
	Unit      string // what Line counts: "line" of a file, "operation" of a history
	keyOf     []Key
	names     []string           // by Value
	nameOf    func(Value) string // instead of names, where they are many and seldom needed
	sends     []Place
	reads     []Place
	listed    []Key
	text      int64 // bytes of all names
}

// AddKey, AddProcess and AddValue declare names; whoever builds a history sees to it
// that each is declared once.
func (h *History) AddKey(name string) Key {
	h.text += int64(len(name)) + 8
	h.Keys = append(h.Keys, name)
	return Key(len(h.Keys) - 1)
}

// AddProcess declares a process.
func (h *History) AddProcess(name string) int32 {
	h.Processes = append(h.Processes, name)
	return int32(len(h.Processes) - 1)
}

// AddValue declares a value of a key.
func (h *History) AddValue(key Key, name string) Value {
	h.text += int64(len(name)) + 8
	h.names = append(h.names, name)
	h.keyOf = append(h.keyOf, key)
	return Value(len(h.keyOf) - 1)
}

// Values returns the number of values.
func (h *History) Values() int { return len(h.keyOf) }

// Name returns the text of a value.
func (h *History) Name(v Value) string {
	if h.nameOf != nil {
		return h.nameOf(v)
	}
	return h.names[v]
}

// KeyOf returns the key of a value.
func (h *History) KeyOf(v Value) Key { return h.keyOf[v] }

// Begin adds an operation and returns its index. Its lists are empty.
func (h *History) Begin(op Op) int {
	h.Ops = append(h.Ops, op)
	h.Rewrite(len(h.Ops) - 1)
	return len(h.Ops) - 1
}

// Rewrite empties the lists of an operation, so that its completion can say what its
// invocation did not know. What is sent, read and listed next belongs to it.
func (h *History) Rewrite(i int) {
	op := &h.Ops[i]
	op.sends = span{int32(len(h.sends)), int32(len(h.sends))}
	op.reads = span{int32(len(h.reads)), int32(len(h.reads))}
	op.listed = span{int32(len(h.listed)), int32(len(h.listed))}
}

// Send adds a value to those that operation i sends. It must be the latest that was
// begun or rewritten, as for Read and List.
func (h *History) Send(i int, v Value, offset int64) {
	h.sends = append(h.sends, Place{v, offset})
	h.Ops[i].sends.to = int32(len(h.sends))
}

// Read adds a value to those that operation i was handed.
func (h *History) Read(i int, v Value, offset int64) {
	h.reads = append(h.reads, Place{v, offset})
	h.Ops[i].reads.to = int32(len(h.reads))
}

// List adds a key to those that operation i assigns or releases, or that moved while
// it polled.
func (h *History) List(i int, k Key) {
	h.listed = append(h.listed, k)
	h.Ops[i].listed.to = int32(len(h.listed))
}

// SendsOf returns what an operation sends, in order.
func (h *History) SendsOf(op *Op) []Place { return h.sends[op.sends.from:op.sends.to] }

// ReadsOf returns what an operation was handed, in order.
func (h *History) ReadsOf(op *Op) []Place { return h.reads[op.reads.from:op.reads.to] }

// ListedOf returns the keys that an operation lists.
func (h *History) ListedOf(op *Op) []Key { return h.listed[op.listed.from:op.listed.to] }

// Text returns operation i in one line, with all that it says; spell is how it writes
// the names of keys and values.
func (h *History) Text(i int, spell func(name string) string) string {
	op := &h.Ops[i]
	var out strings.Builder
	fmt.Fprintf(&out, "%v %v %s %d", op.F, op.Type, h.Processes[op.Process], op.Begin)
	if op.Type != Pending {
		fmt.Fprintf(&out, "-%d", op.End)
	}
	for what, places := range [][]Place{h.SendsOf(op), h.ReadsOf(op)} {
		for _, p := range places {
			fmt.Fprintf(&out, " %v %s", [...]F{Send, Poll}[what], spell(h.Name(p.Value)))
			if p.Offset != NoOffset {
				fmt.Fprintf(&out, "@%d", p.Offset)
			}
			fmt.Fprintf(&out, " of %s", spell(h.Keys[h.KeyOf(p.Value)]))
		}
	}
	for _, k := range h.ListedOf(op) {
		fmt.Fprintf(&out, " key %s", spell(h.Keys[k]))
	}
	return out.String()
}

// Bytes returns the memory that the history takes at most, in bytes, with what its
// lists take for a moment while they grow.
func (h *History) Bytes() int64 {
	const op, place, name = int64(unsafe.Sizeof(Op{})), int64(unsafe.Sizeof(Place{})), int64(unsafe.Sizeof(""))
	lists := int64(cap(h.Ops))*op + int64(cap(h.sends)+cap(h.reads))*place + int64(cap(h.listed)+cap(h.keyOf))*4 +
		int64(cap(h.names)+cap(h.Keys)+cap(h.Processes))*name
	return lists*2 + h.text
}

// part returns the history of some operations alone, in order of their index. Names
// that they do not use are left out, so that its size is theirs.
func (h *History) part(ops []int32) *History {
	out := &History{Unit: h.Unit}
	keys, values, processes := map[Key]Key{}, map[Value]Value{}, map[int32]int32{}
	key := func(k Key) Key {
		n, ok := keys[k]
		if !ok {
			n = out.AddKey(h.Keys[k])
			keys[k] = n
		}
		return n
	}
	value := func(v Value) Value {
		n, ok := values[v]
		if !ok {
			n = out.AddValue(key(h.keyOf[v]), h.Name(v))
			values[v] = n
		}
		return n
	}
	for _, i := range ops {
		op := h.Ops[i]
		p, ok := processes[op.Process]
		if !ok {
			p = out.AddProcess(h.Processes[op.Process])
			processes[op.Process] = p
		}
		copied := op
		copied.Process = p
		n := out.Begin(copied)
		for _, s := range h.SendsOf(&op) {
			out.Send(n, value(s.Value), s.Offset)
		}
		for _, r := range h.ReadsOf(&op) {
			out.Read(n, value(r.Value), r.Offset)
		}
		for _, k := range h.ListedOf(&op) {
			out.List(n, key(k))
		}
	}
	return out
}
