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
	short, text, small string // for the terminal, for the page, and in small type there
	tone               tone
	found              bool
	unsure             bool // it is significant alone, and not among so many tests
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

// differencesOf compares the strategies of a set, each at its telling scan point, on
// the runs of the same seeds. There are none without several strategies and seeds. A
// set that was read from a file has them already.
func differencesOf(set *result.Set) []result.Difference {
	gs := groups(set)
	if set.Differences != nil || len(gs) < 2 {
		return set.Differences
	}
	_, shown := telling(gs, mostTelling(set))
	var pairs []result.Pair
	for i := range shown {
		for j := i + 1; j < len(shown) && (i == 0 || len(shown) <= allPairs); j++ {
			pairs = append(pairs, result.Pair{First: shown[i], Second: shown[j]})
		}
	}
	var names []string
	for _, m := range differenceMetrics() {
		names = append(names, m.name)
	}
	return result.Differences(pairs, judged(set), names)
}

// differences is the table of the differences between the strategies.
func differences(set *result.Set, ids []string) (out differenceTable) {
	list := differencesOf(set)
	if len(list) == 0 {
		return out
	}
	out.common, _ = telling(groups(set), mostTelling(set))
	for _, id := range ids {
		out.heads = append(out.heads, clean(id))
	}
	out.verdicts = len(ids)
	metrics := differenceMetrics()
	for _, m := range metrics {
		out.heads = append(out.heads, m.head)
	}
	name := func(n result.CaseName) string {
		return panelTitle(&result.Result{Strategy: n.Strategy, Point: n.Point}, out.common)
	}
	for i := range list {
		out.seeds = max(out.seeds, list[i].Pairs)
		d := difference{first: name(list[i].First), second: name(list[i].Second)}
		for _, id := range ids {
			d.cells = append(d.cells, verdictDifference(&list[i], id))
		}
		for _, m := range metrics {
			d.cells = append(d.cells, m.difference(&list[i]))
		}
		out.rows = append(out.rows, d)
	}
	return out
}

// differenceMetric is a metric that strategies are compared by.
type differenceMetric struct {
	name, head string
	unit       scaling
}

func differenceMetrics() []differenceMetric {
	return []differenceMetric{
		{"throughput_per_s", "applied/s", counts},
		{"latency_p50_ms", "p50", times},
		{"latency_p99_ms", "p99", times},
		{"lag_max", "max lag", counts},
	}
}

// verdictDifference says how often one of two strategies alone broke a guarantee.
func verdictDifference(d *result.Difference, id string) differenceCell {
	i := slices.IndexFunc(d.Guarantees, func(g result.GuaranteeDifference) bool { return g.ID == id })
	if i < 0 {
		return differenceCell{}
	}
	g := &d.Guarantees[i]
	if g.Seen == result.Unseen {
		return same()
	}
	cell := differenceCell{found: true, unsure: g.Seen == result.Unsure, short: "more often", tone: bad}
	if g.OnlySecond < g.OnlyFirst {
		cell.short, cell.tone = "rarer", good
	}
	cell.short += fmt.Sprintf(" %d:%d", g.OnlySecond, g.OnlyFirst)
	cell.text, cell.small = cell.short, pHolmText(g.Test)
	return cell.marked()
}

// difference says by how much a metric differs, with its interval.
func (m *differenceMetric) difference(d *result.Difference) differenceCell {
	i := slices.IndexFunc(d.Metrics, func(x result.MetricDifference) bool { return x.Name == m.name })
	if i < 0 {
		return differenceCell{}
	}
	x := &d.Metrics[i]
	if x.Seen == result.Unseen {
		return same()
	}
	mean, ci := x.Difference.Mean, x.Difference.CI95
	sign := ""
	if mean > 0 {
		sign = "+"
	}
	one, letters := m.unit(mean)
	half := (ci[1] - ci[0]) / 2
	cell := differenceCell{found: true, unsure: x.Seen == result.Unsure,
		short: fmt.Sprintf("%s%s±%s%s", sign, digits(mean/one), digits(half/one), letters),
		text:  fmt.Sprintf("%s%s (%s..%s)", sign, m.unit.write(mean), m.unit.write(ci[0]), m.unit.write(ci[1])),
		small: pHolmText(x.Test)}
	return cell.marked()
}

// marked marks what would be significant alone and is not among so many tests: more
// seeds can tell.
func (c differenceCell) marked() differenceCell {
	if c.unsure {
		c.short, c.small, c.tone = c.short+"?", c.small+", unsure", plain
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
