package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bars is a tile of horizontal bars, one for each strategy, the first on top.
type bars struct {
	groups []group
	label  string // of the x axis
	values []*barValue
	log    bool
	format func(float64) string
	// even draws a line at a value that is a yardstick, when it is not 0.
	even float64
}

// barValue is a bar's length and its whisker.
type barValue struct{ value, low, high float64 }

func newBars(gs []group, label string) *bars {
	return &bars{groups: gs, label: label, values: make([]*barValue, len(gs)), format: compact}
}

// spread is the mean of values with their range as the whisker; nil for none.
func spread(values []float64) *barValue {
	if len(values) == 0 {
		return nil
	}
	v := &barValue{0, values[0], values[0]}
	for _, x := range values {
		v.value += x / float64(len(values))
		v.low, v.high = min(v.low, x), max(v.high, x)
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
func (b *bars) tile(top float64, names bool) *plot.Plot {
	p := newTile()
	p.X.Label.Text = b.label
	p.X.Min = 0
	if b.log {
		p.X.Scale, p.X.Tick.Marker = logCount{}, countTicks{}
		p.X.Max = ceilCount(max(1, top))
	} else {
		step := niceStep(max(top, 1e-9) / 4)
		for p.X.Max = step; p.X.Max < top; {
			p.X.Max += step
		}
		p.X.Tick.Marker = niceTicks{4}
	}
	p.Y.Min, p.Y.Max = -0.5, float64(len(b.groups))-0.5
	p.Y.Tick.Marker = plot.ConstantTicks{}
	if names {
		p.Y.Tick.Marker = strategyTicks(b.groups)
	}
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	p.Add(b)
	return p
}

// strategyTicks names the rows of a tile, the first strategy on top.
func strategyTicks(gs []group) plot.ConstantTicks {
	var out plot.ConstantTicks
	for i, g := range gs {
		out = append(out, plot.Tick{Value: float64(len(gs) - 1 - i), Label: shorten(g.strategy, 28)})
	}
	return out
}

// Plot implements [plot.Plotter].
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" {
			x := tx(t.Value)
			c.StrokeLine2(draw.LineStyle{Color: pale(), Width: vg.Points(0.5)}, x, c.Min.Y, x, c.Max.Y)
		}
	}
	half := min(9, 0.36*(ty(1)-ty(0)))
	for i, g := range b.groups {
		y := ty(float64(len(b.groups) - 1 - i))
		b.bar(c, tx, y, half, g, b.values[i])
	}
	if b.even != 0 {
		x := tx(b.even)
		c.StrokeLine2(draw.LineStyle{Color: muted(), Width: vg.Points(1), Dashes: []vg.Length{3, 3}}, x, c.Min.Y, x, c.Max.Y)
	}
}

// bar draws one bar with its whisker and its value, which stands behind the bar
// or, where there is no room, inside it.
func (b *bars) bar(c draw.Canvas, tx func(float64) vg.Length, y, half vg.Length, g group, v *barValue) {
	style := textStyle(8, ink())
	style.YAlign = text.YCenter
	x0 := tx(0)
	if v == nil {
		style.Color = muted()
		c.FillText(style, vg.Point{X: x0 + 3, Y: y}, "not measured")
		return
	}
	x1 := tx(v.value)
	c.FillPolygon(strategyColor(g.index), []vg.Point{{X: x0, Y: y - half}, {X: x1, Y: y - half}, {X: x1, Y: y + half}, {X: x0, Y: y + half}})
	end := x1
	if v.high > v.low {
		line := draw.LineStyle{Color: ink(), Width: vg.Points(0.8)}
		lo, hi := tx(v.low), tx(v.high)
		c.StrokeLine2(line, lo, y, hi, y)
		c.StrokeLine2(line, lo, y-3, lo, y+3)
		c.StrokeLine2(line, hi, y-3, hi, y+3)
		end = max(end, hi)
	}
	label := b.format(v.value)
	if w := style.Width(label); end+4+w <= c.Max.X+8 {
		c.FillText(style, vg.Point{X: end + 4, Y: y}, label)
	} else {
		// White behind the figure keeps it readable on any colour.
		x := min(x1, tx(v.low)) - 6 - w
		h := style.Height(label)
		c.FillPolygon(translucent(strategyColor(g.index)), []vg.Point{
			{X: x - 2, Y: y - h/2 - 1}, {X: x + w + 2, Y: y - h/2 - 1}, {X: x + w + 2, Y: y + h/2 + 1}, {X: x - 2, Y: y + h/2 + 1},
		})
		c.FillText(style, vg.Point{X: x, Y: y}, label)
	}
}
