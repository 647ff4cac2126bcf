package reports

import (
	"cmp"
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

// moments are vertical lines with names: the beginnings of phases, and faults.
type moments struct{ marks []result.Mark }

// Plot implements [plot.Plotter]. Lines that fall together share one name. A
// name for which no row is free is left out; its line stays.
func (m *moments) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	style := textStyle(7.5, muted())
	sorted := slices.Clone(m.marks)
	slices.SortStableFunc(sorted, func(a, b result.Mark) int { return cmp.Compare(a.AtS, b.AtS) })
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
