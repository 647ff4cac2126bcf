package model

import (
	"slices"

	"orderlab/sim"
)

// Shape names the family of a distribution.
type Shape string

// The shapes, with the meaning of A and B.
const (
	Constant    Shape = "constant"    // A
	Uniform     Shape = "uniform"     // from A to B, both included
	Exponential Shape = "exponential" // mean A
	LogNormal   Shape = "lognormal"   // median A, sigma B in millionths
	Pareto      Shape = "pareto"      // least value A, alpha B in millionths
	Empirical   Shape = "empirical"   // Points
)

// Distribution is a distribution of durations: A and B in nanoseconds unless
// the shape says otherwise.
type Distribution struct {
	Shape Shape
	A, B  int64
	// Points are those of an empirical distribution, see [sim.Empirical].
	Points []Quantile
}

// Quantile is a point of an empirical distribution.
type Quantile = sim.Quantile

// Sampler returns the integer sampler of the distribution.
func (d Distribution) Sampler() sim.Sampler {
	switch d.Shape {
	case Uniform:
		return sim.Uniform(d.A, d.B)
	case Exponential:
		return sim.Exponential(d.A)
	case LogNormal:
		return sim.LogNormal(d.A, d.B)
	case Pareto:
		return sim.Pareto(d.A, d.B)
	case Empirical:
		return sim.Empirical(d.Points)
	}
	return sim.Constant(d.A)
}

// Mean returns the mean in nanoseconds, rounded down; for a log-normal the
// mean exceeds the median and is computed in integers like everything else. A
// distribution without a mean gives the largest value that is sampled.
func (d Distribution) Mean() int64 {
	s := d.Sampler()
	return s.Mean()
}

// Equal says whether two distributions are the same.
func (d Distribution) Equal(o Distribution) bool {
	return d.Shape == o.Shape && d.A == o.A && d.B == o.B && slices.Equal(d.Points, o.Points)
}

// Scaled returns the distribution of the durations times a factor, given as a
// fraction; they are rounded down.
func (d Distribution) Scaled(numerator, denominator int64) Distribution {
	d.A = scaled(d.A, numerator, denominator)
	if d.Shape == Uniform {
		d.B = scaled(d.B, numerator, denominator)
	}
	d.Points = slices.Clone(d.Points)
	for i := range d.Points {
		d.Points[i].Value = scaled(d.Points[i].Value, numerator, denominator)
	}
	return d
}

func scaled(x, numerator, denominator int64) int64 {
	return x/denominator*numerator + x%denominator*numerator/denominator
}
