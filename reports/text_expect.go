package reports

import (
	"fmt"
	"slices"
	"strings"

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

// findingsMax bounds the listed findings of a kind, pointsMax the scan points
// that are named for one.
const (
	findingsMax = 8
	pointsMax   = 3
)

// expectations says whether all was as expected, and what was not.
func (t *textReport) expectations() {
	total, failed := findings(t.set, result.StatusFailed)
	_, unknown := findings(t.set, result.StatusUnknown)
	switch {
	case total == 0:
		t.section("EXPECTATIONS", ": none in the scenario")
	case len(failed)+len(unknown) == 0:
		t.section("EXPECTATIONS", fmt.Sprintf(": all %d met", total))
	default:
		about := fmt.Sprintf(": %d of %d met", total-len(failed)-len(unknown), total)
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

// list writes findings, each with the lines that show it again. What is the same
// at several scan points is written once, with the lines of the first.
func (t *textReport) list(mark string, tn tone, found []finding) {
	var same [][]finding
	for _, f := range found {
		at := slices.IndexFunc(same, func(fs []finding) bool { return fs[0].like(&f) })
		if at < 0 {
			at = len(same)
			same = append(same, nil)
		}
		same[at] = append(same[at], f)
	}
	for i, fs := range same {
		if i == findingsMax {
			t.note(fmt.Sprintf("... and %d more %s; --format json lists all.", len(same)-i, mark))
			return
		}
		margin := textWidth(mark) + len(gap)
		text := fmt.Sprintf("%s: %s%s", caseText(fs[0].result), fs[0].text(), others(fs[1:]))
		for n, l := range wrap(text, t.width-len(indent)-margin, "") {
			if n == 0 {
				l = t.paint(mark, tn) + gap + l
			} else {
				l = strings.Repeat(" ", margin) + l
			}
			t.line(indent + l)
		}
		t.commands(fs[0].result, fs[0].guarantee)
	}
}

// like says that two findings differ only in the scan point.
func (f *finding) like(other *finding) bool {
	return f.result.Strategy == other.result.Strategy && f.guarantee.ID == other.guarantee.ID &&
		f.guarantee.Expected == other.guarantee.Expected && f.guarantee.Verdict == other.guarantee.Verdict
}

// others names the further scan points of a finding.
func others(found []finding) string {
	var points []string
	for i, f := range found {
		if i == pointsMax {
			points = append(points, fmt.Sprintf("%d more", len(found)-i))
			break
		}
		points = append(points, pointText(f.result.Point))
	}
	if len(points) == 0 {
		return ""
	}
	return "; likewise at " + strings.Join(points, "; ")
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
