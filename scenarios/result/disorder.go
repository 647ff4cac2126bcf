package result

// RepeatsApart is how many counts of repetitions are kept apart.
const RepeatsApart = 8

// RunDisorder measures the history of one run besides its verdicts. The fields are
// those of the checker's measures; docs/guarantees.md defines them.
type RunDisorder struct {
	// Delivered and Applied count messages by how often they were delivered, and
	// applied at a sink: the i-th those to which it happened i+1 times, the last one
	// those to which it happened so often or more.
	Delivered, Applied [RepeatsApart]int
	// StaleReads is about reads of states, StaleEffects about first effects.
	StaleReads, StaleEffects RunStaleness
}

// RunStaleness says how many reads or effects of a run could be judged and were
// behind acked writes, and by how long, in nanoseconds: the longest, and the sum.
type RunStaleness struct {
	Judged, Stale int
	Max, Total    int64
}

// Disorder are the measures over the runs, each the mean of a run.
type Disorder struct {
	// DeliveredTimes and AppliedTimes count messages that were delivered, and applied
	// at a sink, once, twice and so on, up to the last that is not 0 in some run.
	DeliveredTimes []Mean `json:"delivered_times"`
	AppliedTimes   []Mean `json:"applied_times"`
	// StaleReads and StaleEffects are nil where none could be judged.
	StaleReads   *Staleness `json:"stale_reads,omitempty"`
	StaleEffects *Staleness `json:"stale_effects,omitempty"`
}

// Staleness says how many reads or effects of a run were behind acked writes, and by
// how long.
type Staleness struct {
	Judged Mean `json:"judged"`
	Stale  Mean `json:"stale"`
	Max    Mean `json:"max_ms"`
	Total  Mean `json:"total_ms"`
}

// Means returns all means, to change them.
func (d *Disorder) Means() (out []*Mean) {
	for _, list := range [][]Mean{d.DeliveredTimes, d.AppliedTimes} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	for _, s := range []*Staleness{d.StaleReads, d.StaleEffects} {
		if s != nil {
			out = append(out, &s.Judged, &s.Stale, &s.Max, &s.Total)
		}
	}
	return out
}

// Clone returns a copy that shares nothing; of nil it is nil.
func (d *Disorder) Clone() *Disorder {
	if d == nil {
		return nil
	}
	out := &Disorder{append([]Mean{}, d.DeliveredTimes...), append([]Mean{}, d.AppliedTimes...), nil, nil}
	out.StaleReads, out.StaleEffects = d.StaleReads.clone(), d.StaleEffects.clone()
	return out
}

func (s *Staleness) clone() *Staleness {
	if s == nil {
		return nil
	}
	out := *s
	return &out
}

// aggregateDisorder returns the means over the runs, or nil where nothing was
// delivered, applied or read in any.
func aggregateDisorder(runs []*Run) *Disorder {
	out := &Disorder{
		DeliveredTimes: timesOf(runs, func(d *RunDisorder) *[RepeatsApart]int { return &d.Delivered }),
		AppliedTimes:   timesOf(runs, func(d *RunDisorder) *[RepeatsApart]int { return &d.Applied }),
		StaleReads:     stalenessOf(runs, func(d *RunDisorder) *RunStaleness { return &d.StaleReads }),
		StaleEffects:   stalenessOf(runs, func(d *RunDisorder) *RunStaleness { return &d.StaleEffects }),
	}
	if len(out.DeliveredTimes) == 0 && len(out.AppliedTimes) == 0 && out.StaleReads == nil && out.StaleEffects == nil {
		return nil
	}
	return out
}

// meanOver returns the mean of a number of each run.
func meanOver(runs []*Run, of func(*RunDisorder) float64) Mean {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(&r.Disorder)
	}
	return MeanOf(values)
}

func timesOf(runs []*Run, of func(*RunDisorder) *[RepeatsApart]int) []Mean {
	used := 0
	for _, r := range runs {
		for i, n := range of(&r.Disorder) {
			if n > 0 {
				used = max(used, i+1)
			}
		}
	}
	out := make([]Mean, 0, used)
	for i := range used {
		out = append(out, meanOver(runs, func(d *RunDisorder) float64 { return float64(of(d)[i]) }))
	}
	return out
}

func stalenessOf(runs []*Run, of func(*RunDisorder) *RunStaleness) *Staleness {
	judged := false
	for _, r := range runs {
		judged = judged || of(&r.Disorder).Judged > 0
	}
	if !judged {
		return nil
	}
	return &Staleness{
		Judged: meanOver(runs, func(d *RunDisorder) float64 { return float64(of(d).Judged) }),
		Stale:  meanOver(runs, func(d *RunDisorder) float64 { return float64(of(d).Stale) }),
		Max:    meanOver(runs, func(d *RunDisorder) float64 { return milliseconds(of(d).Max) }),
		Total:  meanOver(runs, func(d *RunDisorder) float64 { return milliseconds(of(d).Total) }),
	}
}

func milliseconds(ns int64) float64 { return float64(ns) / 1e6 }
