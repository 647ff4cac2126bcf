package reports_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// scan makes a result for each combination of values.
func scan(axes []string, values [][]any) []*result.Result {
	points := []result.Point{nil}
	for i, axis := range axes {
		var next []result.Point
		for _, p := range points {
			for _, v := range values[i] {
				next = append(next, append(slices.Clone(p), result.Coordinate{Axis: axis, Value: v}))
			}
		}
		points = next
	}
	var out []*result.Result
	for _, p := range points {
		out = append(out, &result.Result{Point: p})
	}
	return out
}

func TestWhere(t *testing.T) {
	all := scan([]string{"after", "backlog", "pause"}, [][]any{
		{int64(5), int64(6), int64(8)}, {"even", "uneven"}, {"30s", "1m", "80s", "180s"},
	})
	value := func(r *result.Result, axis string) string {
		for _, c := range r.Point {
			if c.Axis == axis {
				return fmt.Sprint(c.Value)
			}
		}
		return ""
	}
	long := func(r *result.Result) bool { return value(r, "pause") == "80s" || value(r, "pause") == "180s" }
	for _, c := range []struct {
		want string
		ok   func(*result.Result) bool
	}{
		{"where pause>=80s", long},
		{"where pause<=1m", func(r *result.Result) bool { return !long(r) }},
		{"where after=8, pause>=80s", func(r *result.Result) bool { return long(r) && value(r, "after") == "8" }},
		{"where backlog=even, pause>=80s", func(r *result.Result) bool { return long(r) && value(r, "backlog") == "even" }},
		{"where after=8, pause>=80s (in part >=1m)", func(r *result.Result) bool {
			return value(r, "after") == "8" && (long(r) || value(r, "pause") == "1m" && value(r, "backlog") == "uneven")
		}},
		{"where after>=6", func(r *result.Result) bool { return value(r, "after") != "5" }},
		{"where after=6", func(r *result.Result) bool { return value(r, "after") == "6" }},
		{"where backlog=uneven", func(r *result.Result) bool { return value(r, "backlog") == "uneven" }},
		{"at all but after=6, backlog=even, pause=1m", func(r *result.Result) bool {
			return value(r, "after") != "6" || value(r, "backlog") != "even" || value(r, "pause") != "1m"
		}},
		{"at 12 of 24 scan points", func(r *result.Result) bool { return (value(r, "after") == "6") != (value(r, "backlog") == "even") }},
	} {
		if got := reports.Where(all, c.ok); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What the sentence says is true: read back, it picks exactly the points at which
// ok is true, and with "in part" no more than these.
func TestWhereSaysTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		axes := []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "axes")]
		var values [][]any
		for range axes {
			values = append(values, rapid.SampledFrom([][]any{
				{int64(3), int64(1), int64(2)}, {"10s", "2m", "3s"}, {"x", "y"}, {true, false}, {int64(7)},
			}).Draw(t, "values"))
		}
		all := scan(axes, values)
		ok := truth(t, all)
		got := reports.Where(all, func(r *result.Result) bool { return ok[r] })
		for _, r := range all {
			says, decided := read(got, r, all)
			partly := strings.Contains(got, "in part")
			if decided && (says && !ok[r] || !says && ok[r] && !partly) {
				t.Fatalf("%q is wrong at %v", got, r.Point)
			}
		}
	})
}

// truth draws which points are right: at random, or by a rule, which a sentence
// can describe.
func truth(t *rapid.T, all []*result.Result) map[*result.Result]bool {
	ok := map[*result.Result]bool{}
	rule := rapid.IntRange(0, 2).Draw(t, "rule")
	first := rapid.IntRange(0, 3).Draw(t, "first")
	for _, r := range all {
		switch rule {
		case 0:
			ok[r] = rapid.Bool().Draw(t, "ok")
		case 1:
			ok[r] = quantity(r.Point[len(r.Point)-1].Value) >= first
		default:
			ok[r] = quantity(r.Point[0].Value) != first && quantity(r.Point[len(r.Point)-1].Value) >= 3
		}
	}
	return ok
}

// quantity reads the values of the test as seconds or numbers.
func quantity(v any) int {
	s := fmt.Sprint(v)
	if m, ok := strings.CutSuffix(s, "m"); ok {
		n, _ := strconv.Atoi(m)
		return 60 * n
	}
	n, _ := strconv.Atoi(strings.TrimSuffix(s, "s"))
	return n
}

var inPart = regexp.MustCompile(` \(in part .*\)`)

// read evaluates a sentence at a point; decided is false when it only counts.
func read(sentence string, r *result.Result, all []*result.Result) (says, decided bool) {
	value := func(axis string) string {
		for _, c := range r.Point {
			if c.Axis == axis {
				return fmt.Sprint(c.Value)
			}
		}
		return ""
	}
	if rest, ok := strings.CutPrefix(sentence, "at all but "); ok {
		for _, point := range strings.Split(rest, "; ") {
			hit := true
			for _, c := range strings.Split(point, ", ") {
				axis, v, _ := strings.Cut(c, "=")
				hit = hit && value(axis) == v
			}
			if hit {
				return false, true
			}
		}
		return true, true
	}
	if sentence == "everywhere" || sentence == "nowhere" {
		return sentence == "everywhere", true
	}
	rest, ok := strings.CutPrefix(sentence, "where ")
	if !ok {
		return false, false
	}
	for _, c := range strings.Split(inPart.ReplaceAllString(rest, ""), ", ") {
		if axis, v, ok := strings.Cut(c, ">="); ok {
			if quantity(value(axis)) < quantity(v) {
				return false, true
			}
		} else if axis, v, ok := strings.Cut(c, "<="); ok {
			if quantity(value(axis)) > quantity(v) {
				return false, true
			}
		} else if axis, v, _ := strings.Cut(c, "="); !slices.Contains(strings.Split(v, " or "), value(axis)) {
			return false, true
		}
	}
	return true, true
}
