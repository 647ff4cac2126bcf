package kafka

// commitPositions sends the positions of everything that poll has returned; it
// says whether there was any. Only a member of a generation can commit. Joining
// says that a join waits for the answer.
//
// Reference: Kafka, ConsumerCoordinator.sendOffsetCommitRequest
// (generationIfStable) and SubscriptionState.allConsumed.
func (g *groupClient) commitPositions(joining bool) bool {
	c := g.c
	if g.state != stableState || g.coordinator < 0 {
		return false
	}
	id, body := c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.joining, body.parts = g.member, g.generation, joining, body.parts[:0]
	body.simple, body.waited = c.cfg.assign, false
	for i := range c.parts {
		if p := &c.parts[i]; p.consumed >= 0 {
			body.parts = append(body.parts, fetchPart{partition: p.partition, offset: p.consumed})
		}
	}
	if len(body.parts) == 0 {
		c.w.arena.bodies.offsets.Put(id)
		return false
	}
	g.send(frameCommit, id, 64+24*int32(len(body.parts)))
	return true
}

// commit sends one position that the application chose. A client that is not a
// member of a generation commits nothing, as Kafka's refuses it.
//
// Reference: Kafka, KafkaConsumer.commitAsync(offsets, callback) and
// ConsumerCoordinator.sendOffsetCommitRequest.
func (g *groupClient) commit(partition int32, next int64) {
	if g.state != stableState || g.coordinator < 0 {
		return
	}
	id, body := g.c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.joining, body.simple = g.member, g.generation, false, g.c.cfg.assign
	body.waited = false
	body.parts = append(body.parts[:0], fetchPart{partition: partition, offset: next})
	g.send(frameCommit, id, 64+24)
}

// committed takes up the answer to a commit. A join that waited for it goes on,
// whatever the answer is.
func (g *groupClient) committed(id uint32) {
	body := g.c.w.arena.bodies.offsets.At(id)
	if body.err != errFencedInstance { // of which the next heartbeat will hear
		g.failed(body.err, body.generation)
	}
	if body.waited {
		g.c.commitAnswered(body.asked, body.err)
	}
	if body.joining && g.committing {
		g.committing = false
		if !g.modern() {
			g.giveUp()
		}
	}
	g.c.w.arena.bodies.offsets.Put(id)
	if g.c.closing {
		g.c.closed()
	}
}

// lookUp asks for the committed positions of partitions that were just assigned.
//
// Reference: Kafka, ConsumerCoordinator.initWithCommittedOffsetsIfNeeded.
func (g *groupClient) lookUp(partitions []int32) {
	if g.coordinator < 0 {
		for _, p := range partitions {
			g.c.part(p).seeking = askedCommitted // when there is one again
		}
		return
	}
	id, body := g.c.w.arena.bodies.offsets.Take()
	body.group, body.generation, body.parts, body.err = g.member, g.generation, body.parts[:0], errNone
	for _, p := range partitions {
		body.parts = append(body.parts, fetchPart{partition: p, offset: -1})
		g.c.part(p).seeking = askedCommitted
	}
	g.send(frameOffsets, id, 64+16*int32(len(partitions)))
}

// positions takes up committed positions, and resets what has none.
func (g *groupClient) positions(id uint32) {
	c := g.c
	body := c.w.arena.bodies.offsets.At(id)
	if body.err != errNone {
		unstable := body.err == errUnstableOffsets
		c.w.arena.bodies.offsets.Put(id)
		if unstable { // a transaction with a position is undecided
			g.lookingUp = true
			g.retryLater()
		} else {
			g.loseCoordinator()
		}
		return
	}
	for _, f := range body.parts {
		p := c.part(f.partition)
		if p == nil || p.seeking != askedCommitted {
			continue
		}
		if f.offset < 0 {
			g.resetPosition(p, false)
			continue
		}
		p.seeking, p.position, p.consumed = positioned, f.offset, f.offset
	}
	c.w.arena.bodies.offsets.Put(id)
	if c.positionsLack() {
		return
	}
	g.resetAll()
	c.fetchAll()
}

func (g *groupClient) resetTo(id uint32) {
	c := g.c
	body := c.w.arena.bodies.offsets.At(id)
	for i, f := range body.parts {
		p := c.part(f.partition)
		switch {
		case p == nil || p.seeking != askedReset:
		case body.errs[i] != errNone:
			p.seeking = needsReset
			c.refreshSoon(c.cfg.backoff)
			g.retryLater()
		default:
			p.seeking, p.position, p.consumed = positioned, f.offset, f.offset
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
