package reports_test

import (
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

func TestCauseText(t *testing.T) {
	fault := func(at float64, text string) result.CausingFault {
		return result.CausingFault{AtS: at, Fault: text, Without: result.Holds}
	}
	for _, c := range []struct {
		cause *result.Cause
		want  string
	}{
		{nil, ""},
		{&result.Cause{Struck: 3, Tried: 3, Faults: []result.CausingFault{fault(142.6304, "crash\x1b node=b-1")}},
			"Without the fault at 142.63 s (crash\ufffd node=b-1) no-loss holds."},
		{&result.Cause{Struck: 3, Tried: 3, Faults: []result.CausingFault{fault(6.8, "a"), fault(30, "b")}},
			"Without any one of the faults at 6.8 s (a) and 30 s (b) no-loss holds: it is broken by all of them together."},
		{&result.Cause{Struck: 5, Tried: 5, Faults: []result.CausingFault{fault(1, "a"), fault(2, "b"), fault(3, "c"),
			fault(4, "d"), fault(5, "e")}},
			"Without any one of the faults at 1 s (a), 2 s (b), 3 s (c) and 2 more no-loss holds: it is broken by all of them together."},
		{&result.Cause{}, "No fault struck in this run: no-loss is broken without any."},
		{&result.Cause{Struck: 1, Tried: 1, WithoutAny: result.Violated},
			"No fault is the cause: without the one that struck, no-loss is broken too."},
		{&result.Cause{Struck: 2, Tried: 2, WithoutAny: result.Violated},
			"No fault is the cause: no-loss is still broken without any one of the 2 faults, and without all of them."},
		{&result.Cause{Struck: 2, Tried: 2, WithoutAny: result.Holds},
			"No single fault is the cause: no-loss is still broken without any one of the 2 faults, and holds without all of them."},
		{&result.Cause{Struck: 90, Tried: 64, WithoutAny: result.Holds},
			"No single fault is the cause: no-loss is still broken without any one of the first 64 of the 90 faults, and holds without all of them."},
		{&result.Cause{Struck: 1, Tried: 1, WithoutAny: result.Undecided},
			"It is not known whether the fault is the cause: no-loss is not seen to hold without it."},
	} {
		if got := reports.CauseText("no-loss", c.cause); got != c.want {
			t.Errorf("the text is %q, want %q", got, c.want)
		}
	}
}
