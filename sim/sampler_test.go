package sim_test

import (
	"math"
	"testing"

	"orderlab/sim"

	"gonum.org/v1/gonum/interp"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// probes returns uniform words over the whole range, dense at both ends.
func probes() []uint64 {
	var out []uint64
	for k := range 60 {
		out = append(out, 1<<k, 3<<k, -(uint64(5) << k))
	}
	for i := range uint64(2000) {
		out = append(out, i*0x20c49ba5e353f7)
	}
	return out
}

// The quantiles are those of gonum's distributions, which are the oracle.
func TestQuantilesMatchOracle(t *testing.T) {
	const mean, median = 1_000_000_000, 250_000_000
	exponential, lognormal := sim.Exponential(mean), sim.LogNormal(median, 700_000)
	oracle := distuv.LogNormal{Mu: math.Log(median), Sigma: 0.7}
	for _, u := range probes() {
		p := (float64(u) + 0.5) / (1 << 64)
		want := -math.Log((float64(u)+1)/(1<<64)) * mean
		if got := float64(exponential.Sample(u)); math.Abs(got-want) > 1e-6*mean+2 {
			t.Errorf("exponential at %x: got %v, want %v", u, got, want)
		}
		tail := p
		if u>>63 == 1 {
			tail = (float64(u<<1>>1) + 0.5) / (1 << 64)
		}
		if tail < 1e-13 { // the oracle itself has no precision there
			continue
		}
		want = oracle.Quantile(tail)
		if u>>63 == 1 {
			want = median * median / want
		}
		if got := float64(lognormal.Sample(u)); math.Abs(got/want-1) > 5e-5 {
			t.Errorf("lognormal at %x: got %v, want %v", u, got, want)
		}
	}
}

// The upper tail of a Pareto distribution is where it differs from the others,
// so it is compared with gonum's down to probabilities of 2^-64.
func TestParetoMatchesOracle(t *testing.T) {
	const scale = 1_000_000
	for _, alpha := range []float64{0.5, 1.1, 2, 3.5} {
		s := sim.Pareto(scale, int64(alpha*1e6))
		oracle := distuv.Pareto{Xm: scale, Alpha: alpha}
		for _, u := range probes() {
			tail := (float64(u) + 1) / (1 << 64)
			got := float64(s.Sample(u))
			if got >= 1<<62-1 { // cut off
				if want := scale * math.Pow(tail, -1/alpha); want < 1<<62 {
					t.Errorf("alpha %v at %x: got the largest value, want %v", alpha, u, want)
				}
				continue
			}
			if back := oracle.Survival(got); math.Abs(back/tail-1) > 1e-5 {
				t.Errorf("alpha %v at %x: %v has the tail %v, want %v", alpha, u, got, back, tail)
			}
		}
	}
}

// measured is a latency as one measures it: a median of 2 ms, one value in five
// exactly 3 ms, nothing between 9 and 20 ms, and a tail to 80 ms.
var measured = []sim.Quantile{
	{Millionths: 0, Value: 1_000_000}, {Millionths: 500_000, Value: 2_000_000}, {Millionths: 600_000, Value: 3_000_000},
	{Millionths: 800_000, Value: 3_000_000}, {Millionths: 990_000, Value: 9_000_000},
	{Millionths: 990_000, Value: 20_000_000},
	{Millionths: 1_000_000, Value: 80_000_000},
}

func TestEmpiricalMatchesOracle(t *testing.T) {
	s := sim.Empirical(measured)
	for _, half := range [][]sim.Quantile{measured[:5], measured[5:]} { // on either side of the gap
		var oracle interp.PiecewiseLinear
		var xs, ys []float64
		for _, q := range half {
			xs, ys = append(xs, float64(q.Millionths)/1e6), append(ys, float64(q.Value))
		}
		if err := oracle.Fit(xs, ys); err != nil {
			t.Fatal(err)
		}
		for _, u := range probes() {
			if p := float64(u) / (1 << 64); p >= xs[0] && p < xs[len(xs)-1] {
				if got, want := float64(s.Sample(u)), oracle.Predict(p); math.Abs(got-want) > 2 {
					t.Errorf("at %x: got %v, want %v", u, got, want)
				}
			}
		}
	}
}

func TestSamplersRejectNonsense(t *testing.T) {
	for name, make := range map[string]func() sim.Sampler{
		"uniform":    func() sim.Sampler { return sim.Uniform(2, 1) },
		"mean":       func() sim.Sampler { return sim.Exponential(-1) },
		"median":     func() sim.Sampler { return sim.LogNormal(-1, 0) },
		"sigma":      func() sim.Sampler { return sim.LogNormal(1, -1) },
		"alpha":      func() sim.Sampler { return sim.Pareto(1, 999) },
		"no ranks":   func() sim.Sampler { return sim.Zipf(0, 1) },
		"many ranks": func() sim.Sampler { return sim.Zipf(1<<22+1, 1) },
		"no points":  func() sim.Sampler { return sim.Empirical(nil) },
		"half":       func() sim.Sampler { return sim.Empirical(measured[1:]) },
		"falling": func() sim.Sampler {
			return sim.Empirical([]sim.Quantile{{Value: 2}, {Millionths: 1_000_000, Value: 1}})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			make()
		}()
	}
}

// A sampler is a quantile function of its word: it never falls where it should
// rise, never leaves its range and never overflows, for any parameters.
func TestSamplersAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		lo, hi := min(a, b), max(a, b)
		mean := rapid.Int64Range(0, 1<<62).Draw(t, "mean")
		share := rapid.Int64Range(1000, 8_000_000).Draw(t, "millionths")
		rising := map[string]sim.Sampler{"uniform": sim.Uniform(-mean, mean),
			"empirical": sim.Empirical([]sim.Quantile{
				{Value: -mean}, {Millionths: 400_000, Value: 7}, {Millionths: 1_000_000, Value: mean + 7}})}
		falling := map[string]sim.Sampler{"exponential": sim.Exponential(mean), "pareto": sim.Pareto(mean, share)}
		for name, s := range rising {
			if s.Sample(lo) > s.Sample(hi) {
				t.Errorf("%s: %d at %x is above %d at %x", name, s.Sample(lo), lo, s.Sample(hi), hi)
			}
		}
		for name, s := range falling {
			if s.Sample(lo) < s.Sample(hi) || s.Sample(hi) < 0 {
				t.Errorf("%s: %d at %x, %d at %x", name, s.Sample(lo), lo, s.Sample(hi), hi)
			}
		}
		if s := sim.LogNormal(mean, share); s.Sample(a) < 0 {
			t.Errorf("lognormal: %d at %x", s.Sample(a), a)
		}
		if v := falling["pareto"]; v.Sample(a) < min(mean, 1<<62-1) {
			t.Errorf("pareto: %d is below the scale %d", v.Sample(a), mean)
		}
	})
}

