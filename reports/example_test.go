package reports_test

import (
	"fmt"
	"os"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// twoStrategies is what ten seeds found about two strategies: the first reorders
// a key in four runs, the second in none.
func twoStrategies() *result.Set {
	meta := result.Meta{
		Scenario: "mine", Question: "Does my consumer pool keep the order of a key?",
		Seeds: result.Seeds{First: 1, Count: 10}, RunsWanted: 10,
	}
	expect := func(verdict string) []result.Expectation {
		return []result.Expectation{{Guarantee: "per-key-order", Verdict: verdict}}
	}
	cases := []result.CaseMeta{
		{Strategy: "pool", Guarantees: []string{"per-key-order"}, Expect: expect(result.Violated)},
		{Strategy: "key-lanes", Guarantees: []string{"per-key-order"}, Expect: expect(result.Holds)},
	}
	var runs []result.Run
	for seed := uint64(1); seed <= 10; seed++ {
		for c := range cases {
			v := result.Verdict{Guarantee: "per-key-order", Status: result.Holds, Decided: 50}
			if c == 0 && seed > 6 {
				v.Status, v.Violations, v.Keys, v.LostAt = result.Violated, 3, 1, "applied"
			}
			runs = append(runs, result.Run{
				Case: c, Seed: seed, Verdicts: []result.Verdict{v},
				Metrics: result.RunMetrics{ThroughputPerS: 400 - 150*float64(c), LagMax: 12, PartitionLoad: 1},
			})
		}
	}
	return result.Aggregate(meta, cases, runs)
}

// The answer for people: which strategy keeps which guarantee, how sure that is,
// what it costs, and how to see a violation again.
func ExampleText() {
	if err := reports.Text(os.Stdout, twoStrategies(), reports.TextOptions{Width: 80}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// mine
	// Does my consumer pool keep the order of a key?
	// 2 strategies, 10 seeds (1..10): 20 runs
	//
	// GUARANTEES
	//   strategy   per-key-order
	//   pool       X 4/10 runs
	//   key-lanes  holds
	//   holds: violated in 0 of 10 runs, so in at most 25.9% of runs (95% confidence).
	//
	// PRICE (mean of a run; latency from arrival to effect; lag in messages)
	//   strategy   applied/s  p50  p99  max lag
	//   pool             400    -    -       12
	//   key-lanes        250    -    -       12
	//   -: not measured: a preload has no latency, because its messages have no time
	//     of arrival.
	//
	// DIFFERENCES (on the same 10 seeds; McNemar's exact test for verdicts, sign flips
	//   for metrics, 5% after Holm's correction; =: no difference seen)
	//   against pool  applied/s
	//   key-lanes     -150±0
	//   no difference seen in per-key-order and max lag
	//
	// EXAMPLE: pool, seed 7
	//   per-key-order is violated in 4 of 10 runs (95% interval 12.2%..73.8%), by 1.2
	//   messages a run on average of 0.4 keys.
	//   Order was lost when applied.
	//   reproduce: orderlab run mine --strategy pool --seed 7
	//   shrink:    orderlab shrink mine --strategy pool --seed 7 --guarantee per-key-order
	//
	// All 2 expectations are met.
	// Next: -o DIR keeps a page, plots, diagrams and histories; --format json has
	// every figure.
}

// A violation as a sequence diagram: the shaded step is the one at which A came
// behind B.
func ExampleMermaid() {
	if err := reports.Mermaid(os.Stdout, swapped()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// sequenceDiagram
	//   participant P0 as producer-0
	//   participant Q0 as orders-1
	//   participant Q1 as orders-4
	//   participant C0 as consumer-2
	//   participant C1 as consumer-0
	//   participant S0 as sink
	//   Note over P0,S0: A is producer-0#35;17, B is producer-0#35;203, key k17
	//   Note over P0: 5.120 s A sent
	//   P0->>Q0: 5.123 s A stored at 41
	//   Note over P0,S0: 60.250 s fault: expand partitions=5, topic=orders. Without it<br/>per-key-order holds.
	//   Note over P0: 65.300 s B sent
	//   P0->>Q1: 65.302 s B stored at 0
	//   Q1->>C0: 65.310 s B delivered
	//   C0->>S0: 65.330 s B applied
	//   rect rgba(213, 94, 0, 0.2)
	//   Q0->>C1: 121.020 s A delivered
	//   Note over Q0,C1: order is lost here: A is delivered after B
	//   end
	//   C1->>S0: 121.040 s A applied
	//   Note over P0,S0: producer-0#35;17 was applied after producer-0#35;203, a later message of the<br/>same key k17
}

// The plots of a set are drawn on request, each in any format.
func ExamplePlots() {
	set := twoStrategies()
	set.Plots = []string{"inversions-by-scan", "price"}
	plots, err := reports.Plots(set)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range plots {
		fmt.Println(p.Name, reports.PlotFormats())
	}
	// Output:
	// inversions-by-scan [svg png]
	// price [svg png]
}
