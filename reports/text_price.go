package reports

import (
	"fmt"

	"orderlab/scenarios/result"
)

// priceColumn is a column of the price table.
type priceColumn struct {
	head string
	unit scaling
	// value returns false for what was not measured.
	value func(*result.Metrics) (float64, bool)
	// optional columns are left out when they are 0 everywhere.
	optional bool
}

func mean(of func(*result.Metrics) result.Mean) func(*result.Metrics) (float64, bool) {
	return func(m *result.Metrics) (float64, bool) { return of(m).Mean, true }
}

func latency(of func(*result.Latency) float64) func(*result.Metrics) (float64, bool) {
	return func(m *result.Metrics) (float64, bool) { return of(&m.Latency), m.Latency.Count > 0 }
}

func priceColumns() []priceColumn {
	return []priceColumn{
		{"applied/s", counts, mean(func(m *result.Metrics) result.Mean { return m.Throughput }), false},
		{"p50", times, latency(func(l *result.Latency) float64 { return l.P50 }), false},
		{"p99", times, latency(func(l *result.Latency) float64 { return l.P99 }), false},
		{"max lag", counts, mean(func(m *result.Metrics) result.Mean { return m.LagMax }), false},
		{"lost", counts, mean(func(m *result.Metrics) result.Mean { return m.Lost }), true},
		{"duplicated", counts, mean(func(m *result.Metrics) result.Mean { return m.Duplicated }), true},
	}
}

// used leaves out the optional columns that are 0 in all results.
func used(columns []priceColumn, set *result.Set) []priceColumn {
	var out []priceColumn
	for _, c := range columns {
		some := !c.optional
		for i := range set.Results {
			v, _ := c.value(&set.Results[i].Metrics)
			some = some || v != 0
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
	if anyway {
		t.note("*: it holds nowhere; the price is that of all points.")
	}
}

// priceTable returns the table and what it is about; anyway says that a strategy
// keeps the guarantee nowhere.
func (t *textReport) priceTable() (tab *table, about string, anyway bool) {
	columns, id := used(priceColumns(), t.set), mostTelling(t.set)
	tab = &table{labels: 1, right: true, head: []string{"strategy"}}
	scan := len(axes(pointers(t.set))) > 0
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
	}
	about = " (mean of a run; latency from arrival to effect; lag in messages)"
	if scan {
		about = " where " + clean(id) + " holds" + about
	}
	return tab, about, anyway
}

// measured returns a metric of the results that were run.
func measured(results []*result.Result, of func(*result.Metrics) (float64, bool)) []float64 {
	var out []float64
	for _, r := range results {
		if v, ok := of(&r.Metrics); ok && r.Runs > 0 {
			out = append(out, v)
		}
	}
	return out
}
