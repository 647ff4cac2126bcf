package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// matrixMax bounds the lines of a matrix.
const matrixMax = 40

// matrix shows one guarantee over the scan, for strategies that use the same
// axes: a column for each value of the main axis, a row for each strategy and
// value of the others. Where the width allows, one of the others makes bands of
// columns instead, which leaves fewer rows.
type matrix struct {
	id     string
	main   string
	others []string
	groups []group
}

// matrices writes, for each guarantee whose verdict depends on the scan point,
// how badly it breaks where.
func (t *textReport) matrices() {
	for _, id := range t.ids {
		var all []matrix
		for _, g := range t.groups {
			if c := count(&g, id); !c.depends() || len(axes(g.results)) == 0 {
				continue
			}
			main, others := mainAxis(g.results)
			at := slices.IndexFunc(all, func(m matrix) bool { return m.main == main && slices.Equal(m.others, others) })
			if at < 0 {
				at = len(all)
				all = append(all, matrix{id: id, main: main, others: others})
			}
			all[at].groups = append(all[at].groups, g)
		}
		for i := range all {
			if i == 0 {
				t.section("BY SCAN POINT", fmt.Sprintf(": messages of a run that break %s (mean; ok: holds)", clean(id)))
			} else {
				t.line("")
			}
			t.matrix(&all[i])
		}
		t.partly(all)
	}
}

// matrix writes the layout with the fewest rows that fits the width.
func (t *textReport) matrix(m *matrix) {
	best := m.table("")
	for _, banded := range m.others {
		tab := m.table(banded)
		tab.narrow = tab.width() > t.width
		if tab.width() <= t.width && len(tab.rows) < len(best.rows) {
			best = tab
		}
	}
	rows := best.rows
	blocks := len(best.lines(t.width, false))/(len(rows)+1) + 1
	best.rows = rows[:min(len(rows), max(1, matrixMax/blocks))]
	t.table(best)
	if more := len(rows) - len(best.rows); more > 0 {
		t.note(fmt.Sprintf("... and %s; --format json has all.", plural(more, "more row")))
	}
}

// table lays the matrix out, with bands for the values of one of the other axes,
// or one band when banded is empty.
func (m *matrix) table(banded string) *table {
	var results []*result.Result
	for _, g := range m.groups {
		results = append(results, g.results...)
	}
	rest := slices.DeleteFunc(slices.Clone(m.others), func(a string) bool { return a == banded })
	values := axisValues(results, m.main)
	tab := &table{labels: 1 + len(rest), right: true, head: []string{"strategy"}}
	for _, axis := range rest {
		tab.head = append(tab.head, clean(axis))
	}
	bands := []result.Point{nil}
	if banded != "" {
		bands = cross(bands, banded, axisValues(results, banded))
	}
	for _, b := range bands {
		title := clean(m.main) + ":"
		if banded != "" {
			title = pointText(b) + ", " + title
		}
		tab.bands = append(tab.bands, band{title, len(tab.head), len(tab.head) + len(values)})
		for _, v := range values {
			tab.head = append(tab.head, clean(v))
		}
	}
	for i := range m.groups {
		tab.rows = append(tab.rows, m.rows(&m.groups[i], rest, bands, values)...)
	}
	tab.even()
	return tab
}

// rows writes a strategy's rows, in order of appearance.
func (m *matrix) rows(g *group, rest []string, bands []result.Point, values []string) [][]cell {
	var keys []result.Point
	for _, r := range g.results {
		var key result.Point
		for _, axis := range rest {
			v, _ := coordinate(r.Point, axis)
			key = append(key, result.Coordinate{Axis: axis, Value: v})
		}
		if !slices.ContainsFunc(keys, func(k result.Point) bool { return slices.Equal(k, key) }) {
			keys = append(keys, key)
		}
	}
	index := map[string]*result.Result{}
	for _, r := range g.results {
		index[pointKey(r.Point)] = r
	}
	var rows [][]cell
	for n, key := range keys {
		cells := []cell{{g.strategy, plain}}
		if n > 0 {
			cells[0].text = ""
		}
		for _, c := range key {
			cells = append(cells, cell{clean(fmt.Sprint(c.Value)), plain})
		}
		for _, b := range bands {
			for _, v := range values {
				r := index[pointKey(slices.Concat(key, b, result.Point{{Axis: m.main, Value: v}}))]
				if r == nil {
					cells = append(cells, cell{"-", faint})
				} else {
					cells = append(cells, breaks(guarantee(r, m.id)))
				}
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

// pointKey is the same for points with the same coordinates in any order.
func pointKey(p result.Point) string {
	parts := make([]string, len(p))
	for i, c := range p {
		parts[i] = fmt.Sprintf("%q=%q", c.Axis, fmt.Sprint(c.Value))
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// even gives the columns of a matrix one width, so that columns can be compared.
func (t *table) even() {
	widest := 0
	for i, w := range t.widths() {
		if i >= t.labels {
			widest = max(widest, w)
		}
	}
	for i := t.labels; i < len(t.head); i++ {
		t.head[i] = strings.Repeat(" ", widest-textWidth(t.head[i])) + t.head[i]
	}
}

// breaks writes how many messages of a run break a guarantee.
func breaks(g *result.Guarantee) cell {
	switch {
	case g == nil:
		return cell{"-", faint}
	case g.Verdict == result.Holds:
		return cell{"ok", good}
	case g.Verdict != result.Violated:
		return cell{"?", mixed}
	}
	text := "x"
	if g.Inversions != nil {
		text = few(g.Inversions.Mean)
	}
	if partly(g) {
		return cell{text + "*", mixed}
	}
	return cell{text, bad}
}

// few writes a number in at most four digits or so, for narrow columns.
func few(v float64) string {
	if v >= 9.95 {
		return compact(float64(int64(v + 0.5)))
	}
	s := digits(v)
	if v >= 1 {
		s = s[:min(len(s), 3)]
	}
	return s
}

// partly says that only some of the runs violated a guarantee.
func partly(g *result.Guarantee) bool {
	return g.Verdict == result.Violated && g.ViolatedRuns < g.DecidedRuns
}

// partly explains the star with the rarest of the violations.
func (t *textReport) partly(all []matrix) {
	var rare *result.Result
	var found *result.Guarantee
	for _, m := range all {
		for _, g := range m.groups {
			for _, r := range g.results {
				if v := guarantee(r, m.id); v != nil && partly(v) && (found == nil || v.Rate < found.Rate) {
					rare, found = r, v
				}
			}
		}
	}
	if found != nil {
		t.note(fmt.Sprintf("*: in some runs only; the rarest is %s: %s.", caseText(rare), rateText(found)))
	}
}
