package reports

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// heat draws a row for each strategy and a cell for each value of the main axis,
// the darker the more messages of a run break the guarantee.
func (v *inversionView) heat() *figure {
	fig := &figure{title: v.title, tileHeight: rowsHeight(len(v.groups), len(v.facets.rows))}
	fig.about = v.about(", in small type its 95% interval, the darker the more (log scale); green where it holds in every run; " +
		"?: not decided")
	for i, row := range v.facets.rows {
		var tiles []*tile
		for j, col := range v.facets.cols {
			t := strategyRows(v.groups, j == 0)
			t.title = pointText(tilePoint(col, row))
			if i == len(v.facets.rows)-1 {
				t.xLabel = unitOf(v.facets.x, v.facets.xs)
			}
			t.axes.X.Min, t.axes.X.Max = -0.5, float64(len(v.facets.xs))-0.5
			var ticks plot.ConstantTicks
			labels := placesOf(v.facets.xs).labels
			for k := range v.facets.xs {
				ticks = append(ticks, plot.Tick{Value: float64(k), Label: labels[k]})
			}
			t.axes.X.Tick.Marker = ticks
			t.add(&heatCells{view: v, at: tilePoint(col, row)})
			tiles = append(tiles, t)
		}
		fig.tiles = append(fig.tiles, tiles)
	}
	return fig
}

// heatCells are the cells of a tile.
type heatCells struct {
	view *inversionView
	at   result.Point
}

// Plot implements [plot.Plotter]. A strategy without the main axis has one cell
// over the whole width.
func (h *heatCells) Plot(c draw.Canvas, p *plot.Plot) {
	for i := range h.view.groups {
		g := &h.view.groups[i]
		y := rowOf(h.view.groups, i)
		for _, r := range g.at(h.at) {
			from, to := p.X.Min, p.X.Max
			if value, uses := coordinate(r.Point, h.view.facets.x); uses {
				for k, x := range h.view.facets.xs {
					if x == value {
						from, to = float64(k)-0.5, float64(k)+0.5
					}
				}
			}
			h.cell(c, p, from, to, y, guarantee(r, h.view.id))
		}
	}
}

// cell draws one cell with its number where there is room.
func (h *heatCells) cell(c draw.Canvas, p *plot.Plot, from, to, y float64, g *result.Guarantee) {
	tx, ty := p.Transforms(&c)
	fill, label, ink := h.shade(g)
	interval := ""
	if g != nil && g.Verdict == result.Violated && g.Inversions != nil && g.Inversions.CI95[1] > g.Inversions.CI95[0] {
		ci := g.Inversions.CI95
		interval = scaling(counts).span([]float64{max(0, ci[0]), ci[1]})
	}
	drawCell(c, vg.Point{X: tx(from) + 0.5, Y: ty(y-0.5) + 0.5}, vg.Point{X: tx(to) - 0.5, Y: ty(y+0.5) - 0.5},
		&numberCell{fill: fill, ink: ink, label: label, interval: interval})
}

// shade returns a cell's colour, its number and the number's colour.
func (h *heatCells) shade(g *result.Guarantee) (fill color.Color, label string, text color.Color) {
	switch {
	case g == nil || g.Inversions == nil && g.Verdict != result.Violated:
		return color.Gray{0xf2}, "?", cellMuted()
	case g.Verdict == result.Holds:
		return color.RGBA{0xcf, 0xe8, 0xd6, 0xff}, "0", cellInk()
	case g.Verdict != result.Violated:
		return color.Gray{0xf2}, "?", cellMuted()
	}
	n := 1.0
	if g.Inversions != nil {
		n = g.Inversions.Mean
	}
	// Far from the green of zero in lightness too, so that it does not take colours to
	// tell them apart.
	fill, text = deep(int(1000 * math.Log1p((n-h.view.least)/h.view.least) / math.Log1p(max(1, h.view.top/h.view.least))))
	return fill, compact(n), text
}
