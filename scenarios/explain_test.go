package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios"
)

// A word is found where it begins, in names and in sentences, one or several of it.
func TestMentioned(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"clock_skew", "clock", true},
		{"Clocks of all producers", "clock", true},
		{"by the clock of a producer", "clocks", true},
		{"overclocked", "clock", false},
		{"overclocked, by the clock", "clock", true},
		{"clock_skew", "lock", false},
		{"park_lock", "lock", true},
		{"session.timeout.ms", "timeouts", true},
		{"session.timeout.ms", "TIMEOUT", true},
		{"gas", "gas", true}, // a short word keeps its s
		{"ga", "gas", false},
		{"anything", "", false},
		{"", "clock", false},
	} {
		if got := scenarios.Mentioned(c.text, c.word); got != c.want {
			t.Errorf("%q has %q: %t", c.text, c.word, got)
		}
	}
}

// Names come before descriptions, each once.
func TestMentions(t *testing.T) {
	got := scenarios.Mentions(registry(), "poll")
	if !slices.Contains(got, "max.poll.records") || !slices.Contains(got, "when_full") {
		t.Errorf("of poll speak %v", got)
	}
	has := func(name string) bool { return strings.Contains(name, "poll") }
	described := slices.IndexFunc(got, func(name string) bool { return !has(name) })
	if described < 1 || slices.ContainsFunc(got[described:], has) {
		t.Errorf("names do not come first in %v", got)
	}
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("a name stands twice in %v", got)
	}
	if got := scenarios.Mentions(registry(), "nobody-says-this"); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// A value that a key may have is explained with the key; what the real system has and
// the model has not is counted, not listed.
func TestExplainValuesAndKeys(t *testing.T) {
	reg := registry()
	text, err := scenarios.Explain(reg, "in-place")
	if err != nil || !strings.HasPrefix(text, "app.retry: in-place\n  What becomes of a record that fails") {
		t.Errorf("%v\n%s", err, text)
	}
	text, err = scenarios.Explain(reg, "consumers")
	if err != nil || !strings.Contains(text, "  keys     group, members, work, ") || strings.Contains(text, "check.crcs") ||
		!strings.Contains(text, " settings of the real system that have no effect here") {
		t.Errorf("%v\n%s", err, text)
	}
	for line := range strings.Lines(text) {
		if len(line) > 80 {
			t.Errorf("a line is longer than a terminal: %s", line)
		}
	}
	if _, err := scenarios.Explain(reg, "members.of"); err == nil {
		t.Error("members.of is explained")
	}
}
