package result

import "slices"

// Pair is two cases of one set, whose runs of one seed met the same arrivals and faults.
type Pair struct{ First, Second *Result }

// Paired compares the cases of each pair run by run, on some guarantees and some
// metrics by their names in runs.jsonl; the case of the answer is the second. Before
// and After are the first and the second case. Holm's correction is over the verdicts
// of all pairs, and apart over their metrics. A pair without common seeds, as of a set
// that was read from a file, has no tests.
func Paired(pairs []Pair, guarantees, names []string) []ComparedCase {
	chosen := slices.DeleteFunc(metrics(), func(m metric) bool { return !slices.Contains(names, m.name) })
	lines := make(map[*Result]map[uint64]*RunLine)
	for _, p := range pairs {
		for _, r := range []*Result{p.First, p.Second} {
			if lines[r] == nil {
				lines[r] = r.lines()
			}
		}
	}
	out := make([]ComparedCase, len(pairs))
	for i, p := range pairs {
		c := compareCase(p.First, p.Second, lines[p.First], lines[p.Second], chosen)
		c.Guarantees = slices.DeleteFunc(c.Guarantees, func(g ComparedGuarantee) bool {
			return !slices.Contains(guarantees, g.ID)
		})
		for j := range c.Guarantees {
			if g := &c.Guarantees[j]; g.Name != "mcnemar" { // without common seeds there is no pair
				g.Test = Test{}
			}
		}
		out[i] = c
	}
	correct(out)
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
