package result

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// measuredRun is a run with the latencies of a histogram, in microseconds.
func measuredRun(us ...int64) Run {
	r := Run{Latency: hdrhistogram.New(1, 1e9, 3)}
	for _, v := range us {
		if err := r.Latency.RecordValue(v); err != nil {
			panic(err)
		}
	}
	r.NoteLatency(r.Latency)
	return r
}

func merged(runs []Run) Latency {
	list := make([]*Run, len(runs))
	for i := range runs {
		list[i] = &runs[i]
	}
	return mergeLatency(list)
}

// Runs that are all the same say that the next would be the same too. That each has
// many messages on both sides of the quantile is not a spread between runs.
func TestEqualRunsHaveNoSpread(t *testing.T) {
	var values []int64
	for i := range int64(1000) {
		values = append(values, 100+i)
	}
	l := merged([]Run{measuredRun(values...), measuredRun(values...), measuredRun(values...)})
	for i, q := range l.Quantiles {
		if ci := l.QuantilesCI95[i]; ci != [2]float64{q[1], q[1]} {
			t.Errorf("p%v is %v, and its interval is %v", 100*q[0], q[1], ci)
		}
	}
}

// One run says nothing about the spread, and so has no interval.
func TestOneRunHasNoInterval(t *testing.T) {
	if l := merged([]Run{measuredRun(5, 6, 7)}); l.CI95 != nil || l.QuantilesCI95 != nil {
		t.Errorf("%+v", l)
	}
	if l := merged([]Run{measuredRun(5, 6, 7), {}}); l.CI95 != nil { // the other measured nothing
		t.Errorf("%+v", l)
	}
}

// A fault that one run of twenty met makes the tail: its end is wide open, and the
// median is not touched.
func TestATailOfOneRun(t *testing.T) {
	var runs []Run
	for i := range 20 {
		var values []int64
		for j := range int64(1000) {
			values = append(values, 1000+j)
		}
		if i == 7 {
			for j := range int64(40) {
				values[j*25] = 900_000 + 1000*j
			}
		}
		runs = append(runs, measuredRun(values...))
	}
	l := merged(runs)
	if l.P50 > 1.6 || l.CI95.P50[1] > 1.6 || l.CI95.P50[1] < l.P50 {
		t.Errorf("the median is %v in %v", l.P50, l.CI95.P50)
	}
	if l.P999 < 900 || l.CI95.P999[0] > 2.5 || l.CI95.P999[1] < 920 {
		t.Errorf("p99.9 is %v in %v", l.P999, l.CI95.P999)
	}
}

// An interval of 95 % covers the truth in about 95 % of the experiments: runs of
// different speed and length are drawn of which the whole population is known. (Of 3000
// experiments it covers 94 % at the 95th percentile and 91 % at the 99th.) The
// obvious interval, which takes every message for a run of its own, covers it rarely.
func TestIntervalsOfQuantilesCover(t *testing.T) {
	const experiments, seeds = 300, 12
	rng := rand.New(rand.NewPCG(8, 20))
	draw := func() Run {
		speed, n := math.Exp(0.3*rng.NormFloat64()), 200+rng.IntN(200)
		values := make([]int64, n)
		for i := range values {
			values[i] = 1 + int64(10_000*speed*rng.ExpFloat64())
		}
		return measuredRun(values...)
	}
	var population []Run
	for range 4000 {
		population = append(population, draw())
	}
	truth := merged(population)
	covered := map[string]int{}
	for range experiments {
		var runs []Run
		for range seeds {
			runs = append(runs, draw())
		}
		l := merged(runs)
		for name, c := range map[string]struct {
			ci    [2]float64
			truth float64
		}{"p50": {l.CI95.P50, truth.P50}, "p95": {l.CI95.P95, truth.P95}, "p99": {l.CI95.P99, truth.P99}} {
			if c.ci[0] <= c.truth && c.truth <= c.ci[1] {
				covered[name]++
			}
		}
	}
	for _, name := range []string{"p50", "p95", "p99"} {
		if share := float64(covered[name]) / experiments; share < 0.88 || share > 0.99 {
			t.Errorf("the interval of %s covers the truth in %.1f%% of the experiments", name, 100*share)
		}
	}
}

// The share of a run between its marks is near that of its messages.
func TestShareOfASpread(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var values []int64
	for range 5000 {
		values = append(values, 1+int64(5000*rng.ExpFloat64()))
	}
	r := measuredRun(values...)
	slices.Sort(values)
	for us := int64(1); us < 60_000; us += 97 {
		exact, _ := slices.BinarySearch(values, us+1)
		if got, want := r.Spread.share(us, append(quantileShares(), 1)), float64(exact)/5000; math.Abs(got-want) > 0.004 {
			t.Errorf("%s: share %.4f, of the messages %.4f", fmt.Sprint(us), got, want)
		}
	}
}

// The largest latency of all is that of one run, and others would have had others: that
// no run has anything above it is no certainty.
func TestTheLargestLatencyIsNotCertain(t *testing.T) {
	var runs []Run
	for i := range int64(5) {
		var values []int64
		for j := range int64(99) {
			values = append(values, 4000+10*j)
		}
		runs = append(runs, measuredRun(append(values, 10_000+5000*i)...))
	}
	l := merged(runs)
	if ci := l.CI95.P999; l.P999 != l.Max || ci[1] != l.P999 || ci[0] > 0.7*l.P999 {
		t.Errorf("p99.9 is %v of at most %v, and its interval is %v", l.P999, l.Max, ci)
	}
}
