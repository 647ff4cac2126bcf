package reports

import (
	"fmt"
)

// monitoring writes what the detectors of a monitor were worth, a row for each that had
// something to detect or alarmed.
func (t *textReport) monitoring() {
	tab := &table{labels: 2, right: true,
		head: []string{"strategy", "detector", "happened", "missed", "false", "first alarm", "alarm", "seen in"}}
	for i := range t.groups {
		g := &t.groups[i]
		label := g.strategy
		for _, name := range detectorsOf(g) {
			row := monitorRow(g, name)
			if row == nil {
				continue
			}
			tab.rows = append(tab.rows, append([]cell{{label, plain}, {name, plain}}, row...))
			label = ""
		}
	}
	if len(tab.rows) == 0 {
		return
	}
	t.section("MONITORING", " (messages of a run, mean, and how long after it happened: the first alarm,\n"+
		"  and an alarm on average; runs in which one was true, of those in which it happened)")
	t.table(tab)
}

// detectorsOf lists the detectors of a strategy's monitor.
func detectorsOf(g *group) (out []string) {
	for _, r := range g.results {
		for i := range r.Monitoring {
			if len(out) <= i {
				out = append(out, r.Monitoring[i].Detector)
			}
		}
	}
	return out
}

// monitorRow returns the cells of a detector over the points of a strategy, nil where
// there is nothing to tell.
func monitorRow(g *group, name string) []cell {
	var real, missed, untrue, first, delay []float64
	var happened, seen, wrong int
	for _, r := range g.results {
		for i := range r.Monitoring {
			d := &r.Monitoring[i]
			if d.Detector != name {
				continue
			}
			real, missed, untrue = append(real, d.Real.Mean), append(missed, d.Missed.Mean), append(untrue, d.False.Mean)
			happened, seen, wrong = happened+d.RealRuns, seen+d.DetectedRuns, wrong+d.FalseRuns
			if d.First != nil {
				first, delay = append(first, d.First.Mean), append(delay, d.Delay.Mean)
			}
		}
	}
	if happened == 0 && wrong == 0 {
		return nil
	}
	number := scaling(counts)
	return []cell{{number.span(real), plain}, {number.span(missed), plain}, {number.span(untrue), plain},
		{spanOrNone(first), plain}, {spanOrNone(delay), plain},
		{fmt.Sprintf("%d/%d runs", seen, happened), plain}}
}

func spanOrNone(ms []float64) string {
	if len(ms) == 0 {
		return "never"
	}
	return scaling(times).span(ms)
}
