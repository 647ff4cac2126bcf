package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// where describes the scan points at which ok is true, shortly and exactly: a
// threshold on one axis ("where after=8, pause>=80s"), the values of one axis
// ("where after=6 or 8"), all but one or two points; else it counts them.
func where(results []*result.Result, ok func(*result.Result) bool) string {
	var not []string
	for _, r := range results {
		if !ok(r) {
			not = append(not, pointText(r.Point))
		}
	}
	switch len(not) {
	case 0:
		return "everywhere"
	case len(results):
		return "nowhere"
	}
	main, others := mainAxis(results)
	for _, axis := range append([]string{main}, others...) {
		if s := threshold(results, axis, ok); s != "" {
			return "where " + s
		}
	}
	for _, axis := range axes(results) {
		if s := partition(results, axis, ok); s != "" {
			return "where " + s
		}
	}
	if len(not) <= 2 && len(results) > 2*len(not) {
		return "at all but " + strings.Join(not, "; ")
	}
	return fmt.Sprintf("at %d of %s", len(results)-len(not), plural(len(results), "scan point"))
}

// partition names the values of an axis at which ok is true, when the axis alone
// decides; else it is empty.
func partition(results []*result.Result, axis string, ok func(*result.Result) bool) string {
	var yes, no []string
	for _, v := range axisValues(results, axis) {
		kept, lost := 0, 0
		for _, r := range results {
			if at, uses := coordinate(r.Point, axis); !uses || at != v {
				continue
			}
			if ok(r) {
				kept++
			} else {
				lost++
			}
		}
		switch {
		case kept > 0 && lost > 0:
			return ""
		case kept > 0:
			yes = append(yes, v)
		default:
			no = append(no, v)
		}
	}
	if len(yes) == 0 || len(no) == 0 {
		return ""
	}
	return clean(axis + "=" + strings.Join(yes, " or "))
}

// row is the results that differ only on one axis, and what is true of each value
// of it.
type row struct {
	results []*result.Result
	oks     []bool
}

// threshold says from which value of an axis on ok is true, or up to which one,
// when that is so for all values of the other axes, or for some values of one of
// them and never for its others. Else it is empty.
func threshold(results []*result.Result, axis string, ok func(*result.Result) bool) string {
	values, rising := ordered(results, axis)
	if !rising {
		return ""
	}
	if s := from(results, axis, values, ">=", ok); s != "" {
		return s
	}
	slices.Reverse(values)
	return from(results, axis, values, "<=", ok)
}

// from looks for the first of the values, in their order, from which on ok is
// true; sign says what lies behind a value.
func from(results []*result.Result, axis string, values []string, sign string, ok func(*result.Result) bool) string {
	first, last := len(values), -1
	var never []*result.Result
	for _, r := range rowsAlong(results, axis, values, ok) {
		at, monotone := begins(r.oks)
		switch {
		case !monotone:
			return ""
		case at == len(values):
			never = append(never, r.results...)
		default:
			first, last = min(first, at), max(last, at)
		}
	}
	if last < 1 {
		return "" // nowhere, or the axis does not matter
	}
	text := clean(axis + sign + values[last])
	if first != last {
		text += clean(" (in part " + sign + values[first] + ")")
	}
	if len(never) == 0 {
		return text
	}
	for _, other := range axes(results) {
		if other == axis {
			continue
		}
		if s := partition(results, other, func(r *result.Result) bool { return !slices.Contains(never, r) }); s != "" {
			return s + ", " + text
		}
	}
	return ""
}

// rowsAlong gathers the results that differ only on an axis. A place without a
// result repeats the one before.
func rowsAlong(results []*result.Result, axis string, values []string, ok func(*result.Result) bool) []row {
	var keys []string
	var rows []row
	for _, r := range results {
		var rest result.Point
		for _, c := range r.Point {
			if c.Axis != axis {
				rest = append(rest, c)
			}
		}
		key := pointText(rest)
		at := slices.Index(keys, key)
		if at < 0 {
			at = len(keys)
			keys = append(keys, key)
			rows = append(rows, row{})
		}
		rows[at].results = append(rows[at].results, r)
	}
	for i := range rows {
		for _, v := range values {
			kept := len(rows[i].oks) > 0 && rows[i].oks[len(rows[i].oks)-1]
			for _, r := range rows[i].results {
				if at, _ := coordinate(r.Point, axis); at == v {
					kept = ok(r)
				}
			}
			rows[i].oks = append(rows[i].oks, kept)
		}
	}
	return rows
}

// begins returns the place from which on all is true, and whether nothing is
// true before it.
func begins(oks []bool) (at int, monotone bool) {
	at = len(oks)
	for at > 0 && oks[at-1] {
		at--
	}
	return at, !slices.Contains(oks[:at], true)
}
