package reports

import (
	"fmt"
	"strings"

	"orderlab/scenarios/result"
)

// exampleOf returns the violation to show: that of the run to look at first; where
// the set does not say, the first that should not have been, else the first of all;
// nil when there is none.
func exampleOf(set *result.Set, ids []string) (*result.Result, *result.Guarantee) {
	if r := set.ShownResult(); r != nil {
		if g := guarantee(r, set.Shown.Guarantee); g != nil {
			return r, g
		}
	}
	var first *result.Result
	var found *result.Guarantee
	for i := range set.Results {
		r := &set.Results[i]
		for _, id := range ids {
			g := guarantee(r, id)
			if g == nil || g.Verdict != result.Violated {
				continue
			}
			if g.Expectation() == result.StatusFailed {
				return r, g
			}
			if found == nil {
				first, found = r, g
			}
		}
	}
	return first, found
}

// example shows how a violation came about.
func (t *textReport) example() {
	r, g := exampleOf(t.set, t.ids)
	if g == nil {
		return
	}
	about := ": " + caseText(r)
	if g.FirstSeed != nil {
		about += fmt.Sprintf(", seed %d", *g.FirstSeed)
	}
	t.section("EXAMPLE", about)
	t.wrapped(violationText(g), indent, "")
	if g.Witness != nil && g.Witness.Text != "" {
		t.wrapped(sentence(clean(g.Witness.Text)), indent, "")
	}
	if text := lostText(g); text != "" {
		t.wrapped(text, indent, "")
	}
	if g.Witness != nil {
		if text := CauseText(g.ID, g.Witness.Cause); text != "" {
			t.wrapped(text, indent, "")
		}
	}
	if g.Witness != nil && len(g.Witness.Operations) > 0 {
		t.story(g.Witness, lostAt(g.Witness, g.LostAt))
	}
	t.commands(indent, r, g)
}

// violationText says how often and how badly a guarantee broke.
func violationText(g *result.Guarantee) string {
	s := fmt.Sprintf("%s is violated in %s", clean(g.ID), rateText(g))
	if g.Inversions != nil {
		s += fmt.Sprintf(", by %s messages a run on average", compact(g.Inversions.Mean))
		if g.Keys != nil && g.Keys.Mean > 0 {
			s += fmt.Sprintf(" of %s keys", compact(g.Keys.Mean))
		}
	}
	if g.OutOfOrderMax != nil {
		s += fmt.Sprintf(", out of order for up to %s", scaling(times).write(g.OutOfOrderMax.Mean))
	}
	return s + "."
}

// story writes the operations of a witness, in a column for each of its messages
// when there are two; mark is the one at which order was lost.
func (t *textReport) story(w *result.Witness, mark int) {
	tab := &table{labels: 1, head: []string{"time"}, prose: len(w.Messages)}
	if len(w.Messages) != 2 || t.width < 60 {
		tab.head, tab.prose = append(tab.head, "what happened"), 1
	} else {
		for _, m := range w.Messages {
			tab.head = append(tab.head, clean(m.ID))
		}
	}
	decimals := decimalsOf(w.Operations)
	for i := range w.Operations {
		if i == operationsMax {
			break
		}
		op := &w.Operations[i]
		row := make([]cell, len(tab.head))
		row[0].text = seconds(moment(op), decimals)
		lane := 1
		if tab.prose == 2 && op.Message == w.Messages[1].ID {
			lane = 2
		}
		row[lane] = step(op, tab.prose == 2 && isOf(op, w))
		if i == mark {
			row[lane] = cell{row[lane].text + "  <- too late", bad}
		}
		tab.rows = append(tab.rows, row)
	}
	tab.align()
	t.table(tab)
	if more := len(w.Operations) - operationsMax; more > 0 {
		t.note(fmt.Sprintf("... and %s.", plural(more, "more operation")))
	}
}

// operationsMax bounds the lines of a witness.
const operationsMax = 14

// align aligns the times of a witness at their point.
func (t *table) align() {
	widest := 0
	for _, r := range t.rows {
		widest = max(widest, textWidth(r[0].text))
	}
	for _, r := range t.rows {
		r[0].text = strings.Repeat(" ", widest-textWidth(r[0].text)) + r[0].text
	}
}

// lostText says where order was lost.
func lostText(g *result.Guarantee) string {
	split := "the two messages lay in different places, so no log or queue ordered them"
	switch {
	case g.LostAt != "" && g.KeySplit:
		return fmt.Sprintf("Order was lost when %s: %s.", g.LostAt, split)
	case g.LostAt != "":
		return fmt.Sprintf("Order was lost when %s.", g.LostAt)
	case g.KeySplit:
		return fmt.Sprintf("The key was split: %s.", split)
	}
	return ""
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
