package sim

import (
	"math/bits"
	"sort"
)

// Quantile is a point of an empirical distribution: the share of all values, in
// millionths, that are at most Value.
type Quantile struct {
	Millionths int64
	Value      int64
}

// quantileTable samples a distribution whose quantile function is piecewise
// linear between measured points.
type quantileTable struct{ points []Quantile }

// Empirical gives values of a measured distribution: between two of its points
// the quantiles lie on a straight line. The points ascend in both fields, from
// one at 0 (the smallest value) to one at 1,000,000 (the largest). Two points of
// one value make that value as frequent as their distance; two points of one
// share leave a gap between their values.
//
//	Empirical([]Quantile{{0, 1e6}, {500_000, 2e6}, {990_000, 9e6}, {1_000_000, 80e6}})
//
// is a latency with a median of 2 ms and a tail up to 80 ms. Empirical panics
// when the points are not as described.
func Empirical(points []Quantile) Sampler {
	last := len(points) - 1
	if last < 1 || points[0].Millionths != 0 || points[last].Millionths != million {
		panic("sim: Empirical needs points from 0 to 1,000,000 millionths")
	}
	for i := range last {
		if a, b := points[i], points[i+1]; a.Millionths > b.Millionths || a.Value > b.Value {
			panic("sim: the points of Empirical do not ascend")
		}
	}
	return Sampler{shape: shapeEmpirical, table: &quantileTable{append([]Quantile(nil), points...)}}
}

func (t *quantileTable) sample(u uint64) int64 {
	share, rest := bits.Mul64(u, million)
	// The last point at or below the share; there is always one after it.
	i := sort.Search(len(t.points), func(i int) bool { return t.points[i].Millionths > int64(share) }) - 1
	a, b := t.points[i], t.points[i+1]
	width := uint64(b.Millionths-a.Millionths) << 32
	along := (share-uint64(a.Millionths))<<32 | rest>>32
	hi, lo := bits.Mul64(uint64(b.Value-a.Value), along)
	step, _ := bits.Div64(hi, lo, width)
	return a.Value + int64(step)
}

// mean is the area under the quantile function.
func (t *quantileTable) mean() int64 {
	whole, part := int64(0), int64(0)
	for i := range len(t.points) - 1 {
		a, b := t.points[i], t.points[i+1]
		middle := a.Value + int64(uint64(b.Value-a.Value)/2)
		whole += middle / million * (b.Millionths - a.Millionths)
		part += middle % million * (b.Millionths - a.Millionths)
	}
	return whole + part/million
}
