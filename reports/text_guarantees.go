package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// The words of a verdict in a table. A violation must be seen at once, without
// colours too.
const (
	wordHolds    = "holds"
	wordViolated = "X"
	wordUnknown  = "unknown"
	// markUnmet follows a verdict that was expected to be another.
	markUnmet = " !"
)

// tally counts the verdicts of one guarantee over a strategy's scan points.
type tally struct {
	holds, violated, unknown, unmet int
	// last is the guarantee at the last point that has it.
	last *result.Guarantee
}

func (c *tally) points() int { return c.holds + c.violated + c.unknown }

// depends says that the verdict is not the same at all points.
func (c *tally) depends() bool {
	n := c.points()
	return c.holds != n && c.violated != n && c.unknown != n
}

// count tallies a guarantee over a strategy's results.
func count(g *group, id string) tally {
	var c tally
	for _, r := range g.results {
		v := guarantee(r, id)
		if v == nil {
			continue
		}
		c.last = v
		switch v.Verdict {
		case result.Holds:
			c.holds++
		case result.Violated:
			c.violated++
		default:
			c.unknown++
		}
		if v.Expectation() == result.StatusFailed {
			c.unmet++
		}
	}
	return c
}

// cell writes the tally in a word and a fraction: of runs for a single point,
// else of points.
func (c *tally) cell() cell {
	n := c.points()
	var out cell
	switch {
	case n == 0:
		return cell{"-", faint}
	case c.violated > 0 && n == 1:
		out = cell{fmt.Sprintf("%s %d/%s", wordViolated, c.last.ViolatedRuns, plural(c.last.DecidedRuns, "run")), bad}
	case c.violated > 0:
		out = cell{fmt.Sprintf("%s %d/%d", wordViolated, c.violated, n), bad}
	case c.holds == n:
		out = cell{wordHolds, good}
	case n == 1:
		out = cell{wordUnknown, mixed}
	default:
		out = cell{fmt.Sprintf("%s %d/%d", wordUnknown, c.unknown, n), mixed}
	}
	if c.unmet > 0 {
		out.text += markUnmet
		out.tone = bad
	}
	return out
}

// guarantees writes the table of strategies against guarantees, and explains
// the marks that it uses.
func (t *textReport) guarantees() {
	t.section("GUARANTEES", "")
	tab := &table{labels: 1, head: []string{"strategy"}}
	for _, id := range t.ids {
		tab.head = append(tab.head, clean(id))
	}
	several, unmet := false, false
	for i := range t.groups {
		g := &t.groups[i]
		row := []cell{{g.strategy, plain}}
		for _, id := range t.ids {
			c := count(g, id)
			row = append(row, c.cell())
			unmet = unmet || c.unmet > 0
			several = several || c.points() > 1 && c.violated+c.unknown > 0
		}
		tab.rows = append(tab.rows, row)
	}
	tab.wrapHead = true
	t.table(tab)
	if several {
		t.note(fmt.Sprintf("X k/n: violated at k of the strategy's n scan points, in at least one of %s each.",
			plural(t.set.Seeds.Count, "run")))
	}
	t.bound()
	if unmet {
		t.note("!: not as expected.")
	}
	t.places()
	t.beyond()
	t.notJudged()
	t.reasons()
}

// places says for each strategy where on its scan the guarantees hold that do so
// at some points only.
func (t *textReport) places() {
	for i := range t.groups {
		g := &t.groups[i]
		for _, id := range t.ids {
			if c := count(g, id); !c.depends() || c.holds == 0 {
				continue
			}
			t.wrapped(fmt.Sprintf("%s keeps %s %s.", g.strategy, clean(id), where(g.results, func(r *result.Result) bool {
				return keeps(r, id)
			})), indent, indent)
		}
	}
}

// bound says how much is known where no run showed a violation.
func (t *textReport) bound() {
	if runs, upper := t.bounds(); runs > 0 {
		t.note(boundText(runs, upper))
	}
}

// boundText says how much is known where no run of so many showed a violation.
func boundText(runs int, upper float64) string {
	return fmt.Sprintf("holds: violated in 0 of %s, so in at most %s of runs (95%% confidence).", plural(runs, "run"), share(upper))
}

// bounds returns the least that is known of what holds.
func (t *textReport) bounds() (runs int, upper float64) {
	for i := range t.set.Results {
		for _, id := range t.ids {
			g := guarantee(&t.set.Results[i], id)
			if g != nil && g.Verdict == result.Holds && g.RateBound == result.OneSided && g.RateCI95[1] > upper {
				runs, upper = g.DecidedRuns, g.RateCI95[1]
			}
		}
	}
	return runs, upper
}

