package reports

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"

	"orderlab/scenarios/result"
)

// The largest number of strategies that have a tile each, and that of tiles side by
// side.
const (
	panelsMax    = 12
	panelColumns = 3
)

// panelText is what the axes of panels are called.
type panelText struct{ x, y string }

// panels fills a figure with a tile for each result, three in a row at most. Make
// draws one on so many columns of points; the tiles have the same y axis.
func (f *figure) panels(shown []*result.Result, common result.Point, text panelText,
	make func(r *result.Result, columns int) *tile) {
	cols := min(len(shown), panelColumns)
	if len(shown) == 4 {
		cols = 2
	}
	f.tileHeight = panelHeight(len(shown))
	columns := plotColumns / cols
	if n := len(shown); n > 2*panelColumns {
		columns = columns * 2 * panelColumns / n // or the picture would be a heavy one
	}
	for i, r := range shown {
		t := make(r, columns)
		t.title = panelTitle(r, common)
		if i+cols >= len(shown) {
			t.xLabel = text.x
		}
		switch {
		case t.rows:
		case i%cols == 0:
			t.yLabel = text.y
		default:
			t.axes.Y.Tick.Marker = withoutLabels{t.axes.Y.Tick.Marker}
		}
		if i%cols == 0 {
			f.tiles = append(f.tiles, slices.Grow([]*tile(nil), cols)[:cols])
		}
		f.tiles[len(f.tiles)-1][i%cols] = t
	}
}

// panelHeight is the height of the data of a tile among so many.
func panelHeight(n int) vg.Length {
	switch {
	case n <= panelColumns:
		return 300
	case n > 2*panelColumns:
		return 120
	}
	return 175
}

// panelTitle names the result of a tile; what all tiles share is said once above.
func panelTitle(r *result.Result, common result.Point) string {
	title := clean(r.Strategy)
	if rest := except(r.Point, common); len(rest) > 0 {
		title += ", " + pointText(rest)
	}
	return title
}

// withSeries returns for each strategy, up to panelsMax, the result to show, whose
// run has a course that has what is needed; the values that all strategies share; and
// how many strategies are left out.
func withSeries(
	set *result.Set, has func(*result.Series) bool,
) (shown []*result.Result, common result.Point, missing int) {
	gs := groups(set)
	for i := range gs {
		gs[i].results = slices.DeleteFunc(slices.Clone(gs[i].results), func(r *result.Result) bool {
			return r.Series == nil || len(r.Series.TimesS) == 0 || !has(r.Series)
		})
	}
	gs = slices.DeleteFunc(gs, func(g group) bool { return len(g.results) == 0 })
	common, rs := telling(gs, mostTelling(set))
	n := min(len(rs), panelsMax)
	return rs[:n], common, len(rs) - n
}

// courseText ends a sentence about courses over time: of which run they are.
func courseText(shown []*result.Result, common result.Point, missing int) string {
	return fmt.Sprintf("; seed %d", shown[0].Series.Seed) + sharedText(common) + "." + missingText(missing)
}

// sharedText names the values that all tiles share.
func sharedText(common result.Point) string {
	if len(common) == 0 {
		return ""
	}
	return ", " + pointText(common)
}

// missingText says how many strategies have no tile.
func missingText(missing int) string {
	if missing == 0 {
		return ""
	}
	return fmt.Sprintf(" %s more not shown.", areStrategies(missing))
}

func areStrategies(n int) string {
	if n == 1 {
		return "1 strategy is"
	}
	return fmt.Sprintf("%d strategies are", n)
}

// courseTile is a tile over the time of a run, with its moments and faults.
func courseTile(r *result.Result, end float64) *tile {
	t := newTile()
	t.strip = momentRows * momentStep
	t.add(&moments{marks: r.Series.Marks})
	t.axes.X.Min, t.axes.X.Max = min(0, r.Series.TimesS[0]), end
	t.axes.X.Tick.Marker = niceTicks{n: 5}
	return t
}

// colorIndex returns the place of a result's strategy in its set, which fixes its
// colour.
func colorIndex(set *result.Set, r *result.Result) int {
	gs := groups(set)
	return max(0, slices.IndexFunc(gs, func(g group) bool { return g.name == r.Strategy }))
}
