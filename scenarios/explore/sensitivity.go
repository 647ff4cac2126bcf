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
// with the costs as they are survives. Nothing is judged in these runs. It is nil
// when ctx ends before all are made. Shard and Verify of opt are not looked at.
// Errors are those of [Sweep].
func Sensitivity(
	ctx context.Context, reg *scenarios.Registry, cases []scenarios.Case, opt Options, runs *result.Runs,
) (*result.Sensitivity, error) {
	costs := costsOf(reg, cases)
	total := len(costFactors) * len(costs) * len(cases) * opt.Count
	var trials []result.CostTrial
	for i := range costs {
		for _, by := range costFactors {
			how := opt.over(0, opt.Count)
			how.Verify, how.Progress = false, opt.offset(len(trials)*len(cases)*opt.Count, total)
			got, err := Collect(ctx, reg, scaledCases(reg, cases, costs[i].Name, by), how)
			if err != nil || got.Interrupted {
				return nil, err
			}
			factor := float64(by[0]) / float64(by[1])
			trials = append(trials, result.CostTrial{Cost: costs[i].Name, Factor: factor, Runs: got.List})
		}
	}
	return result.Sensitive(costs, caseMetas(cases), runs.List, trials), nil
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
