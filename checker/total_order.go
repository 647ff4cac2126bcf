package checker

func totalOrder() Guarantee {
	return Guarantee{
		ID: TotalOrder,
		Holds: "There is one order of all messages in which every sink applies them for the first time, and in which a " +
			"message that was acked before another was sent comes first.",
		decide: (*Checker).totalOrder,
	}
}

// totalOrder looks for cycles in the union of what follows what at every sink
// and of the order of sends in real time.
func (c *Checker) totalOrder(*Options) Verdict {
	v := c.oneOrder(false)
	return c.settle(v, "no two messages were applied of which more than one sink, or their sends, fix the order")
}

func sameOrder() Guarantee {
	return Guarantee{
		ID: SameOrder,
		Holds: "There is one order of all messages in which the final transcript of every sink has them. The final " +
			"transcript has the messages that the sink applied, in the order of their last effects.",
		decide: (*Checker).sameOrder,
	}
}

// sameOrder looks for cycles in the union of what follows what at every sink.
func (c *Checker) sameOrder(*Options) Verdict {
	return c.settle(c.oneOrder(true), "no two messages are in the transcripts of more than one sink")
}
