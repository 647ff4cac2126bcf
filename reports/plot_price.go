package reports

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// priceFigure draws what each strategy costs: throughput, latency and lag side by
// side, a row for each strategy.
func priceFigure(set *result.Set) *figure {
	gs := groups(set)
	title := headline(set, "the price of each strategy")
	if len(gs) == 0 {
		return nothing(title, "No strategy was run.")
	}
	about := fmt.Sprintf("Mean of %s. Latency is from a message's arrival at its producer to its first effect; "+
		"lag is the largest number of messages stored and not yet taken.", plural(set.Seeds.Count, "seed"))
	if len(set.Results) > len(gs) {
		about += " Bar: mean over the scan; whisker: its range. Of the latency each mark is a scan point."
	}
	throughput := newBars(gs, "applied (messages/s)")
	lag := newBars(gs, "largest lag (messages)")
	for i, g := range gs {
		throughput.values[i] = spread(g.measured(func(m *result.Metrics) float64 { return m.Throughput.Mean }))
		lag.values[i] = spread(g.measured(func(m *result.Metrics) float64 { return m.LagMax.Mean }))
	}
	return &figure{title: title, about: about,
		legend: []legendEntry{
			{name: "latency: median (p50)", color: muted(), glyph: draw.RingGlyph{}},
			{name: "99th percentile (p99)", color: muted(), glyph: draw.CircleGlyph{}},
		},
		tiles: [][]*plot.Plot{{
			throughput.tile(throughput.top(), true), latencyTile(gs), lag.tile(lag.top(), false),
		}}}
}

// measured returns a metric at all points that were run.
func (g *group) measured(of func(*result.Metrics) float64) []float64 {
	var out []float64
	for _, r := range g.results {
		if r.Runs > 0 {
			out = append(out, of(&r.Metrics))
		}
	}
	return out
}

// latencyTile shows p50 and p99 of each strategy on a scale of decades.
func latencyTile(gs []group) *plot.Plot {
	l := &latencies{groups: gs}
	lo, hi := math.Inf(1), 0.0
	for _, g := range gs {
		for _, r := range g.results {
			if m := r.Metrics.Latency; m.Count > 0 {
				// A microsecond is the least that a histogram tells from 0.
				lo, hi = min(lo, max(m.P50, 1e-3)), max(hi, m.P99, 1e-3)
			}
		}
	}
	if hi == 0 {
		lo, hi = 1, 10
	}
	p := newTile()
	p.X.Label.Text = "latency (log scale)"
	p.X.Scale = plot.LogScale{}
	p.X.Min = math.Pow(10, math.Floor(math.Log10(lo*0.8)))
	p.X.Max = hi * 1.6
	p.X.Tick.Marker = timeTicks{}
	p.Y.Min, p.Y.Max = -0.5, float64(len(gs))-0.5
	p.Y.Tick.Marker = plot.ConstantTicks{}
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	p.Add(l)
	return p
}

// latencies are the rows of the latency tile.
type latencies struct{ groups []group }

// Plot implements [plot.Plotter].
func (l *latencies) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			c.StrokeLine2(draw.LineStyle{Color: pale(), Width: vg.Points(0.5)}, tx(t.Value), c.Min.Y, tx(t.Value), c.Max.Y)
		}
	}
	for i, g := range l.groups {
		y := ty(float64(len(l.groups) - 1 - i))
		ink := strategyColor(g.index)
		lo, hi := math.Inf(1), 0.0
		for _, r := range g.results {
			if m := r.Metrics.Latency; m.Count > 0 {
				lo, hi = min(lo, max(m.P50, 1e-3)), max(hi, m.P99, 1e-3)
			}
		}
		if hi == 0 {
			c.FillText(textStyle(8, muted()), vg.Point{X: c.Min.X + 3, Y: y - 3}, "not measured")
			continue
		}
		c.StrokeLine2(draw.LineStyle{Color: translucent(ink), Width: vg.Points(2)}, tx(lo), y, tx(hi), y)
		for _, r := range g.results {
			if m := r.Metrics.Latency; m.Count > 0 {
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: vg.Points(3.2), Shape: draw.RingGlyph{}}, vg.Point{X: tx(max(m.P50, 1e-3)), Y: y})
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: vg.Points(3.2), Shape: draw.CircleGlyph{}}, vg.Point{X: tx(max(m.P99, 1e-3)), Y: y})
			}
		}
	}
}
