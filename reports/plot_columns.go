package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// columns is a layer of upright bars, one for each whole number from 0 on, with
// their intervals.
type columns struct {
	means []result.Mean
	color color.Color
}

// tile returns a tile with a label below each column.
func (b *columns) tile(labels []string) *tile {
	t := newTile()
	n := max(1, len(labels))
	t.axes.X.Min, t.axes.X.Max = -0.6, float64(n)-0.4
	var ticks plot.ConstantTicks
	for i, l := range labels {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: l})
	}
	t.axes.X.Tick.Marker = ticks
	t.add(b)
	return t
}

// Plot implements [plot.Plotter].
func (b *columns) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	half := min(20, 0.38*(tx(1)-tx(0)))
	y := func(v float64) vg.Length { return max(c.Min.Y, min(c.Max.Y, ty(max(p.Y.Min, min(p.Y.Max, v))))) }
	line := draw.LineStyle{Color: ink(), Width: vg.Points(0.9)}
	for i, m := range b.means {
		x := tx(float64(i))
		c.FillPolygon(b.color, corners(vg.Point{X: x - half, Y: c.Min.Y}, vg.Point{X: x + half, Y: y(m.Mean)}))
		if m.CI95[1] > m.CI95[0] {
			low, high := y(max(0, m.CI95[0])), y(m.CI95[1])
			cap := min(3, half/2)
			c.StrokeLine2(line, x, low, x, high)
			c.StrokeLine2(line, x-cap, low, x+cap, low)
			c.StrokeLine2(line, x-cap, high, x+cap, high)
		}
	}
}

// highest returns the largest mean, and what an interval that is not far wider needs.
func highest(means []result.Mean) (top float64) {
	for _, m := range means {
		top = max(top, m.Mean, min(m.CI95[1], 4*m.Mean))
	}
	return top
}
