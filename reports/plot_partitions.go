package reports

import (
	"fmt"
	"strings"

	"orderlab/scenarios/result"
)

// loadByPartition draws how many messages each partition stored, a tile for each
// strategy.
func loadByPartition(set *result.Set) *figure {
	title := headline(set, "load of each partition")
	var with []group
	for _, g := range groups(set) {
		var rs []*result.Result
		for _, r := range g.results {
			if len(r.Load) > 0 {
				rs = append(rs, r)
			}
		}
		if g.results = rs; len(rs) > 0 {
			with = append(with, g)
		}
	}
	if len(with) == 0 {
		return nothing(title, "No run stored a message.")
	}
	common, shown := telling(with, mostTelling(set))
	missing := max(0, len(shown)-panelsMax)
	shown = shown[:len(shown)-missing]
	top, leftOut := 0.0, 0
	for _, r := range shown {
		leftOut = max(leftOut, r.LoadLeftOut)
		for _, l := range r.Load {
			top = max(top, highest([]result.Mean{l.Messages}))
		}
	}
	about := fmt.Sprintf("Messages of a run that a partition stored, mean of %s with its 95%% interval%s.%s",
		plural(set.Seeds.Count, "seed"), sharedText(common), missingText(missing))
	if leftOut > 0 {
		about += fmt.Sprintf(" The first %d partitions; %d more are left out.", result.PlacesMax, leftOut)
	}
	fig := &figure{title: title, about: about}
	fig.panels(shown, common, panelText{"partition", "messages a run"}, func(r *result.Result, _ int) *tile {
		b := &columns{color: strategyColor(colorIndex(set, r))}
		var names []string
		for _, l := range r.Load {
			names = append(names, l.Place)
			b.means = append(b.means, l.Messages)
		}
		t := b.tile(placeLabels(names))
		t.axes.Y.Max = ceilNice(top, 5)
		t.axes.Y.Tick.Marker = niceTicks{n: 5}
		return t
	})
	return fig
}

// placeLabels shortens the names of many places to what tells them apart.
func placeLabels(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = shorten(clean(n), 14)
	}
	if len(names) <= 4 {
		return out
	}
	prefix := names[0]
	for _, n := range names {
		for !strings.HasPrefix(n, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	// Not into a number: orders-10 and orders-11 are 10 and 11.
	prefix = strings.TrimRight(prefix, "0123456789")
	for i, n := range names {
		if rest := n[len(prefix):]; rest != "" {
			out[i] = shorten(clean(rest), 14)
		}
	}
	return out
}
