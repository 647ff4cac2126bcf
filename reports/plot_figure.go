package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// figure is a picture: a title, what it shows, a legend that flows over the
// width, and tiles with aligned axes.
//
//	+--------------------------------------+
//	| title                                |
//	| about, in smaller type               |
//	| o naive  # pause-new  ^ slots        |
//	| +----------+ +----------+ +--------+ |
//	| |  tile    | |  tile    | |  tile  | |
//	| +----------+ +----------+ +--------+ |
//	+--------------------------------------+
type figure struct {
	title, about string
	legend       []legendEntry
	tiles        [][]*plot.Plot // rows of one length; nil leaves a gap
}

// legendEntry is a name with the mark that stands for it.
type legendEntry struct {
	name  string
	color color.Color
	glyph draw.GlyphDrawer // nil draws a line
	dash  []vg.Length
}

// nothing is a figure that says why it shows nothing.
func nothing(title, why string) *figure {
	return &figure{title: title, about: why}
}

func (f *figure) draw(c draw.Canvas) {
	c.FillPolygon(color.White, []vg.Point{
		c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y},
	})
	c = draw.Crop(c, 14, -16, 10, -12)
	y := c.Max.Y
	for _, line := range []struct {
		text  string
		style text.Style
		step  vg.Length
	}{{f.title, boldStyle(13, ink()), 17}, {f.about, textStyle(9, muted()), 14}} {
		for _, l := range fit(line.style, line.text, c.Max.X-c.Min.X) {
			s := line.style
			s.YAlign = text.YTop
			c.FillText(s, vg.Point{X: c.Min.X, Y: y}, l)
			y -= line.step
		}
	}
	y = f.drawLegend(c, y-4)
	if len(f.tiles) == 0 {
		return
	}
	area := draw.Crop(c, 0, 0, 0, y-8-c.Max.Y)
	grid := draw.Tiles{
		Rows: len(f.tiles), Cols: len(f.tiles[0]), PadX: vg.Points(14), PadY: vg.Points(10),
	}
	canvases := plot.Align(f.tiles, grid, area)
	for i, row := range f.tiles {
		for j, p := range row {
			if p != nil {
				p.Draw(canvases[i][j])
			}
		}
	}
}

// drawLegend draws the entries from left to right and returns the y below them.
func (f *figure) drawLegend(c draw.Canvas, y vg.Length) vg.Length {
	if len(f.legend) == 0 {
		return y
	}
	const swatch, space, step = vg.Length(16), vg.Length(16), vg.Length(13)
	style := textStyle(9, ink())
	style.YAlign = text.YCenter
	x := c.Min.X
	mid := y - step/2
	for _, e := range f.legend {
		w := swatch + 4 + style.Width(e.name)
		if x > c.Min.X && x+w > c.Max.X {
			x, mid = c.Min.X, mid-step
		}
		if e.glyph == nil {
			c.StrokeLine2(draw.LineStyle{Color: e.color, Width: vg.Points(2), Dashes: e.dash}, x, mid, x+swatch, mid)
		} else {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: e.color, Radius: vg.Points(3.5), Shape: e.glyph},
				vg.Point{X: x + swatch/2, Y: mid})
		}
		c.FillText(style, vg.Point{X: x + swatch + 4, Y: mid}, e.name)
		x += w + space
	}
	return mid - step/2
}

// fit breaks a text into lines of at most w.
func fit(style text.Style, s string, w vg.Length) []string {
	if s == "" {
		return nil
	}
	columns := max(20, int(w/(style.Width("n")*0.95)))
	lines := wrap(s, columns, "")
	for columns > 20 && widest(style, lines) > w {
		columns = columns * 9 / 10
		lines = wrap(s, columns, "")
	}
	return lines
}

func widest(style text.Style, lines []string) vg.Length {
	var w vg.Length
	for _, l := range lines {
		w = max(w, style.Width(l))
	}
	return w
}

// strategyLegend is the legend of a set's strategies.
func strategyLegend(gs []group) []legendEntry {
	var out []legendEntry
	for _, g := range gs {
		out = append(out, legendEntry{
			name: shorten(g.strategy, 48), color: strategyColor(g.index), glyph: strategyGlyph(g.index).Shape,
		})
	}
	return out
}
