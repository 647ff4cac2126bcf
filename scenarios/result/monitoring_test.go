package result

import (
	"testing"
)

// A detector is worth what its runs say: what it missed and alarmed of falsely, and how
// late it was in the runs in which it alarmed at all.
func TestMonitoring(t *testing.T) {
	const ms = 1_000_000
	run := func(seed uint64, d RunDetection) Run {
		d.Detector = "inversion"
		return Run{Seed: seed, Monitoring: []RunDetection{d}}
	}
	runs := []Run{
		run(1, RunDetection{Real: 10, Detected: 4, Alarms: 6, First: 30 * ms, Delay: 40 * ms, DelayMax: 20 * ms}),
		run(2, RunDetection{Real: 2}),
		run(3, RunDetection{Alarms: 1}),
	}
	set := Aggregate(Meta{}, []CaseMeta{{Strategy: "s"}}, runs)
	d := set.Results[0].Monitoring[0]
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"real", d.Real.Mean, 4}, {"detected", d.Detected.Mean, 4.0 / 3}, {"missed", d.Missed.Mean, 8.0 / 3},
		{"false", d.False.Mean, 1}, {"real runs", float64(d.RealRuns), 2}, {"detected runs", float64(d.DetectedRuns), 1},
		{"false runs", float64(d.FalseRuns), 2}, {"first", d.First.Mean, 30}, {"delay", d.Delay.Mean, 10},
		{"longest", d.DelayMax.Mean, 20},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
	none := Aggregate(Meta{}, []CaseMeta{{Strategy: "s"}}, []Run{run(1, RunDetection{Real: 1})})
	if d := none.Results[0].Monitoring[0]; d.First != nil || d.Delay != nil {
		t.Errorf("nothing was detected, and it took %v", d.First)
	}
}
