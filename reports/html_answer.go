package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// answer fills in what stands on top: a sentence a strategy, the matrix,
// the price, and what monitors were worth.
func (p *page) answer() {
	t := &textReport{set: p.Set, groups: groups(p.Set), ids: judged(p.Set)}
	p.about(t)
	for i := range t.groups {
		g := &t.groups[i]
		c := strategyColor(g.index)
		text, tone := answerText(g, t.ids)
		p.Answers = append(p.Answers, pageAnswer{
			Strategy: g.strategy, Color: fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B), Tone: pageTones[tone], Text: text,
		})
	}
	p.Matrix = matrixPage(t)
	if runs, upper := t.bounds(); runs > 0 {
		p.Bound = boundText(runs, upper)
	}
	tab, about, anyway := t.priceTable()
	p.Price, p.PriceAbout = tab.page(), strings.TrimSpace(about)+"."
	for _, note := range t.priceNotes(anyway) {
		p.PriceAbout += " " + note
	}
	p.monitoring(t.groups)
}

// about says what was run and whether it was as expected.
func (p *page) about(t *textReport) {
	runs := 0
	for i := range p.Set.Results {
		runs += p.Set.Results[i].Runs
	}
	p.About = fmt.Sprintf("%s, %s: %s", plural(len(t.groups), "strategy"), t.seeds(), plural(runs, "run"))
	if scan := axes(pointers(p.Set)); len(scan) > 0 {
		p.About = fmt.Sprintf("%s at %s (%s), %s: %s", plural(len(t.groups), "strategy"),
			plural(len(p.Set.Results), "scan point"), clean(strings.Join(scan, " x ")), t.seeds(), plural(runs, "run"))
	}
	total, failed := findings(p.Set, result.StatusFailed)
	_, unknown := findings(p.Set, result.StatusUnknown)
	p.Status = p.Set.Status
	p.Conclusion = metText(" expectations", total, len(failed), len(unknown))
	if total == 0 {
		p.Conclusion = strings.TrimSuffix(noExpectations(p.Set), ".")
	}
	if p.Set.Interrupted {
		p.Conclusion += "; interrupted, this is what was finished before"
	}
}

// answerText says in one sentence what a strategy breaks and what it keeps; what is
// so of several guarantees is said once.
func answerText(g *group, ids []string) (text string, tn tone) {
	var all []remark
	tn = good
	for _, id := range ids {
		c := count(g, id)
		if c.points() == 0 {
			continue
		}
		switch {
		case c.violated > 0:
			tn = bad
		case c.unknown > 0 && tn == good:
			tn = mixed
		}
		before, after := clause(g, id, &c)
		all = remarkOn(all, before, clean(id), after)
	}
	slices.SortStableFunc(all, func(a, b remark) int { return rank(a.before) - rank(b.before) })
	var parts []string
	for _, r := range all {
		parts = append(parts, r.before+" "+joined(r.cases)+r.after)
	}
	if len(parts) == 0 {
		return "Nothing was decided.", mixed
	}
	text = strings.Join(parts, "; ")
	return strings.ToUpper(text[:1]) + text[1:] + ".", tn
}

// rank puts what is broken first.
func rank(verb string) int { return slices.Index([]string{"breaks", "keeps", "leaves open"}, verb) }

// clause says it of one guarantee, whose name stands between its parts.
func clause(g *group, id string, c *tally) (before, after string) {
	switch n := c.points(); {
	case c.holds == n && n == 1:
		return "keeps", " (" + neverText(c.last) + ")"
	case c.holds == n:
		return "keeps", fmt.Sprintf(" at all %s", plural(n, "scan point"))
	case c.holds > 0:
		return "keeps", " " + where(g.results, func(r *result.Result) bool { return keeps(r, id) }) + " only"
	case c.violated > 0 && n == 1 && c.last.LostAt != "":
		return "breaks", fmt.Sprintf(" in %s; order is lost where messages are %s", rateText(c.last), clean(c.last.LostAt))
	case c.violated > 0 && n == 1:
		return "breaks", " in " + rateText(c.last)
	case c.violated == n:
		return "breaks", fmt.Sprintf(" at all %s", plural(n, "scan point"))
	case c.violated > 0:
		return "breaks", fmt.Sprintf(" at %d of %s", c.violated, plural(n, "scan point"))
	}
	return "leaves open", ""
}

// neverText says how much is known where no run showed a violation.
func neverText(g *result.Guarantee) string {
	text := fmt.Sprintf("0 of %s broke it", plural(g.DecidedRuns, "run"))
	if g.RateBound == result.OneSided {
		text += fmt.Sprintf(", so below %s at 95 %%", share(g.RateCI95[1]))
	}
	return text
}

// matrixPage is the matrix of strategies against guarantees, whose violations lead
// to their diagrams.
func matrixPage(t *textReport) pageTable {
	out := pageTable{Head: []string{"strategy"}}
	for _, id := range t.ids {
		out.Head = append(out.Head, clean(id))
	}
	for i := range t.groups {
		g := &t.groups[i]
		row := []pageCell{{Text: g.strategy}}
		for _, id := range t.ids {
			c := count(g, id)
			made := c.cell()
			cell := pageCell{Text: made.text, Tone: pageTones[made.tone]}
			for _, r := range g.results {
				if v := guarantee(r, id); v != nil && v.Witness != nil {
					cell.Link = violationAnchor(g.name, id)
				}
			}
			row = append(row, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
