package main

import (
	"fmt"
	"os"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// readHistory reads one file.
func readHistory(h *history.History, file string, allowTruncated bool) (truncated bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return false, fmt.Errorf("cannot read the history: %w", err)
	}
	defer f.Close()
	return history.Read(h, f, file, history.ReadOptions{AllowTruncated: allowTruncated})
}

// judge decides the guarantees on a history. It is valid when none is violated
// and each is known; where nothing at all could be decided, that is not known.
// After a line that is cut off more may have come.
func judge(c *checker.Checker, h *history.History, ids []string, truncated bool, meant anomalies.Options) *checked {
	out := &checked{Operations: h.Len(), Guarantees: []checkedGuarantee{}}
	opt := checker.Options{Anomalies: meant}
	if truncated {
		opt.Truncated = "the file is cut off"
	}
	violated, unknown, decided := false, false, false
	for _, v := range c.Check(h, ids, opt) {
		g := checkedGuarantee{
			ID: v.Guarantee, Verdict: string(v.Status), Count: v.Violations, Allowed: checker.Allowed(v.Guarantee, opt),
			Vacuous: v.Vacuous, Reason: v.Reason, Witness: []checkedOperation{},
		}
		if v.Witness != nil {
			g.Text = v.Witness.Text
			for _, row := range v.Witness.Rows {
				g.Witness = append(g.Witness, checkedOperation{Operation: result.NewOperation(h, h.Op(row))})
			}
		}
		violated = violated || v.Status == checker.Violated && !g.Allowed
		unknown = unknown || v.Status == checker.Unknown
		decided = decided || !v.Vacuous && (v.Status == checker.Holds || v.Status == checker.Violated)
		out.Guarantees = append(out.Guarantees, g)
	}
	valid := !violated
	if violated || decided && !unknown {
		out.Valid = &valid
	}
	return out
}
