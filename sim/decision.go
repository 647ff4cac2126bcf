package sim

import "math/bits"

// ID is the identity of what a decision is about. It is made of names and of
// numbers that survive the removal of other things, never of ordinals of the
// run: a message is (producer, index in the workload), a data frame is (link,
// kind, smallest message carried, attempt), a connection is (client, server,
// cause of its opening). So taking a message, a fault or a node out of a run
// leaves every decision about the rest as it was.
type ID uint64

// Decision is the name of a choice that the model makes.
type Decision struct {
	name string
	hash uint64
}

// NewDecision names a decision, as "link.latency". Two decisions of one name
// are the same decision.
func NewDecision(name string) Decision { return Decision{name, hashString(name)} }

// Name returns the decision's name.
func (d Decision) Name() string { return d.name }

// Identity combines parts into one identity. The order of the parts matters.
func Identity(parts ...ID) ID {
	h := ID(0x9ae16a3b2f90404f)
	for _, p := range parts {
		h = h.With(p)
	}
	return h
}

// With combines an identity with a further part, for the innermost loops:
// [Identity] does so with each of its parts.
func (id ID) With(part ID) ID {
	hi, lo := bits.Mul64(uint64(id)^0x165667b19e3779f9, uint64(part)^0x9e3779b97f4a7c15)
	return ID(hi ^ lo)
}

// Named returns the identity of a name.
func Named(name string) ID { return ID(hashString(name)) }

// Source answers decisions. A model cannot tell which source it runs on: random
// bits from a seed, the recorded answers of an earlier run, or the enumeration
// of a small world.
type Source interface {
	// Bits answers with 64 uniform bits, from which a [Sampler] makes a value.
	Bits(d Decision, id ID) uint64
	// Choose answers with one of n alternatives, 0 to n-1.
	Choose(d Decision, id ID, n int) int
}

// Random is the source of plain seeds: a pure function of the seed, the name of
// the decision and the identity. It has no state, so the order in which
// decisions are asked for does not matter.
type Random struct{ Seed uint64 }

// Bits implements [Source].
func (r Random) Bits(d Decision, id ID) uint64 { return draw(r.Seed, d.hash, uint64(id)) }

// Choose implements [Source].
func (r Random) Choose(d Decision, id ID, n int) int {
	hi, _ := bits.Mul64(r.Bits(d, id), uint64(n))
	return int(hi)
}

// draw is two multiplications of 64 by 64 bits, each folded by what makes both
// halves of the product count.
func draw(seed, decision, id uint64) uint64 {
	hi, lo := bits.Mul64(seed^decision^0xd1342543de82ef95, id^0x2545f4914f6cdd1d)
	hi, lo = bits.Mul64(lo^0x9e3779b97f4a7c15, hi^0xc2b2ae3d27d4eb4f)
	return hi ^ lo
}

// mix is the finalizer of murmur3 over a combination of two words: each bit of
// either changes each bit of the result with a probability close to one half.
func mix(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + bits.RotateLeft64(b*0xc2b2ae3d27d4eb4f, 31)
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return x
}

// hashString is FNV-1a, finished by mix.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h, uint64(len(s)))
}
