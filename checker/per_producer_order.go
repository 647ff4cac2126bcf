package checker

import (
	"fmt"

	"orderlab/model/history"
)

func perProducerOrder() Guarantee {
	return Guarantee{
		ID: PerProducerOrder,
		Holds: "For any two messages that one producer session sent one after the other, whatever their keys, no sink " +
			"applies the earlier one for the first time after it has applied the later one.",
		Order:  true,
		decide: (*Checker).perProducerOrder,
	}
}

// perProducerOrder is per-key-order with one sequence for each session.
func (c *Checker) perProducerOrder(*Options) Verdict {
	h := c.ix.h
	v := c.sendingOrder(c.ix.bySession(), func(older, newer history.Message) string {
		return fmt.Sprintf("%s was sent before %s by one session, and took effect after it",
			h.MessageName(older), h.MessageName(newer))
	})
	return c.settle(v, "no two messages of one producer session were applied at one sink")
}
