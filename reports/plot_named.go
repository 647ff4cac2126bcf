package reports

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// namedLines are lines with their names beside them, at the ends or where there is
// room.
type namedLines struct {
	lines  []namedLine
	behind []plotter.XYs // pale ones without a name
	atEnd  bool
}

type namedLine struct {
	index  int // of the strategy
	name   string
	points plotter.XYs
	// band is the outline of the intervals of the points, if they have any.
	band plotter.XYs
}

func (n *namedLines) add(index int, name string, points, band plotter.XYs) {
	n.lines = append(n.lines, namedLine{index, shorten(name, 44), points, band})
}

func nameStyle() text.Style {
	s := textStyle(8, ink())
	s.YAlign = text.YCenter
	return s
}

// room returns the width that names behind the ends need.
func (n *namedLines) room() (w vg.Length) {
	for _, l := range n.lines {
		w = max(w, nameStyle().Width(l.name)+18)
	}
	return w
}

// nameStep is the least distance of names one below the other.
const nameStep = vg.Length(10)

// Plot implements [plot.Plotter].
func (n *namedLines) Plot(c draw.Canvas, p *plot.Plot) {
	line := func(points plotter.XYs) []vg.Point { return placed(points, &c, p) }
	for _, l := range n.behind {
		c.StrokeLines(draw.LineStyle{Color: pale(), Width: vg.Points(1.2)}, line(l))
	}
	for _, l := range n.lines {
		if len(l.band) > 0 {
			c.FillPolygon(veil(strategyColor(l.index)), line(l.band))
		}
	}
	drawn := make([][]vg.Point, len(n.lines))
	for i, l := range n.lines {
		drawn[i] = line(l.points)
		c.StrokeLines(draw.LineStyle{Color: strategyColor(l.index), Width: vg.Points(1.7)}, drawn[i])
	}
	if n.atEnd {
		n.nameEnds(c, drawn)
		return
	}
	n.nameWithin(c, drawn)
}

// nameEnds writes the names to the right of the ends, moved apart.
func (n *namedLines) nameEnds(c draw.Canvas, drawn [][]vg.Point) {
	var order []int
	for i := range drawn {
		if len(drawn[i]) > 0 {
			order = append(order, i)
		}
	}
	end := func(i int) vg.Point { return drawn[i][len(drawn[i])-1] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(end(a).Y, end(b).Y) })
	low := c.Min.Y
	ys := make([]vg.Length, len(order))
	for k, i := range order {
		ys[k] = max(low, end(i).Y)
		low = ys[k] + nameStep
	}
	for k, high := len(ys)-1, c.Max.Y; k >= 0; k-- { // back into the tile
		ys[k] = min(ys[k], high)
		high = ys[k] - nameStep
	}
	for k, i := range order {
		from, at := end(i), vg.Point{X: c.Max.X + 12, Y: ys[k]}
		color := strategyColor(n.lines[i].index)
		c.StrokeLine2(draw.LineStyle{Color: translucent(color), Width: vg.Points(0.8)}, from.X+4, from.Y, at.X-3, at.Y)
		c.DrawGlyphNoClip(strategyGlyph(n.lines[i].index), from)
		c.FillText(nameStyle(), at, n.lines[i].name)
	}
}

// nameWithin writes each name behind a mark on its line, where no other name, mark or
// line is; one that finds no place is in the legend only.
func (n *namedLines) nameWithin(c draw.Canvas, drawn [][]vg.Point) {
	var taken []vg.Rectangle
	for i, points := range drawn {
		if len(points) == 0 {
			continue
		}
		// The search begins at different places of the lines.
		start := (2*i + 1) * len(points) / (2 * len(drawn))
		at, box, found := points[start], vg.Rectangle{}, false
		for k := 0; k < len(points) && !found && n.lines[i].name != ""; k++ {
			at = points[(start+7*k)%len(points)]
			w := nameStyle().Width(n.lines[i].name)
			box = vg.Rectangle{Min: vg.Point{X: at.X + 6, Y: at.Y - 5}, Max: vg.Point{X: at.X + 9 + w, Y: at.Y + 5}}
			found = free(box, c.Rectangle, taken) && free(around(at, 4), c.Rectangle, taken) && !crossed(box, drawn)
		}
		if found {
			c.FillText(nameStyle(), vg.Point{X: at.X + 7, Y: at.Y}, n.lines[i].name)
			taken = append(taken, box)
		} else {
			at = points[start]
		}
		c.DrawGlyphNoClip(strategyGlyph(n.lines[i].index), at)
		taken = append(taken, around(at, 4))
	}
}

// crossed says whether one of the lines goes through a box.
func crossed(box vg.Rectangle, lines [][]vg.Point) bool {
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			a, b := l[i-1], l[i]
			for s := range 9 {
				t := vg.Length(s) / 8
				x, y := a.X+(b.X-a.X)*t, a.Y+(b.Y-a.Y)*t
				if x > box.Min.X && x < box.Max.X && y > box.Min.Y && y < box.Max.Y {
					return true
				}
			}
		}
	}
	return false
}
