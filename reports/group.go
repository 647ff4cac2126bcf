package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"orderlab/scenarios/result"
)

// group is a strategy with its results at all scan points, in the set's order.
// strategy is its name as it is shown; index is its place in the set, which
// fixes its colour.
type group struct {
	name     string
	strategy string
	index    int
	results  []*result.Result
}

// groups returns the strategies of a set in order of appearance.
func groups(set *result.Set) []group {
	var out []group
	for i := range set.Results {
		r := &set.Results[i]
		at := slices.IndexFunc(out, func(g group) bool { return g.name == r.Strategy })
		if at < 0 {
			at = len(out)
			out = append(out, group{name: r.Strategy, strategy: clean(r.Strategy), index: at})
		}
		out[at].results = append(out[at].results, r)
	}
	return out
}

// judged returns the guarantees that any result has an expectation for, or all
// of them when there is none, in order of appearance.
func judged(set *result.Set) []string {
	var expected, all []string
	for i := range set.Results {
		for _, g := range set.Results[i].Guarantees {
			if !slices.Contains(all, g.ID) {
				all = append(all, g.ID)
			}
			if g.Expected != "" && !slices.Contains(expected, g.ID) {
				expected = append(expected, g.ID)
			}
		}
	}
	if len(expected) > 0 {
		return expected
	}
	return all
}

// mostTelling returns the first guarantee worth a column that a run broke, else
// the first.
func mostTelling(set *result.Set) string {
	ids := judged(set)
	for _, id := range ids {
		for i := range set.Results {
			if g := guarantee(&set.Results[i], id); g != nil && g.ViolatedRuns > 0 {
				return id
			}
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// guarantee returns what r found about a guarantee, or nil.
func guarantee(r *result.Result, id string) *result.Guarantee {
	for i := range r.Guarantees {
		if r.Guarantees[i].ID == id {
			return &r.Guarantees[i]
		}
	}
	return nil
}

// axes returns the axes that the results use, in order of appearance.
func axes(results []*result.Result) []string {
	var out []string
	for _, r := range results {
		for _, c := range r.Point {
			if !slices.Contains(out, c.Axis) {
				out = append(out, c.Axis)
			}
		}
	}
	return out
}

// coordinate returns the value of a point on an axis, as the file has it; ok is
// false when the point lacks the axis.
func coordinate(p result.Point, axis string) (value string, ok bool) {
	for _, c := range p {
		if c.Axis == axis {
			return fmt.Sprint(c.Value), true
		}
	}
	return "", false
}

// axisValues returns the values on an axis: in rising order when they are all
// numbers or all durations, else in order of appearance.
func axisValues(results []*result.Result, axis string) []string {
	var out []string
	for _, r := range results {
		if v, ok := coordinate(r.Point, axis); ok && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if _, _, ok := numeric(out); ok {
		slices.SortStableFunc(out, func(a, b string) int {
			x, _, _ := quantity(a)
			y, _, _ := quantity(b)
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
	}
	return out
}

// quantity reads a plain number, or a duration as seconds.
func quantity(s string) (v float64, unit string, ok bool) {
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v, "", true
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Seconds(), "s", true
	}
	return 0, "", false
}

// numeric reads values that are all numbers or all durations; a zero without a
// unit goes with durations.
func numeric(values []string) (numbers []float64, unit string, ok bool) {
	zeros := 0
	for _, s := range values {
		v, u, ok := quantity(s)
		if !ok {
			return nil, "", false
		}
		if v == 0 && u == "" {
			zeros++
		} else if len(numbers) > zeros && u != unit {
			return nil, "", false
		} else {
			unit = u
		}
		numbers = append(numbers, v)
	}
	return numbers, unit, len(numbers) > 0
}

// mainAxis returns the axis along which results are compared, the last one whose
// values are numbers or durations, else the last one, and the others in order.
func mainAxis(results []*result.Result) (main string, others []string) {
	all := axes(results)
	if len(all) == 0 {
		return "", nil
	}
	at := len(all) - 1
	for i, axis := range all {
		if _, ok := ordered(results, axis); ok {
			at = i
		}
	}
	return all[at], slices.Delete(slices.Clone(all), at, at+1)
}

// ordered returns the values of an axis; ok says that there are several and that
// they are in order of size.
func ordered(results []*result.Result, axis string) (values []string, ok bool) {
	values = axisValues(results, axis)
	_, _, numbers := numeric(values)
	return values, numbers && len(values) > 1
}

// pointers returns the results of a set.
func pointers(set *result.Set) []*result.Result {
	out := make([]*result.Result, len(set.Results))
	for i := range set.Results {
		out[i] = &set.Results[i]
	}
	return out
}

// keeps says that a guarantee holds.
func keeps(r *result.Result, id string) bool {
	g := guarantee(r, id)
	return g != nil && g.Verdict == result.Holds
}

// telling returns one result for each strategy, all at the values of the other
// axes than the main one that let the most strategies keep the guarantee
// somewhere (the first of these): of each strategy the first result that does,
// else its first. common are
// the values that these share, also that of the main axis.
func telling(gs []group, id string) (common result.Point, out []*result.Result) {
	var all []*result.Result
	for _, g := range gs {
		all = append(all, g.results...)
	}
	main, others := mainAxis(all)
	points := []result.Point{nil}
	for _, axis := range others {
		points = cross(points, axis, axisValues(all, axis))
	}
	best := -1
	for _, p := range points {
		var picked []*result.Result
		kept := 0
		for i := range gs {
			at := gs[i].at(p)
			if len(at) == 0 {
				at = gs[i].results
			}
			n := slices.IndexFunc(at, func(r *result.Result) bool { return keeps(r, id) })
			if n >= 0 {
				kept++
			}
			picked = append(picked, at[max(0, n)])
		}
		if kept > best {
			best, common, out = kept, p, picked
		}
	}
	if len(gs) > 1 {
		common = append(common[:len(common):len(common)], alikeOn(out, main)...)
	}
	return common, out
}

// alikeOn returns the coordinate on an axis if several results have one, and all of
// these the same.
func alikeOn(results []*result.Result, axis string) (out result.Point) {
	have := 0
	for _, r := range results {
		for _, c := range r.Point {
			if c.Axis != axis {
				continue
			}
			if have++; len(out) > 0 && out[0] != c {
				return nil
			}
			out = result.Point{c}
		}
	}
	if have < 2 {
		return nil
	}
	return out
}

// except returns the coordinates of p that are not in common.
func except(p, common result.Point) result.Point {
	var out result.Point
	for _, c := range p {
		if v, ok := coordinate(common, c.Axis); !ok || v != fmt.Sprint(c.Value) {
			out = append(out, c)
		}
	}
	return out
}

// pointText writes a point as a reader would: "after=5, backlog=even".
func pointText(p result.Point) string {
	parts := make([]string, len(p))
	for i, c := range p {
		parts[i] = clean(fmt.Sprintf("%s=%v", c.Axis, c.Value))
	}
	return strings.Join(parts, ", ")
}

// caseText names a result: "naive" or "naive at after=5, backlog=even".
func caseText(r *result.Result) string {
	if len(r.Point) == 0 {
		return clean(r.Strategy)
	}
	return clean(r.Strategy) + " at " + pointText(r.Point)
}
