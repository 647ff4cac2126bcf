package result

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Aggregate turns the runs of a sweep into a set: one result for each case, in
// the order of cases, also for a case without runs. The order of runs does not
// matter. A run whose Case is not an index into cases is a mistake of the caller
// and panics.
func Aggregate(meta Meta, cases []CaseMeta, runs []Run) *Set {
	set := &Set{
		SchemaVersion: SchemaVersion,
		Scenario:      meta.Scenario,
		Source:        meta.Source,
		Vars:          meta.Vars,
		ID:            append([]string{}, meta.ID...),
		Question:      meta.Question,
		Seeds:         meta.Seeds,
		Interrupted:   meta.Interrupted,
		NotJudged:     meta.NotJudged,
		NoExpectation: meta.NoExpectation,
		Plots:         meta.Plots,
		Results:       make([]Result, 0, len(cases)),
	}
	byCase := split(runs, len(cases))
	for i := range cases {
		set.Results = append(set.Results, aggregateCase(set, &meta, &cases[i], byCase[i]))
	}
	set.Status = status(set.Results)
	set.Met = set.Status == StatusMet
	set.Shown = shown(set.Results)
	return set
}

// split sorts the runs by seed within their case, without touching runs.
func split(runs []Run, cases int) [][]*Run {
	byCase := make([][]*Run, cases)
	for i := range runs {
		r := &runs[i]
		byCase[r.Case] = append(byCase[r.Case], r)
	}
	for _, rs := range byCase {
		slices.SortStableFunc(rs, func(a, b *Run) int {
			return cmp.Or(cmp.Compare(a.Seed, b.Seed), slices.Compare(a.Hash[:], b.Hash[:]))
		})
	}
	return byCase
}

// aggregateCase adds up the runs of one case, which are in order of seed.
func aggregateCase(set *Set, meta *Meta, c *CaseMeta, runs []*Run) Result {
	res := Result{
		Strategy:   c.Strategy,
		Point:      c.Point,
		Runs:       len(runs),
		TraceHash:  combineHashes(runs),
		Guarantees: make([]Guarantee, 0, len(c.Guarantees)),
		Metrics:    aggregateMetrics(runs),
		Disorder:   aggregateDisorder(runs),
		Monitoring: aggregateMonitoring(runs),
		PerRun:     summaries(runs),
	}
	res.Load, res.LoadLeftOut = aggregateLoad(runs)
	for _, id := range guaranteeIDs(c, runs) {
		g := aggregateGuarantee(id, runs)
		g.Expected = c.expected(id)
		if g.Met = judge(&g, len(runs), meta.RunsWanted); meta.Share && g.Verdict != Violated {
			g.Met = nil
		}
		if g.Witness != nil {
			w := *g.Witness // the run's own witness stays as it was
			key := ""
			if len(w.Messages) > 0 {
				key = w.Messages[0].Key
			}
			w.Reproduce = set.ReplayCommand(&res, w.Seed, key)
			g.Witness = &w
		}
		res.Guarantees = append(res.Guarantees, g)
	}
	for _, r := range runs {
		if res.Series == nil {
			res.Series = r.Series
		}
		if r.Limit != "" {
			res.LimitedRuns++
			if res.Limit == "" {
				res.Limit = r.Limit
			}
		}
		if len(r.Findings) > 0 {
			res.FindingRuns++
			if res.Finding == "" {
				res.Finding = r.Findings[0]
			}
		}
	}
	return res
}

// guaranteeIDs lists the case's guarantees, then those that are only expected,
// then any others that a run decided.
func guaranteeIDs(c *CaseMeta, runs []*Run) []string {
	ids := slices.Clone(c.Guarantees)
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, e := range c.Expect {
		add(e.Guarantee)
	}
	for _, r := range runs {
		for _, v := range r.Verdicts {
			add(v.Guarantee)
		}
	}
	return ids
}

// combineHashes returns the trace hash of a single run as it is, and of several
// the first 128 bits of the SHA-256 of all of them in order of seed.
func combineHashes(runs []*Run) string {
	switch len(runs) {
	case 0:
		return ""
	case 1:
		return hex.EncodeToString(runs[0].Hash[:])
	}
	h := sha256.New()
	for _, r := range runs {
		h.Write(r.Hash[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:len(runs[0].Hash)])
}

// summaries keeps of each run what aggregated plots need.
func summaries(runs []*Run) []RunSummary {
	out := make([]RunSummary, 0, len(runs))
	for _, r := range runs {
		s := RunSummary{Seed: r.Seed, Hash: r.Hash, Limit: r.Limit, Metrics: r.Metrics,
			Inversions: map[string]int{}, Verdicts: map[string]string{}, Vacuous: map[string]bool{}}
		for _, v := range r.Verdicts {
			s.Inversions[v.Guarantee] = v.Violations
			s.Verdicts[v.Guarantee] = v.Status
			if v.Vacuous && v.Status == Holds {
				s.Vacuous[v.Guarantee] = true
			}
		}
		out = append(out, s)
	}
	return out
}

// shown returns the run to look at first, or nil without runs.
func shown(results []Result) *ShownRun {
	var first, violated *ShownRun
	for i := range results {
		r := &results[i]
		if first == nil && len(r.PerRun) > 0 {
			first = &ShownRun{Strategy: r.Strategy, Point: r.Point, Seed: r.PerRun[0].Seed}
		}
		for j := range r.Guarantees {
			g := &r.Guarantees[j]
			if g.FirstSeed == nil {
				continue
			}
			run := &ShownRun{r.Strategy, r.Point, *g.FirstSeed, g.ID}
			if g.Expectation() == StatusFailed {
				return run
			}
			if violated == nil {
				violated = run
			}
		}
	}
	if violated != nil {
		return violated
	}
	return first
}
