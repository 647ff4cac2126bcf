package result

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence is the level of every interval.
const Confidence = 0.95

// OneSided marks a rate interval as [0, upper bound] with all of the error on
// one side.
const OneSided = "one-sided"

// RateInterval returns the exact 95 % interval of Clopper and Pearson for the
// probability of an event that k of n independent runs showed. For k = 0 it is
// the one-sided bound, 1 - 0.05^(1/n), and bound is [OneSided]; else bound is
// empty. Without runs nothing is known: [0, 1].
//
// It panics unless 0 <= k <= n.
//
// Reference: Clopper and Pearson, Biometrika 26 (1934).
func RateInterval(k, n int) (ci [2]float64, bound string) {
	if k < 0 || k > n {
		panic(fmt.Sprintf("result: %d violations in %d runs", k, n))
	}
	const alpha = 1 - Confidence
	switch {
	case n == 0:
		return [2]float64{0, 1}, ""
	case k == 0:
		return [2]float64{0, 1 - math.Pow(alpha, 1/float64(n))}, OneSided
	case k == n:
		return [2]float64{math.Pow(alpha/2, 1/float64(n)), 1}, ""
	}
	lo := distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}
	hi := distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}
	return [2]float64{lo.Quantile(alpha / 2), hi.Quantile(1 - alpha/2)}, ""
}

// MeanOf returns the mean of the values and its 95 % interval by Student's t.
// Values that are not finite were not measured and are left out. A single value
// says nothing about the spread: both ends of its interval equal the mean, as
// they do for no value at all, whose mean is 0.
func MeanOf(values []float64) Mean {
	finite := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return Mean{}
	}
	if len(finite) == 1 {
		return Mean{Mean: finite[0], CI95: [2]float64{finite[0], finite[0]}}
	}
	mean, dev := stat.MeanStdDev(finite, nil)
	half := studentT(float64(len(finite)-1)) * stat.StdErr(dev, float64(len(finite)))
	return Mean{Mean: mean, CI95: [2]float64{mean - half, mean + half}}
}

// studentT is how many standard errors an interval reaches to each side.
func studentT(degrees float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: degrees}.Quantile(1 - (1-Confidence)/2)
}
