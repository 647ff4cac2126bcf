package kafka

import "orderlab/sim"

// commitPositions sends the positions of everything that poll has returned.
func (g *groupClient) commitPositions() {
	c := g.c
	if g.coordinator < 0 {
		return
	}
	id, body := c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.parts = g.member, g.generation, body.parts[:0]
	for i := range c.parts {
		if p := &c.parts[i]; p.consumed >= 0 {
			body.parts = append(body.parts, fetchPart{p.partition, p.consumed})
		}
	}
	if len(body.parts) == 0 || !g.joined {
		c.w.arena.bodies.offsets.Put(id)
		return
	}
	g.send(frameCommit, id, 64+24*int32(len(body.parts)))
}

// lookUp asks for the committed positions of partitions that were just assigned.
//
// Reference: Kafka, ConsumerCoordinator.initWithCommittedOffsetsIfNeeded.
func (g *groupClient) lookUp(partitions []int32) {
	id, body := g.c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.parts = g.member, g.generation, body.parts[:0]
	for _, p := range partitions {
		body.parts = append(body.parts, fetchPart{p, -1})
		g.c.part(p).asking = true
	}
	g.send(frameOffsets, id, 64+16*int32(len(partitions)))
}

// positions takes up committed positions, and resets what has none.
func (g *groupClient) positions(id uint32) {
	c := g.c
	body := c.w.arena.bodies.offsets.At(id)
	for _, f := range body.parts {
		p := c.part(f.partition)
		if p == nil || !p.asking {
			continue
		}
		if f.offset < 0 {
			g.reset(p)
			continue
		}
		p.asking, p.position, p.consumed = false, f.offset, f.offset
	}
	c.w.arena.bodies.offsets.Put(id)
	c.fetchAll()
}

// reset asks the partition's leader where it begins, or where it ends now,
// according to auto.offset.reset.
//
// Reference: Kafka, OffsetFetcher.resetPositionsIfNeeded. With `latest` what was
// written before this moment is never read.
func (g *groupClient) reset(p *owned) {
	c := g.c
	p.asking, p.position = true, -1
	if int(p.partition) >= len(c.leaders) {
		g.retryLater()
		return
	}
	id, body := c.w.arena.bodies.offsets.Take()
	body.latest = c.cfg.resetLatest
	body.parts = append(body.parts[:0], fetchPart{p.partition, -1})
	c.request(int(c.leaders[p.partition]), sim.Frame{Kind: frameListOffsets, Body: id, Size: 96})
}

func (g *groupClient) resetTo(id uint32) {
	c := g.c
	body := c.w.arena.bodies.offsets.At(id)
	for i, f := range body.parts {
		p := c.part(f.partition)
		switch {
		case p == nil || !p.asking || p.position >= 0:
		case body.errs[i] != errNone:
			c.refreshIn(c.cfg.backoff)
			g.retryLater()
		default:
			p.asking, p.position, p.consumed = false, f.offset, f.offset
		}
	}
	c.w.arena.bodies.offsets.Put(id)
	c.fetchAll()
}

// retryLater repeats the resets that failed after the back-off.
func (g *groupClient) retryLater() {
	if g.retrying {
		return
	}
	g.retrying = true
	g.c.w.sim.After(g.c.node, g.c.cfg.backoff, timerRetry, 0)
}

func (g *groupClient) retry() {
	g.retrying = false
	for i := range g.c.parts {
		if p := &g.c.parts[i]; p.asking && p.position < 0 {
			g.reset(p)
		}
	}
}
