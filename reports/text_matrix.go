package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// matrix shows one guarantee over the scan, for strategies that use the same
// axes: a row for each value of the other axes, a column for each of the last.
type matrix struct {
	id     string
	axes   []string
	groups []group
}

// matrices writes, for each guarantee whose verdict depends on the scan point,
// where it holds and how badly it breaks elsewhere.
func (t *textReport) matrices() {
	var all []matrix
	for _, id := range t.ids {
		from := len(all)
		for _, g := range t.groups {
			c := count(g, id)
			use := axes(g.results)
			if !c.depends() || len(use) == 0 {
				continue
			}
			at := slices.IndexFunc(all[from:], func(m matrix) bool { return slices.Equal(m.axes, use) })
			if at < 0 {
				at = len(all) - from
				all = append(all, matrix{id: id, axes: use})
			}
			all[from+at].groups = append(all[from+at].groups, g)
		}
	}
	for i, m := range all {
		if i == 0 || all[i-1].id != m.id {
			t.section("WHERE IT HOLDS", fmt.Sprintf(" (messages that break %s, mean of a run; 0 where it holds)", m.id))
		} else {
			t.line("")
		}
		t.table(m.table())
	}
}

// table lays the matrix out.
func (m *matrix) table() *table {
	last := m.axes[len(m.axes)-1]
	var results []*result.Result
	for _, g := range m.groups {
		results = append(results, g.results...)
	}
	values := axisValues(results, last)
	tab := &table{labels: len(m.axes), right: true, head: []string{"strategy"}}
	tab.head = append(tab.head, m.axes[:len(m.axes)-1]...)
	for i, v := range values {
		if i == 0 {
			v = last + "=" + v
		}
		tab.head = append(tab.head, v)
	}
	_, _, ordered := numeric(values)
	if ordered = ordered && len(values) > 1; ordered {
		tab.head = append(tab.head, "holds from")
	}
	for _, g := range m.groups {
		for n, row := range m.rows(g, values) {
			name := cell{g.strategy, plain}
			if n > 0 {
				name.text = ""
			}
			cells := []cell{name}
			for _, v := range row.others {
				cells = append(cells, cell{v, plain})
			}
			for _, v := range row.found {
				cells = append(cells, broken(v))
			}
			if ordered {
				cells = append(cells, row.holdsFrom(values))
			}
			tab.rows = append(tab.rows, cells)
		}
	}
	return tab
}

// matrixRow is what was found for one value of the other axes; found is nil
// where the scan has no such point.
type matrixRow struct {
	others []string
	found  []*result.Guarantee
}

// rows returns a strategy's rows in order of appearance.
func (m *matrix) rows(g group, values []string) []matrixRow {
	var rows []matrixRow
	others, last := m.axes[:len(m.axes)-1], m.axes[len(m.axes)-1]
	for _, r := range g.results {
		key := make([]string, len(others))
		for i, axis := range others {
			key[i], _ = coordinate(r.Point, axis)
		}
		at := slices.IndexFunc(rows, func(row matrixRow) bool { return slices.Equal(row.others, key) })
		if at < 0 {
			at = len(rows)
			rows = append(rows, matrixRow{key, make([]*result.Guarantee, len(values))})
		}
		v, _ := coordinate(r.Point, last)
		if i := slices.Index(values, v); i >= 0 {
			rows[at].found[i] = guarantee(r, m.id)
		}
	}
	return rows
}

// holdsFrom returns the first value from which on the guarantee holds.
func (row *matrixRow) holdsFrom(values []string) cell {
	from := len(values)
	for from > 0 && row.found[from-1] != nil && row.found[from-1].Verdict == result.Holds {
		from--
	}
	switch from {
	case 0:
		return cell{"always", good}
	case len(values):
		if slices.ContainsFunc(row.found, func(g *result.Guarantee) bool { return g != nil && g.Verdict == result.Holds }) {
			return cell{"not at the end", bad}
		}
		return cell{"never", bad}
	}
	return cell{values[from], good}
}

// broken writes how many messages of a run break a guarantee.
func broken(g *result.Guarantee) cell {
	switch {
	case g == nil:
		return cell{"-", faint}
	case g.Verdict == result.Holds:
		return cell{"0", good}
	case g.Verdict != result.Violated:
		return cell{markUnknown, mixed}
	case g.Inversions == nil:
		return cell{strings.ToLower(markBroken), bad}
	}
	return cell{compact(g.Inversions.Mean), bad}
}
