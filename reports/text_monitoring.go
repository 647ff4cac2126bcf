package reports

import (
	"fmt"
)

// monitoring writes what the detectors of a monitor were worth.
func (t *textReport) monitoring() {
	tab := monitoringTable(t.groups)
	if len(tab.rows) == 0 {
		return
	}
	label := ""
	for _, row := range tab.rows {
		if row[0].text == label {
			row[0].text = ""
		} else {
			label = row[0].text
		}
	}
	t.section("MONITORING", " (messages of a run, mean, and how long after it happened: the first alarm,\n"+
		"  and an alarm on average; runs in which one was true, of those in which it happened)")
	t.table(tab)
}

// monitoringTable has a row for each detector of each strategy that had something to
// detect or alarmed.
func monitoringTable(groups []group) *table {
	tab := &table{labels: 2, right: true,
		head: []string{"strategy", "detector", "happened", "missed", "false", "first alarm", "alarm", "seen in"}}
	for i := range groups {
		g := &groups[i]
		for _, name := range detectorsOf(g) {
			if row := monitorRow(g, name); row != nil {
				tab.rows = append(tab.rows, append([]cell{{g.strategy, plain}, {clean(name), plain}}, row...))
			}
		}
	}
	return tab
}

// detectorTexts say what the detectors alarm of.
var detectorTexts = [...][2]string{
	{"inversion", "an effect of an older version than its key has had"},
	{"duplicate", "an effect of a message that had one before, within monitor_window"},
	{"gap", "a version that has not come monitor_gap after a later one of its key"},
	{"key-lag", "an effect later than monitor_lag after its message was made"},
}

// monitoringNotes explain the table: its columns, and what its detectors alarm of.
func monitoringNotes(tab *table) []string {
	notes := []string{
		"happened: messages of a run, on average, with which it really happened; missed: those of them without an alarm.",
		"false: alarms of a run, on average, for which there was no reason.",
		"first alarm: how long after it first happened the first true alarm came; alarm: how long after it happened" +
			" a true alarm came, on average.",
		"seen in: runs with a true alarm, of those in which it happened.",
	}
	for _, d := range detectorTexts {
		for _, row := range tab.rows {
			if row[1].text == d[0] {
				notes = append(notes, d[0]+" alarms of "+d[1]+".")
				break
			}
		}
	}
	return notes
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
	return []cell{{number.span(real), plain}, {number.span(missed), missedTone(missed, happened, seen)},
		{number.span(untrue), falseTone(wrong)}, {spanOrNone(first), plain}, {spanOrNone(delay), plain},
		{fmt.Sprintf("%d/%d runs", seen, happened), plain}}
}

// missedTone says whether a detector found all, some or nothing of what happened.
func missedTone(missed []float64, happened, seen int) tone {
	_, most := bounds(missed)
	switch {
	case happened == 0:
		return plain
	case seen == 0:
		return bad
	case most > 0:
		return mixed
	}
	return good
}

// falseTone marks a detector that alarmed of nothing in a run.
func falseTone(runs int) tone {
	if runs > 0 {
		return mixed
	}
	return plain
}

func spanOrNone(ms []float64) string {
	if len(ms) == 0 {
		return "never"
	}
	return scaling(times).span(ms)
}
