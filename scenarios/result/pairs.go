package result

import "slices"

// Pair is two cases of one set, whose runs of one seed met the same arrivals and faults.
type Pair struct{ First, Second *Result }

// Differences compares the cases of each pair run by run, on some guarantees and some
// metrics by their names in runs.jsonl: by the exact test of McNemar and by sign-flip
// permutation. Holm's correction is over the verdicts of all pairs, and apart over
// their metrics. What one of the two never decided or measured is left out, and so is a
// pair with less than two common seeds, as of a set that was read from a file.
func Differences(pairs []Pair, guarantees, names []string) []Difference {
	chosen := slices.DeleteFunc(metrics(), func(m metric) bool { return !slices.Contains(names, m.name) })
	lines := make(map[*Result]map[uint64]*RunLine)
	for _, p := range pairs {
		for _, r := range []*Result{p.First, p.Second} {
			if lines[r] == nil {
				lines[r] = r.lines()
			}
		}
	}
	cases := make([]ComparedCase, len(pairs))
	for i, p := range pairs {
		cases[i] = compareCase(p.First, p.Second, lines[p.First], lines[p.Second], p.measured(chosen))
		cases[i].Guarantees = slices.DeleteFunc(cases[i].Guarantees, func(g ComparedGuarantee) bool {
			return !slices.Contains(guarantees, g.ID) || g.Before.DecidedRuns == 0 || g.After.DecidedRuns == 0
		})
		for j := range cases[i].Guarantees {
			if g := &cases[i].Guarantees[j]; g.Name != "mcnemar" { // without common seeds there is no pair
				g.Test = Test{}
			}
		}
	}
	correct(cases)
	var out []Difference
	for i, p := range pairs {
		if cases[i].Pairs >= 2 {
			out = append(out, p.difference(&cases[i]))
		}
	}
	return out
}

// measured returns those of the metrics that both cases have.
func (p Pair) measured(all []metric) []metric {
	both := p.First.Metrics.Latency.Count > 0 && p.Second.Metrics.Latency.Count > 0
	return slices.DeleteFunc(slices.Clone(all), func(m metric) bool {
		return !both && (m.name == "latency_p50_ms" || m.name == "latency_p99_ms")
	})
}

func (p Pair) difference(c *ComparedCase) Difference {
	out := Difference{
		First: CaseName{p.First.Strategy, p.First.Point}, Second: CaseName{p.Second.Strategy, p.Second.Point},
		Pairs: c.Pairs, Guarantees: []GuaranteeDifference{}, Metrics: []MetricDifference{},
	}
	for i := range c.Guarantees {
		out.Guarantees = append(out.Guarantees, c.Guarantees[i].difference())
	}
	for i := range c.Metrics {
		out.Metrics = append(out.Metrics, c.Metrics[i].difference())
	}
	return out
}

// lines returns what the runs of a case found, by seed.
func (r *Result) lines() map[uint64]*RunLine {
	out := make(map[uint64]*RunLine, len(r.PerRun))
	for i := range r.PerRun {
		line := r.line(&r.PerRun[i])
		out[line.Seed] = &line
	}
	return out
}
