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
	shown, common, missing := withSeries(set, func(s *result.Series) bool { return true })
	if len(shown) == 0 {
		return nothing(title, "No run kept its course over time.")
	}
	names := placeNames(shown)
	colors := ramp(len(names))
	about := "Messages stored and not yet taken, a line for each partition" + courseText(shown, common, missing)
	fig := &figure{title: title, about: about, legend: placeLegend(names, colors)}
	end, top := extent(shown)
	fig.panels(shown, common, panelText{"time (s)", "lag (messages)"}, func(r *result.Result, columns int) *tile {
		return lagTile(r, names, colors, end, top, columns)
	})
	return fig
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
	t := courseTile(r, end)
	for i, name := range r.Series.Places {
		if i >= len(r.Series.Lag) {
			break
		}
		t.add(&course{
			points: decimate(r.Series.TimesS, r.Series.Lag[i], columns),
			color:  colors[slices.Index(names, name)],
		})
	}
	t.axes.Y.Min, t.axes.Y.Max = 0, ceilNice(top, 5)
	t.axes.Y.Tick.Marker = niceTicks{n: 5}
	return t
}

// course is a line over time.
type course struct {
	points plotter.XYs
	color  color.Color
}

// placed returns where points lie on a canvas.
func placed(points plotter.XYs, c *draw.Canvas, p *plot.Plot) []vg.Point {
	tx, ty := p.Transforms(c)
	out := make([]vg.Point, len(points))
	for i, pt := range points {
		out[i] = vg.Point{X: tx(pt.X), Y: ty(pt.Y)}
	}
	return out
}

// Plot implements [plot.Plotter].
func (l *course) Plot(c draw.Canvas, p *plot.Plot) {
	line := placed(l.points, &c, p)
	// The rasterizer's time grows with the square of a line's points.
	for from := 0; from < len(line)-1; from += courseChunk {
		to := min(from+courseChunk+1, len(line))
		c.StrokeLines(draw.LineStyle{Color: l.color, Width: vg.Points(1.3)}, line[from:to])
	}
}
