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
	table *quantileTable
}

type samplerShape uint8

const (
	shapeConstant samplerShape = iota
	shapeUniform
	shapeExponential
	shapeLogNormal
	shapeZipf
	shapePareto
	shapeEmpirical
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

// Exponential gives values with the mean, which is not negative. The error of a
// quantile is below one millionth of the mean.
func Exponential(mean int64) Sampler {
	notNegative("the mean of Exponential", mean)
	return Sampler{shape: shapeExponential, a: mean}
}

// LogNormal gives median * exp(sigma * Z) for a standard normal Z; sigma is in
// millionths. Neither is negative.
func LogNormal(median, sigmaMillionths int64) Sampler {
	notNegative("the median of LogNormal", median)
	notNegative("the sigma of LogNormal", sigmaMillionths)
	return Sampler{shape: shapeLogNormal, a: median, b: sigmaMillionths}
}

// Pareto gives values from scale on, above x with the probability
// (scale/x)^alpha; alpha is in millionths and at least 1000. The smaller alpha,
// the heavier the tail: there is no mean at 1,000,000 and below, no variance at
// 2,000,000 and below.
func Pareto(scale, alphaMillionths int64) Sampler {
	notNegative("the scale of Pareto", scale)
	if alphaMillionths < 1000 {
		panic("sim: Pareto with an alpha below 0.001")
	}
	return Sampler{shape: shapePareto, a: scale, b: alphaMillionths}
}

func notNegative(what string, v int64) {
	if v < 0 {
		panic("sim: " + what + " is negative")
	}
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
		return scaleExp2(s.a, e<<(q40-q32))
	case shapePareto: // scale * U^(-1/alpha)
		hi, lo := bits.Mul64(negLog2(u), million)
		e, _ := bits.Div64(hi, lo, uint64(s.b))
		return scaleExp2(s.a, int64(e))
	case shapeEmpirical:
		return s.table.sample(u)
	}
	return s.zipf.sample(u)
}

// Mean returns the mean of the distribution, rounded. A distribution without a
// mean gives the largest value that is sampled.
func (s *Sampler) Mean() int64 {
	switch s.shape {
	case shapeUniform:
		return s.a + int64(uint64(s.b-s.a)/2)
	case shapeLogNormal: // median * exp(sigma^2 / 2)
		variance := mulShift(s.b, s.b, 0) / million // in millionths
		e := variance * log2eQ32 / (2 * million)
		return scaleExp2(s.a, e<<(q40-q32))
	case shapeZipf:
		return s.zipf.mean()
	case shapePareto: // scale * alpha / (alpha - 1)
		if s.b <= million {
			return longest
		}
		hi, lo := bits.Mul64(uint64(s.a), uint64(s.b))
		if hi >= uint64(s.b-million) {
			return longest
		}
		mean, _ := bits.Div64(hi, lo, uint64(s.b-million))
		return int64(min(mean, longest))
	case shapeEmpirical:
		return s.table.mean()
	}
	return s.a
}
