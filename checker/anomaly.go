package checker

import (
	"slices"

	"orderlab/checker/anomalies"
)

// Anomalies lists the patterns that histories of logs should not show, as guarantees
// that they are absent. They are decided when they are asked for: they are about
// what clients of a log see, not about effects. docs/anomalies.md describes them.
func Anomalies() []Guarantee {
	var out []Guarantee
	for _, a := range anomalies.Catalogue() {
		if a.Kind == anomalies.Log {
			out = append(out, Guarantee{ID: a.ID, Holds: a.Absent, decide: func(c *Checker, opt *Options) Verdict {
				return c.anomaly(a.ID, opt)
			}})
		}
	}
	return out
}

// anomalyState is the operations on logs of the history, and what was found in them. All
// anomalies are looked for together.
type anomalyState struct {
	recorded *anomalies.Recorded
	findings []anomalies.Finding
}

func (c *Checker) anomaly(id string, opt *Options) Verdict {
	l := &c.anomalies
	if l.recorded == nil {
		l.recorded = anomalies.FromHistory(c.ix.h)
		l.findings = anomalies.Check(&l.recorded.History, anomalies.Log, nil, opt.Anomalies)
	}
	i := slices.IndexFunc(l.findings, func(f anomalies.Finding) bool { return f.ID == id })
	f := &l.findings[i]
	if opt.Truncated != "" {
		f.CutOff()
	}
	v := Verdict{Status: Status(f.Status), Vacuous: f.Vacuous, Reason: f.Reason, Decided: f.Decided,
		Violations: f.Count, Keys: f.Keys}
	if v.Status == Violated {
		v.Witness = &Witness{Rows: l.recorded.Rows(f), Messages: l.recorded.Messages(f), Text: f.Text}
		slices.SortFunc(v.Witness.Rows, func(a, b int) int { return byMoment(c.ix.h, a, b) })
	}
	return v
}

// Allowed says whether a history is valid though it violates a guarantee.
func Allowed(id string, opt Options) bool {
	a, ok := anomalies.Find(id)
	return ok && a.Allowed(opt.Anomalies)
}
