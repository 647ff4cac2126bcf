package result

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The values are from published tables of the Clopper-Pearson interval, and for
// 0 of n from the closed form 1 - 0.05^(1/n) (the "rule of three" is close to it).
func TestRateIntervalKnownValues(t *testing.T) {
	for _, c := range []struct {
		k, n  int
		want  [2]float64
		bound string
	}{
		{0, 0, [2]float64{0, 1}, ""},
		{0, 1, [2]float64{0, 0.95}, OneSided},
		{0, 20, [2]float64{0, 0.1391}, OneSided},
		{1, 1, [2]float64{0.025, 1}, ""},
		{20, 20, [2]float64{0.8316, 1}, ""},
		{3, 10, [2]float64{0.0667, 0.6525}, ""},
		{1, 10, [2]float64{0.0025, 0.4450}, ""},
		{5, 10, [2]float64{0.1871, 0.8129}, ""},
		{50, 100, [2]float64{0.3983, 0.6017}, ""},
	} {
		got, bound := RateInterval(c.k, c.n)
		if math.Abs(got[0]-c.want[0]) > 5e-5 || math.Abs(got[1]-c.want[1]) > 5e-5 || bound != c.bound {
			t.Errorf("RateInterval(%d, %d) = %.4f %q, want %.4f %q", c.k, c.n, got, bound, c.want, c.bound)
		}
	}
}

// binomialTail is the probability of at least k successes in n trials, summed
// term by term: the slow, obvious oracle.
func binomialTail(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

// At each end of the interval, what was seen or something more extreme has
// exactly the probability 2.5 %.
func TestRateIntervalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "n")
		k := rapid.IntRange(1, n).Draw(t, "k")
		ci, _ := RateInterval(k, n)
		if p := binomialTail(k, n, ci[0]); math.Abs(p-0.025) > 1e-6 {
			t.Errorf("%d of %d: at the lower end %g the tail is %g", k, n, ci[0], p)
		}
		if k == n {
			return
		}
		if p := 1 - binomialTail(k+1, n, ci[1]); math.Abs(p-0.025) > 1e-6 {
			t.Errorf("%d of %d: at the upper end %g the tail is %g", k, n, ci[1], p)
		}
	})
}

func TestRateIntervalRejectsImpossibleCounts(t *testing.T) {
	for _, c := range [][2]int{{-1, 3}, {4, 3}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("RateInterval(%d, %d) did not panic", c[0], c[1])
				}
			}()
			RateInterval(c[0], c[1])
		}()
	}
}

func TestMeanOf(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		want   Mean
	}{
		{"nothing", nil, Mean{}},
		{"one value has no spread", []float64{7}, Mean{7, [2]float64{7, 7}}},
		// s = 1.58114, t(4, 0.975) = 2.77645, half = t s / sqrt(5) = 1.96325
		{"textbook", []float64{1, 2, 3, 4, 5}, Mean{3, [2]float64{1.03675, 4.96325}}},
		// t(1, 0.975) = 12.7062
		{"two values", []float64{0, 2}, Mean{1, [2]float64{-11.7062, 13.7062}}},
		{"not measured is left out", []float64{nan, 7, inf}, Mean{7, [2]float64{7, 7}}},
		{"equal values", []float64{4, 4, 4}, Mean{4, [2]float64{4, 4}}},
	} {
		got := MeanOf(c.values)
		for i, d := range []float64{got.Mean - c.want.Mean, got.CI95[0] - c.want.CI95[0], got.CI95[1] - c.want.CI95[1]} {
			if !(math.Abs(d) < 1e-4) {
				t.Errorf("%s: got %v, want %v (number %d)", c.name, got, c.want, i)
			}
		}
	}
}
