package reports

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// phaseDiagram draws the probability that a run breaks the most telling guarantee
// over two axes of the scan: a tile for each strategy that uses both and for each
// value of the other axes.
func phaseDiagram(set *result.Set) *figure {
	id := mostTelling(set)
	title := headline(set, "probability that a run breaks "+clean(id))
	x, y, others := phaseAxes(set)
	if y == "" {
		return nothing(title, "It takes a scan with two axes.")
	}
	v := phaseView{id: id, x: x, y: y, xs: axisValues(pointers(set), x), ys: axisValues(pointers(set), y)}
	var without []string
	for _, g := range groups(set) {
		if !v.add(&g, others) {
			without = append(without, shorten(g.strategy, 30))
		}
	}
	if len(v.tiles) == 0 {
		return nothing(title, fmt.Sprintf("No strategy was run over both %s and %s.", clean(x), clean(y)))
	}
	missing := max(0, len(v.tiles)-panelsMax)
	v.tiles = v.tiles[:len(v.tiles)-missing]
	about := fmt.Sprintf("Share of the decided runs, %s a point, in small type its 95%% interval. "+
		"Green: no run did; the number is then the upper 95%% bound. ?: not decided.", plural(set.Seeds.Count, "seed"))
	if missing > 0 {
		about += fmt.Sprintf(" %d of %d tiles are left out.", missing, missing+len(v.tiles))
	}
	if len(without) > 0 {
		about += fmt.Sprintf(" Without both axes: %s.", fewNames(without, 8))
	}
	fig := &figure{title: title, about: about, legend: phaseLegend()}
	fig.tileHeight = rowsHeight(len(v.ys), (len(v.tiles)+panelColumns-1)/panelColumns)
	cols := min(len(v.tiles), panelColumns)
	for i, t := range v.tiles {
		if i+cols >= len(v.tiles) {
			t.xLabel = unitOf(x, v.xs)
		}
		if i%cols == 0 {
			fig.tiles = append(fig.tiles, make([]*tile, cols))
			t.yLabel = unitOf(y, v.ys)
		}
		fig.tiles[len(fig.tiles)-1][i%cols] = t
	}
	return fig
}

// phaseAxes returns the main axis, of the others the first whose values are in order
// or else the first, and what is left; y is empty when there are less than two axes.
func phaseAxes(set *result.Set) (x, y string, others []string) {
	all := pointers(set)
	x, rest := mainAxis(all)
	for _, axis := range rest {
		if _, ok := ordered(all, axis); ok {
			y = axis
			break
		}
	}
	if y == "" && len(rest) > 0 {
		y = rest[0]
	}
	for _, axis := range rest {
		if axis != y {
			others = append(others, axis)
		}
	}
	return x, y, others
}

// phaseView gathers the tiles.
type phaseView struct {
	id, x, y string
	xs, ys   []string
	tiles    []*tile
}

// add adds the tiles of a strategy, and says whether it uses both axes.
func (v *phaseView) add(g *group, others []string) bool {
	used := axes(g.results)
	points := []result.Point{nil}
	uses := 0
	for _, axis := range used {
		if axis == v.x || axis == v.y {
			uses++
		}
	}
	if uses < 2 {
		return false
	}
	for _, axis := range others {
		if values := axisValues(g.results, axis); len(values) > 0 {
			points = cross(points, axis, values)
		}
	}
	for _, at := range points {
		t := newTile()
		t.title = g.strategy
		if len(at) > 0 {
			t.title += ", " + pointText(at)
		}
		t.rows = true
		t.axes.X.Min, t.axes.X.Max = -0.5, float64(len(v.xs))-0.5
		t.axes.Y.Min, t.axes.Y.Max = -0.5, float64(len(v.ys))-0.5
		t.axes.X.Tick.Marker, t.axes.Y.Tick.Marker = placeMarks(v.xs), placeMarks(v.ys)
		t.add(v.cells(g, at))
		v.tiles = append(v.tiles, t)
	}
	return true
}

// placeMarks names the values of an axis at whole numbers.
func placeMarks(values []string) (ticks plot.ConstantTicks) {
	labels := placesOf(values).labels
	for i := range values {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: labels[i]})
	}
	return ticks
}

func (v *phaseView) cells(g *group, at result.Point) *numberCells {
	out := &numberCells{}
	for i, x := range v.xs {
		for j, y := range v.ys {
			point := append(at[:len(at):len(at)], result.Coordinate{Axis: v.x, Value: x}, result.Coordinate{Axis: v.y, Value: y})
			for _, r := range g.at(point) {
				cell := numberCell{from: float64(i) - 0.5, to: float64(i) + 0.5, y: float64(j)}
				q := guarantee(r, v.id)
				cell.fill, cell.ink, cell.label = rateShade(q)
				if q != nil && q.ViolatedRuns > 0 {
					cell.interval = share(q.RateCI95[0]) + ".." + share(q.RateCI95[1])
				}
				out.cells = append(out.cells, cell)
				break
			}
		}
	}
	return out
}

// neverColor is that of cells where no run broke a guarantee.
func neverColor() color.Color { return color.RGBA{0xcf, 0xe8, 0xd6, 0xff} }

// rateShade returns the colour of a rate, that of its number, and the number.
func rateShade(g *result.Guarantee) (fill, text color.Color, label string) {
	switch {
	case g == nil || g.DecidedRuns == 0:
		return color.Gray{0xf2}, cellMuted(), "?"
	case g.ViolatedRuns == 0:
		return neverColor(), cellInk(), "<" + share(g.RateCI95[1])
	}
	fill, text = deep(int(1000 * g.Rate))
	return fill, text, share(g.Rate)
}

// phaseLegend shows the shades.
func phaseLegend() []legendEntry {
	out := []legendEntry{{name: "never seen", color: neverColor(), glyph: draw.BoxGlyph{}}}
	for _, percent := range []int{1, 25, 50, 75, 100} {
		fill, _ := deep(10 * percent)
		out = append(out, legendEntry{name: fmt.Sprintf("%d%%", percent), color: fill, glyph: draw.BoxGlyph{}})
	}
	return out
}
