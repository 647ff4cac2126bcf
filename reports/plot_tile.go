package reports

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// tile is one panel of a figure. The axes hold scales, ranges and ticks; the
// layers draw on them.
//
// The frame is drawn here, because plot.Align cannot align axes whose scale is
// not linear: it looks for the axis's name at the middle of its values.
type tile struct {
	// note stands behind the title, and is not shortened when it is long.
	title, note string
	axes        *plot.Plot
	// xLabel is written below the tile, yLabel to the left of it.
	xLabel, yLabel string
	layers         []plot.Plotter
	// rows says that y counts rows: no axis, names instead of numbers.
	rows bool
	// strip is room between title and data, for names of moments; endRoom is room to the
	// right of the data, for names of lines.
	strip, endRoom vg.Length
}

func newTile() *tile {
	t := &tile{axes: plot.New()}
	t.axes.X.Min, t.axes.X.Max, t.axes.Y.Min, t.axes.Y.Max = 0, 1, 0, 1
	t.axes.X.Tick.Marker, t.axes.Y.Tick.Marker = plot.ConstantTicks{}, plot.ConstantTicks{}
	return t
}

func (t *tile) add(layers ...plot.Plotter) { t.layers = append(t.layers, layers...) }

// The sizes around a tile's data, in points.
const (
	tileTitle  = vg.Length(15)
	tickRoom   = vg.Length(14)
	xLabelRoom = vg.Length(13)
	yLabelRoom = vg.Length(14)
	tileGapX   = vg.Length(20)
	tileGapY   = vg.Length(8)
)

func tickStyle() text.Style  { return textStyle(8, ink()) }
func labelStyle() text.Style { return textStyle(9, ink()) }

// grid is the room that a figure's tiles need around their data.
type grid struct {
	left, right           []vg.Length // of each column
	above, below, between vg.Length
	width                 vg.Length // of the data of a tile
}

// grid measures the tiles.
func (f *figure) grid() grid {
	g := grid{left: make([]vg.Length, len(f.tiles[0])), right: make([]vg.Length, len(f.tiles[0]))}
	for _, row := range f.tiles {
		for j, t := range row {
			if t == nil {
				continue
			}
			g.left[j], g.right[j] = max(g.left[j], t.left()), max(g.right[j], t.endRoom)
			title := vg.Length(0)
			if t.title != "" {
				title = tileTitle
			}
			g.above = max(g.above, title+t.strip)
			if t.xLabel != "" {
				g.below = xLabelRoom
			}
		}
	}
	g.below += tickRoom
	g.between = tickRoom + tileGapY + g.above
	g.width = f.inner() - vg.Length(len(g.left)-1)*tileGapX
	for j, l := range g.left {
		g.width -= l + g.right[j]
	}
	g.width /= vg.Length(len(g.left))
	return g
}

// left returns the room for the names on the left.
func (t *tile) left() vg.Length {
	w := vg.Length(0)
	for _, k := range t.axes.Y.Tick.Marker.Ticks(t.axes.Y.Min, t.axes.Y.Max) {
		w = max(w, tickStyle().Width(k.Label))
	}
	if w > 0 {
		w += 6
	}
	if t.yLabel != "" {
		w += yLabelRoom
	}
	return w
}

// drawTiles draws the tiles from y downwards.
func (f *figure) drawTiles(c draw.Canvas, y vg.Length) {
	g := f.grid()
	for i, row := range f.tiles {
		top := y - g.above - vg.Length(i)*(f.tileHeight+g.between)
		x := c.Min.X
		for j, t := range row {
			x += g.left[j]
			if t != nil {
				area := c
				area.Min, area.Max = vg.Point{X: x, Y: top - f.tileHeight}, vg.Point{X: x + g.width, Y: top}
				t.draw(area, g.left[j])
			}
			x += g.width + g.right[j] + tileGapX
		}
	}
}

