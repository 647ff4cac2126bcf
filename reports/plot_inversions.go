package reports

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"

	"orderlab/scenarios/result"
)

// linesMax is the largest number of strategies whose lines can be told apart; of
// more, a heat map is drawn.
const linesMax = 8

// inversionsByScan draws how many messages of a run break the set's most telling
// guarantee, along the main axis of the scan: a tile for each value of the other
// axes, a line for each strategy. Strategies that do not use the main axis stand
// beside it. Many strategies become a heat map, no scan becomes bars.
func inversionsByScan(set *result.Set) *figure {
	gs := groups(set)
	id := mostTelling(set)
	if id == "" || !finished(set) {
		return nothing(headline(set, "order"), "No guarantee was decided in any run.")
	}
	v := inversionView{set: set, groups: gs, id: id, facets: facetsOf(set), top: 1, least: math.Inf(1)}
	v.title = headline(set, "messages that break "+clean(id))
	for _, g := range gs {
		for _, r := range g.results {
			if m := inversions(r, id); m != nil {
				// An interval from two or three seeds can be far wider than all means.
				v.top = max(v.top, m.Mean, min(m.CI95[1], 4*m.Mean))
				if m.Mean > 0 {
					v.least = min(v.least, m.Mean)
				}
			}
		}
	}
	v.top = ceilCount(v.top)
	if v.facets.x != "" {
		v.top = max(10, v.top)
	}
	switch {
	case v.facets.x == "":
		return v.bars()
	case len(gs) > linesMax:
		return v.heat()
	}
	return v.lines()
}

// inversionView is what the forms of the plot share.
type inversionView struct {
	set    *result.Set
	groups []group
	id     string
	title  string
	facets facets
	// top is the end of the scale, least the smallest mean that is not 0.
	top, least float64
}

// about says what a mark means.
func (v *inversionView) about(more string) string {
	return fmt.Sprintf("Messages of a run that break %s: mean of %s%s.%s",
		clean(v.id), plural(v.set.Seeds.Count, "seed"), more, v.facets.leftOutText())
}

// inversions returns the mean number of messages of a run that break a
// guarantee; nil when no run decided it.
func inversions(r *result.Result, id string) *result.Mean {
	if g := guarantee(r, id); g != nil {
		return g.Inversions
	}
	return nil
}

// places is where the values of an axis stand along x.
type places struct {
	at     []float64
	labels []string
}

// placesOf puts numbers where they belong, unless some would be too close to
// read, and everything else at equal distances.
func placesOf(values []string) places {
	var p places
	numbers, unit, ok := numeric(values)
	for i, v := range values {
		if ok && (unit != "" || len(v) > 6) {
			v = compact(numbers[i]) // the unit stands with the axis
		}
		p.labels = append(p.labels, shorten(clean(v), 14))
	}
	if !ok || !apartEnough(numbers) {
		for i := range values {
			p.at = append(p.at, float64(i))
		}
		return p
	}
	p.at = numbers
	return p
}

// apartEnough says that rising numbers can be told apart where they belong on an
// axis, by eye and by its arithmetic.
func apartEnough(numbers []float64) bool {
	least, width := math.Inf(1), numbers[len(numbers)-1]-numbers[0]
	for i := 1; i < len(numbers); i++ {
		least = min(least, numbers[i]-numbers[i-1])
	}
	return width > 1e-6*math.Abs(numbers[0]) && least >= 0.07*width
}

// span returns the first place and the distance to the last, at least 1.
func (p *places) span() (from, width float64) {
	width = p.at[len(p.at)-1] - p.at[0]
	if width <= 0 {
		width = 1
	}
	return p.at[0], width
}

