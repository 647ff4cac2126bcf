package result

// RunDetection is what one detector of a monitor was worth in a run. Real, Alarms and
// Detected count messages: with which it really happened, that were alarmed of, and that
// are both. The times are in nanoseconds: First from when it first happened to the first
// alarm of a message with which it had, Delay the sum over all that were detected, and
// DelayMax the longest.
type RunDetection struct {
	Detector               string
	Real, Alarms, Detected int
	First, Delay, DelayMax int64
}

// Detection is what one detector of a monitor was worth over the runs: means of a run.
type Detection struct {
	Detector string `json:"detector"`
	// Real counts the messages with which it really happened, Detected those of them
	// that were alarmed of, Missed the others, and False the alarms without a reason.
	Real     Mean `json:"real"`
	Detected Mean `json:"detected"`
	Missed   Mean `json:"missed"`
	False    Mean `json:"false_alarms"`
	// RealRuns counts the runs in which it happened, DetectedRuns those of them with a
	// true alarm, FalseRuns the runs with a false one.
	RealRuns     int `json:"real_runs"`
	DetectedRuns int `json:"detected_runs"`
	FalseRuns    int `json:"false_alarm_runs"`
	// First is how long after it first happened the first true alarm came, Delay how
	// long after it had happened an alarm came, and DelayMax the longest of a run, in
	// milliseconds, over the runs with a true alarm. They are nil without one.
	First    *Mean `json:"first_alarm_after_ms,omitempty"`
	Delay    *Mean `json:"delay_ms,omitempty"`
	DelayMax *Mean `json:"delay_max_ms,omitempty"`
}

// Means returns all means, to change them.
func (d *Detection) Means() []*Mean {
	out := []*Mean{&d.Real, &d.Detected, &d.Missed, &d.False}
	for _, m := range []**Mean{&d.First, &d.Delay, &d.DelayMax} {
		if *m != nil {
			value := **m
			*m = &value
			out = append(out, *m)
		}
	}
	return out
}

// aggregateMonitoring returns what the detectors were worth over the runs. All runs of a
// case have the same detectors, in the same order.
func aggregateMonitoring(runs []*Run) []Detection {
	if len(runs) == 0 {
		return nil
	}
	var out []Detection
	for i := range runs[0].Monitoring {
		out = append(out, detection(runs, i))
	}
	return out
}

func detection(runs []*Run, i int) Detection {
	d := Detection{Detector: runs[0].Monitoring[i].Detector}
	var real, detected, missed, untrue, first, delay, longest []float64
	for _, r := range runs {
		m := r.Monitoring[i]
		real = append(real, float64(m.Real))
		detected = append(detected, float64(m.Detected))
		missed = append(missed, float64(m.Real-m.Detected))
		untrue = append(untrue, float64(m.Alarms-m.Detected))
		if m.Real > 0 {
			d.RealRuns++
		}
		if m.Alarms > m.Detected {
			d.FalseRuns++
		}
		if m.Detected > 0 {
			d.DetectedRuns++
			first = append(first, milliseconds(m.First))
			delay = append(delay, milliseconds(m.Delay)/float64(m.Detected))
			longest = append(longest, milliseconds(m.DelayMax))
		}
	}
	d.Real, d.Detected, d.Missed, d.False = MeanOf(real), MeanOf(detected), MeanOf(missed), MeanOf(untrue)
	if d.DetectedRuns > 0 {
		f, m, l := MeanOf(first), MeanOf(delay), MeanOf(longest)
		d.First, d.Delay, d.DelayMax = &f, &m, &l
	}
	return d
}
