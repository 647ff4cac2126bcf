package explore_test

import (
	"context"
	"reflect"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// A case stops at the first look at which it has reached the goal, and its runs
// are those that a sweep over as many seeds has.
func TestSweepUntil(t *testing.T) {
	reg := registry(nil)
	sc := load(t, reg)
	cases := []scenarios.Case{sc.Cases[0], sc.Cases[len(sc.Cases)-1]}
	var last explore.Progress
	set, open, err := explore.SweepUntil(context.Background(), reg, sc, cases,
		explore.Options{First: 5, Count: 50, Progress: func(p explore.Progress) { last = p }}, explore.Goal{Violated: true})
	if err != nil {
		t.Fatal(err)
	}
	// naive breaks at once, drain-first never does.
	seeds := result.Seeds{First: 5, Count: 50}
	if open != 1 || set.Results[0].Runs != 20 || set.Results[1].Runs != 50 || set.Seeds != seeds {
		t.Errorf("%d open, %d and %d runs over %+v", open, set.Results[0].Runs, set.Results[1].Runs, set.Seeds)
	}
	if last.Done != 70 {
		t.Errorf("the progress ended at %+v", last)
	}
	for i, count := range []int{20, 50} {
		whole, err := explore.Sweep(context.Background(), reg, sc, cases, explore.Options{First: 5, Count: count})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := set.Results[i], whole.Results[i]; a.TraceHash != b.TraceHash || !reflect.DeepEqual(a.Metrics, b.Metrics) {
			t.Errorf("%s has other runs than a sweep over %d seeds", a.Strategy, count)
		}
	}
	two := explore.Options{First: 1, Count: 2}
	ended, open, err := explore.SweepUntil(context.Background(), reg, sc, cases, two, explore.Goal{})
	if err != nil || open != 2 || ended.Results[0].Runs != 2 {
		t.Errorf("without a goal: %d open, %v", open, err)
	}
}

// To stop when the interval is narrow is to choose the number of runs by what was
// seen. The chance that the interval then covers the rate, computed exactly here,
// falls below the 95 % that it has for a fixed number of runs, but not below 93 %.
func TestCoverageWhenStoppedByWidth(t *testing.T) {
	const width, most = 0.10, 1280
	intervals := make(map[int][][2]float64)
	for n := 20; n <= most; n *= 2 {
		for k := range n + 1 {
			ci, _ := result.RateInterval(k, n)
			intervals[n] = append(intervals[n], ci)
		}
	}
	worst, at := 1.0, 0.0
	for p := 0.01; p < 0.995; p += 0.0474 {
		alive, covered, n := []float64{1}, 0.0, 0 // alive[k]: not stopped after n runs, k of them violated
		for next := 20; next <= most; next *= 2 {
			for ; n < next; n++ {
				then := make([]float64, n+2)
				for k, q := range alive {
					then[k] += q * (1 - p)
					then[k+1] += q * p
				}
				alive = then
			}
			for k, q := range alive {
				ci := intervals[n][k]
				if ci[1]-ci[0] > width && next*2 <= most {
					continue
				}
				if ci[0] <= p && p <= ci[1] {
					covered += q
				}
				alive[k] = 0
			}
		}
		if covered < worst {
			worst, at = covered, p
		}
	}
	if worst < 0.93 {
		t.Errorf("a rate of %.3f is covered with %.4f", at, worst)
	}
}
