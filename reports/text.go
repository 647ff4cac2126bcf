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

// Text writes the answer for people: the summary, the price, where on the scan
// it holds, the first violation, the expectations. The error is the writer's.
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
	if len(set.Results) > 0 {
		t.guarantees()
		t.price()
		t.matrices()
		t.witness()
	}
	t.expectations()
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
	name := t.paint(t.set.Scenario, strong)
	if len(t.set.ID) > 0 {
		name += " (" + strings.Join(t.set.ID, ", ") + ")"
	}
	t.line(name)
	if t.set.Question != "" {
		t.wrapped(t.set.Question, "", "")
	}
	about := plural(len(t.groups), "strategy")
	if len(t.groups) != 1 {
		about = fmt.Sprintf("%d strategies", len(t.groups))
	}
	var all []*result.Result
	for _, g := range t.groups {
		all = append(all, g.results...)
	}
	if scan := axes(all); len(scan) > 0 {
		about += fmt.Sprintf(" in %s (scan: %s)", plural(len(all), "case"), strings.Join(scan, " x "))
	}
	t.wrapped(about+", "+t.seeds(), "", "")
	if t.set.Interrupted {
		t.wrapped(t.paint("INTERRUPTED", mixed)+": this is what was finished before.", "", "")
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
	return fmt.Sprintf("%d seeds (%d..%d)", s.Count, s.First, s.First+uint64(s.Count)-1)
}

// line writes a line as it is.
func (t *textReport) line(s string) {
	t.w.WriteString(s)
	t.w.WriteByte('\n')
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

// table writes a table.
func (t *textReport) table(tab *table) {
	for _, l := range tab.lines(t.width, t.color) {
		t.line(l)
	}
}

func (t *textReport) paint(s string, tn tone) string { return paint(s, tn, t.color) }
