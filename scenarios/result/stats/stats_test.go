package stats_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"orderlab/scenarios/result/stats"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func Example() {
	// Of 20 seeds, 8 are violated in the new set alone and 1 in the old alone.
	fmt.Printf("%.4f\n", stats.McNemar(1, 8))
	// Every run is slower now, by some milliseconds.
	fmt.Printf("%.4f\n", stats.SignFlip([]float64{3, 1, 4, 1, 5, 9, 2, 6}))
	// Output:
	// 0.0391
	// 0.0078
}

// Values computed elsewhere: binom.test, fisher.test and p.adjust of R.
func TestKnown(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"McNemar 0, 0", stats.McNemar(0, 0), 1},
		{"McNemar 5, 5", stats.McNemar(5, 5), 1},
		{"McNemar 0, 5", stats.McNemar(0, 5), 0.0625},
		{"McNemar 0, 6", stats.McNemar(6, 0), 0.03125},
		{"the lady tasting tea", stats.Fisher(3, 4, 1, 4), 34.0 / 70},
		{"Fisher 0 of 20, 20 of 20", stats.Fisher(0, 20, 20, 20), 2 / 137846528820.0},
		{"Fisher without runs", stats.Fisher(0, 0, 3, 5), 1},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
	got := stats.Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		if !near(got[i], want) {
			t.Errorf("Holm's %d is %v, want %v", i, got[i], want)
		}
	}
}

// choose counts without floating point.
func choose(n, k int) float64 {
	f, _ := new(big.Float).SetInt(new(big.Int).Binomial(int64(n), int64(k))).Float64()
	return f
}

func TestMcNemarIsBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := rapid.IntRange(0, 40).Draw(t, "b"), rapid.IntRange(0, 40).Draw(t, "c")
		tail := 0.0
		for i := 0; i <= min(b, c); i++ {
			tail += choose(b+c, i) / math.Exp2(float64(b+c))
		}
		if got := stats.McNemar(b, c); !near(got, min(1, 2*tail)) || got != stats.McNemar(c, b) {
			t.Fatalf("McNemar(%d, %d) is %v, want %v", b, c, got, min(1, 2*tail))
		}
	})
}

func TestFisherIsHypergeometric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(0, 25).Draw(t, "n1"), rapid.IntRange(0, 25).Draw(t, "n2")
		k1, k2 := rapid.IntRange(0, n1).Draw(t, "k1"), rapid.IntRange(0, n2).Draw(t, "k2")
		want := 0.0
		for x := 0; x <= k1+k2; x++ {
			if ways := choose(n1, x) * choose(n2, k1+k2-x); ways <= choose(n1, k1)*choose(n2, k2) {
				want += ways / choose(n1+n2, k1+k2)
			}
		}
		if got := stats.Fisher(k1, n1, k2, n2); !near(got, want) || !near(got, stats.Fisher(k2, n2, k1, n1)) {
			t.Fatalf("Fisher(%d, %d, %d, %d) is %v, want %v", k1, n1, k2, n2, got, want)
		}
	})
}

// flipped is the test by its definition, over whole numbers.
func flipped(d []int) float64 {
	seen, as := 0, 0
	for _, x := range d {
		seen += x
	}
	for signs := range 1 << len(d) {
		sum := 0
		for i, x := range d {
			if signs>>i&1 == 1 {
				x = -x
			}
			sum += x
		}
		if max(sum, -sum) >= max(seen, -seen) {
			as++
		}
	}
	return float64(as) / math.Exp2(float64(len(d)))
}

func TestSignFlipIsEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(-5, 5), 0, 10).Draw(t, "d")
		scale := rapid.SampledFrom([]float64{1, 0.1, 1e-7, 3e9}).Draw(t, "scale")
		d := make([]float64, len(whole), len(whole)+2)
		for i, x := range whole {
			d[i] = float64(x) * scale
		}
		want := flipped(whole)
		if got := stats.SignFlip(append(d, math.NaN(), math.Inf(1))); got != want {
			t.Fatalf("SignFlip(%v) is %v, want %v", d, got, want)
		}
		slices.Reverse(d)
		if got := stats.SignFlip(d); got != want {
			t.Fatalf("in another order it is %v, want %v", got, want)
		}
	})
}

// With many differences the p-value is drawn. It agrees with the normal
// approximation, which is good there, and is the same each time.
func TestSignFlipDrawn(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, shift := range []float64{0, 0.1, 0.2} {
		d := make([]float64, 200)
		sum, squares := 0.0, 0.0
		for i := range d {
			d[i] = random.NormFloat64() + shift
			sum += d[i]
			squares += d[i] * d[i]
		}
		want := math.Erfc(math.Abs(sum) / math.Sqrt(2*squares))
		got := stats.SignFlip(d)
		if math.Abs(got-want) > 0.01 || got != stats.SignFlip(d) {
			t.Errorf("shifted by %v: %v, want about %v", shift, got, want)
		}
	}
}

// If nothing differs, a level of 5 % is met by at most 5 % of the tests.
func TestLevelIsKept(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	const trials = 2_000
	flips, nemars := 0, 0
	for range trials {
		d := make([]float64, 10)
		b, c := 0, 0
		for i := range d {
			d[i] = random.ExpFloat64() - random.ExpFloat64()
			if random.IntN(2) == 0 {
				b++
			} else {
				c++
			}
		}
		if stats.SignFlip(d) <= 0.05 {
			flips++
		}
		if stats.McNemar(b, c) <= 0.05 {
			nemars++
		}
	}
	// 100 are expected at most; 130 are three standard deviations more.
	if flips > 130 || nemars > 130 || flips < 50 {
		t.Errorf("of %d tests without a difference %d and %d are significant at 5 %%", trials, flips, nemars)
	}
}

func TestHolm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 12).Draw(t, "p")
		got := stats.Holm(p)
		for i, x := range p {
			// By definition: the largest, over the values up to x, of that value
			// times the number of values that are not smaller.
			want := 0.0
			for _, y := range p {
				if y > x {
					continue
				}
				rest := 0
				for _, z := range p {
					if z >= y {
						rest++
					}
				}
				want = max(want, min(1, y*float64(rest)))
			}
			if !near(got[i], want) {
				t.Fatalf("Holm(%v)[%d] is %v, want %v", p, i, got[i], want)
			}
		}
	})
}
