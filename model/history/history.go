package history

import "fmt"

// chunkBits sets the rows of a chunk: 16,384 rows are about 600 kB in all
// columns, small enough for a short run and large enough to make growth rare.
const (
	chunkBits = 14
	chunkRows = 1 << chunkBits
	chunkMask = chunkRows - 1
)

// chunk holds the columns of chunkRows operations. Positions and durations are
// 32 bits wide; what does not fit goes to the overflow map of the history.
type chunk struct {
	meta     [chunkRows]uint8 // kind, and the outcome in the upper three bits
	attempt  [chunkRows]uint16
	process  [chunkRows]Process
	session  [chunkRows]uint16
	epoch    [chunkRows]uint16
	detail   [chunkRows]Symbol
	message  [chunkRows]Message
	place    [chunkRows]Place
	position [chunkRows]uint32
	length   [chunkRows]uint32
	begin    [chunkRows]int64
}

// Codes of the 32-bit columns.
const (
	wide     = 1<<32 - 1 // the value is in the overflow map
	none     = 1<<32 - 2 // NoPosition, or an End that is Pending
	narrow   = none      // values below this are stored as they are
	outShift = 5
	kindMask = 1<<outShift - 1
)

type overflow struct {
	row      uint32
	position bool // else length
}

// History is a list of operations in the order in which they were recorded,
// which for a simulated run is the order of their End as far as they have one.
// The zero value is empty and ready to use.
type History struct {
	chunks   []*chunk
	spare    []*chunk
	rows     int
	messages []MessageInfo
	wide     map[overflow]int64

	keys      table
	processes table
	places    table
	symbols   table
}

// Len returns the number of operations.
func (h *History) Len() int { return h.rows }

// Messages returns the number of messages.
func (h *History) Messages() int { return len(h.messages) }

// Message returns what is known of message m.
func (h *History) Message(m Message) MessageInfo { return h.messages[m] }

// AddMessage declares a message and returns its dense number, counted from 0.
func (h *History) AddMessage(info MessageInfo) Message {
	h.messages = append(h.messages, info)
	return Message(len(h.messages) - 1)
}

// Append records an operation at the end.
func (h *History) Append(op Op) {
	i := h.rows & chunkMask
	if i == 0 {
		h.grow()
	}
	c := h.chunks[h.rows>>chunkBits]
	c.meta[i] = uint8(op.Kind) | uint8(op.Outcome)<<outShift
	c.attempt[i] = op.Attempt
	c.process[i] = op.Process
	c.session[i] = op.Session
	c.epoch[i] = op.Epoch
	c.detail[i] = op.Detail
	c.message[i] = op.Message
	c.place[i] = op.Place
	c.begin[i] = op.Begin
	c.position[i] = h.narrow(op.Position, op.Position == NoPosition, true)
	c.length[i] = h.narrow(op.End-op.Begin, op.End == Pending, false)
	h.rows++
}

func (h *History) narrow(v int64, absent, position bool) uint32 {
	switch {
	case absent:
		return none
	case v >= 0 && v < narrow:
		return uint32(v)
	}
	if h.wide == nil {
		h.wide = make(map[overflow]int64)
	}
	h.wide[overflow{uint32(h.rows), position}] = v
	return wide
}

func (h *History) grow() {
	if n := len(h.spare); n > 0 {
		h.chunks = append(h.chunks, h.spare[n-1])
		h.spare = h.spare[:n-1]
		return
	}
	h.chunks = append(h.chunks, new(chunk))
}

