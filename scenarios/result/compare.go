package result

import (
	"fmt"
	"math"
	"slices"

	"orderlab/scenarios/result/stats"
)

// Significance is the level at which a difference is called significant, after
// Holm's correction over the tests of a comparison.
const Significance = 0.05

// The words for what became of a verdict.
const (
	Same   = "same"
	Better = "better"
	Worse  = "worse"
)

// Comparison says how two sets of one scenario differ.
type Comparison struct {
	SchemaVersion int    `json:"schema_version"`
	Scenario      string `json:"scenario"`
	// Before and After name the two sets.
	Before string `json:"before"`
	After  string `json:"after"`
	// Worse says that a verdict got worse.
	Worse bool           `json:"worse"`
	Cases []ComparedCase `json:"cases"`
	// OnlyBefore and OnlyAfter are the cases that one set alone has.
	OnlyBefore []CaseName `json:"only_before"`
	OnlyAfter  []CaseName `json:"only_after"`
}

// CaseName names a case.
type CaseName struct {
	Strategy string `json:"strategy"`
	Point    Point  `json:"point"`
}

// ComparedCase is a case that both sets have.
type ComparedCase struct {
	CaseName
	// Pairs counts the seeds that both have, SameTraces those of them whose runs
	// are the same event for event.
	Pairs      int                 `json:"pairs"`
	SameTraces int                 `json:"same_traces"`
	Guarantees []ComparedGuarantee `json:"guarantees"`
	Metrics    []ComparedMetric    `json:"metrics"`
}

// Side is what one set says about a guarantee.
type Side struct {
	Verdict      string `json:"verdict"`
	ViolatedRuns int    `json:"violated_runs"`
	DecidedRuns  int    `json:"decided_runs"`
	Expected     string `json:"expected,omitempty"`
}

// Test is the outcome of a significance test.
type Test struct {
	// Name is "mcnemar", "fisher" or "sign-flip"; empty when there is nothing to test.
	Name string `json:"test,omitempty"`
	// P is the p-value, PHolm the same corrected for the number of tests.
	P           *float64 `json:"p,omitempty"`
	PHolm       *float64 `json:"p_holm,omitempty"`
	Significant bool     `json:"significant"`
}

// ComparedGuarantee is a guarantee that both sets decide.
type ComparedGuarantee struct {
	ID     string `json:"id"`
	Before Side   `json:"before"`
	After  Side   `json:"after"`
	// Change is [Same], [Better] or [Worse].
	Change string `json:"change"`
	// OnlyBefore and OnlyAfter count the seeds that violate it in one set alone.
	OnlyBefore int `json:"violated_only_before"`
	OnlyAfter  int `json:"violated_only_after"`
	Test
}

