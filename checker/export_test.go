package checker

import "orderlab/model/history"

// ExactLog decides linearizable-log without the fast way, which in a whole check
// only passes on what it cannot take in.
func ExactLog(c *Checker, h *history.History) Verdict {
	c.index(h, nil)
	v := c.exactLog()
	v.Guarantee = LinearizableLog
	if v.Status == "" {
		v.Status = Holds
		if v.Violations > 0 {
			v.Status = Violated
		}
	}
	return v
}

// FastLog says what the fast way makes of a history: ok where it found it right.
func FastLog(c *Checker, h *history.History) (decided int, ok bool) { return c.s.dense.right(h) }
