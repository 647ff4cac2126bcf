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

// numberCell is a cell from an x to another. Its interval stands in small type.
type numberCell struct {
	from, to, y     float64
	fill, ink       color.Color
	label, interval string
}

// add adds a cell that is the darker the deeper, from 0 to 1000.
func (n *numberCells) add(x, y float64, depth int, label, interval string) {
	fill, text := deep(depth)
	n.cells = append(n.cells, numberCell{x - 0.5, x + 0.5, y, fill, text, label, interval})
}

// deep returns a colour from pale orange to dark red-brown, and that of what is
// written on it.
func deep(depth int) (fill, text color.Color) {
	depth = max(0, min(1000, depth))
	text = cellInk()
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

// drawCell draws a cell, with its number where there is room, and below or beside it
// the interval.
func drawCell(c draw.Canvas, low, high vg.Point, k *numberCell) {
	c.FillPolygon(k.fill, corners(low, high))
	width, height := high.X-low.X, high.Y-low.Y
	style := textStyle(min(8, 0.85*height), k.ink)
	small := textStyle(min(6.5, 0.7*height), k.ink)
	style.XAlign, style.YAlign = text.XCenter, text.YCenter
	small.XAlign, small.YAlign = text.XCenter, text.YCenter
	at := vg.Point{X: (low.X + high.X) / 2, Y: (low.Y + high.Y) / 2}
	first, second := style.Width(k.label), small.Width(k.interval)
	switch {
	case first+2 > width:
	case k.interval != "" && height >= 19 && second+4 <= width:
		c.FillText(style, vg.Point{X: at.X, Y: at.Y + 4}, k.label)
		c.FillText(small, vg.Point{X: at.X, Y: at.Y - 5}, k.interval)
	case k.interval != "" && height < 19 && first+second+10 <= width:
		left := at.X - (first+second+6)/2
		c.FillText(style, vg.Point{X: left + first/2, Y: at.Y}, k.label)
		c.FillText(small, vg.Point{X: left + first + 6 + second/2, Y: at.Y}, k.interval)
	default:
		c.FillText(style, at, k.label)
	}
}
