package reports

import (
	"fmt"
	"strings"

	"orderlab/scenarios/result"
)

// allPairs is the largest number of strategies of which every pair is compared; of
// more, each is compared with the first.
const allPairs = 5

// difference is how two strategies differ, in words.
type difference struct {
	first, second string
	// Verdicts and price say what differs significantly; same lists what no
	// difference was seen in.
	verdicts, price []string
	same            []string
}

// differences compares the strategies of a set, each at its telling scan point, on the
// runs of the same seeds. Common is what the scan points share, pairs how many seeds
// the first pair has; there are none without several strategies and seeds.
func differences(set *result.Set, ids []string) (out []difference, common result.Point, seeds int) {
	gs := groups(set)
	if len(gs) < 2 {
		return nil, nil, 0
	}
	common, shown := telling(gs, mostTelling(set))
	var pairs []result.Pair
	for i := range shown {
		for j := i + 1; j < len(shown) && (i == 0 || len(shown) <= allPairs); j++ {
			pairs = append(pairs, result.Pair{First: shown[i], Second: shown[j]})
		}
	}
	metrics := differenceMetrics()
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	for i, c := range result.Paired(pairs, ids, names) {
		if c.Pairs < 2 {
			continue
		}
		seeds = max(seeds, c.Pairs)
		d := difference{first: panelTitle(pairs[i].First, common), second: panelTitle(pairs[i].Second, common)}
		for j := range c.Guarantees {
			d.verdict(&c.Guarantees[j])
		}
		for _, m := range metrics {
			for j := range c.Metrics {
				if c.Metrics[j].Name == m.name && m.measured(pairs[i]) {
					d.metric(&m, &c.Metrics[j])
				}
			}
		}
		out = append(out, d)
	}
	return out, common, seeds
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

// verdict says how often one strategy alone broke a guarantee.
func (d *difference) verdict(g *result.ComparedGuarantee) {
	if g.Before.DecidedRuns == 0 || g.After.DecidedRuns == 0 {
		return
	}
	if !g.Significant {
		d.same = append(d.same, clean(g.ID))
		return
	}
	worse, more, less := d.first, g.OnlyBefore, g.OnlyAfter
	if less > more {
		worse, more, less = d.second, less, more
	}
	d.verdicts = append(d.verdicts, fmt.Sprintf("%s breaks %s more often (alone in %s, the other alone in %d; %s)",
		worse, clean(g.ID), plural(more, "run"), less, pHolmText(g.Test)))
}

// metric says by how much a metric of the second strategy differs from the first.
func (d *difference) metric(m *differenceMetric, c *result.ComparedMetric) {
	if !c.Significant {
		d.same = append(d.same, m.head)
		return
	}
	sign := ""
	if c.Difference.Mean > 0 {
		sign = "+"
	}
	write := m.unit.write
	d.price = append(d.price, fmt.Sprintf("%s %s%s (%s..%s, %s)", m.head, sign, write(c.Difference.Mean),
		write(c.Difference.CI95[0]), write(c.Difference.CI95[1]), pHolmText(c.Test)))
}

// pHolmText writes a corrected p-value.
func pHolmText(t result.Test) string {
	if *t.PHolm < 0.001 {
		return "p<0.001"
	}
	return "p=" + digits(*t.PHolm)
}

// sameText says what no difference was seen in, or nothing.
func (d *difference) sameText() string {
	if len(d.same) == 0 {
		return ""
	}
	return "no difference seen in " + joined(d.same)
}

// found says whether any difference was seen.
func (d *difference) found() bool { return len(d.verdicts)+len(d.price) > 0 }

// text is the difference in one sentence.
func (d *difference) text() string {
	parts := append(append([]string{}, d.verdicts...), d.price...)
	if s := d.sameText(); s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// leastSeeds is how many pairs the tests need at least: with 5 the surest outcome has
// a p-value of 1/16.
const leastSeeds = 6

// differencesAbout says what is compared.
func differencesAbout(common result.Point, seeds int) string {
	return fmt.Sprintf("the one against the other on the same %s%s; McNemar's exact test for verdicts, "+
		"sign flips for metrics, 5%% after Holm's correction", plural(seeds, "seed"), sharedText(common))
}

// tooFewSeeds says that no test can show anything.
func tooFewSeeds(seeds int) string {
	return fmt.Sprintf("no difference can be seen with %s: the paired tests need at least %d", plural(seeds, "seed"), leastSeeds)
}

// unseen joins the pairs without a difference into one text.
func unseen(all []difference) string {
	var pairs []string
	for _, d := range all {
		if !d.found() {
			pairs = append(pairs, d.second+" against "+d.first)
		}
	}
	return fewNames(pairs, 12)
}
