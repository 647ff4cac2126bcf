package main

import (
	"fmt"
	"strings"
	"time"

	"orderlab/checker"
)

// checkedDisorder are the measures of a history. docs/results.md describes the JSON.
type checkedDisorder struct {
	Delivered    checkedRepeats   `json:"delivered"`
	Applied      checkedRepeats   `json:"applied"`
	StaleReads   checkedStaleness `json:"stale_reads"`
	StaleEffects checkedStaleness `json:"stale_effects"`
}

// checkedRepeats is a [checker.Repeats].
type checkedRepeats struct {
	Times []int `json:"times"`
	Most  int   `json:"most"`
}

// checkedStaleness is a [checker.Staleness].
type checkedStaleness struct {
	Judged int   `json:"judged"`
	Stale  int   `json:"stale"`
	Max    int64 `json:"max_ns"`
	Total  int64 `json:"total_ns"`
}

func newCheckedDisorder(d checker.Disorder) *checkedDisorder {
	return &checkedDisorder{
		checkedRepeats{d.Delivered.Times[:], d.Delivered.Most}, checkedRepeats{d.Applied.Times[:], d.Applied.Most},
		checkedStaleness(d.StaleReads), checkedStaleness(d.StaleApplies),
	}
}

// print writes the measures that say something.
func (d *checkedDisorder) print(b *strings.Builder) {
	d.Delivered.print(b, "were delivered")
	d.Applied.print(b, "took effect at a sink")
	d.StaleReads.print(b, "reads", "did not show one that was acked")
	d.StaleEffects.print(b, "effects", "came ahead of an older message of their key that was acked")
}

// timesWords are how often, in words; the last one stands for more as well.
var timesWords = [checker.RepeatsApart]string{
	"once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times or more",
}

// print says how many came more than once.
func (r *checkedRepeats) print(b *strings.Builder, what string) {
	if r.Most < 2 {
		return
	}
	var counts []string
	for i, n := range r.Times {
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, timesWords[i]))
		}
	}
	fmt.Fprintf(b, "  messages that %s: %s", what, strings.Join(counts, ", "))
	if r.Most > checker.RepeatsApart {
		fmt.Fprintf(b, ", one of them %d times", r.Most)
	}
	b.WriteByte('\n')
}

// print says how far behind they were.
func (s *checkedStaleness) print(b *strings.Builder, what, how string) {
	if s.Stale > 0 {
		fmt.Fprintf(b, "  %d of %d %s %s, by up to %v, %v in all\n", s.Stale, s.Judged, what, how,
			time.Duration(s.Max), time.Duration(s.Total))
	}
}