// beyond names the guarantees without a column, so that nothing is hidden: those that
// some run violated, with the strategies, and those that hold everywhere.
func (t *textReport) beyond() {
	var ids []string
	broken, open := map[string][]string{}, map[string]bool{}
	for i := range t.set.Results {
		r := &t.set.Results[i]
		for _, g := range r.Guarantees {
			if slices.Contains(t.ids, g.ID) {
				continue
			}
			if !slices.Contains(ids, g.ID) {
				ids = append(ids, g.ID)
			}
			if name := clean(r.Strategy); g.Verdict == result.Violated && !slices.Contains(broken[g.ID], name) {
				broken[g.ID] = append(broken[g.ID], name)
			}
			open[g.ID] = open[g.ID] || g.Verdict != result.Holds
		}
	}
	var held []string
	for _, id := range ids {
		if len(broken[id]) > 0 {
			t.note(fmt.Sprintf("Also violated, with nothing expected of it: %s (%s).", clean(id), joined(broken[id])))
		} else if !open[id] {
			held = append(held, clean(id))
		}
	}
	switch len(held) {
	case 0:
	case 1:
		t.note("Holds, with nothing expected of it: " + held[0] + ".")
	default:
		t.note("Hold, with nothing expected of them: " + joined(held) + ".")
	}
}

// notJudgedMax is how many guarantees that were not judged are named for a reason.
const notJudgedMax = 3

// notJudged names the guarantees that could have been judged and were not, and says
// why: nobody should take a guarantee that has no column for one that holds.
func (t *textReport) notJudged() {
	if text := notJudgedText(t.set); text != "" {
		t.note(text)
	}
}

func notJudgedText(set *result.Set) string {
	var reasons []string
	names := map[string][]string{}
	for _, n := range set.NotJudged {
		if names[n.Reason] == nil {
			reasons = append(reasons, n.Reason)
		}
		names[n.Reason] = append(names[n.Reason], clean(n.ID))
	}
	var parts []string
	for _, reason := range reasons {
		ids := names[reason]
		if more := len(ids) - notJudgedMax; more > 1 {
			ids = append(ids[:notJudgedMax:notJudgedMax], fmt.Sprintf("%d more", more))
		}
		parts = append(parts, joined(ids)+" ("+clean(reason)+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not judged: " + strings.Join(parts, "; ") + "."
}

// reasonsMax bounds the lines about unknown verdicts and cut runs.
const reasonsMax = 4

// remark is a sentence about cases, which stand between its parts.
type remark struct {
	before, after string
	cases         []string
}

// remarkOn adds a case to the remark that says the same, or a new remark.
func remarkOn(all []remark, before, name, after string) []remark {
	at := slices.IndexFunc(all, func(r remark) bool { return r.before == before && r.after == after })
	if at < 0 {
		at = len(all)
		all = append(all, remark{before: before, after: after})
	}
	all[at].cases = append(all[at].cases, name)
	return all
}

// reasons says why verdicts are unknown and which runs were cut, each reason
// once.
func (t *textReport) reasons() {
	var all []remark
	for i := range t.set.Results {
		r := &t.set.Results[i]
		for _, id := range t.ids {
			if v := guarantee(r, id); v != nil && v.Verdict == result.Undecided {
				all = remarkOn(all, "unknown: "+clean(id)+" of ", caseText(r), ": "+clean(v.Reason)+".")
			}
		}
		if r.LimitedRuns > 0 {
			all = remarkOn(all, "", caseText(r), fmt.Sprintf(": %d of %s ended early at the limit: %s.",
				r.LimitedRuns, plural(r.Runs, "run"), clean(r.Limit)))
		}
		if r.FindingRuns > 0 {
			all = remarkOn(all, "", caseText(r), fmt.Sprintf(": an invariant of the system was broken in %d of %s, as: %s.",
				r.FindingRuns, plural(r.Runs, "run"), clean(r.Finding)))
		}
	}
	for i, r := range all {
		if i == reasonsMax {
			t.note(fmt.Sprintf("... and %d more like these.", len(all)-i))
			return
		}
		cases := r.cases[0]
		if more := len(r.cases) - 1; more > 0 {
			cases += fmt.Sprintf(" and %d more", more)
		}
		t.note(r.before + cases + r.after)
	}
}
