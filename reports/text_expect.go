package reports

import (
	"fmt"

	"orderlab/scenarios/result"
)

// finding is an expectation that was not met, or not known to be.
type finding struct {
	result    *result.Result
	guarantee *result.Guarantee
}

// findings returns the number of expectations, and those with a status.
func findings(set *result.Set, status string) (total int, found []finding) {
	for i := range set.Results {
		r := &set.Results[i]
		for j := range r.Guarantees {
			g := &r.Guarantees[j]
			if g.Expected != "" {
				total++
			}
			if g.Expectation() == status {
				found = append(found, finding{r, g})
			}
		}
	}
	return total, found
}

// findingsMax bounds the listed findings of a kind.
const findingsMax = 8

// expectations says whether all was as expected, and what was not.
func (t *textReport) expectations() {
	total, failed := findings(t.set, result.StatusFailed)
	_, unknown := findings(t.set, result.StatusUnknown)
	switch {
	case total == 0:
		t.section("EXPECTATIONS", "none in the scenario")
	case len(failed)+len(unknown) == 0:
		t.section("EXPECTATIONS", fmt.Sprintf("all %d met", total))
	default:
		about := fmt.Sprintf("%d of %d met", total-len(failed)-len(unknown), total)
		if len(failed) > 0 {
			about += fmt.Sprintf(", %d NOT MET", len(failed))
		}
		if len(unknown) > 0 {
			about += fmt.Sprintf(", %d unknown", len(unknown))
		}
		t.section("EXPECTATIONS", about)
	}
	t.list("NOT MET", bad, failed)
	t.list("unknown", mixed, unknown)
}

// list writes findings, each with the lines that show it again.
func (t *textReport) list(mark string, tn tone, found []finding) {
	for i, f := range found {
		if i == findingsMax {
			t.note(fmt.Sprintf("... and %d more %s; --format json lists all.", len(found)-i, mark))
			return
		}
		lines := wrap(fmt.Sprintf("%s: %s", caseText(f.result), f.text()), t.width-len(indent)-len(mark)-2, "")
		for n, l := range lines {
			if n == 0 {
				l = t.paint(mark, tn) + "  " + l
			} else {
				l = fmt.Sprintf("%*s", len(mark)+2, "") + l
			}
			t.line(indent + l)
		}
		t.commands(f.result, f.guarantee)
	}
}

// text says what was expected and what was found.
func (f *finding) text() string {
	g := f.guarantee
	s := fmt.Sprintf("%s expected %s, found %s", g.ID, g.Expected, g.Verdict)
	switch {
	case g.Reason != "":
		return s + " (" + g.Reason + ")"
	case g.ViolatedRuns > 0:
		return s + fmt.Sprintf(" in %d of %s", g.ViolatedRuns, plural(g.DecidedRuns, "run"))
	}
	s += fmt.Sprintf(" in all %s that decided it", plural(g.DecidedRuns, "run"))
	if g.RateBound == result.OneSided {
		s += fmt.Sprintf("; a violation may still happen in up to %s of runs (one-sided 95%% bound)", percent(g.RateCI95[1]))
	}
	return s
}
