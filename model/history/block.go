package history

import (
	"iter"
	"slices"
)

// Block is a run of neighbouring operations whose columns lie side by side. A pass
// over many operations that takes few fields of each reads it several times as fast
// as the methods of the history, which look for the columns at every call. It is
// valid until the history is changed.
type Block struct {
	// First is the row of the block's first operation, Len how many there are.
	First, Len int
	c          *chunk
	h          *History
}

// Blocks gives all operations in order.
func (h *History) Blocks() iter.Seq[Block] {
	return func(yield func(Block) bool) {
		for first := 0; first < h.rows; first += chunkRows {
			if !yield(Block{first, min(chunkRows, h.rows-first), h.chunks[first>>chunkBits], h}) {
				return
			}
		}
	}
}

// BlocksOf gives rows, in any order, with the blocks in which they stand: neighbours that
// share one at once. Row r is operation r - First of its block.
func (h *History) BlocksOf(rows []int32) iter.Seq2[Block, []int32] {
	return func(yield func(Block, []int32) bool) {
		for len(rows) > 0 {
			at, n := rows[0]>>chunkBits, 1
			for n < len(rows) && rows[n]>>chunkBits == at {
				n++
			}
			first := int(at) << chunkBits
			if !yield(Block{first, min(chunkRows, h.rows-first), h.chunks[at], h}, rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// Kind returns the kind of the block's i-th operation.
func (b *Block) Kind(i int) Kind { return Kind(b.c.meta[i&chunkMask] & kindMask) }

// Kinds are kinds of operations, as a set.
type Kinds [kindMask + 1]uint8

// KindsOf returns a set of kinds.
func KindsOf(kinds ...Kind) *Kinds {
	var s Kinds
	for _, k := range kinds {
		s[k&kindMask] = 1
	}
	return &s
}

// Pick returns which of the block's operations are of some kinds, in order, in the
// memory of others. See [ByKind] for why this is faster than to ask each and go on.
func (b *Block) Pick(kinds *Kinds, memory []int32) []int32 {
	memory = slices.Grow(memory[:0], b.Len)[:b.Len]
	n := 0
	for i, meta := range b.c.meta[:b.Len] {
		memory[n] = int32(i)
		n += int(kinds[meta&kindMask])
	}
	return memory[:n]
}

// OutcomeAt returns the outcome of the block's i-th operation.
func (b *Block) OutcomeAt(i int) Outcome { return Outcome(b.c.meta[i&chunkMask] >> outShift) }

// AttemptAt returns the attempt of the block's i-th operation.
func (b *Block) AttemptAt(i int) uint16 { return b.c.attempt[i&chunkMask] }

// SessionAt returns the session of the block's i-th operation.
func (b *Block) SessionAt(i int) uint16 { return b.c.session[i&chunkMask] }

// ProcessAt returns the process of the block's i-th operation.
func (b *Block) ProcessAt(i int) Process { return b.c.process[i&chunkMask] }

// DetailAt returns the detail of the block's i-th operation.
func (b *Block) DetailAt(i int) Symbol { return b.c.detail[i&chunkMask] }

// MessageAt returns the message of the block's i-th operation.
func (b *Block) MessageAt(i int) Message { return b.c.message[i&chunkMask] }

// PlaceAt returns the place of the block's i-th operation.
func (b *Block) PlaceAt(i int) Place { return b.c.place[i&chunkMask] }

// PositionAt returns the position of the block's i-th operation.
func (b *Block) PositionAt(i int) int64 {
	if p := b.c.position[i&chunkMask]; p < narrow {
		return int64(p)
	}
	return b.h.widePosition(b.First + i)
}

// BeginAt returns the begin of the block's i-th operation.
func (b *Block) BeginAt(i int) int64 { return b.c.begin[i&chunkMask] }

// EndAt returns the end of the block's i-th operation.
func (b *Block) EndAt(i int) int64 {
	if n := b.c.length[i&chunkMask]; n < narrow {
		return b.c.begin[i&chunkMask] + int64(n)
	}
	return b.h.wideEnd(b.First + i)
}
