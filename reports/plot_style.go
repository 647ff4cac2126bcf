package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// okabeIto returns the colours of strategies, which colour-blind readers can
// tell apart too. Black is kept for text and yellow, which is pale on white,
// comes last.
//
// Reference: Okabe and Ito, "Color Universal Design" (2008).
func okabeIto() []color.RGBA {
	return []color.RGBA{
		{0x00, 0x72, 0xB2, 0xff}, // blue
		{0xE6, 0x9F, 0x00, 0xff}, // orange
		{0x00, 0x9E, 0x73, 0xff}, // bluish green
		{0xD5, 0x5E, 0x00, 0xff}, // vermilion
		{0xCC, 0x79, 0xA7, 0xff}, // reddish purple
		{0x56, 0xB4, 0xE9, 0xff}, // sky blue
		{0x00, 0x00, 0x00, 0xff}, // black
		{0xF0, 0xE4, 0x42, 0xff}, // yellow
	}
}

// Greys, from text to grid.
func ink() color.Color   { return color.Gray{0x26} }
func muted() color.Color { return color.Gray{0x70} }
func pale() color.Color  { return color.Gray{0xe4} }

// strategyColor is the colour of the i-th strategy of a set.
func strategyColor(i int) color.RGBA {
	p := okabeIto()
	return p[i%len(p)]
}

// strategyGlyph is the mark of the i-th strategy: the shape differs from its
// neighbours' and, from the ninth on, from that of the same colour.
func strategyGlyph(i int) draw.GlyphStyle {
	shapes := []draw.GlyphDrawer{
		draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{},
	}
	colors := len(okabeIto())
	return draw.GlyphStyle{
		Color: strategyColor(i), Radius: vg.Points(3), Shape: shapes[(i+2*(i/colors))%len(shapes)],
	}
}

// ramp returns n colours from dark blue to light green, for things in an order:
// the partitions of a topic. They are not those of strategies.
func ramp(n int) []color.RGBA {
	stops := []color.RGBA{
		{0x44, 0x01, 0x54, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x21, 0x91, 0x8c, 0xff},
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

// textStyle is the style of all text of the plots.
func textStyle(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color: c, Font: font.From(font.Font{Typeface: plot.DefaultFont.Typeface, Variant: "Sans"}, size),
		Handler: plot.DefaultTextHandler, XAlign: text.XLeft, YAlign: text.YBottom,
	}
}

// boldStyle is that of titles.
func boldStyle(size vg.Length, c color.Color) text.Style {
	s := textStyle(size, c)
	s.Font.Weight = 3 // bold, as golang.org/x/image/font has it
	return s
}

// newTile returns an empty plot in the house's style: small sans type, thin grey
// axes, no box.
func newTile() *plot.Plot {
	p := plot.New()
	p.Title.TextStyle.Font = textStyle(9, ink()).Font
	p.Title.TextStyle.Color = ink()
	p.Title.Padding = vg.Points(4)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color = muted()
		axis.Width = vg.Points(0.5)
		axis.Padding = vg.Points(3)
		axis.Label.TextStyle.Font = textStyle(9, ink()).Font
		axis.Label.TextStyle.Color = ink()
		axis.Label.Padding = vg.Points(2)
		axis.Tick.Color = muted()
		axis.Tick.Width = vg.Points(0.5)
		axis.Tick.Length = vg.Points(3)
		axis.Tick.Label.Font = textStyle(8, ink()).Font
		axis.Tick.Label.Color = ink()
	}
	return p
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
