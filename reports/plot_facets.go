package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// facets spreads the axes of a scan over a plot: the main one along x, the first
// of the others over columns of tiles, the rest over rows.
type facets struct {
	x        string   // the axis along x, "" without a scan
	xs       []string // its values
	cols     []result.Point
	rows     []result.Point
	leftOut  int // tiles that did not fit
	allTiles int
}

// More tiles than these cannot be read on a page.
const (
	tileColumns = 6
	tileRows    = 3
)

// facetsOf lays out the scan of a set.
func facetsOf(set *result.Set) facets {
	all := pointers(set)
	f := facets{cols: []result.Point{nil}, rows: []result.Point{nil}}
	main, others := mainAxis(all)
	if main == "" {
		f.allTiles = 1
		return f
	}
	f.x = main
	f.xs = axisValues(all, f.x)
	for i, axis := range others {
		values := axisValues(all, axis)
		if i == 0 {
			f.cols = cross(f.cols, axis, values)
		} else {
			f.rows = cross(f.rows, axis, values)
		}
	}
	f.allTiles = len(f.cols) * len(f.rows)
	f.cols = f.cols[:min(len(f.cols), tileColumns)]
	f.rows = f.rows[:min(len(f.rows), tileRows)]
	f.leftOut = f.allTiles - len(f.cols)*len(f.rows)
	return f
}

// leftOutText says how many tiles are missing, after a space.
func (f *facets) leftOutText() string {
	if f.leftOut == 0 {
		return ""
	}
	return fmt.Sprintf(" %d of %d tiles are left out.", f.leftOut, f.allTiles)
}

// cross combines every point with every value of one more axis.
func cross(points []result.Point, axis string, values []string) []result.Point {
	var out []result.Point
	for _, p := range points {
		for _, v := range values {
			out = append(out, append(slices.Clone(p), result.Coordinate{Axis: axis, Value: v}))
		}
	}
	return out
}

// tilePoint is what the tile of a column and a row stands for.
func tilePoint(col, row result.Point) result.Point {
	return append(slices.Clone(col), row...)
}

// at returns the results of a strategy that belong to a tile: those that agree
// with it on every axis they have.
func (g *group) at(tile result.Point) []*result.Result {
	var out []*result.Result
	for _, r := range g.results {
		fits := true
		for _, c := range tile {
			if v, ok := coordinate(r.Point, c.Axis); ok && v != c.Value {
				fits = false
			}
		}
		if fits {
			out = append(out, r)
		}
	}
	return out
}

// headline is the title of a plot of a set.
func headline(set *result.Set, what string) string {
	s := clean(set.Scenario)
	if len(set.ID) > 0 {
		s += " (" + clean(strings.Join(set.ID, ", ")) + ")"
	}
	return s + ": " + what
}

// unitOf writes the unit of an axis in brackets.
func unitOf(axis string, values []string) string {
	if _, unit, ok := numeric(values); ok && unit != "" {
		return clean(axis) + " (" + unit + ")"
	}
	return clean(axis)
}
