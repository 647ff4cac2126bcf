package sim

import "math/bits"

// poolFirst is the size of a pool's first chunk; each is twice the one before,
// so that a large pool has few and its table stays in the nearest cache.
const (
	poolFirst     = 1 << poolFirstBits
	poolFirstBits = 6
)

// Pool is a slab of values of one type that are named by number: what frames
// carry as their body. Addresses stay valid while the pool grows. A value that
// is taken keeps what its last user left in it, so that slices inside it keep
// their memory; the taker overwrites every field.
type Pool[T any] struct {
	chunks [][]T
	free   []uint32
	next   uint32
}

// Take returns the number and address of an unused value.
func (p *Pool[T]) Take() (uint32, *T) {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		return i, p.At(i)
	}
	i := p.next
	p.next++
	if k := len(p.chunks); i == poolFirst<<k-poolFirst {
		p.chunks = append(p.chunks, make([]T, poolFirst<<k))
	}
	return i, p.At(i)
}

// At returns the address of the i-th value.
func (p *Pool[T]) At(i uint32) *T {
	i += poolFirst // chunk k begins at poolFirst<<k then
	k := bits.Len32(i) - 1
	return &p.chunks[k-poolFirstBits][i&^(1<<k)]
}

// Put gives a value back.
func (p *Pool[T]) Put(i uint32) { p.free = append(p.free, i) }

// InUse returns how many values are taken.
func (p *Pool[T]) InUse() int { return int(p.next) - len(p.free) }

// Reset takes all values back and keeps their memory.
func (p *Pool[T]) Reset() {
	p.free = p.free[:0]
	p.next = 0
}
