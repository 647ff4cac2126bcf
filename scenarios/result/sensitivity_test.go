package result_test

import (
	"testing"

	"orderlab/scenarios/result"
)

// Three strategies over twelve seeds. fast is faster than slow by far, even by
// a little; a doubled cost turns the first round and hides the second.
func TestSensitive(t *testing.T) {
	cases := []result.CaseMeta{{Strategy: "fast"}, {Strategy: "even"}, {Strategy: "slow"}}
	runs := func(means ...float64) (out []result.Run) {
		for seed := range uint64(12) {
			noise := float64(seed%2)*2 - 1
			for i, mean := range means {
				m := result.RunMetrics{ThroughputPerS: mean + float64(i)*noise}
				out = append(out, result.Run{Case: i, Seed: seed, Metrics: m})
			}
		}
		return out
	}
	got := result.Sensitive([]result.Cost{{Name: "work"}}, cases, runs(100, 95, 80), []result.CostTrial{
		{Cost: "work", Factor: 0.5, Runs: runs(200, 190, 160)},
		{Cost: "work", Factor: 2, Runs: runs(50, 50, 60)},
	})
	r := got.Rankings[0]
	if r.Metric != "throughput_per_s" || r.Pairs != 3 || r.Differ != 3 {
		t.Fatalf("%+v", r)
	}
	if half := r.Trials[0]; half.Reversed != 0 || half.Unseen != 0 || half.First != nil {
		t.Errorf("half the work: %+v", half)
	}
	double := r.Trials[1]
	if double.Reversed != 2 || double.Unseen != 1 {
		t.Errorf("twice the work: %+v", double)
	}
	if f := double.First; f == nil || f.One.Strategy != "fast" || f.Other.Strategy != "slow" ||
		f.Before != [2]float64{100, 80} || f.After != [2]float64{50, 60} {
		t.Errorf("the first reversal is %+v", f)
	}
	for _, r := range got.Rankings[1:] {
		if r.Differ != 0 {
			t.Errorf("%s: %d pairs differ, and all are 0", r.Metric, r.Differ)
		}
	}
}

// Few seeds show nothing, whatever the means are.
func TestSensitiveNeedsSeeds(t *testing.T) {
	var runs []result.Run
	for seed := range uint64(5) {
		for i := range 2 {
			runs = append(runs, result.Run{Case: i, Seed: seed, Metrics: result.RunMetrics{ThroughputPerS: float64(100 * i)}})
		}
	}
	got := result.Sensitive(nil, []result.CaseMeta{{Strategy: "a"}, {Strategy: "b"}}, runs, nil)
	if r := got.Rankings[0]; r.Pairs != 1 || r.Differ != 0 {
		t.Errorf("%+v", r)
	}
}

// Strategies are compared where the axes that both have agree.
func TestSensitivePairsPoints(t *testing.T) {
	at := func(axis string, v int64) result.Point { return result.Point{{Axis: axis, Value: v}} }
	both := result.Point{{Axis: "after", Value: int64(5)}, {Axis: "pause", Value: "30s"}}
	cases := []result.CaseMeta{
		{Strategy: "a", Point: at("after", 5)}, {Strategy: "a", Point: at("after", 6)}, {Strategy: "b", Point: both},
		{Strategy: "c", Point: result.Point{}},
	}
	// a5-b, a5-c, a6-c, b-c.
	if got := result.Sensitive(nil, cases, nil, nil).Rankings[0].Pairs; got != 4 {
		t.Errorf("%d pairs", got)
	}
}
