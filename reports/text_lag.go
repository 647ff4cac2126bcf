package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios/result"
)

// The most strategies whose lag is drawn, and the columns of a line: at most, and at
// least beside the name.
const (
	sparkLines   = 12
	sparkColumns = 48
	sparkLeast   = 16
)

// lag draws the lag of each strategy over time, in the first seed's run, all on one
// scale. Like the price, it is that of a scan point at which the most telling
// guarantee holds, if there is one.
func (t *textReport) lag() {
	common, shown := telling(t.groups, mostTelling(t.set))
	shown = slices.DeleteFunc(shown, func(r *result.Result) bool { return r.Series == nil || len(r.Series.TimesS) < 2 })
	if len(shown) == 0 || len(shown) > sparkLines {
		return
	}
	name := func(r *result.Result) string {
		return caseText(&result.Result{Strategy: r.Strategy, Point: except(r.Point, common)})
	}
	names, top, end := 0, 0.0, 0.0
	for _, r := range shown {
		names = max(names, textWidth(name(r)))
		end = max(end, r.Series.TimesS[len(r.Series.TimesS)-1])
		top = max(top, slices.Max(totalLag(r.Series)))
	}
	const after = len("  max 1234k")
	columns := min(sparkColumns, t.width-len(indent)-names-2-after)
	below := columns < sparkLeast // the line stands below the name
	if below {
		columns = min(sparkColumns, t.width-2*len(indent)-after)
	}
	if top == 0 || end == 0 {
		return
	}
	about := fmt.Sprintf("messages stored and not yet taken, over %s; seed %d", scaling(times).write(1000*end), shown[0].Series.Seed)
	if len(common) > 0 {
		about += "; " + pointText(common)
	}
	t.section("LAG", " ("+about+")")
	for _, r := range shown {
		text, lags := name(r), totalLag(r.Series)
		between := strings.Repeat(" ", names-textWidth(text)) + "  "
		if below {
			t.wrapped(text, indent, indent)
			text, between = "", indent
		}
		t.line(fmt.Sprintf("%s%s%s%s  max %s", indent, text, between,
			sparkline(r.Series.TimesS, lags, end, top, columns), compact(slices.Max(lags))))
	}
}

// totalLag adds up the lag of all places at each time.
func totalLag(s *result.Series) []float64 {
	out := make([]float64, len(s.TimesS))
	for _, place := range s.Lag {
		for i, v := range place {
			out[i] += v
		}
	}
	return out
}

// sparkline draws the largest value in each of so many parts of [0, end] as a bar of
// an eighth to eight eighths of top. A part without a value repeats the one before;
// after the last it is blank.
func sparkline(at, values []float64, end, top float64, columns int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	out := []rune(strings.Repeat(" ", columns))
	i, last := 0, 0.0
	for c := range out {
		if i == len(at) {
			break
		}
		to, most, some := end*float64(c+1)/float64(columns), last, false
		for ; i < len(at) && (at[i] <= to || c == columns-1); i++ {
			last = values[i]
			if !some || last > most {
				most, some = last, true
			}
		}
		out[c] = bars[min(len(bars)-1, int(most/top*float64(len(bars))))]
	}
	return string(out)
}
