package sim

import "math/bits"

//go:generate go run orderlab/sim/internal/tables

// Sampler turns 64 uniform bits into a value of a distribution. It uses integers
// only: Go fuses multiply and add on some architectures, and math functions
// differ between them, so a floating-point sampler would give another run on
// another machine. A Sampler is a small value and allocates nothing.
type Sampler struct {
	shape samplerShape
	a, b  int64
	zipf  *aliasTable
}

type samplerShape uint8

const (
	shapeConstant samplerShape = iota
	shapeUniform
	shapeExponential
	shapeLogNormal
	shapeZipf
)

// Fixed-point units.
const (
	q40    = 40
	q32    = 32
	ln2Q63 = 6393154322601327830 // ln 2 in units of 2^-63
	// log2(e) in units of 2^-32.
	log2eQ32 = 6196328019
	million  = 1_000_000
)

// Constant always gives ns.
func Constant(ns int64) Sampler { return Sampler{a: ns} }

// Uniform gives each of lo to hi, both included, with the same probability. It
// panics when hi is below lo.
func Uniform(lo, hi int64) Sampler {
	if hi < lo {
		panic("sim: Uniform with hi below lo")
	}
	return Sampler{shape: shapeUniform, a: lo, b: hi}
}

// Exponential gives values with the mean, not negative. The relative error of a
// quantile is below one millionth of the mean.
func Exponential(mean int64) Sampler { return Sampler{shape: shapeExponential, a: mean} }

// LogNormal gives median * exp(sigma * Z) for a standard normal Z; sigma is in
// millionths.
func LogNormal(median, sigmaMillionths int64) Sampler {
	return Sampler{shape: shapeLogNormal, a: median, b: sigmaMillionths}
}

// Zipf gives ranks from 0 to n-1, rank k with a probability proportional to
// (k+1)^-s; s is in millionths. It panics when n is not positive or above 2^22.
func Zipf(n int, exponentMillionths int64) Sampler {
	return Sampler{shape: shapeZipf, zipf: newZipfTable(n, exponentMillionths)}
}

// Sample returns the value for 64 uniform bits.
func (s *Sampler) Sample(u uint64) int64 {
	switch s.shape {
	case shapeConstant:
		return s.a
	case shapeUniform:
		n := uint64(s.b-s.a) + 1
		if n == 0 {
			return int64(u)
		}
		hi, _ := bits.Mul64(u, n)
		return s.a + int64(hi)
	case shapeExponential:
		x, _ := bits.Mul64(negLog2(u), ln2Q63)
		return scale(s.a, x<<1)
	case shapeLogNormal:
		// sigma * z * log2(e): 2^-32 units times 2^-32 units, in millionths.
		z := normal(u)
		e := mulShift(z, s.b*log2eQ32/million, q32)
		return scale(s.a, exp2(e<<(q40-q32)))
	}
	return s.zipf.sample(u)
}

// Mean returns the mean of the distribution, rounded.
func (s *Sampler) Mean() int64 {
	switch s.shape {
	case shapeUniform:
		return s.a + (s.b-s.a)/2
	case shapeLogNormal: // median * exp(sigma^2 / 2)
		variance := mulShift(s.b, s.b, 0) / million // in millionths
		e := variance * log2eQ32 / (2 * million)
		return scale(s.a, exp2(e<<(q40-q32)))
	case shapeZipf:
		return s.zipf.mean()
	}
	return s.a
}

// scale multiplies by a factor in units of 2^-40, rounding down.
func scale(v int64, factor uint64) int64 {
	hi, lo := bits.Mul64(uint64(v), factor)
	return int64(hi<<(64-q40) | lo>>q40)
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
	whole, frac := e>>q40, uint64(e)&(1<<q40-1)
	i := frac >> (q40 - 10) // expSteps is 2^10
	rest := int64(frac & (1<<(q40-10) - 1) >> 10)
	lo, hi := expTable[i], expTable[i+1]
	m := uint64(lo + (hi-lo)*rest>>20)
	switch {
	case whole >= 63-q40:
		return 1<<63 - 1
	case whole >= 0:
		return m << whole
	case whole <= -64:
		return 0
	}
	return m >> -whole
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
