package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// ComparisonJSON writes a comparison as one line, as docs/results.md describes it.
// Numbers are rounded as in [JSON].
func ComparisonJSON(w io.Writer, c *result.Comparison) error {
	out := *c
	out.Cases = slices.Clone(c.Cases)
	for i := range out.Cases {
		k := &out.Cases[i]
		k.Guarantees, k.Metrics = slices.Clone(k.Guarantees), slices.Clone(k.Metrics)
		for j := range k.Guarantees {
			roundTest(&k.Guarantees[j].Test)
		}
		for j := range k.Metrics {
			m := &k.Metrics[j]
			m.Before, m.After, m.Difference = round(m.Before), round(m.After), roundMean(m.Difference)
			roundTest(&m.Test)
		}
	}
	line, err := marshal(&out)
	if err != nil {
		return fmt.Errorf("comparison of %s as JSON: %w", c.Scenario, err)
	}
	_, err = w.Write(line)
	return err
}

func roundTest(t *result.Test) {
	for _, p := range []**float64{&t.P, &t.PHolm} {
		if *p != nil {
			r := round(**p)
			*p = &r
		}
	}
}

// ComparisonText writes a comparison for people: the verdicts that changed, the
// numbers that differ significantly, and what both do not have in common.
func ComparisonText(w io.Writer, c *result.Comparison, opt TextOptions) error {
	if opt.Width == 0 {
		opt.Width = 80
	}
	buffer := bufio.NewWriter(w)
	t := &textReport{w: buffer, width: max(opt.Width, 40), color: opt.Color}
	t.painted(clean(c.Scenario), strong)
	t.wrapped(fmt.Sprintf("before: %s, after: %s", clean(c.Before), clean(c.After)), "", "")
	t.wrapped(commonText(c), "", "")
	changed := t.changedVerdicts(c)
	t.changedMetrics(c)
	t.onlyIn("ONLY BEFORE", c.OnlyBefore)
	t.onlyIn("ONLY AFTER", c.OnlyAfter)
	t.line("")
	switch {
	case c.Worse:
		t.painted(fmt.Sprintf("%s got worse.", plural(changed[result.Worse], "verdict")), bad)
	case changed[result.Better] > 0:
		t.painted(fmt.Sprintf("No verdict got worse, and %d got better.", changed[result.Better]), good)
	default:
		t.painted("No verdict got worse.", good)
	}
	return buffer.Flush()
}

// commonText says what the two have in common.
func commonText(c *result.Comparison) string {
	pairs, same := 0, 0
	for i := range c.Cases {
		pairs += c.Cases[i].Pairs
		same += c.Cases[i].SameTraces
	}
	text := plural(len(c.Cases), "case") + " in both"
	switch {
	case len(c.Cases) == 0:
		return text
	case pairs == 0:
		return text + ", with no seed of which both have the runs: verdicts are compared by their rates, metrics are not"
	case pairs == same:
		return text + fmt.Sprintf(", %s of the same seeds: all the same, event for event", plural(pairs, "run"))
	}
	return text + fmt.Sprintf(", %s of the same seeds, paired: %s the same, event for event", plural(pairs, "run"), thousands(same))
}

// rowsMax bounds the rows of a table of a comparison.
const rowsMax = 40

// changedVerdicts lists the verdicts that changed or whose rate did, and counts
// what became of them.
func (t *textReport) changedVerdicts(c *result.Comparison) map[string]int {
	count := make(map[string]int)
	tab := &table{labels: 1, head: []string{"strategy and point", "guarantee", "", "before", "after", "p"}}
	var rows [][]cell
	for i := range c.Cases {
		k := &c.Cases[i]
		for j := range k.Guarantees {
			g := &k.Guarantees[j]
			count[g.Change]++
			if g.Change == result.Same && g.Before.Verdict == g.After.Verdict && !g.Significant {
				continue
			}
			rows = append(rows, []cell{{text: caseName(k.CaseName)}, {text: clean(g.ID)}, changeCell(g.Change),
				{text: sideText(g.Before)}, {text: sideText(g.After)}, {text: pText(g.Test)}})
		}
	}
	slices.SortStableFunc(rows, func(a, b []cell) int { return cmp.Compare(b[2].tone, a[2].tone) }) // what got worse first
	t.limited("VERDICTS that changed", " (violated/decided runs; *: significant at 5% after Holm's correction)", tab, rows)
	return count
}

func changeCell(change string) cell {
	switch change {
	case result.Worse:
		return cell{"WORSE", bad}
	case result.Better:
		return cell{"better", good}
	}
	return cell{}
}

func sideText(s result.Side) string {
	return fmt.Sprintf("%s %d/%d", s.Verdict, s.ViolatedRuns, s.DecidedRuns)
}

func pText(test result.Test) string {
	switch {
	case test.P == nil:
		return ""
	case test.Significant:
		return digits(*test.P) + "*"
	}
	return digits(*test.P)
}

// changedMetrics lists the numbers that differ significantly, the surest first.
func (t *textReport) changedMetrics(c *result.Comparison) {
	type change struct {
		p   float64
		row []cell
	}
	var found []change
	tests := 0
	for i := range c.Cases {
		k := &c.Cases[i]
		for j := range k.Metrics {
			m := &k.Metrics[j]
			if m.P != nil {
				tests++
			}
			if m.Significant {
				found = append(found, change{*m.P, []cell{{text: caseName(k.CaseName)}, {text: m.Name}, {text: compact(m.Before)},
					{text: compact(m.After)}, {text: differenceText(m)}}})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b change) int { return cmp.Compare(a.p, b.p) })
	var rows [][]cell
	for _, f := range found {
		rows = append(rows, f.row)
	}
	tab := &table{labels: 1, head: []string{"strategy and point", "metric", "before", "after", "difference"}}
	t.limited("METRICS that differ", " significantly (mean of a run; 5% after Holm's correction; the surest first)", tab, rows)
	if len(rows) == 0 && tests > 0 {
		t.line("")
		t.wrapped(fmt.Sprintf("%s differ, none significantly.", plural(tests, "metric")), "", "")
	}
}

// differenceText is the mean difference with its interval.
func differenceText(m *result.ComparedMetric) string {
	d := m.Difference
	sign := ""
	if d.Mean > 0 {
		sign = "+"
	}
	return fmt.Sprintf("%s%s (%s..%s)", sign, compact(d.Mean), compact(d.CI95[0]), compact(d.CI95[1]))
}

// limited writes a table as far as it has not too many rows, and nothing without rows.
func (t *textReport) limited(title, about string, tab *table, rows [][]cell) {
	if len(rows) == 0 {
		return
	}
	t.section(title, about)
	tab.rows = rows[:min(len(rows), rowsMax)]
	t.table(tab)
	if more := len(rows) - rowsMax; more > 0 {
		t.note(fmt.Sprintf("... and %s; --format json has all.", plural(more, "more row")))
	}
}

func (t *textReport) onlyIn(title string, names []result.CaseName) {
	if len(names) == 0 {
		return
	}
	var words []string
	for _, n := range names[:min(len(names), rowsMax)] {
		words = append(words, caseName(n))
	}
	t.section(title, ": "+plural(len(names), "case"))
	t.wrapped(strings.Join(words, "; "), indent, "")
}

func caseName(n result.CaseName) string {
	return caseText(&result.Result{Strategy: n.Strategy, Point: n.Point})
}
