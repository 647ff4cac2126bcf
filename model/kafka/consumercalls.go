package kafka

import "orderlab/model/history"

// What an application may ask of its consumer besides to poll.

// Commit implements [model.PrefixAcker]: it commits one position, whatever poll
// has returned. A commit from within the rebalance listener is sent ahead of the join,
// and answered before that, whether the listener waits for it or not.
func (c *consumer) Commit(place history.Place, next int64) {
	switch partition := c.w.partitionOf(place); {
	case partition < 0:
	case c.cfg.commitSync && !c.leaving:
		c.commitSync(partition, next)
	default:
		c.member.commit(partition, next)
	}
}

// Pause implements [model.Pauser]: nothing of the place is fetched or returned,
// and it stays owned.
func (c *consumer) Pause(place history.Place) {
	if p := c.part(c.w.partitionOf(place)); p != nil {
		p.paused = true
	}
}

// Resume implements [model.Pauser].
func (c *consumer) Resume(place history.Place) {
	p := c.part(c.w.partitionOf(place))
	if p == nil || !p.paused {
		return
	}
	p.paused = false
	c.deliver()
	c.fetchAll()
}

// Epoch implements [model.EpochReader].
func (c *consumer) Epoch(history.Place) uint16 { return uint16(c.member.generation) }