// draw draws the tile with its data in c.
func (t *tile) draw(c draw.Canvas, left vg.Length) {
	tx, ty := t.axes.Transforms(&c)
	if t.title != "" {
		style := boldStyle(9, ink())
		title := shortenTo(style, t.title, c.Max.X-c.Min.X-style.Width(t.note))
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y + t.strip + 4}, title+t.note)
	}
	hair := draw.LineStyle{Color: pale(), Width: vg.Points(0.5)}
	style := tickStyle()
	style.XAlign, style.YAlign = text.XRight, text.YCenter
	last := c.Min.Y - 20
	for _, k := range t.axes.Y.Tick.Marker.Ticks(t.axes.Y.Min, t.axes.Y.Max) {
		y := ty(k.Value)
		if k.Label == "" || !within(y, c.Min.Y, c.Max.Y) {
			continue
		}
		if !t.rows {
			c.StrokeLine2(hair, c.Min.X, y, c.Max.X, y)
		}
		if t.rows || y-last >= 9 {
			c.FillText(style, vg.Point{X: c.Min.X - 5, Y: y}, k.Label)
			last = y
		}
	}
	t.drawX(c, tx, hair)
	for _, l := range t.layers {
		l.Plot(c, t.axes)
	}
	axis := draw.LineStyle{Color: muted(), Width: vg.Points(0.6)}
	c.StrokeLine2(axis, c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
	c.StrokeLine2(axis, c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
	if t.yLabel != "" {
		style := labelStyle()
		style.Rotation = math.Pi / 2
		style.XAlign, style.YAlign = text.XCenter, text.YTop
		c.FillText(style, vg.Point{X: c.Min.X - left, Y: (c.Min.Y + c.Max.Y) / 2}, t.yLabel)
	}
}

// drawX draws what stands on and below the x axis. A label that would touch the
// one before it is left out.
func (t *tile) drawX(c draw.Canvas, tx func(float64) vg.Length, hair draw.LineStyle) {
	style := tickStyle()
	style.XAlign, style.YAlign = text.XCenter, text.YTop
	free := c.Min.X - 20
	for _, k := range t.axes.X.Tick.Marker.Ticks(t.axes.X.Min, t.axes.X.Max) {
		x := tx(k.Value)
		if k.Label == "" || !within(x, c.Min.X, c.Max.X) {
			continue
		}
		c.StrokeLine2(draw.LineStyle{Color: muted(), Width: vg.Points(0.5)}, x, c.Min.Y, x, c.Min.Y-3)
		if t.rows {
			c.StrokeLine2(hair, x, c.Min.Y, x, c.Max.Y)
		}
		if half := style.Width(k.Label) / 2; x-half >= free {
			c.FillText(style, vg.Point{X: x, Y: c.Min.Y - 4}, k.Label)
			free = x + half + 3
		}
	}
	if t.xLabel != "" {
		style := labelStyle()
		style.XAlign, style.YAlign = text.XCenter, text.YTop
		c.FillText(style, vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: c.Min.Y - tickRoom},
			shortenTo(style, t.xLabel, c.Max.X-c.Min.X+tileGapX))
	}
}

// within allows for rounding.
func within(v, low, high vg.Length) bool { return v >= low-0.01 && v <= high+0.01 }

// shortenTo cuts the middle out of a text that is wider than w.
func shortenTo(style text.Style, s string, w vg.Length) string {
	for n := len([]rune(s)); n > 8 && style.Width(s) > w; n-- {
		s = shorten(s, n)
	}
	return s
}

// strategyRows makes a tile whose rows are strategies, the first on top; names
// writes them on the left.
func strategyRows(gs []group, names bool) *tile {
	t := newTile()
	t.rows = true
	t.axes.Y.Min, t.axes.Y.Max = -0.5, float64(len(gs))-0.5
	if names {
		var ticks plot.ConstantTicks
		for i, g := range gs {
			ticks = append(ticks, plot.Tick{Value: rowOf(gs, i), Label: shorten(g.strategy, 30)})
		}
		t.axes.Y.Tick.Marker = ticks
	}
	return t
}

// rowOf returns the y of the i-th strategy.
func rowOf(gs []group, i int) float64 { return float64(len(gs) - 1 - i) }

// rowsHeight is the height that n rows need when they share the page with
// others above and below.
func rowsHeight(n, tilesAbove int) vg.Length {
	each := vg.Length(13)
	switch {
	case n*tilesAbove <= 6:
		each = 40
	case n*tilesAbove <= 12:
		each = 26
	case n*tilesAbove <= 24:
		each = 18
	}
	return each * vg.Length(max(n, 1))
}
