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

// priceFigure draws what each strategy costs: throughput, latency and lag side by
// side, a row for each strategy, a mark for each scan point, full where the most
// telling guarantee holds.
func priceFigure(set *result.Set) *figure {
	gs := groups(set)
	title := headline(set, "the price of each strategy")
	if !finished(set) {
		return nothing(title, "No run was finished.")
	}
	id := mostTelling(set)
	about := fmt.Sprintf("Mean of %s", plural(set.Seeds.Count, "seed"))
	if len(set.Results) > len(gs) {
		about += "; a mark is a scan point, the thick line through it its 95% interval"
	} else {
		about += ", with its 95% interval"
	}
	about += ". Latency is from a message's arrival to its first effect; lag is the most messages stored and not yet taken."
	fig := &figure{title: title, about: about, tileHeight: rowsHeight(len(gs), 1), legend: keptLegend(id)}
	tiles := []*tile{
		stripTile(gs, id, "applied (messages/s)", false, func(m *result.Metrics) *result.Mean { return &m.Throughput }),
		stripTile(gs, id, "median latency (p50)", true, p50),
		stripTile(gs, id, "99th percentile of latency (p99)", true, p99),
		stripTile(gs, id, "largest lag (messages)", false, func(m *result.Metrics) *result.Mean { return &m.LagMax }),
	}
	for i, t := range tiles {
		if i > 0 {
			t.axes.Y.Tick.Marker = plot.ConstantTicks{}
		}
	}
	fig.tiles = [][]*tile{tiles}
	return fig
}

// p50 and p99 are quantiles of latency with their intervals, or nil.
func p50(m *result.Metrics) *result.Mean {
	return latencyMean(&m.Latency, m.Latency.P50, func(ci *result.LatencyInterval) [2]float64 { return ci.P50 })
}

func p99(m *result.Metrics) *result.Mean {
	return latencyMean(&m.Latency, m.Latency.P99, func(ci *result.LatencyInterval) [2]float64 { return ci.P99 })
}

func p999(m *result.Metrics) *result.Mean {
	return latencyMean(&m.Latency, m.Latency.P999, func(ci *result.LatencyInterval) [2]float64 { return ci.P999 })
}

func latencyMean(l *result.Latency, v float64, interval func(*result.LatencyInterval) [2]float64) *result.Mean {
	switch {
	case l.Count == 0:
		return nil
	case l.CI95 == nil:
		return &result.Mean{Mean: v, CI95: [2]float64{v, v}}
	}
	return &result.Mean{Mean: v, CI95: interval(l.CI95)}
}

// strips are rows of marks.
type strips struct {
	groups []group
	id     string
	value  func(*result.Metrics) *result.Mean // nil when it was not measured
	unit   scaling
	least  float64 // the start of the axis
}

// stripTile is a tile of strips; latencies are milliseconds.
func stripTile(gs []group, id string, label string, latency bool, value func(*result.Metrics) *result.Mean) *tile {
	s := &strips{groups: gs, id: id, value: value, unit: counts}
	lo, hi := math.Inf(1), 0.0
	for _, g := range gs {
		for _, r := range g.results {
			if m := value(&r.Metrics); m != nil && r.Runs > 0 {
				// A microsecond is the least that a histogram tells from 0.
				lo, hi = min(lo, max(m.Mean, 1e-3)), max(hi, m.Mean, min(m.CI95[1], 4*m.Mean))
			}
		}
	}
	t := strategyRows(gs, true)
	t.xLabel = label
	if latency {
		s.unit = times
	}
	switch {
	case math.IsInf(lo, 1): // nothing was measured
	case latency && hi > 10*lo:
		t.axes.X.Scale, t.axes.X.Tick.Marker = plot.LogScale{}, timeTicks{}
		t.axes.X.Min, t.axes.X.Max = lo*0.7, hi*1.4
		s.least = t.axes.X.Min
		t.xLabel += ", log scale"
	case !latency && lo >= 1 && hi > 100*lo:
		scale := countScaleFor(lo, 0)
		t.axes.X.Scale, t.axes.X.Tick.Marker, t.axes.X.Max = scale, scale, ceilCount(hi)
		t.xLabel += ", log scale"
	default:
		t.axes.X.Max = ceilNice(hi*1.02, 3)
		t.axes.X.Tick.Marker = niceTicks{n: 3}
		if latency {
			t.axes.X.Tick.Marker = niceTicks{n: 3, format: timeLabel}
		}
	}
	t.add(s)
	return t
}

// Plot implements [plot.Plotter].
func (s *strips) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	room := ty(1) - ty(0)
	for i, g := range s.groups {
		y := ty(rowOf(s.groups, i))
		var values []float64
		for _, r := range g.results {
			if m := s.value(&r.Metrics); m != nil && r.Runs > 0 {
				values = append(values, m.Mean)
			}
		}
		style := textStyle(7.5, muted())
		style.YAlign = text.YCenter
		if len(values) == 0 {
			c.FillText(style, vg.Point{X: c.Min.X + 4, Y: y}, "not measured")
			continue
		}
		s.marks(c, tx, y, &g, values)
		if room >= 22 {
			style.YAlign = text.YBottom
			label := s.unit.span(values)
			lo, _ := bounds(values)
			x := max(c.Min.X+3, min(tx(max(lo, s.least)), c.Max.X-style.Width(label)))
			c.FillText(style, vg.Point{X: x, Y: y + 5}, label)
		}
	}
}

// marks draws one strategy's row: its range, then a mark for each point, those
// at which the guarantee holds on top.
func (s *strips) marks(c draw.Canvas, tx func(float64) vg.Length, y vg.Length, g *group, values []float64) {
	lo, hi := bounds(values)
	at := func(v float64) vg.Length { return tx(max(v, s.least)) }
	thin := draw.LineStyle{Color: translucent(strategyColor(g.index)), Width: vg.Points(0.8)}
	c.StrokeLine2(thin, at(lo), y, at(hi), y)
	if len(values) > 1 {
		s.intervals(c, at, y, g)
	}
	for _, kept := range []bool{false, true} {
		for _, r := range g.results {
			m := s.value(&r.Metrics)
			if m == nil || r.Runs == 0 || keeps(r, s.id) != kept {
				continue
			}
			if len(values) == 1 && m.CI95[1] > m.CI95[0] {
				whisker(c, at(m.CI95[0]), min(c.Max.X, at(m.CI95[1])), y)
			}
			style := draw.GlyphStyle{Color: strategyColor(g.index), Radius: vg.Points(3), Shape: hollow{draw.CircleGlyph{}}}
			if kept {
				style.Shape = draw.CircleGlyph{}
			}
			c.DrawGlyphNoClip(style, vg.Point{X: at(m.Mean), Y: y})
		}
	}
}

// intervals draws those of all points of a row that has several.
func (s *strips) intervals(c draw.Canvas, at func(float64) vg.Length, y vg.Length, g *group) {
	thick := draw.LineStyle{Color: translucent(strategyColor(g.index)), Width: vg.Points(3.4)}
	for _, r := range g.results {
		if m := s.value(&r.Metrics); m != nil && r.Runs > 0 && m.CI95[1] > m.CI95[0] {
			c.StrokeLine2(thick, max(c.Min.X, at(m.CI95[0])), y, min(c.Max.X, at(m.CI95[1])), y)
		}
	}
}
