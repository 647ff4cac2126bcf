package explore

import (
	"context"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
)

// Goal says when a case has had enough seeds.
type Goal struct {
	// Violated is enough once one run has violated a guarantee of the case.
	Violated bool
	// Width, from 0 to 1, is enough once the 95 % interval of the rate of every
	// guarantee of the case is no wider; 0 is never enough.
	Width float64
}

// firstRound is how many seeds a case has at least; each further round doubles
// them. The fewer looks there are at the intervals, the less choosing the moment
// to stop by them takes from their confidence.
const firstRound = 20

// SweepUntil sweeps the cases over the seeds of opt as [Sweep] does, but each case
// only until the goal is reached: first over 20 seeds, then over twice as many as
// it has had. It returns how many cases did not reach it. The shard of opt is not
// looked at. Errors are those of [Sweep].
func SweepUntil(
	ctx context.Context, reg *scenarios.Registry, sc *scenarios.Scenario, cases []scenarios.Case, opt Options, goal Goal,
) (set *result.Set, open int, err error) {
	all, err := Collect(ctx, reg, cases, opt.over(0, 0))
	if err != nil {
		return nil, 0, err
	}
	counts := newCounts(cases)
	active := make([]int, len(cases))
	for i := range active {
		active[i] = i
	}
	done := 0
	next := min(firstRound, opt.Count)
	for len(active) > 0 && done < opt.Count && ctx.Err() == nil {
		some := make([]scenarios.Case, len(active))
		for i, c := range active {
			some[i] = cases[c]
		}
		round := opt.over(done, next)
		round.Progress = opt.offset(len(all.List), len(all.List)+len(active)*(opt.Count-done))
		runs, err := Collect(ctx, reg, some, round)
		if err != nil {
			return nil, 0, err
		}
		runs.Renumber(active, len(cases))
		counts.add(runs)
		all.Add(runs)
		done, next = next, min(2*next, opt.Count)
		active = counts.unfinished(active, goal)
	}
	opt.Count = done
	sum := Sum(sc, cases, opt, all)
	sum.NoExpectation = "Rates are measured, and expectations left aside; `orderlab run` judges those."
	return sum, len(active), nil
}

// over returns the options for the seeds from the i-th up to before the j-th.
func (opt Options) over(i, j int) Options {
	opt.First += uint64(i)
	opt.Count = j - i
	opt.Shard = result.Shard{}
	return opt
}

// offset reports progress of a round behind the runs of those before.
func (opt *Options) offset(before, total int) func(Progress) {
	if opt.Progress == nil {
		return nil
	}
	return func(p Progress) {
		opt.Progress(Progress{Done: before + p.Done, Total: total, Unexpected: p.Unexpected})
	}
}

// counts are, by case and guarantee, the runs that violated it and decided it.
type counts []map[string][2]int

func newCounts(cases []scenarios.Case) counts {
	out := make(counts, len(cases))
	for i := range cases {
		out[i] = make(map[string][2]int)
		for _, g := range cases[i].Guarantees {
			out[i][g] = [2]int{}
		}
	}
	return out
}

func (c counts) add(runs *result.Runs) {
	for i := range runs.List {
		r := &runs.List[i]
		for _, v := range r.Verdicts {
			n, wanted := c[r.Case][v.Guarantee]
			switch {
			case !wanted:
				continue
			case v.Status == result.Violated:
				n[0]++
				n[1]++
			case v.Status == result.Holds && !v.Vacuous && r.Limit == "":
				n[1]++
			}
			c[r.Case][v.Guarantee] = n
		}
	}
}

// unfinished returns those of the cases that have not reached the goal.
func (c counts) unfinished(cases []int, goal Goal) []int {
	var out []int
	for _, i := range cases {
		if !goal.reached(c[i]) {
			out = append(out, i)
		}
	}
	return out
}

func (g Goal) reached(guarantees map[string][2]int) bool {
	narrow := g.Width > 0
	for _, n := range guarantees {
		if g.Violated && n[0] > 0 {
			return true
		}
		ci, _ := result.RateInterval(n[0], n[1])
		narrow = narrow && ci[1]-ci[0] <= g.Width
	}
	return narrow
}
