package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/combin"
	"gonum.org/v1/gonum/stat/distuv"
)

// McNemar returns the exact two-sided p-value of McNemar's test. Of the pairs of
// runs that differ in their verdict, onlyFirst are violated in the first set
// alone and onlySecond in the second alone. Without a difference it is 1.
//
// It panics when a number is negative.
//
// Reference: McNemar, Psychometrika 12 (1947), in its exact, binomial form.
func McNemar(onlyFirst, onlySecond int) float64 {
	if onlyFirst < 0 || onlySecond < 0 {
		panic(fmt.Sprintf("stats: %d and %d discordant pairs", onlyFirst, onlySecond))
	}
	n := onlyFirst + onlySecond
	if n == 0 {
		return 1
	}
	tail := distuv.Binomial{N: float64(n), P: 0.5}.CDF(float64(min(onlyFirst, onlySecond)))
	return min(1, 2*tail)
}

// Fisher returns the two-sided p-value of Fisher's exact test for two rates, k1 of
// n1 and k2 of n2: the probability of a table with these margins that is no more
// likely than the one that was seen.
//
// It panics unless 0 <= k <= n for both.
//
// Reference: Fisher, Statistical Methods for Research Workers (1934), section 21.02.
func Fisher(k1, n1, k2, n2 int) float64 {
	if k1 < 0 || k2 < 0 || k1 > n1 || k2 > n2 {
		panic(fmt.Sprintf("stats: %d of %d and %d of %d", k1, n1, k2, n2))
	}
	k := k1 + k2
	all := logChoose(n1+n2, k)
	probability := func(x int) float64 { return math.Exp(logChoose(n1, x) + logChoose(n2, k-x) - all) }
	// Tables of one probability differ by rounding.
	seen := probability(k1) * (1 + 1e-7)
	p := 0.0
	for x := max(0, k-n2); x <= min(k, n1); x++ {
		if q := probability(x); q <= seen {
			p += q
		}
	}
	return min(1, p)
}

func logChoose(n, k int) float64 { return combin.LogGeneralizedBinomial(float64(n), float64(k)) }

const (
	// mostExact is the number of differences up to which all assignments of signs
	// are looked at, 2^20 of them.
	mostExact = 20
	// draws is how many are drawn at random beyond that.
	draws = 100_000
)

// SignFlip returns the two-sided p-value of the sign-flip permutation test of
// paired differences: how often their sum would be as far from zero if the sign
// of each were as likely one as the other. Up to 20 differences other than zero
// it is exact, beyond that it comes from 100,000 random assignments, always the
// same, and is (1 + as far) / (1 + drawn). Values that are not finite are left
// out; without a difference the p-value is 1.
//
// Reference: Fisher, The Design of Experiments (1935), section 21.
func SignFlip(differences []float64) float64 {
	d := make([]float64, 0, len(differences))
	sum, scale := 0.0, 0.0
	for _, x := range differences {
		if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		d = append(d, x)
		sum += x
		scale += math.Abs(x)
	}
	if len(d) == 0 {
		return 1
	}
	// Sums that are equal on paper differ by rounding.
	far := math.Abs(sum) - 1e-9*scale
	if len(d) > mostExact {
		return drawn(d, far)
	}
	slices.Sort(d) // so that the sums do not depend on the order of the pairs
	return enumerated(d, far)
}

// enumerated looks at every assignment of signs. Consecutive Gray codes differ in
// one sign, so each sum takes one addition.
func enumerated(d []float64, far float64) float64 {
	sum := 0.0
	for _, x := range d {
		sum += x
	}
	flipped := make([]bool, len(d))
	as := 1 // the assignment that was seen
	total := 1 << len(d)
	for code := 1; code < total; code++ {
		i := 0
		for code>>i&1 == 0 {
			i++
		}
		if flipped[i] = !flipped[i]; flipped[i] {
			sum -= 2 * d[i]
		} else {
			sum += 2 * d[i]
		}
		if math.Abs(sum) >= far {
			as++
		}
	}
	return float64(as) / float64(total)
}

func drawn(d []float64, far float64) float64 {
	random := rand.New(rand.NewPCG(1, uint64(len(d))))
	as := 1
	for range draws {
		sum, bits := 0.0, uint64(0)
		for i, x := range d {
			if i%64 == 0 {
				bits = random.Uint64()
			}
			if bits&1 == 0 {
				sum += x
			} else {
				sum -= x
			}
			bits >>= 1
		}
		if math.Abs(sum) >= far {
			as++
		}
	}
	return float64(as) / float64(draws+1)
}

// Holm returns the p-values of several tests corrected by Holm's step-down method:
// when those up to a level are called significant, the probability that any is so
// by chance is at most that level. The order is that of the argument.
//
// Reference: Holm, Scandinavian Journal of Statistics 6 (1979).
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(p))
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, p[i]*float64(len(p)-rank)))
		out[i] = least
	}
	return out
}
