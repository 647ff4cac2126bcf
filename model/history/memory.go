package history

import (
	"fmt"
	"math"
	"math/bits"
)

// Memory bounds the memory that a history takes, in bytes.
type Memory struct {
	// Limit is how much there is; 0 does not bound it.
	Limit int64
	// FileSize is the size of the file as it lies on the disk, from which the size
	// of the whole history is estimated; 0 where it is not known, as for a pipe.
	FileSize int64
	// PerOperation and PerMessage are what will be needed for each besides the
	// history, as by what judges it.
	PerOperation, PerMessage int64
}

// MemoryError says that a history needs more memory than there is.
type MemoryError struct {
	File string // as it was given to Read
	// Needed is how much memory the whole history would take, in bytes. AtLeast
	// says that it is what was needed when reading stopped, because the size of
	// the file is not known.
	Needed  int64
	AtLeast bool
	Limit   int64
	// Operations is how many operations had been read by then.
	Operations int
}

// Error says what is needed, what there is, and what to do.
func (e *MemoryError) Error() string {
	word := "about"
	if e.AtLeast {
		word = "more than"
	}
	return fmt.Sprintf("%s: judging this history needs %s %s of memory, and there are %s; allow more with --memory, judge it "+
		"in parts, each with all lines of some keys, or ask for less with --guarantee", e.File, word, bytesText(e.Needed), bytesText(e.Limit))
}

func bytesText(n int64) string {
	const k = 1 << 10
	switch {
	case n < 10*k:
		return fmt.Sprintf("%d bytes", n)
	case n < 10*k*k:
		return fmt.Sprintf("%d KiB", n/k)
	case n < 10*k*k*k:
		return fmt.Sprintf("%d MiB", n/(k*k))
	}
	return fmt.Sprintf("%d.%d GiB", n/(k*k*k), n%(k*k*k)*10/(k*k*k))
}

// Exceeded returns the error when a history that takes used bytes by now is too
// large. Taken is how much of the file has been read. It returns nil when there
// is enough.
func (m *Memory) Exceeded(file string, used, taken int64, operations int) *MemoryError {
	if m.Limit == 0 || used <= m.Limit {
		return nil
	}
	e := &MemoryError{File: file, Needed: used, AtLeast: true, Limit: m.Limit, Operations: operations}
	if m.FileSize > 0 && taken > 0 {
		e.Needed, e.AtLeast = scaled(used, max(taken, m.FileSize), taken), false
	}
	return e
}

// scaled returns n * of / part, for positive numbers with part <= of.
func scaled(n, of, part int64) int64 {
	high, low := bits.Mul64(uint64(n), uint64(of))
	if high >= uint64(part) {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(high, low, uint64(part))
	return int64(min(quotient, math.MaxInt64))
}

// What the parts of a history take at most while it is read, in bytes, besides its
// columns. Slices and maps are counted with the room that they keep and with the old
// part that lives while they grow; TestMemoryIsCountedHonestly measures it.
const (
	readerBytes  = 1 << 18 // buffers
	messageBytes = 72      // MessageInfo and state
	indexedBytes = 34      // of the name producer#index: an entry of a map
	namedBytes   = 98      // of another name, besides its text
	nameBytes    = 84      // of a key, place, process or symbol, besides its text
	wideBytes    = 48      // of a position or duration that does not fit 32 bits
	textBytes    = 8       // what a text takes besides its length
)

// used is an upper bound of the memory that the history takes by now.
func (d *decoder) used(m *Memory) int64 {
	h := d.h
	rows := int64(h.rows+chunkMask) &^ chunkMask
	names := int64(len(h.keys.names) + len(h.processes.names) + len(h.places.names) + len(h.symbols.names))
	messages := int64(len(h.messages))
	return readerBytes + rows*rowBytes + messages*messageBytes + int64(len(d.byIndex))*indexedBytes +
		int64(len(d.byName))*namedBytes + names*nameBytes + int64(len(h.wide))*wideBytes + d.texts +
		int64(h.rows)*m.PerOperation + messages*m.PerMessage
}