// Op returns the i-th operation.
func (h *History) Op(i int) Op {
	c, j := h.chunks[i>>chunkBits], i&chunkMask
	op := Op{
		Kind: Kind(c.meta[j] & kindMask), Outcome: Outcome(c.meta[j] >> outShift),
		Attempt: c.attempt[j], Process: c.process[j], Session: c.session[j],
		Epoch: c.epoch[j], Detail: c.detail[j], Message: c.message[j], Place: c.place[j],
		Position: int64(c.position[j]), Begin: c.begin[j],
	}
	switch c.position[j] {
	case none:
		op.Position = NoPosition
	case wide:
		op.Position = h.wide[overflow{uint32(i), true}]
	}
	switch n := c.length[j]; n {
	case none:
		op.End = Pending
	case wide:
		op.End = op.Begin + h.wide[overflow{uint32(i), false}]
	default:
		op.End = op.Begin + int64(n)
	}
	return op
}

// Kind returns the kind of the i-th operation, for passes that need few rows.
func (h *History) Kind(i int) Kind {
	return Kind(h.chunks[i>>chunkBits].meta[i&chunkMask] & kindMask)
}

// Reset empties the history and keeps its memory.
func (h *History) Reset() {
	h.spare = append(h.spare, h.chunks...)
	h.chunks = h.chunks[:0]
	h.rows = 0
	h.messages = h.messages[:0]
	clear(h.wide)
	h.keys.reset()
	h.processes.reset()
	h.places.reset()
	h.symbols.reset()
}

// Bytes returns the memory that the operations and messages recorded so far
// take, in bytes, without the tables of names.
func (h *History) Bytes() int64 {
	const row = 1 + 2*5 + 4*4 + 8
	return int64(h.rows)*row + int64(len(h.messages))*12
}

// AddKey, AddProcess, AddPlace and AddSymbol return the number of a name, which
// is new if the name was not seen before. A process, place or symbol beyond the
// limit of its type panics: these are small sets by design.
func (h *History) AddKey(name string) Key { return Key(h.keys.add(name, uint32(NoKey)-1)) }

// AddProcess names a client, broker or consumer.
func (h *History) AddProcess(name string) Process {
	return Process(h.processes.add(name, 1<<16-2))
}

// AddPlace names a partition, queue or log.
func (h *History) AddPlace(name string) Place { return Place(h.places.add(name, uint32(NoPlace)-1)) }

// AddSymbol names anything else: an error, a reason, a sink. The empty word is
// always [NoSymbol].
func (h *History) AddSymbol(name string) Symbol {
	if name == "" {
		return NoSymbol
	}
	return Symbol(h.symbols.add(name, 1<<16-3) + 1)
}

// KeyName returns the key's name.
func (h *History) KeyName(k Key) string { return h.keys.name(uint32(k), k == NoKey) }

// ProcessName returns the process's name.
func (h *History) ProcessName(p Process) string { return h.processes.name(uint32(p), false) }

// PlaceName returns the place's name.
func (h *History) PlaceName(p Place) string { return h.places.name(uint32(p), p == NoPlace) }

// SymbolName returns the word.
func (h *History) SymbolName(s Symbol) string { return h.symbols.name(uint32(s)-1, s == NoSymbol) }

// Keys, Processes, Places and Symbols return how many names each table holds.
func (h *History) Keys() int { return len(h.keys.names) }

// Processes returns the number of processes.
func (h *History) Processes() int { return len(h.processes.names) }

// Places returns the number of places.
func (h *History) Places() int { return len(h.places.names) }

// Symbols returns the number of symbols, the empty word not counted.
func (h *History) Symbols() int { return len(h.symbols.names) }

// table interns names to dense numbers in the order of first use.
type table struct {
	names []string
	index map[string]uint32
}

func (t *table) add(name string, limit uint32) uint32 {
	if i, ok := t.index[name]; ok {
		return i
	}
	i := uint32(len(t.names))
	if i >= limit {
		panic(fmt.Sprintf("history: more than %d names in one table", limit))
	}
	if t.index == nil {
		t.index = make(map[string]uint32)
	}
	t.index[name] = i
	t.names = append(t.names, name)
	return i
}

func (t *table) name(i uint32, absent bool) string {
	if absent {
		return ""
	}
	return t.names[i]
}

func (t *table) reset() {
	t.names = t.names[:0]
	clear(t.index)
}
