package reports

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

const (
	// lagTiles is the largest number of strategies of the plot, lagColumns that
	// of tiles side by side.
	lagTiles   = 6
	lagColumns = 3
	// lagPlaces is the largest number of partitions that get a name.
	lagPlaces = 12
	// tilePixels is the width of a tile on the picture, for thinning its lines.
	tilePixels = 360
)

// lagOverTime draws the lag of each partition over time in the first seed's run
// of each strategy at its first scan point, on the same axes for all.
func lagOverTime(set *result.Set) *figure {
	title := headline(set, "lag over time")
	shown, missing := withSeries(set)
	if len(shown) == 0 {
		return nothing(title, "No run kept its course over time.")
	}
	names := placeNames(shown)
	colors := ramp(len(names))
	about := fmt.Sprintf("Messages stored and not yet taken, a line for each partition; seed %d, each strategy at its first scan point.",
		shown[0].Series.Seed)
	if missing > 0 {
		about += fmt.Sprintf(" %d more strategies are not shown.", missing)
	}
	fig := &figure{title: title, about: about, legend: placeLegend(names, colors)}
	cols := min(len(shown), lagColumns)
	if len(shown) == 4 {
		cols = 2
	}
	end, top := extent(shown)
	var row []*plot.Plot
	for i, r := range shown {
		p := lagTile(r, names, colors, end, top)
		if i+cols >= len(shown) {
			p.X.Label.Text = "time (s)"
		}
		if i%cols == 0 {
			p.Y.Label.Text = "lag (messages)"
		}
		row = append(row, p)
		if len(row) == cols {
			fig.tiles = append(fig.tiles, row)
			row = nil
		}
	}
	if len(row) > 0 {
		fig.tiles = append(fig.tiles, append(row, make([]*plot.Plot, cols-len(row))...))
	}
	return fig
}

// withSeries returns each strategy's first result that has a series, up to
// lagTiles, and how many more there are.
func withSeries(set *result.Set) (shown []*result.Result, missing int) {
	for _, g := range groups(set) {
		at := slices.IndexFunc(g.results, func(r *result.Result) bool { return r.Series != nil && len(r.Series.TimesS) > 0 })
		switch {
		case at < 0:
		case len(shown) == lagTiles:
			missing++
		default:
			shown = append(shown, g.results[at])
		}
	}
	return shown, missing
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
			out = append(out, legendEntry{name: shorten(name, 32), color: colors[i]})
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

// lagTile draws one run.
func lagTile(r *result.Result, names []string, colors []color.RGBA, end, top float64) *plot.Plot {
	p := newTile()
	p.Title.Text = shorten(caseText(r), 54)
	p.Add(&marks{r.Series.Marks})
	for i, name := range r.Series.Places {
		if i >= len(r.Series.Lag) {
			break
		}
		p.Add(&course{
			points: decimate(r.Series.TimesS, r.Series.Lag[i], tilePixels),
			color:  colors[slices.Index(names, name)],
		})
	}
	p.X.Min, p.X.Max = min(0, r.Series.TimesS[0]), end
	p.X.Tick.Marker = niceTicks{5}
	step := niceStep(top / 4)
	p.Y.Min, p.Y.Max = 0, math.Ceil(top/step)*step
	p.Y.Tick.Marker = niceTicks{4}
	return p
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
	c.StrokeLines(draw.LineStyle{Color: l.color, Width: vg.Points(1.1)}, line)
}

// marks are vertical lines with names: the beginnings of phases, and faults.
type marks struct{ marks []result.Mark }

// Plot implements [plot.Plotter]. Names stand upright beside their lines; those
// of lines that are too close together share one.
func (m *marks) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	style := textStyle(7.5, muted())
	style.Rotation = math.Pi / 2
	style.XAlign, style.YAlign = text.XRight, text.YTop
	height := style.Height("x")
	sorted := slices.Clone(m.marks)
	slices.SortStableFunc(sorted, func(a, b result.Mark) int {
		switch {
		case a.AtS < b.AtS:
			return -1
		case a.AtS > b.AtS:
			return 1
		}
		return 0
	})
	for i := 0; i < len(sorted); {
		x := tx(sorted[i].AtS)
		label := sorted[i].Label
		for i++; i < len(sorted) && tx(sorted[i].AtS)-x < height*1.3; i++ {
			label += ", " + sorted[i].Label
		}
		c.StrokeLine2(draw.LineStyle{Color: muted(), Width: vg.Points(0.6), Dashes: []vg.Length{2, 2}}, x, c.Min.Y, x, c.Max.Y)
		limit := max(8, int((c.Max.Y-c.Min.Y)/(style.Font.Size*0.52)))
		c.FillText(style, vg.Point{X: x + 1.5, Y: c.Max.Y - 1}, shorten(label, limit))
	}
}
