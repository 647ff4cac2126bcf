package result

import "fmt"

// aggregateGuarantee adds up what the runs, in order of seed, say about one
// guarantee. A run that says nothing about it is undecided.
func aggregateGuarantee(id string, runs []*Run) Guarantee {
	g := Guarantee{ID: id}
	var inversions, keys, displacement, longest, waited []float64
	var displaced [][]int
	outOfOrder := false
	undecided, why := 0, ""
	for _, r := range runs {
		v := verdictOf(r, id)
		switch {
		case v.Status == Violated:
			g.noteViolation(r.Seed, v)
		case v.Status != Holds:
			undecided++
			why = firstNonEmpty(why, v.Reason)
			continue
		case v.Vacuous:
			g.VacuousRuns++
			why = firstNonEmpty(why, v.Reason)
			continue
		}
		g.DecidedRuns++
		inversions = append(inversions, float64(v.Violations))
		keys = append(keys, float64(v.Keys))
		displacement = append(displacement, float64(v.MaxDisplacement))
		displaced = append(displaced, v.Displaced)
		longest = append(longest, milliseconds(v.MaxOutOfOrder))
		waited = append(waited, milliseconds(v.TotalOutOfOrder))
		outOfOrder = outOfOrder || v.TotalOutOfOrder > 0
	}
	g.conclude(len(runs), undecided, why)
	g.RateCI95, g.RateBound = RateInterval(g.ViolatedRuns, g.DecidedRuns)
	if g.DecidedRuns > 0 {
		g.Rate = float64(g.ViolatedRuns) / float64(g.DecidedRuns)
		g.Inversions = meanPointer(inversions)
		g.Keys = meanPointer(keys)
		g.Displacement = meanPointer(displacement)
		g.Displaced = meansOf(displaced)
	}
	if outOfOrder {
		g.OutOfOrderMax, g.OutOfOrderTotal = meanPointer(longest), meanPointer(waited)
	}
	return g
}

// verdictOf returns what a run says about a guarantee. That something holds in
// a run that was cut short is not known.
func verdictOf(r *Run, id string) Verdict {
	for _, v := range r.Verdicts {
		if v.Guarantee != id {
			continue
		}
		if r.Limit != "" && v.Status == Holds {
			v.Status, v.Reason = Undecided, "the run ended at its limit: "+r.Limit
		}
		return v
	}
	return Verdict{
		Guarantee: id,
		Status:    Undecided,
		Reason:    firstNonEmpty(r.Limit, "the run gave no verdict"),
	}
}

// noteViolation counts a violation and keeps the evidence of the first one.
func (g *Guarantee) noteViolation(seed uint64, v Verdict) {
	g.ViolatedRuns++
	if g.FirstSeed == nil {
		g.FirstSeed = &seed
		g.LostAt, g.KeySplit = v.LostAt, v.KeySplit
	}
	if g.Witness == nil {
		g.Witness = v.Witness
	}
}

// conclude sets the verdict: one violation decides, while holding takes every
// run and at least one that was not vacuous.
func (g *Guarantee) conclude(runs, undecided int, why string) {
	switch {
	case g.ViolatedRuns > 0:
		g.Verdict = Violated
	case runs == 0:
		g.Verdict, g.Reason = Undecided, "no runs"
	case undecided > 0:
		g.Verdict = Undecided
		g.Reason = because(fmt.Sprintf("%d of %s undecided", undecided, count(runs, "run")), why)
	case g.DecidedRuns == 0:
		g.Verdict = Undecided
		g.Reason = because(fmt.Sprintf("nothing to decide in any of %s", count(runs, "run")), why)
	default:
		g.Verdict = Holds
	}
}

// judge says whether g is as expected: yes, no, or (nil) not known or nothing
// expected. wanted is the number of runs that the expectation was written for.
func judge(g *Guarantee, runs, wanted int) *bool {
	yes, no := true, false
	switch g.Expected {
	case Holds:
		switch {
		case g.Verdict == Holds:
			return &yes
		case g.Verdict == Violated, runs > 0 && g.VacuousRuns == runs:
			return &no
		}
	case Violated:
		switch {
		case g.Verdict == Violated:
			return &yes
		case runs >= wanted && runs > 0 && g.DecidedRuns+g.VacuousRuns == runs:
			return &no
		}
	}
	return nil
}

// status sums the expectations up: one that failed decides, then one that is
// not known. A set that expects nothing is met.
func status(results []Result) string {
	out := StatusMet
	for i := range results {
		for j := range results[i].Guarantees {
			switch results[i].Guarantees[j].Expectation() {
			case StatusFailed:
				return StatusFailed
			case StatusUnknown:
				out = StatusUnknown
			}
		}
	}
	return out
}

// Expectation returns [StatusMet], [StatusFailed] or [StatusUnknown], and ""
// when nothing was expected.
func (g *Guarantee) Expectation() string {
	switch {
	case g.Expected == "":
		return ""
	case g.Met == nil:
		return StatusUnknown
	case *g.Met:
		return StatusMet
	}
	return StatusFailed
}

// meansOf returns the means of lists of counts, place by place; what a list lacks
// is 0.
func meansOf(lists [][]int) (out []Mean) {
	longest := 0
	for _, l := range lists {
		longest = max(longest, len(l))
	}
	for i := range longest {
		values := make([]float64, len(lists))
		for j, l := range lists {
			if i < len(l) {
				values[j] = float64(l[i])
			}
		}
		out = append(out, MeanOf(values))
	}
	return out
}

func meanPointer(values []float64) *Mean {
	m := MeanOf(values)
	return &m
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
