package reports

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
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
	tiles        [][]*tile // rows of one length; nil leaves a gap
	// tileHeight is the height of the tiles' data in points.
	tileHeight vg.Length
}

// legendEntry is a name with the mark that stands for it.
type legendEntry struct {
	name  string
	color color.Color
	glyph draw.GlyphDrawer // nil draws a line
}

// The margins around a figure and the heights of its lines, in points.
const (
	marginX    = vg.Length(14)
	marginTop  = vg.Length(12)
	marginLow  = vg.Length(10)
	titleStep  = vg.Length(17)
	aboutStep  = vg.Length(13)
	legendStep = vg.Length(14)
	headGap    = vg.Length(8) // below the legend
)

// finished says whether any run was.
func finished(set *result.Set) bool {
	return slices.ContainsFunc(set.Results, func(r result.Result) bool { return r.Runs > 0 })
}

// nothing is a figure that says why it shows nothing.
func nothing(title, why string) *figure {
	return &figure{title: title, about: why}
}

// height returns the height of the whole picture.
func (f *figure) height() vg.Length {
	h := marginTop + marginLow + f.headHeight()
	if len(f.tiles) > 0 {
		g := f.grid()
		h += g.above + g.below + vg.Length(len(f.tiles))*f.tileHeight + vg.Length(len(f.tiles)-1)*g.between
	}
	return h
}

// inner is the width between the margins.
func (f *figure) inner() vg.Length { return plotWidth - 2*marginX }

func (f *figure) headHeight() vg.Length {
	titles, abouts := f.head()
	h := vg.Length(len(titles))*titleStep + vg.Length(len(abouts))*aboutStep + headGap
	if rows := f.legendRows(); len(rows) > 0 {
		h += vg.Length(len(rows))*legendStep + 4
	}
	return h
}

// head returns the lines of the title and of what it shows.
func (f *figure) head() (titles, abouts []string) {
	return fit(titleStyle(), f.title, f.inner()), fit(aboutStyle(), f.about, f.inner())
}

func (f *figure) draw(c draw.Canvas) {
	c.FillPolygon(color.White, corners(c.Min, c.Max))
	c = draw.Crop(c, marginX, -marginX, marginLow, -marginTop)
	y := c.Max.Y
	titles, abouts := f.head()
	line := func(s string, style text.Style, step vg.Length) {
		style.YAlign = text.YTop
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, s)
		y -= step
	}
	for _, s := range titles {
		line(s, titleStyle(), titleStep)
	}
	for _, s := range abouts {
		line(s, aboutStyle(), aboutStep)
	}
	if rows := f.legendRows(); len(rows) > 0 {
		y -= 4
		for _, row := range rows {
			drawLegend(c, row, y-legendStep/2)
			y -= legendStep
		}
	}
	if len(f.tiles) > 0 {
		f.drawTiles(c, y-headGap)
	}
}

// The sizes of a legend: the mark, the space behind it and between entries.
const (
	swatch      = vg.Length(14)
	swatchGap   = vg.Length(4)
	legendSpace = vg.Length(16)
)

func (e *legendEntry) width() vg.Length { return swatch + swatchGap + legendStyle().Width(e.name) }

// legendRows breaks the legend into rows that fit the width.
func (f *figure) legendRows() [][]legendEntry {
	var rows [][]legendEntry
	x := vg.Length(0)
	for i, e := range f.legend {
		if i == 0 || x+e.width() > f.inner() {
			rows = append(rows, nil)
			x = 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		x += e.width() + legendSpace
	}
	return rows
}

func drawLegend(c draw.Canvas, row []legendEntry, y vg.Length) {
	style := legendStyle()
	style.YAlign = text.YCenter
	x := c.Min.X
	for _, e := range row {
		if e.glyph == nil {
			c.StrokeLine2(draw.LineStyle{Color: e.color, Width: vg.Points(2)}, x, y, x+swatch, y)
		} else {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: e.color, Radius: vg.Points(3.5), Shape: e.glyph},
				vg.Point{X: x + swatch/2, Y: y})
		}
		c.FillText(style, vg.Point{X: x + swatch + swatchGap, Y: y}, e.name)
		x += e.width() + legendSpace
	}
}

func titleStyle() text.Style  { return boldStyle(13, ink()) }
func aboutStyle() text.Style  { return textStyle(9, muted()) }
func legendStyle() text.Style { return textStyle(9, ink()) }

// fit breaks a text into lines of at most w.
func fit(style text.Style, s string, w vg.Length) []string {
	if s == "" {
		return nil
	}
	columns := max(20, int(w/(style.Width("n")*0.8)))
	lines := wrap(s, columns, "")
	for columns > 20 && widestLine(style, lines) > w {
		columns = columns * 19 / 20
		lines = wrap(s, columns, "")
	}
	return lines
}

func widestLine(style text.Style, lines []string) vg.Length {
	var w vg.Length
	for _, l := range lines {
		w = max(w, style.Width(l))
	}
	return w
}

// corners are those of a rectangle, for filling it.
func corners(low, high vg.Point) []vg.Point {
	return []vg.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}
}

// strategyLegend is the legend of a set's strategies.
func strategyLegend(gs []group) []legendEntry {
	var out []legendEntry
	for _, g := range gs {
		out = append(out, legendEntry{
			name: shorten(g.strategy, 40), color: strategyColor(g.index), glyph: strategyGlyph(g.index).Shape,
		})
	}
	return out
}
