package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette returns the colours of strategies, which colour-blind readers can tell
// apart too: those of Okabe and Ito, but wine of Tol for their yellow, which
// cannot be seen on white.
//
// Reference: Okabe and Ito, "Color Universal Design" (2008); Tol, "Colour
// Schemes" (2021), muted.
func palette() []color.RGBA {
	return []color.RGBA{
		{0x00, 0x72, 0xB2, 0xff}, // blue
		{0xE6, 0x9F, 0x00, 0xff}, // orange
		{0x00, 0x9E, 0x73, 0xff}, // bluish green
		{0xD5, 0x5E, 0x00, 0xff}, // vermilion
		{0xCC, 0x79, 0xA7, 0xff}, // reddish purple
		{0x56, 0xB4, 0xE9, 0xff}, // sky blue
		{0x00, 0x00, 0x00, 0xff}, // black
		{0x88, 0x22, 0x55, 0xff}, // wine
	}
}

// Greys, from text to grid.
func ink() color.Color   { return color.Gray{0x26} }
func muted() color.Color { return color.Gray{0x70} }
func pale() color.Color  { return color.Gray{0xe4} }

// On cells the colours stay in the dark, and so does what is written there: these are
// other colours for [svgStyle].
func cellInk() color.Color   { return color.Gray{0x25} }
func cellMuted() color.Color { return color.Gray{0x6f} }

// strategyColor is the colour of the i-th strategy of a set.
func strategyColor(i int) color.RGBA {
	p := palette()
	return p[i%len(p)]
}

// strategyGlyph is the mark of the i-th strategy: its shape differs from those of
// its neighbours and, for the first 64, from those of the same colour.
func strategyGlyph(i int) draw.GlyphStyle {
	shapes := []draw.GlyphDrawer{
		draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, diamond{},
		hollow{draw.CircleGlyph{}}, hollow{draw.BoxGlyph{}}, hollow{draw.PyramidGlyph{}}, hollow{diamond{}},
	}
	colors := len(palette())
	return draw.GlyphStyle{
		Color: strategyColor(i), Radius: vg.Points(3.2), Shape: shapes[(i+3*(i/colors))%len(shapes)],
	}
}

// diamond is a full square that stands on its corner.
type diamond struct{}

// DrawGlyph implements [draw.GlyphDrawer].
func (diamond) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := style.Radius * 1.25
	c.FillPolygon(style.Color, []vg.Point{
		{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y - r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y + r},
	})
}

// hollow is a mark with a white inside.
type hollow struct{ shape draw.GlyphDrawer }

// DrawGlyph implements [draw.GlyphDrawer]. The shape takes its colour from the
// canvas or from the style, so both are set.
func (h hollow) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	h.shape.DrawGlyph(c, style, at)
	style.Color = color.White
	style.Radius *= 0.58
	c.SetColor(style.Color)
	h.shape.DrawGlyph(c, style, at)
}

// ramp returns n colours from purple over blue and green to yellow, for things in an order:
// the partitions of a topic. They are not those of strategies.
func ramp(n int) []color.RGBA {
	stops := []color.RGBA{
		{0x7a, 0x3f, 0x9d, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x21, 0x91, 0x8c, 0xff},
		{0x5e, 0xc9, 0x62, 0xff}, {0xd8, 0xc0, 0x1a, 0xff},
	}
	out := make([]color.RGBA, n)
	for i := range out {
		// Position on the stops in thousandths, in integers.
		at := 0
		if n > 1 {
			at = i * (len(stops) - 1) * 1000 / (n - 1)
		}
		from := min(at/1000, len(stops)-2)
		out[i] = blend(stops[from], stops[from+1], at-from*1000)
	}
	return out
}

// blend mixes two colours; share is that of b in thousandths.
func blend(a, b color.RGBA, share int) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8((int(x)*(1000-share) + int(y)*share) / 1000) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// translucent returns a paler form of a colour, as on white.
func translucent(c color.RGBA) color.RGBA {
	return blend(c, color.RGBA{0xff, 0xff, 0xff, 0xff}, 550)
}

// veil is a colour that lets through what lies below.
func veil(c color.RGBA) color.Color { return color.NRGBA{c.R, c.G, c.B, 0x38} }

// textStyle is the style of all text of the plots.
func textStyle(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color: c, Font: font.From(font.Font{Typeface: plot.DefaultFont.Typeface, Variant: "Sans"}, size),
		Handler: plotText(), XAlign: text.XLeft, YAlign: text.YBottom,
	}
}

// boldStyle is that of titles.
func boldStyle(size vg.Length, c color.Color) text.Style {
	s := textStyle(size, c)
	s.Font.Weight = 3 // bold, as golang.org/x/image/font has it
	return s
}

// dashed is the line of a moment or a border.
func dashed() draw.LineStyle {
	return draw.LineStyle{Color: muted(), Width: vg.Points(0.6), Dashes: []vg.Length{2, 2}}
}

// shorten cuts the middle out of a name that is too long for a plot; its end
// often is what tells it from others.
func shorten(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	head := (limit - 1) * 3 / 5
	return string(r[:head]) + "…" + string(r[len(r)-(limit-1-head):])
}
