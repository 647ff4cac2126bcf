package reports

import (
	"fmt"
	"math"
	"strings"

	"orderlab/scenarios/result"
)

// displacement draws how far messages were out of order: how many were overtaken by
// one, by two or three, and so on. Each strategy has a tile at the scan point at which
// it displaces the most; those that displace nothing are only named.
func displacement(set *result.Set) *figure {
	id := mostTelling(set)
	title := headline(set, "how many messages overtook one")
	var shown []*result.Result
	var none []string
	top, least, bins := 1.0, 1.0, 1
	for _, g := range groups(set) {
		worst, decided := mostDisplaced(&g, id)
		switch {
		case worst != nil:
			shown = append(shown, worst)
		case decided:
			none = append(none, shorten(g.strategy, 30))
		}
	}
	if len(shown) == 0 {
		return nothing(title, "No run displaced a message.")
	}
	missing := max(0, len(shown)-panelsMax)
	shown = shown[:len(shown)-missing]
	for _, r := range shown {
		d := guarantee(r, id).Displaced
		bins = max(bins, len(d))
		top = max(top, highest(d))
		for _, m := range d {
			if m.Mean > 0 {
				least = min(least, m.Mean)
			}
		}
	}
	about := fmt.Sprintf("Messages of a run that were overtaken by so many others (%s), mean of %s with its 95%% interval; "+
		"each strategy at its worst scan point.%s", clean(id), plural(set.Seeds.Count, "seed"), missingText(missing))
	if len(none) > 0 {
		about += " Nothing was displaced by " + fewNames(none, 8) + "."
	}
	fig := &figure{title: title, about: about}
	scale := countScaleFor(least, 0)
	labels := doublings(bins)
	text := panelText{"overtaken by (messages)", "messages a run (log scale)"}
	fig.panels(shown, nil, text, func(r *result.Result, _ int) *tile {
		b := &columns{means: guarantee(r, id).Displaced, color: strategyColor(colorIndex(set, r))}
		t := b.tile(labels)
		t.axes.Y.Max = ceilCount(top)
		t.axes.Y.Scale, t.axes.Y.Tick.Marker = scale, scale
		return t
	})
	return fig
}

// mostDisplaced returns the result of a strategy that displaces the most messages,
// nil for none; decided says that any run decided the guarantee.
func mostDisplaced(g *group, id string) (worst *result.Result, decided bool) {
	most := 0.0
	for _, r := range g.results {
		q := guarantee(r, id)
		if q == nil {
			continue
		}
		decided = decided || q.DecidedRuns > 0
		sum := 0.0
		for _, m := range q.Displaced {
			sum += m.Mean
		}
		if sum > most {
			worst, most = r, sum
		}
	}
	return worst, decided
}

// doublings names the ranges 1, 2 to 3, 4 to 7 and so on.
func doublings(n int) []string {
	out := make([]string, n)
	for i := range out {
		from := math.Ldexp(1, i)
		out[i] = compact(from)
		if i > 0 {
			out[i] += "–" + compact(2*from-1)
		}
	}
	return out
}

// fewNames lists names, the last of them only counted when there are more than limit.
func fewNames(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}
