package reports

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// inversionsByScan draws how many messages of a run break the set's first
// guarantee that any run broke, along the last axis of the scan: a tile for each
// value of the other axes, a line for each strategy. A strategy that does not
// use the last axis is a level line. Without a scan it draws bars.
func inversionsByScan(set *result.Set) *figure {
	gs := groups(set)
	id := mostTelling(set)
	title := headline(set, "messages out of place")
	if id == "" {
		return nothing(title, "No guarantee was decided.")
	}
	f := facetsOf(set)
	if f.x == "" {
		return inversionBars(set, gs, id, title)
	}
	about := fmt.Sprintf("Messages of a run that break %s, mean of %s with 95%% interval; 0 where it holds. "+
		"A strategy without %s is a dashed line.", id, plural(set.Seeds.Count, "seed"), f.x)
	if f.leftOut > 0 {
		about += fmt.Sprintf(" %d of %d tiles are left out.", f.leftOut, f.allTiles)
	}
	fig := &figure{title: title, about: about, legend: strategyLegend(gs)}
	x := placesOf(f.xs)
	top := 1.0
	for _, g := range gs {
		for _, r := range g.results {
			if m := inversions(r, id); m != nil {
				top = max(top, m.Mean, m.CI95[1])
			}
		}
	}
	top = ceilCount(top)
	for i, row := range f.rows {
		var tiles []*plot.Plot
		for j, col := range f.cols {
			p := inversionTile(gs, tilePoint(col, row), id, &f, x, top)
			if i == len(f.rows)-1 {
				p.X.Label.Text = unitOf(f.x, f.xs)
			}
			if j == 0 {
				p.Y.Label.Text = "messages a run (log scale)"
			}
			tiles = append(tiles, p)
		}
		fig.tiles = append(fig.tiles, tiles)
	}
	return fig
}

