package reports

import (
	"fmt"
	"math"

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
	v.about = fmt.Sprintf("Time from a message's arrival at its producer to its first effect, over the messages of %s%s "+
		"(at least %s a strategy).", plural(set.Seeds.Count, "seed"), sharedText(v.common), compact(float64(least)))
	return v
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
		layer.add(v.groups[i].index, v.name(i), line)
	}
	t.endRoom = layer.room()
	t.add(layer)
	return &figure{title: title, about: v.about, tiles: [][]*tile{{t}}, tileHeight: 330}
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
	fig := &figure{title: title, about: v.about}
	text := panelText{"latency (log scale)", "share of messages"}
	if len(v.shown) <= linesMax {
		layer := &namedLines{}
		for i, r := range v.shown {
			layer.add(v.groups[i].index, v.name(i), cdfLine(r))
		}
		t := v.cdfTile(layer)
		t.xLabel, t.yLabel = text.x, text.y
		fig.legend = strategyLegend(v.groups)
		fig.tiles, fig.tileHeight = [][]*tile{{t}}, 330
		return fig
	}
	n := min(len(v.shown), panelsMax)
	fig.about += missingText(len(v.shown)-n) + " Pale: the other strategies."
	at := 0
	fig.panels(v.shown[:n], nil, text, func(r *result.Result, _ int) *tile {
		layer := &namedLines{}
		for i, other := range v.shown[:n] {
			if other != r {
				layer.behind = append(layer.behind, cdfLine(v.shown[i]))
			}
		}
		layer.add(v.groups[at].index, "", cdfLine(r))
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
			for _, q := range r.Metrics.Latency.Quantiles {
				if q[0] == share {
					depth := 0
					if span > 0 {
						depth = int(1000 * math.Log(max(q[1], v.lo)/v.lo) / span)
					}
					cells.add(float64(j), rowOf(v.groups, i), depth, scaling(times).write(q[1]))
				}
			}
		}
	}
	t.add(cells)
	return &figure{title: title, about: v.about + " The darker the slower (log scale).",
		tiles: [][]*tile{{t}}, tileHeight: rowsHeight(len(v.groups), 1)}
}
