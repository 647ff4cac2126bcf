package reports

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

const (
	// loadCells is the largest number of cells of a picture.
	loadCells = 3000
	// loadShades is how many shades are told apart.
	loadShades = 16
)

// loadOverTime draws how many messages a second each partition stored, over the time
// of the first seed's run: a tile for each strategy, a row for each partition.
func loadOverTime(set *result.Set) *figure {
	title := headline(set, "load of each partition over time")
	shown, common, missing := withSeries(set, func(s *result.Series) bool {
		return len(s.Places) > 0 && len(s.Stored) == len(s.Places) && len(s.Stored[0]) == len(s.TimesS)
	})
	if len(shown) == 0 {
		return nothing(title, "No run kept its load over time.")
	}
	places, leftOut := 1, 0
	for _, r := range shown {
		places, leftOut = max(places, len(r.Series.Places)), max(leftOut, r.Series.PlacesLeftOut)
	}
	steps := max(8, loadCells/len(shown)/places)
	maps := map[*result.Result]*loadMap{}
	top := 0.0
	for _, r := range shown {
		maps[r] = newLoadMap(r.Series, steps)
		top = max(top, maps[r].top)
	}
	top = max(1, ceilCount(top))
	about := "Messages stored a second, the darker the more (log scale); a row for each partition" + courseText(shown, common, missing)
	if leftOut > 0 {
		about += fmt.Sprintf(" %d more partitions are left out.", leftOut)
	}
	fig := &figure{title: title, about: about}
	for _, k := range countScaleFor(1, 0).Ticks(0, top) {
		fig.legend = append(fig.legend, legendEntry{name: k.Label + "/s",
			color: loadShade(shadeOf(k.Value, top)), glyph: draw.BoxGlyph{}})
	}
	end, _ := extent(shown)
	fig.panels(shown, common, panelText{x: "time (s)"}, func(r *result.Result, _ int) *tile {
		t := courseTile(r, end)
		t.rows = true
		n := len(r.Series.Places)
		t.axes.Y.Min, t.axes.Y.Max = -0.5, float64(n)-0.5
		t.axes.Y.Tick.Marker = placeTicks(placeLabels(r.Series.Places), panelHeight(len(shown)))
		m := maps[r]
		m.scale = top
		t.layers = []plot.Plotter{m, &moments{marks: r.Series.Marks, bar: true}}
		return t
	})
	return fig
}

// placeTicks names the rows, every so manieth when there are many.
func placeTicks(labels []string, height vg.Length) plot.ConstantTicks {
	every := 1
	for vg.Length(len(labels)/every) > height/9 {
		every++
	}
	var ticks plot.ConstantTicks
	for i := 0; i < len(labels); i += every {
		ticks = append(ticks, plot.Tick{Value: float64(len(labels) - 1 - i), Label: labels[i]})
	}
	return ticks
}

// loadShade is one of the shades from white to dark blue.
func loadShade(i int) color.RGBA {
	middle := color.RGBA{0x6b, 0xae, 0xd6, 0xff}
	if half := loadShades / 2; i >= half {
		return blend(middle, color.RGBA{0x08, 0x30, 0x6b, 0xff}, (i-half)*1000/(loadShades-1-half))
	}
	return blend(color.RGBA{0xea, 0xf1, 0xf8, 0xff}, middle, i*1000/(loadShades/2))
}

// loadMap is the load of each place in steps of time.
type loadMap struct {
	ends       []float64 // of the steps
	rates      [][]float64
	top, scale float64
}

func newLoadMap(s *result.Series, steps int) *loadMap {
	m := &loadMap{}
	every := (len(s.TimesS) + steps - 1) / steps
	begin := 0.0
	for from := 0; from < len(s.TimesS); from += every {
		to := min(from+every, len(s.TimesS))
		end := s.TimesS[to-1]
		column := make([]float64, len(s.Places))
		for p := range column {
			if width := end - begin; width > 0 {
				column[p] = total(s.Stored[p][from:min(to, len(s.Stored[p]))]) / width
			}
			m.top = max(m.top, column[p])
		}
		m.ends, m.rates = append(m.ends, end), append(m.rates, column)
		begin = end
	}
	return m
}

// shade returns the shade of a step and place; -1 behind the end.
func (m *loadMap) shade(step, place int) int {
	if step >= len(m.rates) {
		return -1
	}
	return shadeOf(m.rates[step][place], m.scale)
}

// shadeOf returns the shade of a rate where the darkest is top.
func shadeOf(rate, top float64) int {
	return max(0, min(loadShades-1, int(countScaleFor(1, 0).Normalize(0, top, rate)*(loadShades-1)+0.5)))
}

// Plot implements [plot.Plotter]. Neighbours of one shade are drawn as one.
func (m *loadMap) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	if len(m.rates) == 0 {
		return
	}
	for place := range m.rates[0] {
		y := float64(len(m.rates[0]) - 1 - place)
		for from := 0; from < len(m.rates); {
			to := from
			for m.shade(to, place) == m.shade(from, place) {
				to++
			}
			begin := 0.0
			if from > 0 {
				begin = m.ends[from-1]
			}
			c.FillPolygon(loadShade(m.shade(from, place)), corners(
				vg.Point{X: tx(begin), Y: ty(y-0.5) + 0.3}, vg.Point{X: tx(m.ends[to-1]), Y: ty(y+0.5) - 0.3}))
			from = to
		}
	}
}
