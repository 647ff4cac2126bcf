package sim

const poolChunk = 64

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
	if int(i) == len(p.chunks)*poolChunk {
		p.chunks = append(p.chunks, make([]T, poolChunk))
	}
	return i, p.At(i)
}

// At returns the address of the i-th value.
func (p *Pool[T]) At(i uint32) *T { return &p.chunks[i/poolChunk][i%poolChunk] }

// Put gives a value back.
func (p *Pool[T]) Put(i uint32) { p.free = append(p.free, i) }

// InUse returns how many values are taken.
func (p *Pool[T]) InUse() int { return int(p.next) - len(p.free) }

// Reset takes all values back and keeps their memory.
func (p *Pool[T]) Reset() {
	p.free = p.free[:0]
	p.next = 0
}
