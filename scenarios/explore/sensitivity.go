package explore

import (
	"context"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
)

// costFactors are what a cost is multiplied with, as fractions.
var costFactors = [][2]int64{{1, 2}, {2, 1}}

// CostTrials counts the sweeps that [Sensitivity] makes: two for each cost that the
// cases have.
func CostTrials(reg *scenarios.Registry, cases []scenarios.Case) int {
	return len(costFactors) * len(costsOf(reg, cases))
}

// Sensitivity sweeps the cases again with each of their costs halved and doubled,
// over the seeds of opt, and says whether the ranking of the strategies in the runs
// with the costs as they are survives. A cost that changes no run of the first seed
// is left at that. Nothing is judged in these runs. It is nil when ctx ends before
// all are made. Shard and Verify of opt are not looked at. Errors are those of
// [Sweep].
func Sensitivity(
	ctx context.Context, reg *scenarios.Registry, cases []scenarios.Case, opt Options, runs *result.Runs,
) (*result.Sensitivity, error) {
	costs := costsOf(reg, cases)
	s := costSweep{reg: reg, cases: cases, opt: opt, total: CostTrials(reg, cases) * len(cases) * opt.Count}
	s.opt.Verify = false
	var trials []result.CostTrial
	for i := range costs {
		first, err := s.trials(ctx, costs[i].Name, 0, 1)
		if err != nil || first == nil {
			return nil, err
		}
		if costs[i].Unused = sameRuns(runs.List, first, len(cases)); costs[i].Unused {
			s.done += len(costFactors) * len(cases) * (opt.Count - 1)
			continue
		}
		rest, err := s.trials(ctx, costs[i].Name, 1, opt.Count)
		if err != nil || rest == nil {
			return nil, err
		}
		for k := range first {
			first[k].Runs = append(first[k].Runs, rest[k].Runs...)
		}
		trials = append(trials, first...)
	}
	return result.Sensitive(costs, caseMetas(cases), runs.List, trials), nil
}

// costSweep makes the runs of trials.
type costSweep struct {
	reg         *scenarios.Registry
	cases       []scenarios.Case
	opt         Options
	done, total int
}

// trials makes the runs with a cost halved and doubled, of the seeds from the i-th
// up to before the j-th. It is nil when ctx ends before all are made.
func (s *costSweep) trials(ctx context.Context, cost string, i, j int) ([]result.CostTrial, error) {
	out := []result.CostTrial{}
	for _, by := range costFactors {
		how := s.opt.over(i, j)
		how.Progress = s.opt.offset(s.done, s.total)
		got, err := Collect(ctx, s.reg, scaledCases(s.reg, s.cases, cost, by), how)
		if err != nil || got.Interrupted {
			return nil, err
		}
		s.done += len(s.cases) * (j - i)
		out = append(out, result.CostTrial{Cost: cost, Factor: float64(by[0]) / float64(by[1]), Runs: got.List})
	}
	return out, nil
}

// sameRuns says whether the runs of each trial are those of the same cases and seeds
// without it, event for event.
func sameRuns(runs []result.Run, trials []result.CostTrial, cases int) bool {
	first := make([]*result.Run, cases)
	for i := range runs {
		if r := &runs[i]; first[r.Case] == nil || r.Seed < first[r.Case].Seed {
			first[r.Case] = r
		}
	}
	for _, t := range trials {
		for i := range t.Runs {
			r := &t.Runs[i]
			if was := first[r.Case]; was == nil || was.Seed != r.Seed || was.Hash != r.Hash {
				return false
			}
		}
	}
	return true
}

// costsOf returns the costs of all cases, in the order in which they are met first.
func costsOf(reg *scenarios.Registry, cases []scenarios.Case) (out []result.Cost) {
	index := make(map[string]int)
	for i := range cases {
		for _, k := range scenarios.Costs(reg, &cases[i]) {
			at, seen := index[k.Name]
			switch {
			case !seen:
				index[k.Name] = len(out)
				out = append(out, result.Cost{Name: k.Name, Value: k.Value, Source: k.Source})
			case out[at].Value != k.Value:
				out[at].Value, out[at].Source = result.Varies, ""
			}
		}
	}
	return out
}

// scaledCases returns the cases with one cost multiplied, and nothing to judge.
func scaledCases(reg *scenarios.Registry, cases []scenarios.Case, cost string, by [2]int64) []scenarios.Case {
	out := make([]scenarios.Case, len(cases))
	for i := range cases {
		out[i] = cases[i]
		for _, k := range scenarios.Costs(reg, &cases[i]) {
			if k.Name == cost {
				out[i] = k.Scaled(cases[i], by[0], by[1])
			}
		}
		out[i].Guarantees, out[i].Expect, out[i].Promises = nil, nil, scenarios.Promises{}
	}
	return out
}
