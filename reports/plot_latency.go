package reports

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"orderlab/scenarios/result"
)

// latencyView is what the plots of latencies share: the result of each strategy at
// the telling scan point, and the range of its latencies.
type latencyView struct {
	set    *result.Set
	groups []group
	shown  []*result.Result
	common result.Point // what all of them share
	about  string
	lo, hi float64 // milliseconds
	banded bool    // some have intervals
}

// newLatencyView returns nil when nothing was measured.
func newLatencyView(set *result.Set) *latencyView {
	v := &latencyView{set: set, lo: math.Inf(1)}
	for _, g := range groups(set) {
		var rs []*result.Result
		for _, r := range g.results {
			if len(r.Metrics.Latency.Quantiles) > 0 {
				rs = append(rs, r)
			}
		}
		if g.results = rs; len(rs) > 0 {
			v.groups = append(v.groups, g)
		}
	}
	if len(v.groups) == 0 {
		return nil
	}
	v.common, v.shown = telling(v.groups, mostTelling(set))
	least := int64(math.MaxInt64)
	for _, r := range v.shown {
		l := &r.Metrics.Latency
		least = min(least, l.Count)
		for _, q := range l.Quantiles {
			v.lo, v.hi = min(v.lo, max(q[1], 1e-3)), max(v.hi, q[1], 1e-3)
		}
	}
	v.bounds()
	v.about = fmt.Sprintf("Time from a message's arrival at its producer to its first effect, over the messages of %s%s "+
		"(at least %s a strategy).", plural(set.Seeds.Count, "seed"), sharedText(v.common), compact(float64(least)))
	return v
}

// bounds widens the range by the intervals, up to five times the largest quantile.
func (v *latencyView) bounds() {
	limit := 5 * v.hi
	for _, r := range v.shown {
		v.banded = v.banded || len(r.Metrics.Latency.QuantilesCI95) > 0
		for _, ci := range r.Metrics.Latency.QuantilesCI95 {
			v.lo, v.hi = min(v.lo, max(ci[0], 1e-3)), max(v.hi, min(ci[1], limit))
		}
	}
}

// bandText says what the bands are.
func (v *latencyView) bandText() string {
	if !v.banded {
		return ""
	}
	return " Pale bands: the 95% interval of each quantile over the seeds."
}

// band returns the outline of a result's intervals, of which to makes a place from a
// share and milliseconds.
func (v *latencyView) band(r *result.Result, to func(share, ms float64) plotter.XY) (outline plotter.XYs) {
	l := &r.Metrics.Latency
	if len(l.QuantilesCI95) != len(l.Quantiles) {
		return nil
	}
	within := func(ms float64) float64 { return max(v.lo, min(v.hi, ms)) }
	for i, q := range l.Quantiles {
		outline = append(outline, to(q[0], within(l.QuantilesCI95[i][0])))
	}
	for i, q := range slices.Backward(l.Quantiles) {
		outline = append(outline, to(q[0], within(l.QuantilesCI95[i][1])))
	}
	return outline
}

// name names a result, with what all do not share.
func (v *latencyView) name(i int) string {
	name := v.groups[i].strategy
	if rest := except(v.shown[i].Point, v.common); len(rest) > 0 && len(v.groups[i].results) > 1 {
		name += ", " + pointText(rest)
	}
	return name
}

// nines is the axis of quantiles on which 90 %, 99 % and 99.9 % are equally far
// apart.
func nines(share float64) float64 { return -math.Log10(1 - share) }

// ninesTicks marks the quantiles that people ask for.
type ninesTicks struct{}

// Ticks implements [plot.Ticker].
func (ninesTicks) Ticks(_, _ float64) (ticks []plot.Tick) {
	for _, q := range []struct {
		share float64
		label string
	}{{0, "0"}, {0.5, "p50"}, {0.75, "p75"}, {0.9, "p90"}, {0.95, "p95"}, {0.99, "p99"}, {0.999, "p99.9"}} {
		ticks = append(ticks, plot.Tick{Value: nines(q.share), Label: q.label})
	}
	return ticks
}

// latencyQuantiles draws the latency at each quantile up to the 99.9th percentile: a
// line for each strategy, or numbers for many.
func latencyQuantiles(set *result.Set) *figure {
	title := headline(set, "latency by quantile")
	v := newLatencyView(set)
	if v == nil {
		return nothing(title, "No latency was measured.")
	}
	if len(v.shown) > linesMax {
		return v.table(title)
	}
	t := newTile()
	t.xLabel, t.yLabel = "share of the messages that were as fast or faster", "latency (log scale)"
	t.axes.X.Min, t.axes.X.Max = 0, nines(0.999)
	t.axes.X.Tick.Marker = ninesTicks{}
	v.timeAxis(&t.axes.Y)
	layer := &namedLines{atEnd: true}
	for i, r := range v.shown {
		var line plotter.XYs
		for _, q := range r.Metrics.Latency.Quantiles {
			line = append(line, plotter.XY{X: nines(q[0]), Y: max(q[1], v.lo)})
		}
		layer.add(v.groups[i].index, v.name(i), line,
			v.band(r, func(share, ms float64) plotter.XY { return plotter.XY{X: nines(share), Y: ms} }))
	}
	t.endRoom = layer.room()
	t.add(layer)
	return &figure{title: title, about: v.about + v.bandText(), tiles: [][]*tile{{t}}, tileHeight: 330}
}

