package reports

import (
	"fmt"

	"orderlab/scenarios/result"
)

// The marks of a verdict in a table.
const (
	markHolds   = "holds"
	markBroken  = "BROKEN"
	markUnknown = "?"
	// markUnmet follows a verdict that was expected to be another.
	markUnmet = " !"
)

// tally counts the verdicts of one guarantee over a strategy's scan points.
type tally struct {
	holds, broken, unknown, unmet int
	// some is the share of runs that broke it, when there is one point only.
	some float64
}

func (c *tally) points() int { return c.holds + c.broken + c.unknown }

// depends says that the verdict is not the same at all points.
func (c *tally) depends() bool {
	n := c.points()
	return c.holds != n && c.broken != n && c.unknown != n
}

// count tallies a guarantee over a strategy's results.
func count(g group, id string) tally {
	var c tally
	for _, r := range g.results {
		v := guarantee(r, id)
		if v == nil {
			continue
		}
		switch v.Verdict {
		case result.Holds:
			c.holds++
		case result.Violated:
			c.broken++
			c.some = v.Rate
		default:
			c.unknown++
		}
		if v.Expectation() == result.StatusFailed {
			c.unmet++
		}
	}
	return c
}

// cell writes the tally in a word or two.
func (c *tally) cell() cell {
	n := c.points()
	var out cell
	switch {
	case n == 0:
		return cell{"-", faint}
	case c.holds == n:
		out = cell{markHolds, good}
	case c.broken == n:
		out = cell{markBroken, bad}
		if n == 1 && c.some < 1 {
			out.text += " in " + percent(c.some)
		}
	case c.unknown == n:
		out = cell{markUnknown, mixed}
	case c.holds > 0:
		out = cell{fmt.Sprintf("%s %d/%d", markHolds, c.holds, n), mixed}
	default:
		out = cell{fmt.Sprintf("%s %d/%d", markBroken, c.broken, n), bad}
	}
	if c.unmet > 0 {
		out.text += markUnmet
		out.tone = bad
	}
	return out
}

// note explains the cell of a verdict that depends on the scan point.
func (c *tally) note() string {
	word, at := markHolds, c.holds
	if c.holds == 0 {
		word, at = markBroken, c.broken
	}
	return fmt.Sprintf("%s %d/%d: at %d of %d scan points; WHERE IT HOLDS shows which.", word, at, c.points(), at, c.points())
}

// percent writes a share.
func percent(share float64) string { return compact(100*share) + "%" }

// guarantees writes the table of strategies against guarantees, and explains
// the marks that it uses.
func (t *textReport) guarantees() {
	t.section("GUARANTEES", "")
	tab := &table{labels: 1, head: append([]string{"strategy"}, t.ids...)}
	var depends, some string // the first cell of each kind, to explain it
	unmet := false
	for _, g := range t.groups {
		row := []cell{{g.strategy, plain}}
		for _, id := range t.ids {
			c := count(g, id)
			row = append(row, c.cell())
			unmet = unmet || c.unmet > 0
			if depends == "" && c.depends() {
				depends = c.note()
			}
			if some == "" && c.points() == 1 && c.broken == 1 && c.some < 1 {
				some = fmt.Sprintf("%s in %s: in that share of the seeds.", markBroken, percent(c.some))
			}
		}
		tab.rows = append(tab.rows, row)
	}
	t.table(tab)
	for _, explanation := range []string{depends, some} {
		if explanation != "" {
			t.note(explanation)
		}
	}
	if unmet {
		t.note("!: not as expected; EXPECTATIONS lists it.")
	}
	t.reasons()
}

// note writes a line that explains.
func (t *textReport) note(s string) {
	for _, l := range wrap(s, t.width-len(indent), indent) {
		t.line(indent + t.paint(l, faint))
	}
}

// reasonsMax bounds the lines about unknown verdicts and cut runs.
const reasonsMax = 4

// reasons says once for each strategy and guarantee why a verdict is unknown.
func (t *textReport) reasons() {
	var lines []string
	for _, g := range t.groups {
		for _, id := range t.ids {
			for _, r := range g.results {
				if v := guarantee(r, id); v != nil && v.Verdict == result.Undecided {
					lines = append(lines, fmt.Sprintf("?: %s, %s: %s.", caseText(r), id, v.Reason))
					break
				}
			}
		}
		for _, r := range g.results {
			if r.LimitedRuns > 0 {
				lines = append(lines, fmt.Sprintf("%s: %s of %d ended early at the limit: %s.",
					caseText(r), plural(r.LimitedRuns, "run"), r.Runs, r.Limit))
				break
			}
		}
	}
	for i, l := range lines {
		if i == reasonsMax {
			t.note(fmt.Sprintf("... and %d more like these.", len(lines)-i))
			return
		}
		t.note(l)
	}
}

// priceColumn is a column of the price table.
type priceColumn struct {
	head   string
	format func(float64) string
	// value returns false for what was not measured.
	value func(*result.Metrics) (float64, bool)
}

func mean(of func(*result.Metrics) result.Mean) func(*result.Metrics) (float64, bool) {
	return func(m *result.Metrics) (float64, bool) { return of(m).Mean, true }
}

func latency(of func(*result.Latency) float64) func(*result.Metrics) (float64, bool) {
	return func(m *result.Metrics) (float64, bool) { return of(&m.Latency), m.Latency.Count > 0 }
}

func priceColumns() []priceColumn {
	return []priceColumn{
		{"applied/s", compact, mean(func(m *result.Metrics) result.Mean { return m.Throughput })},
		{"p50", millis, latency(func(l *result.Latency) float64 { return l.P50 })},
		{"p99", millis, latency(func(l *result.Latency) float64 { return l.P99 })},
		{"max lag", compact, mean(func(m *result.Metrics) result.Mean { return m.LagMax })},
		{"lost", compact, mean(func(m *result.Metrics) result.Mean { return m.Lost })},
		{"dup.", compact, mean(func(m *result.Metrics) result.Mean { return m.Duplicated })},
	}
}

// price writes what each strategy costs.
func (t *textReport) price() {
	about := "mean of a run; latency from arrival to effect; lag, lost and duplicated in messages"
	tab := &table{labels: 1, right: true, head: []string{"strategy"}}
	columns := priceColumns()
	for _, c := range columns {
		tab.head = append(tab.head, c.head)
	}
	ranges := false
	for _, g := range t.groups {
		row := []cell{{g.strategy, plain}}
		for _, c := range columns {
			var values []float64
			for _, r := range g.results {
				if v, ok := c.value(&r.Metrics); ok && r.Runs > 0 {
					values = append(values, v)
				}
			}
			row = append(row, cell{span(values, c.format), plain})
		}
		ranges = ranges || len(g.results) > 1
		tab.rows = append(tab.rows, row)
	}
	if ranges {
		about += "; lowest..highest over the scan"
	}
	t.section("PRICE", " ("+about+")")
	t.table(tab)
}
