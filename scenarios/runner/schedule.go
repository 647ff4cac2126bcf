package runner

import (
	"orderlab/model/history"
	"orderlab/scenarios"
)

// Schedule returns the faults that struck in a run, as YAML that can stand under
// `faults:` of a scenario: with the times at which they struck.
func Schedule(c *scenarios.Case, h *history.History) []byte {
	faults := struck(c, h)
	if len(faults) == 0 {
		return []byte("[]\n")
	}
	return scenarios.FaultsText(faults, "")
}

// struck lists the faults of a run, each at the time at which it struck.
func struck(c *scenarios.Case, h *history.History) []scenarios.ScheduledFault {
	var out []scenarios.ScheduledFault
	for i := range h.Len() {
		if h.Kind(i) != history.KindFault {
			continue
		}
		op := h.Op(i)
		f := c.Faults[op.Position]
		f.At, f.After = "", op.Begin
		out = append(out, f)
	}
	return out
}
