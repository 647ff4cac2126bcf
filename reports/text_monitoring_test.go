package reports_test

import (
	"strings"
	"testing"

	"orderlab/scenarios/result"
)

// What a monitor's detectors were worth stands in a table: those that had something to
// detect, or alarmed of nothing.
func TestMonitoringTable(t *testing.T) {
	const second = 1_000_000_000
	run := result.Run{Seed: 1, Monitoring: []result.RunDetection{
		{Detector: "inversion", Real: 80, Detected: 5, Alarms: 5, First: 12 * second, Delay: 10 * second},
		{Detector: "duplicate"},
		{Detector: "gap", Alarms: 9},
	}}
	set := result.Aggregate(result.Meta{Scenario: "mine", Seeds: result.Seeds{First: 1, Count: 1}, RunsWanted: 1},
		[]result.CaseMeta{{Strategy: "sampled"}}, []result.Run{run})
	got := text(t, set, 80)
	for _, want := range []string{
		"MONITORING",
		"sampled   inversion        80      75      0          12s     2s  1/1 runs",
		"          gap               0       0      9        never  never  0/0 runs",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "duplicate ") {
		t.Errorf("a detector with nothing to tell stands in\n%s", got)
	}
}
