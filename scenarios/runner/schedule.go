package runner

import (
	"fmt"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/sim"
)

// Schedule returns the faults that struck in a run, as YAML that can stand under
// `faults:` of a scenario: with the times at which they struck.
func Schedule(c *scenarios.Case, h *history.History) []byte {
	var b strings.Builder
	for i := range h.Len() {
		if h.Kind(i) != history.KindFault {
			continue
		}
		op := h.Op(i)
		f := &c.Faults[op.Position]
		fmt.Fprintf(&b, "- {at: %v", sim.Time(op.Begin))
		if f.For > 0 {
			fmt.Fprintf(&b, ", for: %v", sim.Time(f.For))
		}
		fmt.Fprintf(&b, ", %s: {", f.Fault.Kind)
		for j, v := range f.Fault.Values {
			if j > 0 {
				b.WriteString(", ")
			}
			if v.Value.Text != "" {
				fmt.Fprintf(&b, "%s: %q", v.Name, v.Value.Text)
			} else {
				fmt.Fprintf(&b, "%s: %d", v.Name, v.Value.Int)
			}
		}
		b.WriteString("}}\n")
	}
	if b.Len() == 0 {
		return []byte("[]\n")
	}
	return []byte(b.String())
}
