package history

import "iter"

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

// Kind returns the kind of the block's i-th operation.
func (b *Block) Kind(i int) Kind { return Kind(b.c.meta[i&chunkMask] & kindMask) }

// OutcomeAt returns the outcome of the block's i-th operation.
func (b *Block) OutcomeAt(i int) Outcome { return Outcome(b.c.meta[i&chunkMask] >> outShift) }

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
