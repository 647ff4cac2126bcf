package reports

import (
	"fmt"

	"orderlab/scenarios/result"
)

// priceColumn is a column of the price table.
type priceColumn struct {
	head string
	unit scaling
	// value returns nil for what was not measured.
	value func(*result.Metrics) *result.Mean
	// optional columns are left out when they are 0 everywhere.
	optional bool
}

func priceColumns() []priceColumn {
	return []priceColumn{
		{"applied/s", counts, func(m *result.Metrics) *result.Mean { return &m.Throughput }, false},
		{"p50", times, p50, false},
		{"p99", times, p99, false},
		{"max lag", counts, func(m *result.Metrics) *result.Mean { return &m.LagMax }, false},
		{"lost", counts, func(m *result.Metrics) *result.Mean { return &m.Lost }, true},
		{"duplicated", counts, func(m *result.Metrics) *result.Mean { return &m.Duplicated }, true},
	}
}

// used leaves out the optional columns that are 0 in all results.
func used(columns []priceColumn, set *result.Set) []priceColumn {
	var out []priceColumn
	for _, c := range columns {
		some := !c.optional
		for i := range set.Results {
			m := c.value(&set.Results[i].Metrics)
			some = some || m != nil && m.Mean != 0
		}
		if some {
			out = append(out, c)
		}
	}
	return out
}

// price writes what each strategy costs where it keeps the most telling
// guarantee, because a price without it says little; if it never does, what it
// costs anyway.
func (t *textReport) price() {
	tab, about, anyway := t.priceTable()
	t.section("PRICE", about)
	t.table(tab)
	for _, note := range t.priceNotes(anyway) {
		t.note(note)
	}
}

// priceTable returns the table and what it is about; anyway says that a strategy
// keeps the guarantee nowhere.
func (t *textReport) priceTable() (tab *table, about string, anyway bool) {
	columns, id := used(priceColumns(), t.set), mostTelling(t.set)
	tab = &table{labels: 1, right: true, head: []string{"strategy"}}
	scan, intervals := len(axes(pointers(t.set))) > 0, false
	if scan {
		tab.head = append(tab.head, "points")
	}
	for _, c := range columns {
		tab.head = append(tab.head, c.head)
	}
	for _, g := range t.groups {
		var kept []*result.Result
		for _, r := range g.results {
			if keeps(r, id) {
				kept = append(kept, r)
			}
		}
		row := []cell{{g.strategy, plain}}
		if scan {
			points := cell{fmt.Sprintf("%d/%d", len(kept), len(g.results)), plain}
			if len(kept) == 0 {
				points, anyway = cell{"none*", bad}, true
			}
			row = append(row, points)
		}
		if len(kept) == 0 {
			kept = g.results
		}
		for _, c := range columns {
			row = append(row, cell{c.unit.span(measured(kept, c.value)), plain})
		}
		tab.rows = append(tab.rows, row)
		if ends, some := intervalRow(kept, columns); some {
			row = append(make([]cell, len(row)-len(ends)), ends...)
			tab.rows, intervals = append(tab.rows, row), true
		}
	}
	about = " (mean of a run; latency from arrival to effect; lag in messages"
	if intervals {
		about += "; below: 95% intervals"
	}
	about += ")"
	if scan {
		about = " where " + clean(id) + " holds" + about
	}
	return tab, about, anyway
}

// priceNotes explain marks in the price table.
func (t *textReport) priceNotes(anyway bool) (out []string) {
	if anyway {
		out = append(out, "*: it holds nowhere; the price is that of all points.")
	}
	for i := range t.set.Results {
		if r := &t.set.Results[i]; r.Runs > 0 && r.Metrics.Latency.Count == 0 {
			return append(out, "-: not measured: a preload has no latency, because its messages have no time of arrival.")
		}
	}
	return out
}

// intervalRow has the intervals of a single result; some says that there are any.
func intervalRow(results []*result.Result, columns []priceColumn) (row []cell, some bool) {
	for _, c := range columns {
		text := ""
		if m := c.value(&results[0].Metrics); m != nil && m.CI95[1] > m.CI95[0] {
			// What is counted cannot be below 0, though its interval by Student's t may.
			text = c.unit.span([]float64{max(0, m.CI95[0]), m.CI95[1]})
			some = true
		}
		row = append(row, cell{text, faint})
	}
	return row, some && len(results) == 1
}

// measured returns a metric of the results that were run.
func measured(results []*result.Result, of func(*result.Metrics) *result.Mean) []float64 {
	var out []float64
	for _, r := range results {
		if m := of(&r.Metrics); m != nil && r.Runs > 0 {
			out = append(out, m.Mean)
		}
	}
	return out
}
