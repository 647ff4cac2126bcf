package reports

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// violationsByThroughput draws what safety costs: how often each strategy breaks
// the most telling guarantee against the messages that it applies a second. A
// mark is a scan point; the best are at the lower right.
func violationsByThroughput(set *result.Set) *figure {
	gs := groups(set)
	id := mostTelling(set)
	title := headline(set, "violations of "+clean(id)+" against throughput")
	s := &scatter{}
	least, top := math.Inf(1), 0.0
	for _, g := range gs {
		for _, r := range g.results {
			q := guarantee(r, id)
			if q == nil || q.DecidedRuns == 0 || r.Runs == 0 {
				continue
			}
			m := r.Metrics.Throughput
			d := dot{index: g.index, x: m.Mean, xs: m.CI95, y: q.Rate, ys: q.RateCI95}
			if len(g.results) == 1 {
				d.label = shorten(g.strategy, 30)
			}
			least, top = min(least, max(m.CI95[0], m.Mean/4)), max(top, m.Mean, min(m.CI95[1], 4*m.Mean))
			s.dots = append(s.dots, d)
		}
	}
	if len(s.dots) == 0 {
		return nothing(headline(set, "violations against throughput"), "No guarantee was decided in any run.")
	}
	t := newTile()
	t.xLabel, t.yLabel = "applied (messages/s)", "share of runs that violate"
	t.axes.X.Max = ceilNice(top*1.02, 6)
	t.axes.X.Min = -0.012 * t.axes.X.Max // room for a mark at 0
	t.axes.X.Tick.Marker = niceTicks{n: 6}
	if pad := (top - least) / 8; pad > 1e-6*top && least > 0.4*top {
		// The intervals say how much a small difference means.
		t.axes.X.Min, t.axes.X.Max = least-pad, top+pad
		t.axes.X.Tick.Marker = rangeTicks{n: 6}
	}
	t.axes.Y.Min, t.axes.Y.Max = -0.04, 1.04 // room for the marks at 0 and 1
	t.axes.Y.Tick.Marker = niceTicks{n: 5, format: share}
	t.add(s)
	about := fmt.Sprintf("Share of the decided runs that break %s, and mean throughput of %s, with their 95%% intervals (pale). "+
		"Lower right is better; marks that coincide are moved to the right.", clean(id), plural(set.Seeds.Count, "seed"))
	if len(set.Results) > len(gs) {
		about += " A mark is a scan point."
	}
	return &figure{title: title, about: about, legend: strategyLegend(gs), tiles: [][]*tile{{t}}, tileHeight: 330}
}

// dot is a mark with its intervals; label is empty where a strategy has several.
type dot struct {
	index  int // of its strategy
	x, y   float64
	xs, ys [2]float64
	label  string
}

// scatter is a layer of dots.
type scatter struct{ dots []dot }

// apart returns where the marks are drawn: one that would lie on others is moved to
// the right of them.
func (s *scatter) apart(at func(x, y float64) vg.Point) []vg.Point {
	const room = vg.Length(8)
	var out []vg.Point
	for _, d := range s.dots {
		p := at(d.x, d.y)
		for moved := true; moved; {
			moved = false
			for _, q := range out {
				if abs(p.X-q.X) < room-0.01 && abs(p.Y-q.Y) < room {
					p.X, moved = q.X+room, true
				}
			}
		}
		out = append(out, p)
	}
	return out
}

func abs(v vg.Length) vg.Length { return max(v, -v) }

// Plot implements [plot.Plotter]: intervals, then marks, then the names that
// fit beside their marks. A name that finds no place is in the legend only.
func (s *scatter) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	at := func(x, y float64) vg.Point {
		return vg.Point{X: max(c.Min.X, min(c.Max.X, tx(x))), Y: max(c.Min.Y, min(c.Max.Y, ty(y)))}
	}
	var taken []vg.Rectangle
	for _, d := range s.dots {
		line := draw.LineStyle{Color: translucent(strategyColor(d.index)), Width: vg.Points(1)}
		left, right := at(d.xs[0], d.y), at(d.xs[1], d.y)
		c.StrokeLine2(line, left.X, left.Y, right.X, right.Y)
		low, high := at(d.x, d.ys[0]), at(d.x, d.ys[1])
		c.StrokeLine2(line, low.X, low.Y, high.X, high.Y)
	}
	marks := s.apart(at)
	for i, d := range s.dots {
		c.DrawGlyphNoClip(strategyGlyph(d.index), marks[i])
		taken = append(taken, around(marks[i], 4))
	}
	style := textStyle(8, ink())
	style.YAlign = text.YCenter
	for i, d := range s.dots {
		if d.label == "" {
			continue
		}
		w, m := style.Width(d.label), marks[i]
		for _, from := range []vg.Point{
			{X: m.X + 7, Y: m.Y + 7}, {X: m.X - 7 - w, Y: m.Y + 7},
			{X: m.X + 7, Y: m.Y - 7}, {X: m.X - 7 - w, Y: m.Y - 7},
			{X: m.X + 7, Y: m.Y + 19}, {X: m.X - 7 - w, Y: m.Y + 19},
		} {
			box := vg.Rectangle{Min: vg.Point{X: from.X - 2, Y: from.Y - 6}, Max: vg.Point{X: from.X + w + 2, Y: from.Y + 6}}
			if free(box, c.Rectangle, taken) {
				c.FillText(style, from, d.label)
				taken = append(taken, box)
				break
			}
		}
	}
}

// around is the square with a centre and half a side.
func around(m vg.Point, half vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: m.X - half, Y: m.Y - half}, Max: vg.Point{X: m.X + half, Y: m.Y + half}}
}

// free says that a box is inside a page and on none of those that are taken.
func free(box, page vg.Rectangle, taken []vg.Rectangle) bool {
	if box.Min.X < page.Min.X || box.Max.X > page.Max.X || box.Min.Y < page.Min.Y || box.Max.Y > page.Max.Y {
		return false
	}
	for _, o := range taken {
		if box.Min.X < o.Max.X && o.Min.X < box.Max.X && box.Min.Y < o.Max.Y && o.Min.Y < box.Max.Y {
			return false
		}
	}
	return true
}
