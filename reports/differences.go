package reports

import (
	"fmt"
	"slices"

	"orderlab/scenarios/result"
)

// allPairs is the largest number of strategies of which every pair is compared; of
// more, each is compared with the first.
const allPairs = 5

// difference is how one strategy differs from another, by the columns of its table.
type difference struct {
	first, second string
	cells         []differenceCell
}

// differenceCell is a difference in a guarantee or a metric. Without a text it was not
// compared; found says that one was seen.
type differenceCell struct {
	short, text string
	tone        tone
	found       bool
	unsure      bool // it is significant alone, and not among so many tests
}

// same is the cell of what was compared and in which no difference was seen.
func same() differenceCell { return differenceCell{short: "=", text: "no difference seen"} }

// differenceTable compares the strategies of a set.
type differenceTable struct {
	heads    []string // of the cells
	verdicts int      // how many of them, from the first, are about verdicts
	rows     []difference
	common   result.Point // what the scan points of all share
	seeds    int          // of a pair
}

// differences compares the strategies of a set, each at its telling scan point, on the
// runs of the same seeds. There are no rows without several strategies and seeds.
func differences(set *result.Set, ids []string) (out differenceTable) {
	gs := groups(set)
	if len(gs) < 2 {
		return out
	}
	common, shown := telling(gs, mostTelling(set))
	out.common = common
	var pairs []result.Pair
	for i := range shown {
		for j := i + 1; j < len(shown) && (i == 0 || len(shown) <= allPairs); j++ {
			pairs = append(pairs, result.Pair{First: shown[i], Second: shown[j]})
		}
	}
	metrics := differenceMetrics()
	var names []string
	for _, id := range ids {
		out.heads = append(out.heads, clean(id))
	}
	out.verdicts = len(ids)
	for _, m := range metrics {
		names, out.heads = append(names, m.name), append(out.heads, m.head)
	}
	for i, c := range result.Paired(pairs, ids, names) {
		if c.Pairs < 2 {
			continue
		}
		out.seeds = max(out.seeds, c.Pairs)
		d := difference{first: panelTitle(pairs[i].First, common), second: panelTitle(pairs[i].Second, common)}
		for _, id := range ids {
			d.cells = append(d.cells, verdictDifference(&c, id))
		}
		for _, m := range metrics {
			cell := differenceCell{}
			if m.measured(pairs[i]) {
				cell = m.difference(&c)
			}
			d.cells = append(d.cells, cell)
		}
		out.rows = append(out.rows, d)
	}
	return out
}

// differenceMetric is a metric that strategies are compared by.
type differenceMetric struct {
	name, head string
	unit       scaling
	latency    bool
}

func differenceMetrics() []differenceMetric {
	return []differenceMetric{
		{"throughput_per_s", "applied/s", counts, false},
		{"latency_p50_ms", "p50", times, true},
		{"latency_p99_ms", "p99", times, true},
		{"lag_max", "max lag", counts, false},
	}
}

// measured says whether both of a pair have the metric.
func (m *differenceMetric) measured(p result.Pair) bool {
	return !m.latency || p.First.Metrics.Latency.Count > 0 && p.Second.Metrics.Latency.Count > 0
}

// verdictDifference says how often one of two strategies alone broke a guarantee.
func verdictDifference(c *result.ComparedCase, id string) differenceCell {
	i := slices.IndexFunc(c.Guarantees, func(g result.ComparedGuarantee) bool { return g.ID == id })
	if i < 0 || c.Guarantees[i].Before.DecidedRuns == 0 || c.Guarantees[i].After.DecidedRuns == 0 {
		return differenceCell{}
	}
	g := &c.Guarantees[i]
	if unseen(g.Test) {
		return same()
	}
	cell := differenceCell{found: true, unsure: !g.Significant, short: "more often", tone: bad}
	if g.OnlyAfter < g.OnlyBefore {
		cell.short, cell.tone = "rarer", good
	}
	cell.text = fmt.Sprintf("broken %s: alone in %s, the other alone in %d (%s)",
		cell.short, plural(g.OnlyAfter, "run"), g.OnlyBefore, pHolmText(g.Test))
	cell.short += fmt.Sprintf(" %d:%d", g.OnlyAfter, g.OnlyBefore)
	return cell.marked()
}

// difference says by how much a metric differs, with its interval.
func (m *differenceMetric) difference(c *result.ComparedCase) differenceCell {
	i := slices.IndexFunc(c.Metrics, func(x result.ComparedMetric) bool { return x.Name == m.name })
	if i < 0 {
		return differenceCell{}
	}
	x := &c.Metrics[i]
	if unseen(x.Test) {
		return same()
	}
	d := x.Difference
	sign := ""
	if d.Mean > 0 {
		sign = "+"
	}
	one, letters := m.unit(d.Mean)
	half := (d.CI95[1] - d.CI95[0]) / 2
	cell := differenceCell{found: true, unsure: !x.Significant,
		short: fmt.Sprintf("%s%s±%s%s", sign, digits(d.Mean/one), digits(half/one), letters),
		text: fmt.Sprintf("%s%s (%s..%s, %s)", sign, m.unit.write(d.Mean), m.unit.write(d.CI95[0]), m.unit.write(d.CI95[1]),
			pHolmText(x.Test))}
	return cell.marked()
}

// unseen says that a test shows no difference, be it the only test or one of many.
func unseen(t result.Test) bool { return t.P == nil || !t.Significant && *t.P > result.Significance }

// marked marks what would be significant alone and is not among so many tests: more
// seeds can tell.
func (c differenceCell) marked() differenceCell {
	if c.unsure {
		c.short, c.text, c.tone = c.short+"?", c.text+": unsure among so many tests", plain
	}
	return c
}

// pHolmText writes a corrected p-value.
func pHolmText(t result.Test) string {
	if *t.PHolm < 0.001 {
		return "p<0.001"
	}
	return "p=" + digits(*t.PHolm)
}

// split returns the columns in which a difference was seen, and the names of the
// others that were compared.
func (t *differenceTable) split() (seen []int, unseen []string) {
	for i, head := range t.heads {
		found, compared := false, false
		for _, r := range t.rows {
			found, compared = found || r.cells[i].found, compared || r.cells[i].text != ""
		}
		switch {
		case found:
			seen = append(seen, i)
		case compared:
			unseen = append(unseen, head)
		}
	}
	return seen, unseen
}

// unsure says whether more seeds may tell more.
func (t *differenceTable) unsure() bool {
	return slices.ContainsFunc(t.rows, func(r difference) bool {
		return slices.ContainsFunc(r.cells, func(c differenceCell) bool { return c.unsure })
	})
}

// leastSeeds is how many pairs the tests need at least: with 5 the surest outcome has
// a p-value of 1/16.
const leastSeeds = 6

// about says what is compared.
func (t *differenceTable) about() string {
	return fmt.Sprintf("on the same %s%s; McNemar's exact test for verdicts, sign flips for metrics, "+
		"5%% after Holm's correction", plural(t.seeds, "seed"), sharedText(t.common))
}

// tooFewSeeds says that no test can show anything.
func tooFewSeeds(seeds int) string {
	return fmt.Sprintf("no difference can be seen with %s: the paired tests need at least %d", plural(seeds, "seed"), leastSeeds)
}
