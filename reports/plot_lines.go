package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// inversionSeries is the line of one strategy.
type inversionSeries struct {
	index int // of the strategy in its set
	xs    []float64
	means []*result.Mean
}

// add appends a point; nil is a place that no run decided.
func (s *inversionSeries) add(x float64, m *result.Mean) {
	if m != nil {
		s.xs = append(s.xs, x)
		s.means = append(s.means, m)
	}
}

// inversionLines draws the lines of a tile: the band of zero, the intervals, the
// lines, the marks on top.
type inversionLines struct {
	series []inversionSeries
	// band is the share of the height that means zero; divider the x at which
	// the strategies without the axis begin, or 0.
	band, divider float64
}

// Plot implements [plot.Plotter].
func (l *inversionLines) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	c.FillPolygon(color.RGBA{0xe3, 0xf1, 0xe6, 0xff},
		corners(c.Min, vg.Point{X: c.Max.X, Y: c.Min.Y + vg.Length(l.band)*(c.Max.Y-c.Min.Y)}))
	if l.divider != 0 {
		x := tx(l.divider)
		c.StrokeLine2(dashed(), x, c.Min.Y, x, c.Max.Y)
	}
	top := p.Y.Max
	for _, s := range l.series {
		style := draw.LineStyle{Color: translucent(strategyColor(s.index)), Width: vg.Points(3.2)}
		for i, m := range s.means {
			if m.CI95[1] > m.CI95[0] {
				c.StrokeLine2(style, tx(s.xs[i]), ty(max(0, m.CI95[0])), tx(s.xs[i]), ty(min(top, m.CI95[1])))
			}
		}
	}
	for _, s := range l.series {
		line := make([]vg.Point, len(s.xs))
		for i := range s.xs {
			line[i] = vg.Point{X: tx(s.xs[i]), Y: ty(s.means[i].Mean)}
		}
		c.StrokeLines(draw.LineStyle{Color: strategyColor(s.index), Width: vg.Points(1.5)}, line)
		for _, pt := range line {
			c.DrawGlyphNoClip(strategyGlyph(s.index), pt)
		}
	}
}

// holdsTicks says what zero means.
type holdsTicks struct{ plot.Ticker }

// Ticks implements [plot.Ticker].
func (t holdsTicks) Ticks(lo, hi float64) []plot.Tick {
	ticks := t.Ticker.Ticks(lo, hi)
	ticks[0].Label = "holds: 0"
	return ticks
}

// withoutLabels keeps the lines of ticks that a neighbour names. A space is a
// label that shows nothing, no label would be a tick that shows no line.
type withoutLabels struct{ plot.Ticker }

// Ticks implements [plot.Ticker].
func (t withoutLabels) Ticks(lo, hi float64) []plot.Tick {
	ticks := t.Ticker.Ticks(lo, hi)
	for i := range ticks {
		ticks[i].Label = " "
	}
	return ticks
}