// timeAxis makes an axis for the latencies.
func (v *latencyView) timeAxis(a *plot.Axis) {
	a.Scale, a.Tick.Marker = plot.LogScale{}, timeTicks{}
	a.Min, a.Max = v.lo*0.8, v.hi*1.25
}

// latencyCDF draws which share of the messages had at most a latency: a line for each
// strategy, or a tile for each of many.
func latencyCDF(set *result.Set) *figure {
	title := headline(set, "distribution of latency")
	v := newLatencyView(set)
	if v == nil {
		return nothing(title, "No latency was measured.")
	}
	fig := &figure{title: title, about: v.about + v.bandText()}
	text := panelText{"latency (log scale)", "share of messages"}
	if len(v.shown) <= linesMax {
		layer := &namedLines{}
		for i, r := range v.shown {
			layer.add(v.groups[i].index, v.name(i), cdfLine(r), v.cdfBand(r))
		}
		t := v.cdfTile(layer)
		t.xLabel, t.yLabel = text.x, text.y
		fig.legend = strategyLegend(v.groups)
		fig.tiles, fig.tileHeight = [][]*tile{{t}}, 330
		return fig
	}
	n := min(len(v.shown), panelsMax)
	fig.about += missingText(len(v.shown)-n) + " Pale lines: the other strategies."
	at := 0
	fig.panels(v.shown[:n], nil, text, func(r *result.Result, _ int) *tile {
		layer := &namedLines{}
		for i, other := range v.shown[:n] {
			if other != r {
				layer.behind = append(layer.behind, cdfLine(v.shown[i]))
			}
		}
		layer.add(v.groups[at].index, "", cdfLine(r), v.cdfBand(r))
		at++
		return v.cdfTile(layer)
	})
	return fig
}

func (v *latencyView) cdfTile(layer *namedLines) *tile {
	t := newTile()
	v.timeAxis(&t.axes.X)
	t.axes.Y.Min, t.axes.Y.Max = 0, 1
	t.axes.Y.Tick.Marker = shareTicks{}
	t.add(layer)
	return t
}

func cdfLine(r *result.Result) (line plotter.XYs) {
	for _, q := range r.Metrics.Latency.Quantiles {
		line = append(line, plotter.XY{X: max(q[1], 1e-3), Y: q[0]})
	}
	return line
}

func (v *latencyView) cdfBand(r *result.Result) plotter.XYs {
	return v.band(r, func(share, ms float64) plotter.XY { return plotter.XY{X: ms, Y: share} })
}

// tableShares are the quantiles of the table.
func tableShares() []float64 { return []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999} }

// table is a row for each strategy and a cell for each quantile, with the number.
func (v *latencyView) table(title string) *figure {
	t := strategyRows(v.groups, true)
	shares := tableShares()
	t.axes.X.Min, t.axes.X.Max = -0.5, float64(len(shares))-0.5
	var ticks plot.ConstantTicks
	for i, s := range shares {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: "p" + digits(100*s)})
	}
	t.axes.X.Tick.Marker = ticks
	t.xLabel = "quantile"
	cells := &numberCells{}
	span := math.Log(v.hi / v.lo)
	for i, r := range v.shown {
		for j, share := range shares {
			l := &r.Metrics.Latency
			k := slices.IndexFunc(l.Quantiles, func(q [2]float64) bool { return q[0] == share })
			if k < 0 {
				continue
			}
			depth, ms, below := 0, l.Quantiles[k][1], ""
			if span > 0 {
				depth = int(1000 * math.Log(max(ms, v.lo)/v.lo) / span)
			}
			if k < len(l.QuantilesCI95) {
				below = scaling(times).span(l.QuantilesCI95[k][:])
			}
			cells.add(float64(j), rowOf(v.groups, i), depth, scaling(times).write(ms), below)
		}
	}
	t.add(cells)
	about := v.about + " The darker the slower (log scale)."
	if v.banded {
		about += " In small type: the 95% interval over the seeds."
	}
	return &figure{title: title, about: about, tiles: [][]*tile{{t}}, tileHeight: rowsHeight(len(v.groups), 1)}
}
