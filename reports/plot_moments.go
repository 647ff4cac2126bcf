package reports

import (
	"cmp"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// The names of moments stand above the data, in so many rows of such a height.
const (
	momentRows = 2
	momentStep = vg.Length(9)
)

// moments are vertical lines with names: the beginnings of phases, and faults. A
// fault that lasts is a band, or a bar along the top where a band would hide the data.
type moments struct {
	marks []result.Mark
	bar   bool
}

// faultColor is that of the bands of faults; no strategy has it.
func faultColor() color.Color { return color.RGBA{0xfa, 0xe0, 0xdc, 0xff} }

func faultBarColor() color.Color { return color.RGBA{0xc6, 0x2f, 0x1c, 0xff} }

// Plot implements [plot.Plotter]. Lines that fall together share one name. A
// name for which no row is free is left out; its line stays.
func (m *moments) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	style := textStyle(7.5, muted())
	sorted := slices.Clone(m.marks)
	slices.SortStableFunc(sorted, func(a, b result.Mark) int { return cmp.Compare(a.AtS, b.AtS) })
	for _, k := range sorted {
		from, to := max(c.Min.X, tx(k.AtS)), min(c.Max.X, tx(max(p.X.Min, min(p.X.Max, k.EndS))))
		if k.EndS > k.AtS && from < to {
			foot := c.Min.Y
			fill := faultColor()
			if m.bar {
				foot, fill = c.Max.Y-3, faultBarColor()
			}
			c.FillPolygon(fill, corners(vg.Point{X: from, Y: foot}, vg.Point{X: to, Y: c.Max.Y}))
		}
	}
	var free [momentRows]vg.Length
	for i := range free {
		free[i] = c.Min.X - 1
	}
	for i := 0; i < len(sorted); {
		x := tx(sorted[i].AtS)
		label := clean(sorted[i].Label)
		for i++; i < len(sorted) && tx(sorted[i].AtS)-x < 3; i++ {
			label += ", " + clean(sorted[i].Label)
		}
		c.StrokeLine2(dashed(), x, c.Min.Y, x, c.Max.Y)
		label = shortenTo(style, label, 0.6*(c.Max.X-c.Min.X))
		width := style.Width(label)
		at := min(x, c.Max.X-width)
		for row := range free {
			if at >= free[row] {
				c.FillText(style, vg.Point{X: at, Y: c.Max.Y + 2 + vg.Length(row)*momentStep}, label)
				free[row] = at + width + 4
				break
			}
		}
	}
}
