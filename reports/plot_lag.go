package reports

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

const (
	// lagTiles is the largest number of strategies of the plot, lagColumns that
	// of tiles side by side.
	lagTiles   = 9
	lagColumns = 3
	// lagPlaces is the largest number of partitions that get a name.
	lagPlaces = 12
	// courseChunk is the number of points that are drawn as one line.
	courseChunk = 100
	// plotColumns is the number of points side by side that a picture can show:
	// a line is nearly two pixels wide.
	plotColumns = 600
)

// lagOverTime draws the lag of each partition over time, for each strategy the
// first seed's run at the scan point of [telling], on the same axes for all.
func lagOverTime(set *result.Set) *figure {
	title := headline(set, "lag over time")
	shown, common, missing := withSeries(set)
	if len(shown) == 0 {
		return nothing(title, "No run kept its course over time.")
	}
	names := placeNames(shown)
	colors := ramp(len(names))
	about := fmt.Sprintf("Messages stored and not yet taken, a line for each partition; seed %d", shown[0].Series.Seed)
	if len(common) > 0 {
		about += ", " + pointText(common)
	}
	about += "."
	if missing > 0 {
		about += fmt.Sprintf(" %d more strategies are not shown.", missing)
	}
	fig := &figure{title: title, about: about, legend: placeLegend(names, colors), tileHeight: 175}
	cols := min(len(shown), lagColumns)
	if len(shown) == 4 {
		cols = 2
	}
	switch {
	case len(shown) <= lagColumns:
		fig.tileHeight = 300
	case len(shown) > 2*lagColumns:
		fig.tileHeight = 120
	}
	end, top := extent(shown)
	var row []*tile
	for i, r := range shown {
		t := lagTile(r, names, colors, end, top, plotColumns/cols)
		t.title = clean(r.Strategy)
		if rest := except(r.Point, common); len(rest) > 0 {
			t.title += ", " + pointText(rest)
		}
		if i+cols >= len(shown) {
			t.xLabel = "time (s)"
		}
		if i%cols == 0 {
			t.yLabel = "lag (messages)"
		} else {
			t.axes.Y.Tick.Marker = withoutLabels{t.axes.Y.Tick.Marker}
		}
		row = append(row, t)
		if len(row) == cols {
			fig.tiles = append(fig.tiles, row)
			row = nil
		}
	}
	if len(row) > 0 {
		fig.tiles = append(fig.tiles, append(row, make([]*tile, cols-len(row))...))
	}
	return fig
}

// withSeries returns for each strategy, up to lagTiles, the result to show; the
// values that all strategies share; and how many strategies are left out.
func withSeries(set *result.Set) (shown []*result.Result, common result.Point, missing int) {
	gs := groups(set)
	for i := range gs {
		gs[i].results = slices.DeleteFunc(slices.Clone(gs[i].results), func(r *result.Result) bool {
			return r.Series == nil || len(r.Series.TimesS) == 0
		})
	}
	gs = slices.DeleteFunc(gs, func(g group) bool { return len(g.results) == 0 })
	common, rs := telling(gs, mostTelling(set))
	n := min(len(rs), lagTiles)
	return rs[:n], common, len(rs) - n
}

// placeNames lists the partitions of all series in order of appearance.
func placeNames(shown []*result.Result) []string {
	var names []string
	for _, r := range shown {
		for _, name := range r.Series.Places {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// placeLegend names the partitions, or only the ends of the ramp when there are
// too many.
func placeLegend(names []string, colors []color.RGBA) []legendEntry {
	var out []legendEntry
	for i, name := range names {
		if len(names) <= lagPlaces || i == 0 || i == len(names)-1 {
			out = append(out, legendEntry{name: shorten(clean(name), 32), color: colors[i]})
		} else if i == 1 {
			out = append(out, legendEntry{name: fmt.Sprintf("to (%d in all)", len(names)), color: colors[len(names)/2]})
		}
	}
	return out
}

// extent returns the last moment and the largest lag of all series.
func extent(shown []*result.Result) (end, top float64) {
	for _, r := range shown {
		end = max(end, r.Series.TimesS[len(r.Series.TimesS)-1])
		for _, lag := range r.Series.Lag {
			for _, v := range lag {
				top = max(top, v)
			}
		}
	}
	return max(end, 1e-3), max(top, 1)
}

// lagTile draws one run on a tile of so many columns of points.
func lagTile(r *result.Result, names []string, colors []color.RGBA, end, top float64, columns int) *tile {
	t := newTile()
	t.strip = momentRows * momentStep
	t.add(&moments{r.Series.Marks})
	for i, name := range r.Series.Places {
		if i >= len(r.Series.Lag) {
			break
		}
		t.add(&course{
			points: decimate(r.Series.TimesS, r.Series.Lag[i], columns),
			color:  colors[slices.Index(names, name)],
		})
	}
	t.axes.X.Min, t.axes.X.Max = min(0, r.Series.TimesS[0]), end
	t.axes.X.Tick.Marker = niceTicks{n: 5}
	t.axes.Y.Min, t.axes.Y.Max = 0, ceilNice(top, 5)
	t.axes.Y.Tick.Marker = niceTicks{n: 5}
	return t
}

// course is a line over time.
type course struct {
	points plotter.XYs
	color  color.Color
}

// Plot implements [plot.Plotter].
func (l *course) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	line := make([]vg.Point, len(l.points))
	for i, pt := range l.points {
		line[i] = vg.Point{X: tx(pt.X), Y: ty(pt.Y)}
	}
	// The rasterizer's time grows with the square of a line's points.
	for from := 0; from < len(line)-1; from += courseChunk {
		to := min(from+courseChunk+1, len(line))
		c.StrokeLines(draw.LineStyle{Color: l.color, Width: vg.Points(1.3)}, line[from:to])
	}
}
