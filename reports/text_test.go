package reports_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

func text(t tester, set *result.Set, width int) string {
	return written(t, func(w io.Writer) error { return reports.Text(w, set, reports.TextOptions{Width: width}) })
}

// No line is wider than the terminal, but the commands, which are there to be
// copied, and what holds a single word that is.
func TestTextFitsTheWidth(t *testing.T) {
	for _, s := range sets() {
		for _, width := range []int{40, 60, 80, 100, 120, 200} {
			for _, l := range strings.Split(text(t, s.set, width), "\n") {
				copied := strings.Contains(l, "orderlab replay") || strings.Contains(l, "orderlab run") ||
					strings.Contains(l, "orderlab shrink")
				if reports.TextWidth(l) > width && !copied && (width >= 80 || longestWord(l) < 24) {
					t.Errorf("%s at %d columns: a line of %d: %q", s.name, width, reports.TextWidth(l), l)
				}
			}
		}
	}
}

func longestWord(line string) int {
	n := 0
	for _, w := range strings.Fields(line) {
		n = max(n, reports.TextWidth(w))
	}
	return n
}

// A newcomer sees the answer to the main question on one screen: what holds where
// and what it costs, in the first 50 lines of a terminal of 80 columns.
func TestTheMainAnswerFitsAScreen(t *testing.T) {
	lines := strings.Split(text(t, expand(20), 80), "\n")
	screen := strings.Join(lines[:min(50, len(lines))], "\n")
	for _, want := range []string{
		"pause-new keeps per-key-order where after=8, pause>=80s",
		"slots keeps per-key-order where pause>=80s.",
		"consistent-hash keeps per-key-order where pause>=80s.",
		"naive            X 6/6", "drain-first      holds", "holds: violated in 0 of 20 runs",
		"BY SCAN POINT", "PRICE where per-key-order holds",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the first screen:\n%s", want, screen)
		}
	}
}

// What was not as expected stands before everything else, with the line that
// shows it again; when all was, that is the last word.
func TestUnmetExpectationsComeFirst(t *testing.T) {
	failed := text(t, one(), 80)
	at := 0
	for _, want := range []string{
		"my-orders", "FAILED  default", "orderlab run ./my-orders.yaml --strategy default --seed 4", "GUARANTEES", "EXAMPLE",
	} {
		i := strings.Index(failed[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow what should stand before it:\n%s", want, failed)
		}
		at += i
	}
	met := text(t, zero(), 80)
	if strings.Contains(met, "EXPECTATIONS") || !strings.Contains(met, "\nAll 12 expectations are met.\n") {
		t.Errorf("all is met, and the text says\n%s", met)
	}
}

// The text of a set of ten thousand results stays short, and its plots on a page.
func TestManyResultsAreFolded(t *testing.T) {
	b := newBuilder("mq/wide", 1)
	b.meta.Plots = allPlots()
	for s := range 10 {
		for x := range 40 {
			for y := range 25 {
				n := (x * y * s) % 7
				b.add(fmt.Sprintf("s%d", s), point("x", x, "y", y), finding{inversions: n, expect: "holds", lagMax: 1, load: 1})
			}
		}
	}
	set := b.set()
	if n := strings.Count(text(t, set, 80), "\n"); n > 160 {
		t.Errorf("%d lines", n)
	}
	layout(t, set, func(name string, _ *recorder, _, height vg.Length) {
		if height > 4000 {
			t.Errorf("%s is %v points high", name, height)
		}
	})
}

// A guarantee of which nothing was expected is named when it breaks all the same.
func TestUnexpectedViolationsAreNotHidden(t *testing.T) {
	meta := result.CaseMeta{Strategy: "pool", Guarantees: []string{"no-loss", "no-duplicates"},
		Expect: []result.Expectation{{Guarantee: "no-loss", Verdict: result.Holds}}}
	set := result.Aggregate(result.Meta{Scenario: "mine", Seeds: result.Seeds{First: 1, Count: 1}, RunsWanted: 1},
		[]result.CaseMeta{meta}, []result.Run{{Seed: 1, Verdicts: []result.Verdict{
			{Guarantee: "no-loss", Status: result.Holds}, {Guarantee: "no-duplicates", Status: result.Violated, Violations: 2},
		}}})
	if got := text(t, set, 80); !strings.Contains(got, "Also violated, with nothing expected of it: no-duplicates (pool).") {
		t.Errorf("the violation is not named:\n%s", got)
	}
}

// What was not judged is named with the reason, a few of many; and why nothing was
// compared with what was expected is said as it is.
func TestTextOfWhatIsNotJudged(t *testing.T) {
	b := newBuilder("kafka/quiet", 1)
	b.add("naive", nil, finding{})
	set := b.set()
	if got := text(t, set, 80); strings.Contains(got, "Not judged") || !strings.Contains(got, "The scenario states no expectations.") {
		t.Errorf("the answer is\n%s", got)
	}
	for _, id := range []string{"no-gap", "no-ghost", "total-order", "causal-order", "convergence"} {
		set.NotJudged = append(set.NotJudged, result.NotJudged{ID: id, Reason: "named by no expectation"})
	}
	set.NotJudged = append(set.NotJudged, result.NotJudged{ID: "progress", Reason: "nothing is promised"})
	set.NoExpectation = "The scenario states no expectations for naive."
	got := text(t, set, 200)
	for _, want := range []string{
		"  Not judged: no-gap, no-ghost, total-order and 2 more (named by no expectation); progress (nothing is promised).\n",
		"\nThe scenario states no expectations for naive.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the answer does not have %q:\n%s", want, got)
		}
	}
	set.NotJudged = set.NotJudged[:4]
	if got := text(t, set, 200); !strings.Contains(got, "no-gap, no-ghost, total-order and causal-order (named") {
		t.Errorf("the answer counts one that it could name:\n%s", got)
	}
}
