package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"orderlab/scenarios/result"
)

// TextOptions say how the terminal answer looks.
type TextOptions struct {
	// Width is the terminal's width in columns; 0 means 80. Below 40 it is 40.
	Width int
	// Color allows ANSI colours. They repeat what words say.
	Color bool
}

// Text writes the answer for people: what was not as expected, which strategy
// keeps which guarantee and where, the price, how badly it breaks at which scan
// point, a violation as an example. The error is the writer's.
func Text(w io.Writer, set *result.Set, opt TextOptions) error {
	if opt.Width == 0 {
		opt.Width = 80
	}
	buffer := bufio.NewWriter(w)
	t := &textReport{
		w: buffer, set: set, groups: groups(set), ids: judged(set),
		width: max(opt.Width, 40), color: opt.Color,
	}
	t.heading()
	t.unmet()
	if len(set.Results) > 0 {
		t.guarantees()
		t.price()
		t.sensitivity()
		t.matrices()
		t.differences()
		t.disorder()
		t.monitoring()
		t.lag()
		t.example()
	}
	t.conclusion()
	return buffer.Flush()
}

// textReport is the state of one answer on its way out.
type textReport struct {
	w      *bufio.Writer
	set    *result.Set
	groups []group
	ids    []string // the guarantees worth a column
	width  int
	color  bool
}

// heading says what was asked and of what.
func (t *textReport) heading() {
	name := clean(t.set.Scenario)
	if len(t.set.ID) > 0 {
		name += " (" + clean(strings.Join(t.set.ID, ", ")) + ")"
	}
	t.painted(name, strong)
	if t.set.Question != "" {
		t.wrapped(clean(t.set.Question), "", "")
	}
	about := plural(len(t.groups), "strategy")
	all := pointers(t.set)
	if scan := axes(all); len(scan) > 0 {
		about += fmt.Sprintf(" at %s (%s)", plural(len(all), "scan point"), clean(strings.Join(scan, " x ")))
	}
	runs := 0
	for _, r := range all {
		runs += r.Runs
	}
	t.wrapped(fmt.Sprintf("%s, %s: %s", about, t.seeds(), plural(runs, "run")), "", "")
	if t.set.Interrupted {
		t.painted("INTERRUPTED: this is what was finished before.", mixed)
	}
}

func (t *textReport) seeds() string {
	s := t.set.Seeds
	switch s.Count {
	case 0:
		return "no seeds"
	case 1:
		return fmt.Sprintf("seed %d", s.First)
	}
	return fmt.Sprintf("%s (%d..%d)", plural(s.Count, "seed"), s.First, s.First+uint64(s.Count)-1)
}

// conclusion says whether all was as expected and what to look at next.
func (t *textReport) conclusion() {
	t.line("")
	total, failed := findings(t.set, result.StatusFailed)
	_, unknown := findings(t.set, result.StatusUnknown)
	switch {
	case total == 0:
		t.painted(noExpectations(t.set), plain)
	case len(failed)+len(unknown) == 0 && total == 1:
		t.painted("The expectation is met.", good)
	case len(failed)+len(unknown) == 0:
		t.painted(fmt.Sprintf("All %s are met.", plural(total, "expectation")), good)
	default:
		t.painted(metText(" expectations", total, len(failed), len(unknown))+"; they are listed first.", bad)
	}
	t.next(failed, unknown)
}

// next says on the last line what to do next.
func (t *textReport) next(failed, unknown []finding) {
	switch {
	case len(failed) > 0:
		all := commands(t.set, failed[0].result, failed[0].guarantee)
		t.line("Next: " + all[len(all)-1].line) // in one piece, to be copied
	case len(unknown) > 0:
		s := t.set.Seeds
		t.line(fmt.Sprintf("Next: more seeds, as --seeds %d..%d", s.First, s.First+uint64(max(4*s.Count, 20))-1))
	default:
		rest := "every figure"
		if len(axes(pointers(t.set))) > 0 {
			rest = "every scan point"
		}
		t.wrapped("Next: -o DIR keeps a page, plots, diagrams and histories; --format json has "+rest+".", "", "")
	}
}

// noExpectations says why nothing was compared with what was expected.
func noExpectations(set *result.Set) string {
	if set.NoExpectation != "" {
		return clean(set.NoExpectation)
	}
	return "The scenario states no expectations."
}

// line writes a line as it is.
func (t *textReport) line(s string) {
	t.w.WriteString(s)
	t.w.WriteByte('\n')
}

// painted writes a sentence in a colour.
func (t *textReport) painted(s string, tn tone) {
	for _, l := range wrap(s, t.width, "") {
		t.line(t.paint(l, tn))
	}
}

// section begins a part, with its title and what follows it on the line.
func (t *textReport) section(title, about string) {
	t.line("")
	lines := wrap(title+about, t.width, indent)
	lines[0] = strings.Replace(lines[0], title, t.paint(title, strong), 1)
	for _, l := range lines {
		t.line(l)
	}
}

// wrapped writes prose within the width, each line after a margin and all but
// the first after hang too.
func (t *textReport) wrapped(s, margin, hang string) {
	for _, l := range wrap(s, t.width-len(margin), hang) {
		t.line(margin + l)
	}
}

// note writes a line that explains.
func (t *textReport) note(s string) {
	for _, l := range wrap(s, t.width-len(indent), indent) {
		t.line(indent + t.paint(l, faint))
	}
}

// table writes a table.
func (t *textReport) table(tab *table) {
	for _, l := range tab.lines(t.width, t.color) {
		t.line(l)
	}
}

func (t *textReport) paint(s string, tn tone) string { return paint(s, tn, t.color) }
