package sim

import "math/bits"

// Fixed-point units.
const (
	q40    = 40
	q32    = 32
	ln2Q63 = 6393154322601327830 // ln 2 in units of 2^-63
	// log2(e) in units of 2^-32.
	log2eQ32 = 6196328019
	million  = 1_000_000
	// longest is the largest value of a sampler with an unbounded tail, about
	// 146 years in nanoseconds: added to a time of a run it does not overflow.
	longest = 1<<62 - 1
)

// scale multiplies by a factor in units of 2^-40, rounding down.
func scale(v int64, factor uint64) int64 {
	hi, lo := bits.Mul64(uint64(v), factor)
	if hi >= 1<<(q40-2) {
		return longest
	}
	return int64(hi<<(64-q40) | lo>>q40)
}

// scaleExp2 multiplies by 2^e, for an e in units of 2^-40, rounding down.
func scaleExp2(v, e int64) int64 {
	hi, lo := bits.Mul64(uint64(v), exp2Mantissa(e))
	length := bits.Len64(lo)
	if hi != 0 {
		length = 64 + bits.Len64(hi)
	}
	shift := q40 - e>>q40 // of the product to the right
	switch {
	case length == 0:
		return 0
	case int64(length)-shift > 62:
		return longest
	case shift <= 0:
		return int64(lo << -shift)
	case shift >= 64:
		return int64(hi >> (shift - 64))
	}
	return int64(hi<<(64-shift) | lo>>shift)
}

// mulShift returns a*b >> shift for signed a and a b that is not negative.
func mulShift(a, b int64, shift uint) int64 {
	neg := a < 0
	if neg {
		a = -a
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	v := int64(hi<<(64-shift) | lo>>shift)
	if shift == 0 {
		v = int64(lo)
	}
	if neg {
		return -v
	}
	return v
}

// negLog2 returns -log2((u+1) / 2^64) in units of 2^-40: 0 to 64.
func negLog2(u uint64) uint64 {
	if u++; u == 0 {
		return 0
	}
	zeros := bits.LeadingZeros64(u)
	return uint64(zeros+1)<<q40 - uint64(log2Mantissa(u<<zeros))
}

// log2Mantissa returns log2(m / 2^63) in units of 2^-40, for a normalized m.
func log2Mantissa(m uint64) int64 {
	const fracBits = 63 - 11 // logSteps is 2^11
	frac := m << 1 >> 1
	i := frac >> fracBits
	rest := int64(frac & (1<<fracBits - 1) >> (fracBits - 20))
	lo, hi := logTable[i], logTable[i+1]
	return lo + (hi-lo)*rest>>20
}

// exp2 returns 2^e in units of 2^-40 for an e in units of 2^-40. What would not
// fit is the largest value that does.
func exp2(e int64) uint64 {
	whole, m := e>>q40, exp2Mantissa(e)
	switch {
	case whole >= 63-q40:
		return 1<<63 - 1
	case whole >= 0:
		return m << whole
	}
	return m >> -whole
}

// exp2Mantissa returns 2 to the fractional part of e, 1 to 2, in units of 2^-40
// for an e in the same.
func exp2Mantissa(e int64) uint64 {
	frac := uint64(e) & (1<<q40 - 1)
	i := frac >> (q40 - 10) // expSteps is 2^10
	rest := int64(frac & (1<<(q40-10) - 1) >> 10)
	lo, hi := expTable[i], expTable[i+1]
	return uint64(lo + (hi-lo)*rest>>20)
}

// normal returns a standard normal value in units of 2^-32.
func normal(u uint64) int64 {
	v := u << 1 // the tail probability is v / 2^65; the top bit is the side
	octave := bits.LeadingZeros64(v | 1)
	if octave >= normOctaves {
		octave = normOctaves - 1
	}
	frac := v << octave << 1 // below the leading one
	i := frac >> (64 - 6)    // normSteps is 2^6
	rest := int64(frac << 6 >> (64 - 20))
	row := octave*(normSteps+1) + int(i)
	lo, hi := normTable[row], normTable[row+1]
	z := lo + (hi-lo)*rest>>20
	if u>>63 == 0 {
		return -z
	}
	return z
}
