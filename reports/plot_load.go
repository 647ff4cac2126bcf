package reports

import (
	"fmt"

	"orderlab/scenarios/result"
)

// partitionLoad draws how unevenly the partitions were used: the busiest over
// the mean, a tile for each value of all axes but the main one.
func partitionLoad(set *result.Set) *figure {
	gs := groups(set)
	title := headline(set, "load of the busiest partition")
	if !finished(set) {
		return nothing(title, "No run was finished.")
	}
	f := facetsOf(set)
	own := " with its 95% interval"
	if f.x != "" {
		own = ""
	}
	about := fmt.Sprintf("Messages of the busiest partition over the mean of all partitions, mean of %s%s; dashed: a perfectly even load.",
		plural(set.Seeds.Count, "seed"), own)
	if f.x != "" {
		about += fmt.Sprintf(" A bar is the mean over the values of %s, its whisker the range of their 95%% intervals.", clean(f.x))
	}
	fig := &figure{title: title, about: about + f.leftOutText(), tileHeight: rowsHeight(len(gs), len(f.rows))}
	var rows [][]*bars
	top := 0.0
	for _, row := range f.rows {
		var line []*bars
		for _, col := range f.cols {
			b := loadBars(gs, tilePoint(col, row))
			top = max(top, b.top())
			line = append(line, b)
		}
		rows = append(rows, line)
	}
	for i, line := range rows {
		var tiles []*tile
		for j, b := range line {
			t := b.tile(top, j == 0)
			if i == len(rows)-1 {
				t.xLabel = "busiest / mean"
			}
			t.title = pointText(tilePoint(f.cols[j], f.rows[i]))
			tiles = append(tiles, t)
		}
		fig.tiles = append(fig.tiles, tiles)
	}
	return fig
}

// loadLabel writes a load with as many decimals as can matter.
func loadLabel(v float64) string {
	if v >= 100 {
		return compact(v)
	}
	return fmt.Sprintf("%.2f", v)
}

// loadBars are the bars of one tile.
func loadBars(gs []group, at result.Point) *bars {
	b := newBars(gs)
	b.even = 1
	for i, g := range gs {
		var loads []result.Mean
		for _, r := range g.at(at) {
			if r.Runs > 0 && r.Metrics.PartitionLoad.Mean > 0 {
				loads = append(loads, r.Metrics.PartitionLoad)
			}
		}
		if b.values[i] = spread(loads); b.values[i] != nil {
			b.values[i].label = loadLabel(b.values[i].value)
		}
	}
	return b
}
