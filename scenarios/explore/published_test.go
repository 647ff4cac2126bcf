package explore_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// published runs the cases of a scenario of the library that are wanted, changed, with one
// seed, and returns their results.
func published(t *testing.T, name string, wanted func(*scenarios.Case) bool,
	change func(*scenarios.Case)) []result.Result {
	t.Helper()
	reg := &scenarios.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features(), Metrics: app.Metrics()}
	src, ok := scenarios.Source(name)
	if !ok {
		t.Fatalf("the library has no %s", name)
	}
	sc, err := scenarios.Load(reg, name, name+".yaml", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(slices.Clone(sc.Cases), func(c scenarios.Case) bool { return !wanted(&c) })
	for i := range cases {
		change(&cases[i])
	}
	set, err := explore.Sweep(context.Background(), reg, sc, cases, explore.Options{First: 1, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	return set.Results
}

// The arithmetic of the article of the bulk update (E13): 480,000 messages of half a
// second in four partitions take four consumers 16.7 h with a thread each, 100 min with
// 10 and 20 min with 50. Here is a tenth of the messages; all with ORDERLAB_LONG=1. The
// fullest partition decides, which has a few percent more than its share, and so does the
// thread that is last.
func TestPublishedDrainTimes(t *testing.T) {
	const spare = 1.08
	share := 0.1
	if os.Getenv("ORDERLAB_LONG") == "1" {
		share = 1
	}
	const work = 480_000 * 0.5 // seconds
	want := map[string]float64{"one-thread": work / 4, "pool-10": work / 40, "pool-50": work / 200}
	results := published(t, "kafka/bulk-backlog", func(c *scenarios.Case) bool { return want[c.Strategy] > 0 },
		func(c *scenarios.Case) {
			c.Workload.Phases[0].Preload = int64(float64(c.Workload.Phases[0].Preload) * share)
		})
	for i := range results {
		r := &results[i]
		least := want[r.Strategy] * share
		if got := r.Metrics.Duration.Mean; got < least || got > spare*least {
			t.Errorf("%s takes %.0f s, and the article's numbers are %.0f s", r.Strategy, got, least)
		}
		if got := r.Metrics.Applied.Mean; got != 480_000*share {
			t.Errorf("%s applied %.0f messages", r.Strategy, got)
		}
	}
	if len(results) != len(want) {
		t.Errorf("%d strategies", len(results))
	}
}

// Three merchants with 60 % of the orders in one of four partitions: 60 % and a quarter of
// the rest, over a quarter of all, is 2.8 times the mean; by order it is 1.0.
func TestPublishedSkew(t *testing.T) {
	want := map[string]float64{"merchant-key": 4 * (0.6 + 0.4/4), "order-key": 1}
	results := published(t, "kafka/skew", func(c *scenarios.Case) bool { return want[c.Strategy] > 0 },
		func(*scenarios.Case) {})
	for i := range results {
		r := &results[i]
		if got := r.Metrics.PartitionLoad.Mean; got < 0.97*want[r.Strategy] || got > 1.05*want[r.Strategy] {
			t.Errorf("%s %v: the busiest partition has %.2f times the mean, want %.2f", r.Strategy, r.Point, got, want[r.Strategy])
		}
	}
	if len(results) != 4 {
		t.Errorf("%d cases", len(results))
	}
}

// A pool of 50 threads for each of four consumers brings down a downstream of six nodes, and
// all of its nodes; 8 or 10 threads kill none.
func TestPublishedDownstream(t *testing.T) {
	results := published(t, "kafka/downstream-overload", func(c *scenarios.Case) bool { return c.Strategy == "pool" },
		func(*scenarios.Case) {})
	dies := map[int64]bool{8: false, 10: false, 20: false, 50: true}
	for i := range results {
		r := &results[i]
		threads := r.Point[0].Value.(int64)
		bounded := slices.IndexFunc(r.Guarantees, func(g result.Guarantee) bool { return g.ID == "bounded" })
		if got := r.Guarantees[bounded].Verdict == result.Violated; got != dies[threads] {
			t.Errorf("with %d threads a node dies: %v", threads, got)
		}
		if lost := r.Metrics.Lost.Mean; (lost > 0) != dies[threads] {
			t.Errorf("with %d threads %.0f messages are not done", threads, lost)
		}
	}
	if len(results) != len(dies) {
		t.Errorf("%d cases", len(results))
	}
}
