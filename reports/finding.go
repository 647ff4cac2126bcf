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

// alike gathers findings that differ only in the scan point, in order of
// appearance.
func alike(found []finding) [][]finding {
	var out [][]finding
	for _, f := range found {
		at := slices.IndexFunc(out, func(fs []finding) bool { return fs[0].like(&f) })
		if at < 0 {
			at = len(out)
			out = append(out, nil)
		}
		out[at] = append(out[at], f)
	}
	return out
}

// like says that two findings differ only in the scan point.
func (f *finding) like(other *finding) bool {
	return f.result.Strategy == other.result.Strategy && f.guarantee.ID == other.guarantee.ID &&
		f.guarantee.Expected == other.guarantee.Expected && f.guarantee.Verdict == other.guarantee.Verdict
}

// pointsMax bounds the scan points that are named for findings that are alike.
const pointsMax = 3

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
	s := fmt.Sprintf("%s expected %s, found %s", clean(g.ID), g.Expected, g.Verdict)
	switch {
	case g.Reason != "":
		return s + " (" + clean(g.Reason) + ")"
	case g.ViolatedRuns > 0:
		return s + " in " + rateText(g)
	}
	s += fmt.Sprintf(" in all %s that decided it", plural(g.DecidedRuns, "run"))
	if g.RateBound == result.OneSided {
		s += fmt.Sprintf(", which leaves up to %s of runs (95%% confidence)", share(g.RateCI95[1]))
	}
	if g.Met == nil {
		s += "; too few runs to say"
	}
	return s
}

// rateText writes in how many runs a guarantee was violated, with the interval
// where there are several.
func rateText(g *result.Guarantee) string {
	s := fmt.Sprintf("%d of %s", g.ViolatedRuns, plural(g.DecidedRuns, "run"))
	if g.DecidedRuns > 1 {
		s += fmt.Sprintf(" (95%% interval %s..%s)", share(g.RateCI95[0]), share(g.RateCI95[1]))
	}
	return s
}

// metText sums expectations up; noun follows their number.
func metText(noun string, total, failed, unknown int) string {
	s := fmt.Sprintf("%s of %s%s met", thousands(total-failed-unknown), thousands(total), noun)
	if failed > 0 {
		s += fmt.Sprintf(", %s FAILED", thousands(failed))
	}
	if unknown > 0 {
		s += fmt.Sprintf(", %s unknown", thousands(unknown))
	}
	return s
}

// command is a command line and what it does.
type command struct{ name, line string }

// commands returns what to type to see a finding again: for a violation the run
// of its first seed, what happened in it, and the smallest run that shows it.
func commands(set *result.Set, r *result.Result, g *result.Guarantee) []command {
	if g.FirstSeed == nil {
		return []command{{"reproduce", clean(set.SweepCommand(r))}}
	}
	out := []command{{"reproduce", clean(set.RunCommand(r, *g.FirstSeed))}}
	if g.Witness != nil && g.Witness.Reproduce != "" {
		out = append(out, command{"replay", clean(g.Witness.Reproduce)})
	}
	return append(out, command{"shrink", clean(set.ShrinkCommand(r, *g.FirstSeed, g.ID))})
}

// findingsMax bounds the findings of a kind that the text lists.
const findingsMax = 8

// unmet lists first what needs attention: the expectations that failed or are
// not known, each with the lines that show it again.
func (t *textReport) unmet() {
	total, failed := findings(t.set, result.StatusFailed)
	_, unknown := findings(t.set, result.StatusUnknown)
	if len(failed)+len(unknown) == 0 {
		return
	}
	t.section("EXPECTATIONS", ": "+metText("", total, len(failed), len(unknown)))
	t.list("FAILED", bad, alike(failed))
	t.list("unknown", mixed, alike(unknown))
}

// list writes findings. What is the same at several scan points is written once,
// with the lines of the first.
func (t *textReport) list(mark string, tn tone, found [][]finding) {
	for i, fs := range found {
		if i == findingsMax {
			t.note(fmt.Sprintf("... and %d more %s; --format json lists all.", len(found)-i, mark))
			return
		}
		margin := strings.Repeat(" ", len(mark)+2)
		text := fmt.Sprintf("%s: %s%s", caseText(fs[0].result), fs[0].text(), others(fs[1:]))
		for n, l := range wrap(text, t.width-len(indent)-len(margin), "") {
			if n == 0 {
				t.line(indent + t.paint(mark, tn) + "  " + l)
			} else {
				t.line(indent + margin + l)
			}
		}
		t.commands(indent+margin, fs[0].result, fs[0].guarantee)
	}
}

// commands writes the lines that show a finding again. They are not wrapped: they
// are there to be copied.
func (t *textReport) commands(margin string, r *result.Result, g *result.Guarantee) {
	for _, c := range commands(t.set, r, g) {
		t.line(margin + t.paint(fmt.Sprintf("%-10s", c.name+":"), faint) + " " + c.line)
	}
}