// lines draws a line for each strategy.
func (v *inversionView) lines() *figure {
	x := placesOf(v.facets.xs)
	fig := &figure{title: v.title, legend: strategyLegend(v.groups), tileHeight: 200}
	if len(v.facets.rows) == 1 {
		fig.tileHeight = 330
	}
	beside := v.beside()
	more := " with its 95% interval (pale); on the green band it holds in every run"
	if len(beside) > 0 {
		more += fmt.Sprintf("; strategies without %s on the right", clean(v.facets.x))
	}
	fig.about = v.about(more)
	for i, row := range v.facets.rows {
		var tiles []*tile
		for j, col := range v.facets.cols {
			t := v.lineTile(tilePoint(col, row), &x, beside)
			if i == len(v.facets.rows)-1 {
				t.xLabel = unitOf(v.facets.x, v.facets.xs)
			}
			if j == 0 {
				t.yLabel = "messages a run (log scale)"
			} else {
				t.axes.Y.Tick.Marker = withoutLabels{t.axes.Y.Tick.Marker}
			}
			tiles = append(tiles, t)
		}
		fig.tiles = append(fig.tiles, tiles)
	}
	return fig
}

// beside lists the strategies that do not use the main axis.
func (v *inversionView) beside() []int {
	var out []int
	for i := range v.groups {
		if !slices.Contains(axes(v.groups[i].results), v.facets.x) {
			out = append(out, i)
		}
	}
	return out
}

// The places along x, as shares of the width of the values.
const (
	besideFrom = 1.13  // the first strategy without the axis
	besideStep = 0.075 // between two of them
	apart      = 0.016 // between strategies at one value
)

// lineTile draws all strategies at one value of the other axes.
func (v *inversionView) lineTile(at result.Point, x *places, beside []int) *tile {
	t := newTile()
	t.title = pointText(at)
	scale := countScaleFor(min(1, v.least), 0.05)
	t.axes.Y.Scale, t.axes.Y.Tick.Marker = scale, holdsTicks{scale}
	t.axes.Y.Min, t.axes.Y.Max = 0, v.top
	from, width := x.span()
	// The band ends between zero and the least that is not.
	gap := scale.Normalize(0, v.top, min(1, v.least)) - scale.floor
	layer := &inversionLines{band: scale.floor + min(0.6*gap, scale.floor)}
	t.axes.X.Min, t.axes.X.Max = from-0.06*width, from+1.06*width
	var ticks plot.ConstantTicks
	for i, at := range x.at {
		ticks = append(ticks, plot.Tick{Value: at, Label: x.labels[i]})
	}
	if n := float64(len(beside)); n > 0 {
		layer.divider = from + 1.075*width
		t.axes.X.Max = from + (besideFrom+besideStep*(n-1)+0.05)*width
		ticks = append(ticks, plot.Tick{Value: from + (besideFrom+besideStep*(n-1)/2)*width, Label: "without"})
	}
	t.axes.X.Tick.Marker = ticks
	lines := len(v.groups) - len(beside)
	nth := 0
	for i := range v.groups {
		g := &v.groups[i]
		s := inversionSeries{index: g.index}
		if n := slices.Index(beside, i); n >= 0 {
			if rs := g.at(at); len(rs) > 0 {
				s.add(from+(besideFrom+besideStep*float64(n))*width, inversions(rs[0], v.id))
			}
		} else {
			// Marks that fall together are moved apart a little.
			shift := (float64(nth) - float64(lines-1)/2) * apart * width
			nth++
			for k, value := range v.facets.xs {
				for _, r := range g.at(append(at[:len(at):len(at)], result.Coordinate{Axis: v.facets.x, Value: value})) {
					s.add(x.at[k]+shift, inversions(r, v.id))
				}
			}
		}
		layer.series = append(layer.series, s)
	}
	t.add(layer)
	return t
}

// bars draws one bar for each strategy, for a set without a scan.
func (v *inversionView) bars() *figure {
	b := newBars(v.groups)
	b.scale = countScaleFor(min(1, v.least), 0)
	b.logTop = v.top
	for i, g := range v.groups {
		for _, r := range g.results {
			if m := inversions(r, v.id); m != nil {
				q := guarantee(r, v.id)
				b.values[i] = &barValue{m.Mean, max(0, m.CI95[0]), m.CI95[1],
					fmt.Sprintf("%s (%d of %s)", compact(m.Mean), q.ViolatedRuns, plural(q.DecidedRuns, "run"))}
			}
		}
	}
	t := b.tile(v.top, true)
	t.xLabel = "messages a run (log scale)"
	return &figure{title: v.title, about: v.about(" with its 95% interval, and the runs that broke it"),
		tiles: [][]*tile{{t}}, tileHeight: rowsHeight(len(v.groups), 1)}
}
