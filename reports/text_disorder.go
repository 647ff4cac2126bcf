package reports

import "orderlab/scenarios/result"

// disorderColumn is a column of the table of what is measured besides verdicts.
type disorderColumn struct {
	head  string
	unit  scaling
	value func(*result.Disorder) float64
}

func disorderColumns() []disorderColumn {
	again := func(times []result.Mean) (sum float64) {
		for i, m := range times {
			if i > 0 {
				sum += m.Mean
			}
		}
		return sum
	}
	count := func(s *result.Staleness) (n float64) {
		if s != nil {
			n = s.Stale.Mean
		}
		return n
	}
	longest := func(s *result.Staleness) (ms float64) {
		if s != nil {
			ms = s.Max.Mean
		}
		return ms
	}
	return []disorderColumn{
		{"redelivered", counts, func(d *result.Disorder) float64 { return again(d.DeliveredTimes) }},
		{"reapplied", counts, func(d *result.Disorder) float64 { return again(d.AppliedTimes) }},
		{"stale effects", counts, func(d *result.Disorder) float64 { return count(d.StaleEffects) }},
		{"by up to", times, func(d *result.Disorder) float64 { return longest(d.StaleEffects) }},
		{"stale reads", counts, func(d *result.Disorder) float64 { return count(d.StaleReads) }},
		{"by up to", times, func(d *result.Disorder) float64 { return longest(d.StaleReads) }},
	}
}

// disorder writes what is measured besides the verdicts, where that is anything:
// columns and strategies in which all is 0 are left out.
func (t *textReport) disorder() {
	tab := &table{labels: 1, right: true, head: []string{"strategy"}}
	rows := make([][]cell, len(t.groups))
	some := make([]bool, len(t.groups))
	for i, g := range t.groups {
		rows[i] = []cell{{g.strategy, plain}}
	}
	for _, c := range disorderColumns() {
		used := false
		values := make([][]float64, len(t.groups))
		for i, g := range t.groups {
			for _, r := range g.results {
				if r.Disorder == nil {
					continue
				}
				v := c.value(r.Disorder)
				values[i] = append(values[i], v)
				used, some[i] = used || v != 0, some[i] || v != 0
			}
		}
		if !used {
			continue
		}
		tab.head = append(tab.head, c.head)
		for i := range rows {
			rows[i] = append(rows[i], cell{c.unit.span(values[i]), plain})
		}
	}
	for i, row := range rows {
		if some[i] {
			tab.rows = append(tab.rows, row)
		}
	}
	if len(tab.rows) > 0 {
		t.section("DISORDER", " (messages of a run, mean; stale: an older, acked one is missing)")
		t.table(tab)
	}
}