func TestSampleMeans(t *testing.T) {
	const n = 200_000
	zipf := sim.Zipf(1000, 1_100_000)
	for name, s := range map[string]sim.Sampler{
		"constant": sim.Constant(12345), "uniform": sim.Uniform(100, 1_000_100),
		"exponential": sim.Exponential(5_000_000), "lognormal": sim.LogNormal(1_000_000, 500_000), "zipf": zipf,
		"pareto": sim.Pareto(1_000_000, 3_000_000), "empirical": sim.Empirical(measured),
	} {
		sum := 0.0
		for i := range n {
			sum += float64(s.Sample(sim.Random{Seed: 7}.Bits(sim.NewDecision(name), sim.ID(i))))
		}
		if got, want := sum/n, float64(s.Mean()); math.Abs(got-want) > 0.02*want+1 {
			t.Errorf("%s: the sample mean is %v and Mean says %v", name, got, want)
		}
	}
}

// Each rank of a Zipf distribution comes as often as its weight says.
func TestZipfFrequencies(t *testing.T) {
	const n, ranks = 400_000, 50
	s := sim.Zipf(ranks, 1_200_000)
	var seen [ranks]float64
	for i := range n {
		seen[s.Sample(sim.Random{Seed: 3}.Bits(sim.NewDecision("zipf"), sim.ID(i)))]++
	}
	total := 0.0
	for k := range ranks {
		total += math.Pow(float64(k+1), -1.2)
	}
	chi := 0.0
	for k := range ranks {
		want := n * math.Pow(float64(k+1), -1.2) / total
		chi += (seen[k] - want) * (seen[k] - want) / want
	}
	if limit := (distuv.ChiSquared{K: ranks - 1}).Quantile(0.9999); chi > limit {
		t.Errorf("chi-square is %.1f, above %.1f", chi, limit)
	}
}

// The values are the same on every architecture.
func TestSamplerGolden(t *testing.T) {
	var d sim.Digest
	for _, s := range []sim.Sampler{sim.Uniform(-5, 1<<40), sim.Exponential(1 << 33), sim.LogNormal(1<<30, 1_500_000),
		sim.Zipf(5000, 990_000), sim.Zipf(3, 0), sim.Pareto(1<<20, 1_200_000), sim.Empirical(measured)} {
		for i := range 10_000 {
			d.Int(s.Sample(sim.Random{Seed: 99}.Bits(sim.NewDecision("golden"), sim.ID(i))))
		}
	}
	const want = "c44b4bd5f0f53ca9166e67783eafa868"
	if got := hex(d.Sum()); got != want {
		t.Errorf("the digest of the samples is %s, want %s", got, want)
	}
}

func BenchmarkSampler(b *testing.B) {
	for name, s := range map[string]sim.Sampler{
		"uniform": sim.Uniform(0, 1000), "exponential": sim.Exponential(1 << 30),
		"lognormal": sim.LogNormal(1<<30, 500_000), "zipf": sim.Zipf(10_000, 1_100_000),
		"pareto": sim.Pareto(1<<30, 1_500_000), "empirical": sim.Empirical(measured),
	} {
		b.Run(name, func(b *testing.B) {
			var sum int64
			for i := range b.N {
				sum += s.Sample(uint64(i) * 0x9e3779b97f4a7c15)
			}
			sink = sum
		})
	}
}

var sink int64
