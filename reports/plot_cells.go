package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// numberCells are cells with a number in each, on whole numbers of both axes.
type numberCells struct{ cells []numberCell }

// numberCell is a cell from an x to another.
type numberCell struct {
	from, to, y float64
	fill, ink   color.Color
	label       string
}

// add adds a cell that is the darker the deeper, from 0 to 1000.
func (n *numberCells) add(x, y float64, depth int, label string) {
	fill, text := deep(depth)
	n.cells = append(n.cells, numberCell{x - 0.5, x + 0.5, y, fill, text, label})
}

// deep returns a colour from pale orange to dark red-brown, and that of what is
// written on it.
func deep(depth int) (fill, text color.Color) {
	depth = max(0, min(1000, depth))
	text = ink()
	if depth > 520 {
		text = color.White
	}
	return blend(color.RGBA{0xfb, 0xd9, 0xb0, 0xff}, color.RGBA{0x8c, 0x2d, 0x04, 0xff}, depth), text
}

// Plot implements [plot.Plotter].
func (n *numberCells) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for i := range n.cells {
		k := &n.cells[i]
		drawCell(c, vg.Point{X: tx(k.from) + 0.5, Y: ty(k.y-0.5) + 0.5}, vg.Point{X: tx(k.to) - 0.5, Y: ty(k.y+0.5) - 0.5}, k)
	}
}

// drawCell draws a cell, with its number where there is room.
func drawCell(c draw.Canvas, low, high vg.Point, k *numberCell) {
	c.FillPolygon(k.fill, corners(low, high))
	style := textStyle(min(8, 0.85*(high.Y-low.Y)), k.ink)
	style.XAlign, style.YAlign = text.XCenter, text.YCenter
	if style.Width(k.label)+2 <= high.X-low.X {
		c.FillText(style, vg.Point{X: (low.X + high.X) / 2, Y: (low.Y + high.Y) / 2}, k.label)
	}
}
