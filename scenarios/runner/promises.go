package runner

import (
	"slices"

	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/scenarios"
)

// declared hands the promises of a case to the checker.
func declared(c *scenarios.Case) checker.Declared {
	out := checker.Declared{ProgressWithin: c.Promises.Progress}
	for _, b := range c.Promises.Bounds {
		out.Bounds = append(out.Bounds, checker.Bound{Metric: b.Metric, Most: b.Most})
	}
	return out
}

// disposals are the reasons for which a message may be put away.
func disposals(c *scenarios.Case) []string {
	if c.Promises.Disposals != nil {
		return c.Promises.Disposals
	}
	return app.Reasons()
}

// hasLagBound says whether the lag has to be sampled: it has a bound that is judged.
func hasLagBound(c *scenarios.Case) bool {
	return slices.Contains(c.Guarantees, checker.Bounded) &&
		slices.ContainsFunc(c.Promises.Bounds, func(b scenarios.Bound) bool { return b.Metric == model.Lag().Name })
}

// endures says whether a fault lasts until it is healed and its end matters.
func (x *run) endures(f *scenarios.ScheduledFault) bool {
	kind := x.system.Kind(f.Fault.Kind)
	return x.c.Promises.Progress > 0 && f.Heal == "" && kind != nil && kind.Lasting != model.AtOnce
}

// ended writes the real end of a fault to the history, where progress is counted
// from it.
func (x *run) ended(s *strikeRun) {
	if x.endures(&x.c.Faults[s.fault]) {
		x.r.hist.SetEnd(s.row, int64(s.end))
	}
}
