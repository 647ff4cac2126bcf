package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// bars is a tile of horizontal bars, one for each strategy, the first on top.
type bars struct {
	groups []group
	values []*barValue
	// scale and logTop are for counts over many decades; without logTop the
	// axis is linear.
	scale  countScale
	logTop float64
	// even draws a line at a value that is a yardstick, when it is not 0.
	even float64
}

// barValue is a bar's length, the ends of its whisker and what it says.
type barValue struct {
	value, low, high float64
	label            string
}

func newBars(gs []group) *bars {
	return &bars{groups: gs, values: make([]*barValue, len(gs))}
}

// spread is the mean of means with the range of their intervals as the whisker; nil
// for none.
func spread(values []result.Mean) *barValue {
	if len(values) == 0 {
		return nil
	}
	v := &barValue{0, values[0].Mean, values[0].Mean, ""}
	for _, x := range values {
		v.value += x.Mean / float64(len(values))
		v.low, v.high = min(v.low, x.CI95[0]), max(v.high, min(x.CI95[1], 4*x.Mean))
	}
	return v
}

// top returns the largest value that must fit.
func (b *bars) top() float64 {
	top := b.even
	for _, v := range b.values {
		if v != nil {
			top = max(top, v.value, v.high)
		}
	}
	return top
}

// tile draws the bars on an axis up to at least top; names labels them.
func (b *bars) tile(top float64, names bool) *tile {
	t := strategyRows(b.groups, names)
	t.axes.X.Min = 0
	if b.logTop > 0 {
		t.axes.X.Scale, t.axes.X.Tick.Marker = b.scale, b.scale
		t.axes.X.Max = b.logTop
	} else {
		t.axes.X.Max = ceilNice(top, 4)
		t.axes.X.Tick.Marker = niceTicks{n: 4}
	}
	t.add(b)
	return t
}

// Plot implements [plot.Plotter].
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	half := min(9, 0.36*(ty(1)-ty(0)))
	for i, g := range b.groups {
		b.bar(c, tx, ty(rowOf(b.groups, i)), half, g, b.values[i])
	}
	if b.even != 0 {
		x := tx(b.even)
		c.StrokeLine2(draw.LineStyle{Color: ink(), Width: vg.Points(0.9), Dashes: []vg.Length{3, 3}}, x, c.Min.Y, x, c.Max.Y)
	}
}

// bar draws one bar with its whisker and its value, which stands behind the bar
// or, where there is no room, inside it on white.
func (b *bars) bar(c draw.Canvas, tx func(float64) vg.Length, y, half vg.Length, g group, v *barValue) {
	style := textStyle(8, ink())
	style.YAlign = text.YCenter
	if v == nil {
		style.Color = muted()
		c.FillText(style, vg.Point{X: c.Min.X + 4, Y: y}, "not measured")
		return
	}
	x1 := tx(v.value)
	c.FillPolygon(strategyColor(g.index), corners(vg.Point{X: tx(0), Y: y - half}, vg.Point{X: x1, Y: y + half}))
	end := x1
	if v.high > v.low {
		hi := min(tx(v.high), c.Max.X)
		whisker(c, max(c.Min.X, tx(max(0, v.low))), hi, y)
		end = max(end, hi)
	}
	w := style.Width(v.label)
	if end+4+w <= c.Max.X+marginX-2 {
		c.FillText(style, vg.Point{X: end + 4, Y: y}, v.label)
		return
	}
	x := max(tx(0)+3, min(x1, tx(v.low))-6-w)
	c.FillPolygon(pale(), corners(vg.Point{X: x - 2, Y: y - 5}, vg.Point{X: x + w + 2, Y: y + 5}))
	c.FillText(style, vg.Point{X: x, Y: y}, v.label)
}

// whisker draws a level interval with caps.
func whisker(c draw.Canvas, lo, hi, y vg.Length) {
	line := draw.LineStyle{Color: ink(), Width: vg.Points(0.9)}
	c.StrokeLine2(line, lo, y, hi, y)
	c.StrokeLine2(line, lo, y-3, lo, y+3)
	c.StrokeLine2(line, hi, y-3, hi, y+3)
}
