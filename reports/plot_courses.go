package reports

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// availabilityOverTime draws, for each strategy, which share of the messages sent at
// a time was acked within a second, with the faults as bands.
func availabilityOverTime(set *result.Set) *figure {
	title := headline(set, "availability over time")
	shown, common, missing := withSeries(set, func(s *result.Series) bool {
		return len(s.Sent) == len(s.TimesS) && len(s.AckedInTime) == len(s.TimesS)
	})
	if len(shown) == 0 {
		return nothing(title, "No run kept its course over time.")
	}
	about := fmt.Sprintf("Share of the messages sent at a time that were acked within %d s, a gap where none was sent",
		result.AckedInTimeS)
	fig := &figure{title: title, about: about + courseText(shown, common, missing)}
	end, _ := extent(shown)
	fig.panels(shown, common, panelText{"time (s)", "acked in time"}, func(r *result.Result, columns int) *tile {
		t := courseTile(r, end)
		sent, acked := total(r.Series.Sent), total(r.Series.AckedInTime)
		if sent > 0 {
			t.note = fmt.Sprintf(": %s in all", share(min(1, acked/sent)))
		}
		for _, run := range availability(r.Series, columns) {
			t.add(&area{points: run, color: strategyColor(colorIndex(set, r))})
		}
		t.axes.Y.Min, t.axes.Y.Max = 0, 1.04
		t.axes.Y.Tick.Marker = shareTicks{}
		return t
	})
	return fig
}

// availability returns the stretches of time in which messages were sent, as steps
// of at least the width of a column.
func availability(s *result.Series, columns int) (runs []plotter.XYs) {
	var run plotter.XYs
	every := (len(s.TimesS) + columns - 1) / columns
	for from := 0; from < len(s.TimesS); from += every {
		to := min(from+every, len(s.TimesS))
		sent, acked := total(s.Sent[from:to]), total(s.AckedInTime[from:to])
		if sent <= 0 {
			runs, run = append(runs, run), nil
			continue
		}
		begin := 0.0
		if from > 0 {
			begin = s.TimesS[from-1]
		}
		y := min(1, acked/sent)
		run = append(run, plotter.XY{X: begin, Y: y}, plotter.XY{X: s.TimesS[to-1], Y: y})
	}
	return slices.DeleteFunc(append(runs, run), func(r plotter.XYs) bool { return len(r) == 0 })
}

func total(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// shareTicks marks quarters of 100 %.
type shareTicks struct{}

// Ticks implements [plot.Ticker].
func (shareTicks) Ticks(_, _ float64) (ticks []plot.Tick) {
	for i := range 5 {
		ticks = append(ticks, plot.Tick{Value: float64(i) / 4, Label: share(float64(i) / 4)})
	}
	return ticks
}

// area is a line over time with a paler area below it.
type area struct {
	points plotter.XYs
	color  color.RGBA
}

// Plot implements [plot.Plotter].
func (a *area) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	line, foot := placed(a.points, &c, p), ty(0)
	for from := 0; from < len(line)-1; from += courseChunk {
		part := line[from:min(from+courseChunk+1, len(line))]
		shape := append(slices.Clone(part), vg.Point{X: part[len(part)-1].X, Y: foot}, vg.Point{X: part[0].X, Y: foot})
		c.FillPolygon(color.NRGBA{a.color.R, a.color.G, a.color.B, 0x48}, shape)
		c.StrokeLines(draw.LineStyle{Color: a.color, Width: vg.Points(1.1)}, part)
	}
}
