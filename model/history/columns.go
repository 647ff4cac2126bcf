package history

// chunkBits sets the rows of a chunk: 16,384 rows are about 570 kB in all
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

// rowBytes is what a row takes in all columns.
const rowBytes = 1 + 5*2 + 4*4 + 8

// Codes of the 32-bit columns.
const (
	wide     = 1<<32 - 1 // the value is in the overflow map
	none     = 1<<32 - 2 // NoPosition, or an End that is Pending
	narrow   = none      // values below this are stored as they are
	outShift = 5
	kindMask = 1<<outShift - 1
)

// overflow names a value that did not fit its column.
type overflow struct {
	row      uint32
	position bool // else length
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
	c.position[i] = h.pack(h.rows, op.Position, op.Position == NoPosition, true)
	c.length[i] = h.pack(h.rows, op.End-op.Begin, op.End == Pending, false)
	h.kinds[op.Kind&kindMask]++
	h.rows++
}

// pack returns the code of a row's position or length.
func (h *History) pack(row int, v int64, absent, position bool) uint32 {
	if absent {
		return none
	}
	if v >= 0 && v < narrow {
		return uint32(v)
	}
	return h.packWide(row, v, position)
}

func (h *History) packWide(row int, v int64, position bool) uint32 {
	if h.wide == nil {
		h.wide = make(map[overflow]int64)
	}
	h.wide[overflow{uint32(row), position}] = v
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

// Op returns the i-th operation. A pass that needs a few fields of many rows
// takes them by their columns: [History.Kind], [History.MessageAt] and so on.
func (h *History) Op(i int) Op {
	c, j := h.chunks[i>>chunkBits], i&chunkMask
	return Op{
		Kind: Kind(c.meta[j] & kindMask), Outcome: Outcome(c.meta[j] >> outShift),
		Attempt: c.attempt[j], Process: c.process[j], Session: c.session[j],
		Epoch: c.epoch[j], Detail: c.detail[j], Message: c.message[j], Place: c.place[j],
		Position: h.PositionAt(i), Begin: c.begin[j], End: h.EndAt(i),
	}
}

// Kind returns the kind of the i-th operation.
func (h *History) Kind(i int) Kind {
	return Kind(h.chunks[i>>chunkBits].meta[i&chunkMask] & kindMask)
}

// OutcomeAt returns the outcome of the i-th operation.
func (h *History) OutcomeAt(i int) Outcome {
	return Outcome(h.chunks[i>>chunkBits].meta[i&chunkMask] >> outShift)
}

// AttemptAt returns the attempt of the i-th operation.
func (h *History) AttemptAt(i int) uint16 { return h.chunks[i>>chunkBits].attempt[i&chunkMask] }

// ProcessAt returns the process of the i-th operation.
func (h *History) ProcessAt(i int) Process { return h.chunks[i>>chunkBits].process[i&chunkMask] }

// SessionAt returns the session of the i-th operation.
func (h *History) SessionAt(i int) uint16 { return h.chunks[i>>chunkBits].session[i&chunkMask] }

// EpochAt returns the epoch of the i-th operation.
func (h *History) EpochAt(i int) uint16 { return h.chunks[i>>chunkBits].epoch[i&chunkMask] }

// DetailAt returns the detail of the i-th operation.
func (h *History) DetailAt(i int) Symbol { return h.chunks[i>>chunkBits].detail[i&chunkMask] }

// MessageAt returns the message of the i-th operation.
func (h *History) MessageAt(i int) Message { return h.chunks[i>>chunkBits].message[i&chunkMask] }

// PlaceAt returns the place of the i-th operation.
func (h *History) PlaceAt(i int) Place { return h.chunks[i>>chunkBits].place[i&chunkMask] }

// PositionAt returns the position of the i-th operation.
func (h *History) PositionAt(i int) int64 {
	if p := h.chunks[i>>chunkBits].position[i&chunkMask]; p < narrow {
		return int64(p)
	}
	return h.widePosition(i)
}

func (h *History) widePosition(i int) int64 {
	if h.chunks[i>>chunkBits].position[i&chunkMask] == none {
		return NoPosition
	}
	return h.wide[overflow{uint32(i), true}]
}

// BeginAt returns the begin of the i-th operation.
func (h *History) BeginAt(i int) int64 { return h.chunks[i>>chunkBits].begin[i&chunkMask] }

// EndAt returns the end of the i-th operation.
func (h *History) EndAt(i int) int64 {
	c := h.chunks[i>>chunkBits]
	if n := c.length[i&chunkMask]; n < narrow {
		return c.begin[i&chunkMask] + int64(n)
	}
	return h.wideEnd(i)
}

func (h *History) wideEnd(i int) int64 {
	c := h.chunks[i>>chunkBits]
	if c.length[i&chunkMask] == none {
		return Pending
	}
	return c.begin[i&chunkMask] + h.wide[overflow{uint32(i), false}]
}

// SetEnd moves the end of the i-th operation, for one that is recorded when it begins;
// [Pending] takes it away.
func (h *History) SetEnd(i int, end int64) {
	c, j := h.chunks[i>>chunkBits], i&chunkMask
	delete(h.wide, overflow{uint32(i), false})
	c.length[j] = h.pack(i, end-c.begin[j], end == Pending, false)
}

// setBegin moves the begin of an operation that has an end.
func (h *History) setBegin(i int, begin int64) {
	c, j, end := h.chunks[i>>chunkBits], i&chunkMask, h.EndAt(i)
	c.begin[j] = begin
	delete(h.wide, overflow{uint32(i), false})
	c.length[j] = h.pack(i, end-begin, false, false)
}
