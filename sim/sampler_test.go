package sim_test

import (
	"math"
	"testing"

	"orderlab/sim"

	"gonum.org/v1/gonum/stat/distuv"
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

func TestSampleMeans(t *testing.T) {
	const n = 200_000
	zipf := sim.Zipf(1000, 1_100_000)
	for name, s := range map[string]sim.Sampler{
		"constant": sim.Constant(12345), "uniform": sim.Uniform(100, 1_000_100),
		"exponential": sim.Exponential(5_000_000), "lognormal": sim.LogNormal(1_000_000, 500_000), "zipf": zipf,
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
		sim.Zipf(5000, 990_000), sim.Zipf(3, 0)} {
		for i := range 10_000 {
			d.Int(s.Sample(sim.Random{Seed: 99}.Bits(sim.NewDecision("golden"), sim.ID(i))))
		}
	}
	const want = "011665cd7829ef31a09bc11c5d7d4854"
	if got := hex(d.Sum()); got != want {
		t.Errorf("the digest of the samples is %s, want %s", got, want)
	}
}

func BenchmarkSampler(b *testing.B) {
	for name, s := range map[string]sim.Sampler{
		"uniform": sim.Uniform(0, 1000), "exponential": sim.Exponential(1 << 30),
		"lognormal": sim.LogNormal(1<<30, 500_000), "zipf": sim.Zipf(10_000, 1_100_000),
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
