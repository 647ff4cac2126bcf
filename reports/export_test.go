package reports

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// DrawOn draws a plot on any canvas, and Size is what it needs.
func (p *Plot) DrawOn(c draw.Canvas) { p.figure.draw(c) }

// Size returns the width and height of a plot.
func (p *Plot) Size() (width, height vg.Length) { return plotWidth, p.figure.height() }

// The parts that have tests of their own.
var (
	Decimate  = decimate
	Where     = where
	Wrap      = wrap
	TextWidth = textWidth
	Clean     = clean
	Sparkline = sparkline
	Compact   = compact
	CountSpan = scaling(counts).span
	TimeSpan  = scaling(times).span
	Few       = few
	Thousands = thousands
)

// PlotTextWidth is how wide a text of the plots is.
func PlotTextWidth(s string) vg.Length { style := tickStyle(); return style.Width(s) }