// mostTelling returns the first guarantee worth a column that a run broke, else
// the first.
func mostTelling(set *result.Set) string {
	ids := judged(set)
	for _, id := range ids {
		for i := range set.Results {
			if g := guarantee(&set.Results[i], id); g != nil && g.ViolatedRuns > 0 {
				return id
			}
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// inversions returns the mean number of messages of a run that break a
// guarantee; nil when no run decided it.
func inversions(r *result.Result, id string) *result.Mean {
	if g := guarantee(r, id); g != nil {
		return g.Inversions
	}
	return nil
}

// places is where the values of an axis stand along x.
type places struct {
	at     []float64
	labels []string
}

// placesOf puts numbers where they belong, unless some would be too close to
// read, and everything else at equal distances.
func placesOf(values []string) places {
	p := places{labels: values}
	numbers, unit, ok := numeric(values)
	if ok && len(numbers) > 1 {
		least := math.Inf(1)
		for i := 1; i < len(numbers); i++ {
			least = min(least, numbers[i]-numbers[i-1])
		}
		ok = least >= 0.07*(numbers[len(numbers)-1]-numbers[0])
	}
	if ok {
		p.at = numbers
		p.labels = nil
		for i, v := range numbers {
			label := strings.TrimSuffix(values[i], unit)
			if _, _, plain := quantity(label); !plain || unit != "" {
				label = compact(v)
			}
			p.labels = append(p.labels, label)
		}
		return p
	}
	for i := range values {
		p.at = append(p.at, float64(i))
	}
	return p
}

func (p *places) ticks() plot.ConstantTicks {
	var out plot.ConstantTicks
	for i, v := range p.at {
		out = append(out, plot.Tick{Value: v, Label: p.labels[i]})
	}
	return out
}

// span returns the first place and the distance to the last, at least 1.
func (p *places) span() (from, width float64) {
	width = p.at[len(p.at)-1] - p.at[0]
	if width <= 0 {
		width = 1
	}
	return p.at[0], width
}

// inversionTile draws all strategies at one value of the other axes.
func inversionTile(gs []group, tile result.Point, id string, f *facets, x places, top float64) *plot.Plot {
	p := newTile()
	p.Title.Text = pointText(tile)
	p.Y.Scale, p.Y.Tick.Marker = logCount{}, countTicks{}
	p.Y.Min, p.Y.Max = 0, top
	from, width := x.span()
	p.X.Min, p.X.Max = from-0.06*width, from+1.06*width
	p.X.Tick.Marker = x.ticks()
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = pale()
	p.Add(grid)
	for n, g := range gs {
		// Marks that fall together are moved apart a little.
		shift := (float64(n) - float64(len(gs)-1)/2) * 0.014 * width
		line := &interval{color: strategyColor(g.index), glyph: strategyGlyph(g.index)}
		for _, r := range g.at(tile) {
			m := inversions(r, id)
			v, uses := coordinate(r.Point, f.x)
			switch {
			case m == nil:
			case !uses:
				p.Add(&level{y: m.Mean, color: strategyColor(g.index), glyph: strategyGlyph(g.index), at: 0.02 + 0.96*float64(n)/float64(max(1, len(gs)-1))})
			default:
				for i := range f.xs {
					if f.xs[i] == v {
						line.add(x.at[i]+shift, m)
					}
				}
			}
		}
		p.Add(line)
	}
	// The ranges of the data must not widen the axes.
	p.Y.Min, p.Y.Max = 0, top
	p.X.Min, p.X.Max = from-0.06*width, from+1.06*width
	return p
}

// interval is a line through means with their 95 % intervals.
type interval struct {
	color  interface{ RGBA() (r, g, b, a uint32) }
	glyph  draw.GlyphStyle
	xs, ys []float64
	ci     [][2]float64
}

// add puts a mean into its place in the order of x.
func (l *interval) add(x float64, m *result.Mean) {
	at := len(l.xs)
	for at > 0 && l.xs[at-1] > x {
		at--
	}
	l.xs = append(l.xs[:at], append([]float64{x}, l.xs[at:]...)...)
	l.ys = append(l.ys[:at], append([]float64{m.Mean}, l.ys[at:]...)...)
	l.ci = append(l.ci[:at], append([][2]float64{{max(0, m.CI95[0]), m.CI95[1]}}, l.ci[at:]...)...)
}

// Plot implements [plot.Plotter].
func (l *interval) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	line := make([]vg.Point, len(l.xs))
	for i := range l.xs {
		line[i] = vg.Point{X: tx(l.xs[i]), Y: ty(l.ys[i])}
		c.StrokeLine2(draw.LineStyle{Color: l.color, Width: vg.Points(0.8)},
			line[i].X, ty(l.ci[i][0]), line[i].X, ty(l.ci[i][1]))
	}
	c.StrokeLines(draw.LineStyle{Color: l.color, Width: vg.Points(1.4)}, line)
	for _, pt := range line {
		c.DrawGlyphNoClip(l.glyph, pt)
	}
}

// level is a dashed line over the whole width, with its strategy's mark at a
// share of it.
type level struct {
	y, at float64
	color interface{ RGBA() (r, g, b, a uint32) }
	glyph draw.GlyphStyle
}

// Plot implements [plot.Plotter].
func (l *level) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	y := ty(l.y)
	c.StrokeLine2(draw.LineStyle{Color: l.color, Width: vg.Points(1), Dashes: []vg.Length{4, 3}}, c.Min.X, y, c.Max.X, y)
	c.DrawGlyphNoClip(l.glyph, vg.Point{X: c.Min.X + vg.Length(l.at)*(c.Max.X-c.Min.X), Y: y})
}

// inversionBars draws one bar for each strategy, for a set without a scan.
func inversionBars(set *result.Set, gs []group, id, title string) *figure {
	b := newBars(gs, "messages a run (log scale)")
	for i, g := range gs {
		for _, r := range g.results {
			if m := inversions(r, id); m != nil {
				b.values[i] = &barValue{m.Mean, max(0, m.CI95[0]), m.CI95[1]}
			}
		}
	}
	b.log = true
	about := fmt.Sprintf("Messages of a run that break %s, mean of %s with 95%% interval; 0 where it holds.",
		id, plural(set.Seeds.Count, "seed"))
	return &figure{title: title, about: about, tiles: [][]*plot.Plot{{b.tile(b.top(), true)}}}
}
