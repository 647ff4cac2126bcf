package reports

import (
	"fmt"

	"gonum.org/v1/plot"

	"orderlab/scenarios/result"
)

// partitionLoad draws how unevenly the partitions were used: the busiest over
// the mean, a tile for each value of all axes but the last.
func partitionLoad(set *result.Set) *figure {
	gs := groups(set)
	title := headline(set, "load of the busiest partition")
	if len(gs) == 0 {
		return nothing(title, "No strategy was run.")
	}
	f := facetsOf(set)
	about := fmt.Sprintf("Messages of the busiest partition over the mean of all; the dashed line is a perfectly even load. Mean of %s.",
		plural(set.Seeds.Count, "seed"))
	if f.x != "" {
		about += fmt.Sprintf(" Bar: mean over %s; whisker: its range.", f.x)
	}
	if f.leftOut > 0 {
		about += fmt.Sprintf(" %d of %d tiles are left out.", f.leftOut, f.allTiles)
	}
	fig := &figure{title: title, about: about}
	var rows [][]*bars
	top := 0.0
	for _, row := range f.rows {
		var line []*bars
		for _, col := range f.cols {
			b := newBars(gs, "")
			b.even = 1
			for i, g := range gs {
				var loads []float64
				for _, r := range g.at(tilePoint(col, row)) {
					if r.Runs > 0 && r.Metrics.PartitionLoad.Mean > 0 {
						loads = append(loads, r.Metrics.PartitionLoad.Mean)
					}
				}
				b.values[i] = spread(loads)
			}
			top = max(top, b.top())
			line = append(line, b)
		}
		rows = append(rows, line)
	}
	for i, line := range rows {
		var tiles []*plot.Plot
		for j, b := range line {
			if i == len(rows)-1 {
				b.label = "busiest / mean"
			}
			p := b.tile(top, j == 0)
			p.Title.Text = pointText(tilePoint(f.cols[j], f.rows[i]))
			tiles = append(tiles, p)
		}
		fig.tiles = append(fig.tiles, tiles)
	}
	return fig
}
