package result

import (
	"slices"

	"orderlab/scenarios/result/stats"
)

// Sensitivity says whether the ranking of the strategies by price survives when
// what the machines and the network take is another than was assumed.
type Sensitivity struct {
	Costs    []Cost    `json:"costs"`
	Rankings []Ranking `json:"rankings"`
}

// Varies stands for the value of a cost that is not the same for all strategies.
const Varies = "varies"

// Cost is a parameter that was changed: its path in the scenario and its value as
// files have it, or [Varies]. Source is where a
// value that the scenario does not give is from.
type Cost struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source,omitempty"`
	// Unused says that it changes nothing: with it halved and doubled the runs of the
	// first seed are the same, event for event. It has no trials then.
	Unused bool `json:"unused,omitempty"`
}

// Ranking is about one metric.
type Ranking struct {
	Metric string `json:"metric"`
	// Pairs counts the pairs of strategies at points of the scan that agree, Differ
	// those of them that differ significantly with the costs as they are.
	Pairs  int           `json:"pairs"`
	Differ int           `json:"differ"`
	Trials []RankingTest `json:"trials"`
}

// RankingTest is what became of the differences when one cost was multiplied.
type RankingTest struct {
	Cost   string  `json:"cost"`
	Factor float64 `json:"factor"`
	// Reversed counts the differences that are significant the other way round,
	// Unseen those that are not significant any more.
	Reversed int `json:"reversed"`
	Unseen   int `json:"unseen"`
	// First is the first that is reversed.
	First *Reversal `json:"first_reversed,omitempty"`
}

// Reversal is a pair of strategies that changed places. Before and After are the
// means of the metric, of the one and of the other.
type Reversal struct {
	One    CaseName   `json:"one"`
	Other  CaseName   `json:"other"`
	Before [2]float64 `json:"before"`
	After  [2]float64 `json:"after"`
}

// CostTrial are the runs of all cases with one cost multiplied.
type CostTrial struct {
	Cost   string
	Factor float64
	Runs   []Run
}

// prices are the metrics by which strategies are ranked.
func prices() []string {
	return []string{"throughput_per_s", "latency_p50_ms", "latency_p99_ms", "lag_max"}
}

// Sensitive compares the strategies with each other, seed by seed, in the runs with
// the costs as they are and in each trial. Differences are judged by sign-flip
// permutation with Holm's correction over the pairs.
func Sensitive(costs []Cost, cases []CaseMeta, runs []Run, trials []CostTrial) *Sensitivity {
	out := &Sensitivity{Costs: costs, Rankings: []Ranking{}}
	pairs := comparable(cases)
	for _, name := range prices() {
		all := metrics()
		m := all[slices.IndexFunc(all, func(m metric) bool { return m.name == name })]
		before := rank(m, pairs, len(cases), runs)
		r := Ranking{Metric: name, Pairs: len(pairs), Trials: []RankingTest{}}
		for _, d := range before {
			if d.sign != 0 {
				r.Differ++
			}
		}
		for _, t := range trials {
			test := RankingTest{Cost: t.Cost, Factor: t.Factor}
			for i, d := range rank(m, pairs, len(cases), t.Runs) {
				test.note(before[i], d, &cases[pairs[i][0]], &cases[pairs[i][1]])
			}
			r.Trials = append(r.Trials, test)
		}
		out.Rankings = append(out.Rankings, r)
	}
	return out
}

// note takes in what became of a pair.
func (t *RankingTest) note(before, after ranked, one, other *CaseMeta) {
	switch {
	case before.sign == 0 || after.sign == before.sign:
	case after.sign == 0:
		t.Unseen++
	default:
		if t.Reversed++; t.First == nil {
			t.First = &Reversal{
				One: CaseName{one.Strategy, one.Point}, Other: CaseName{other.Strategy, other.Point},
				Before: before.means, After: after.means,
			}
		}
	}
}

// comparable returns the pairs of cases of two strategies at points that agree on
// the axes that both have.
func comparable(cases []CaseMeta) (pairs [][2]int) {
	for i := range cases {
		for j := i + 1; j < len(cases); j++ {
			if cases[i].Strategy != cases[j].Strategy && cases[i].Point.agrees(cases[j].Point) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}

// agrees says whether no axis has two values.
func (p Point) agrees(q Point) bool {
	for _, c := range p {
		for _, d := range q {
			if c.Axis == d.Axis && c.Value != d.Value {
				return false
			}
		}
	}
	return true
}

// ranked says which of two cases has more of a metric: 1 the first, -1 the second,
// 0 when no difference is seen.
type ranked struct {
	sign  int
	means [2]float64
}

// rank compares the cases of each pair, seed by seed.
func rank(m metric, pairs [][2]int, cases int, runs []Run) []ranked {
	values := make([]map[uint64]float64, cases)
	for i := range values {
		values[i] = make(map[uint64]float64)
	}
	for i := range runs {
		line := lineMetrics(&runs[i].Metrics)
		values[runs[i].Case][runs[i].Seed] = m.of(&line)
	}
	out := make([]ranked, len(pairs))
	p := make([]float64, len(pairs))
	for i, pair := range pairs {
		out[i], p[i] = difference(values[pair[0]], values[pair[1]])
	}
	for i, q := range stats.Holm(p) {
		if q > Significance {
			out[i].sign = 0
		}
	}
	return out
}

func difference(one, other map[uint64]float64) (r ranked, p float64) {
	var seeds []uint64
	for seed := range one {
		if _, ok := other[seed]; ok {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	var first, second, differences []float64
	for _, seed := range seeds {
		x, y := one[seed], other[seed]
		first, second, differences = append(first, x), append(second, y), append(differences, x-y)
	}
	r.means = [2]float64{MeanOf(first).Mean, MeanOf(second).Mean}
	switch mean := MeanOf(differences).Mean; {
	case mean > 0:
		r.sign = 1
	case mean < 0:
		r.sign = -1
	}
	return r, stats.SignFlip(differences)
}