// ComparedMetric is a number over the seeds that both sets have.
type ComparedMetric struct {
	Name   string  `json:"name"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Difference is after minus before, seed by seed.
	Difference Mean `json:"difference"`
	Test
}

// Outcome is a set with its runs, as a directory of results has them. Without
// runs the verdicts are compared by their rates alone, and no metrics.
type Outcome struct {
	Name string
	Set  *Set
	Runs []RunLine
}

// Compare compares two sets of one scenario. Runs of one seed are paired: exact
// McNemar for verdicts, sign-flip permutation for metrics. Verdicts without a pair
// are compared by Fisher's exact test. Holm's correction is over all tests of the
// verdicts and, apart, over all tests of the metrics; a test in which nothing
// differs is none.
func Compare(before, after Outcome) *Comparison {
	c := &Comparison{SchemaVersion: SchemaVersion, Scenario: after.Set.Scenario, Before: before.Name, After: after.Name,
		Cases: []ComparedCase{}, OnlyBefore: []CaseName{}, OnlyAfter: []CaseName{}}
	old, now := before.Set.byCase(), after.Set.byCase()
	oldRuns, nowRuns := bySeed(before.Runs), bySeed(after.Runs)
	for i := range before.Set.Results {
		b := &before.Set.Results[i]
		at := CaseName{b.Strategy, b.Point}
		if a := now[at.key()]; a != nil {
			c.Cases = append(c.Cases, compareCase(b, a, oldRuns[at.key()], nowRuns[at.key()], metrics()))
		} else {
			c.OnlyBefore = append(c.OnlyBefore, at)
		}
	}
	for i := range after.Set.Results {
		a := &after.Set.Results[i]
		if at := (CaseName{a.Strategy, a.Point}); old[at.key()] == nil {
			c.OnlyAfter = append(c.OnlyAfter, at)
		}
	}
	correct(c.Cases)
	for i := range c.Cases {
		for j := range c.Cases[i].Guarantees {
			g := &c.Cases[i].Guarantees[j]
			g.Change = change(g)
			c.Worse = c.Worse || g.Change == Worse
		}
	}
	return c
}

// key is the name of a case as a text.
func (n CaseName) key() string { return fmt.Sprintf("%q %#v", n.Strategy, n.Point) }

// byCase returns the results by the keys of their cases.
func (s *Set) byCase() map[string]*Result {
	out := make(map[string]*Result, len(s.Results))
	for i := range s.Results {
		r := &s.Results[i]
		out[CaseName{r.Strategy, r.Point}.key()] = r
	}
	return out
}

// bySeed returns the runs by the keys of their cases and by seed.
func bySeed(lines []RunLine) map[string]map[uint64]*RunLine {
	out := make(map[string]map[uint64]*RunLine)
	for i := range lines {
		l := &lines[i]
		key := CaseName{l.Strategy, l.Point}.key()
		if out[key] == nil {
			out[key] = make(map[uint64]*RunLine)
		}
		out[key][l.Seed] = l
	}
	return out
}

// pair is the two runs of a seed.
type pair struct{ before, after *RunLine }

func compareCase(b, a *Result, before, after map[uint64]*RunLine, metrics []metric) ComparedCase {
	c := ComparedCase{
		CaseName: CaseName{a.Strategy, a.Point}, Guarantees: []ComparedGuarantee{}, Metrics: []ComparedMetric{},
	}
	var seeds []uint64
	for seed := range before {
		if after[seed] != nil {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	var pairs []pair
	for _, seed := range seeds {
		p := pair{before[seed], after[seed]}
		pairs = append(pairs, p)
		if c.Pairs++; p.before.TraceHash == p.after.TraceHash {
			c.SameTraces++
		}
	}
	for i := range b.Guarantees {
		for j := range a.Guarantees {
			if b.Guarantees[i].ID == a.Guarantees[j].ID {
				c.Guarantees = append(c.Guarantees, compareGuarantee(&b.Guarantees[i], &a.Guarantees[j], pairs))
			}
		}
	}
	if len(pairs) > 0 {
		for _, m := range metrics {
			c.Metrics = append(c.Metrics, compareMetric(m, pairs))
		}
	}
	return c
}

func compareGuarantee(b, a *Guarantee, pairs []pair) ComparedGuarantee {
	side := func(g *Guarantee) Side { return Side{g.Verdict, g.ViolatedRuns, g.DecidedRuns, g.Expected} }
	out := ComparedGuarantee{ID: a.ID, Before: side(b), After: side(a)}
	decided, rateDiffers := 0, b.ViolatedRuns*a.DecidedRuns != a.ViolatedRuns*b.DecidedRuns
	for _, p := range pairs {
		was, okBefore := p.before.violated(a.ID)
		is, okAfter := p.after.violated(a.ID)
		switch {
		case !okBefore || !okAfter:
			continue
		case was && !is:
			out.OnlyBefore++
		case is && !was:
			out.OnlyAfter++
		}
		decided++
	}
	switch {
	case decided > 0 && out.OnlyBefore+out.OnlyAfter > 0:
		out.Test = tested("mcnemar", stats.McNemar(out.OnlyBefore, out.OnlyAfter))
	case decided == 0 && b.DecidedRuns > 0 && a.DecidedRuns > 0 && rateDiffers:
		out.Test = tested("fisher", stats.Fisher(b.ViolatedRuns, b.DecidedRuns, a.ViolatedRuns, a.DecidedRuns))
	}
	return out
}

// violated says whether a run violates a guarantee; ok is false when it does not
// decide it.
func (l *RunLine) violated(id string) (violated, ok bool) {
	for _, v := range l.Verdicts {
		if v.ID == id {
			return v.Verdict == Violated, v.Verdict == Violated || v.Verdict == Holds && !v.Vacuous
		}
	}
	return false, false
}

func compareMetric(m metric, pairs []pair) ComparedMetric {
	out := ComparedMetric{Name: m.name}
	var before, after, differences []float64
	differs := false
	for _, p := range pairs {
		x, y := m.of(&p.before.Metrics), m.of(&p.after.Metrics)
		before, after, differences = append(before, x), append(after, y), append(differences, y-x)
		differs = differs || x != y
	}
	out.Before, out.After, out.Difference = MeanOf(before).Mean, MeanOf(after).Mean, MeanOf(differences)
	if differs {
		out.Test = tested("sign-flip", stats.SignFlip(differences))
	}
	return out
}

func tested(name string, p float64) Test { return Test{Name: name, P: &p} }

// correct corrects the p-values for the number of tests.
func correct(cases []ComparedCase) {
	var verdicts, numbers []*Test
	for i := range cases {
		for j := range cases[i].Guarantees {
			verdicts = append(verdicts, &cases[i].Guarantees[j].Test)
		}
		for j := range cases[i].Metrics {
			numbers = append(numbers, &cases[i].Metrics[j].Test)
		}
	}
	for _, tests := range [][]*Test{verdicts, numbers} {
		tests = slices.DeleteFunc(tests, func(t *Test) bool { return t.P == nil })
		p := make([]float64, len(tests))
		for i, t := range tests {
			p[i] = *t.P
		}
		for i, q := range stats.Holm(p) {
			tests[i].PHolm, tests[i].Significant = &q, q <= Significance
		}
	}
}

// change says what became of a verdict. From holds over unknown to violated it
// gets worse, and so it does when a violation becomes significantly more frequent.
// Where both sets expect a violation, because they demonstrate one, it is the
// other way round.
func change(g *ComparedGuarantee) string {
	rank := func(s Side) int { return slices.Index([]string{Holds, Undecided, Violated}, s.Verdict) }
	more := rank(g.After) - rank(g.Before)
	if more == 0 && g.Significant && g.After.Verdict == Violated {
		more = compareRates(g.Before, g.After)
	}
	if g.Before.Expected == Violated && g.After.Expected == Violated {
		if rank(g.After) == rank(g.Before) {
			return Same // how often it shows does not matter
		}
		more = -more
	}
	switch {
	case more > 0:
		return Worse
	case more < 0:
		return Better
	}
	return Same
}

func compareRates(b, a Side) int {
	rate := func(s Side) float64 { return float64(s.ViolatedRuns) / math.Max(1, float64(s.DecidedRuns)) }
	switch x, y := rate(b), rate(a); {
	case y > x:
		return 1
	case y < x:
		return -1
	}
	return 0
}
