package result_test

import (
	"testing"

	"orderlab/scenarios/result"
)

// Two cases of one set are compared seed by seed: what differs in every pair is
// significant, what differs in a few is not, and what is equal has no test.
func TestDifferences(t *testing.T) {
	var runs []result.Run
	for seed := uint64(1); seed <= 12; seed++ {
		for c := range 2 {
			status := func(violated bool) string {
				if violated {
					return result.Violated
				}
				return result.Holds
			}
			runs = append(runs, result.Run{Case: c, Seed: seed, Verdicts: []result.Verdict{
				{Guarantee: "per-key-order", Status: status(c == 0)},
				{Guarantee: "no-loss", Status: status(c == 0 && seed < 3)},
				{Guarantee: "left-out", Status: status(c == 0)},
			}, Metrics: result.RunMetrics{
				ThroughputPerS: 100 + float64(seed) - 5*float64(c), LagMax: 7,
				DurationS: float64(c) * (float64(seed%2) - 0.5),
			}})
		}
	}
	ids := []string{"per-key-order", "no-loss", "left-out"}
	cases := []result.CaseMeta{{Strategy: "a", Guarantees: ids}, {Strategy: "b", Guarantees: ids}}
	set := result.Aggregate(result.Meta{Seeds: result.Seeds{First: 1, Count: 12}}, cases, runs)
	got := result.Differences([]result.Pair{{First: &set.Results[0], Second: &set.Results[1]}},
		[]string{"per-key-order", "no-loss"}, []string{"throughput_per_s", "lag_max", "duration_s"})[0]
	if got.Pairs != 12 || len(got.Guarantees) != 2 || len(got.Metrics) != 3 {
		t.Fatalf("%+v", got)
	}
	if g := got.Guarantees[0]; g.OnlyFirst != 12 || g.OnlySecond != 0 || g.Seen != result.Seen {
		t.Errorf("always violated by one: %+v", g)
	}
	if g := got.Guarantees[1]; g.OnlyFirst != 2 || g.Seen != result.Unseen || g.P == nil || *g.P != 0.5 {
		t.Errorf("violated twice by one: %+v", g)
	}
	for _, m := range got.Metrics {
		switch m.Name {
		case "throughput_per_s":
			if m.Seen != result.Seen || m.Difference.Mean != -5 || m.First-m.Second != 5 {
				t.Errorf("always 5 less: %+v", m)
			}
		case "lag_max":
			if m.P != nil || m.Seen != result.Unseen {
				t.Errorf("always the same: %+v", m)
			}
		case "duration_s":
			if m.P == nil || m.Seen != result.Unseen {
				t.Errorf("now more and now less: %+v", m)
			}
		}
	}
}

// A set that was read back from JSON has no single runs, so nothing is tested.
func TestDifferencesWithoutRuns(t *testing.T) {
	a, b := result.Result{Strategy: "a"}, result.Result{Strategy: "b"}
	a.Guarantees = []result.Guarantee{{ID: "no-loss", ViolatedRuns: 5, DecidedRuns: 5}}
	b.Guarantees = []result.Guarantee{{ID: "no-loss", DecidedRuns: 5}}
	got := result.Differences([]result.Pair{{First: &a, Second: &b}}, []string{"no-loss"}, []string{"lag_max"})
	if len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// What is significant as the only test and not among many is neither seen nor unseen;
// latencies that one strategy did not measure are not compared.
func TestUnsureDifference(t *testing.T) {
	var runs []result.Run
	for seed := uint64(1); seed <= 6; seed++ { // 6 of 6 have p = 1/32: not among 2 tests
		for c := range 3 {
			runs = append(runs, result.Run{Case: c, Seed: seed, Metrics: result.RunMetrics{
				ThroughputPerS: 100 - float64(c)*(1+float64(seed)), LatencyP50MS: float64(c)}})
		}
	}
	cases := []result.CaseMeta{{Strategy: "a"}, {Strategy: "b"}, {Strategy: "c"}}
	set := result.Aggregate(result.Meta{Seeds: result.Seeds{First: 1, Count: 6}}, cases, runs)
	r := set.Results
	pairs := []result.Pair{{First: &r[0], Second: &r[1]}, {First: &r[0], Second: &r[2]}}
	for n, want := range []string{result.Seen, result.Unsure} {
		for _, d := range result.Differences(pairs[:n+1], nil, []string{"throughput_per_s", "latency_p50_ms"}) {
			if len(d.Metrics) != 1 || d.Metrics[0].Seen != want {
				t.Errorf("of %d pairs %+v, want %q", n+1, d.Metrics, want)
			}
		}
	}
}
