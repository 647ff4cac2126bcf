package kafka

import "orderlab/sim"

// register takes up a broker's process. While another process of the same broker
// has a session it is refused and comes again; a new one is fenced until its first
// heartbeat.
//
// Reference: Kafka, ClusterControlManager.registerBroker.
func (c *controller) register(conn sim.Conn, body *controlBody) errorCode {
	m := &c.brokers[body.broker]
	if m.incarnation != body.incarnation {
		if !m.fenced {
			return errDuplicateRegistration
		}
		m.incarnation, c.changed = body.incarnation, true
	}
	m.conn = conn
	return errNone
}

// beat is a broker's heartbeat. One that was fenced is so no more.
//
// Reference: Kafka, BrokerHeartbeatManager and
// ReplicationControlManager.processBrokerHeartbeat.
func (c *controller) beat(body *controlBody) errorCode {
	m := &c.brokers[body.broker]
	if m.incarnation != body.incarnation {
		return errStaleBrokerEpoch
	}
	m.heard, m.offset = c.w.sim.Now(), body.offset
	switch {
	case body.wantShutDown:
		c.wantsToStop(body)
	case m.fenced:
		m.fenced, c.changed = false, true
		c.watch(body.broker, c.w.cfg.replication.session)
		c.returned(body.broker)
	}
	return errNone
}

// watch looks again whether a broker's session has run out.
func (c *controller) watch(broker int, after sim.Time) {
	c.brokers[broker].expiry = c.w.sim.After(c.node, after, timerFence, uint64(broker))
}

// expire fences a broker that was not heard of for its session.
func (c *controller) expire(broker int) {
	m := &c.brokers[broker]
	if left := m.heard + c.w.cfg.replication.session - c.w.sim.Now(); left > 0 {
		c.watch(broker, left)
		return
	}
	c.fence(broker)
}

// fence takes a broker out of the cluster until its next heartbeat.
func (c *controller) fence(broker int) {
	m := &c.brokers[broker]
	c.w.sim.Cancel(m.expiry)
	m.fenced, m.stopping, c.changed = true, false, true
	c.gone(broker)
}

// gone takes a fenced broker out of all in-sync replicas, where it is not the last.
//
// Reference: Kafka, ReplicationControlManager.handleBrokerFenced and
// generateLeaderAndIsrUpdates.
func (c *controller) gone(broker int) {
	for p := range c.parts {
		isr := c.parts[p].isr
		if !isr.has(broker) {
			continue
		}
		if isr.size() > 1 {
			isr = isr.without(broker)
		}
		c.change(int32(p), isr)
	}
	c.coordinate()
}

// returned lets a broker that is back lead what has no leader.
//
// Reference: Kafka, ReplicationControlManager.handleBrokerUnfenced.
func (c *controller) returned(int) {
	for p := range c.parts {
		if c.parts[p].leader == noLeader {
			c.change(int32(p), c.parts[p].isr)
		}
	}
	c.coordinate()
}

// coordinate finds the leader of the group's partition of the offsets topic, which
// has a replica on every broker here: the first that lives, from the preferred one.
func (c *controller) coordinate() {
	live, n := c.live(), len(c.brokers)
	for i := 0; i < n && !live.has(c.coordinator); i++ {
		if b := (c.coordinator + i) % n; live.has(b) {
			c.coordinator, c.changed = b, true
			return
		}
	}
}

// change gives a partition other in-sync replicas.
func (c *controller) change(partition int32, isr brokerSet) {
	t := c.parts[partition].target()
	t.isr = isr
	c.become(partition, t)
}

// become changes a partition, and gives it another leader where the one that it has
// cannot stay. With a leader, and with a replica that goes, a new epoch begins.
//
// Reference: Kafka, PartitionChangeBuilder.build, tryElection and
// triggerLeaderEpochBumpForReplicaReassignmentIfNeeded.
func (c *controller) become(partition int32, t target) {
	reg := &c.parts[partition]
	t.complete()
	leader, unclean := c.elect(reg.leader, &t)
	if unclean {
		t.isr = setOf(leader)
	}
	if leader != reg.leader || !setOf(reg.replicas...).within(setOf(t.replicas...)) {
		reg.epoch++
	}
	reg.leader, reg.isr = leader, t.isr
	reg.replicas, reg.adding, reg.removing = t.replicas, t.adding, t.removing
	reg.version++
	c.leaders[partition], c.changed = leader, true
	c.w.verify(partition)
}

// elect returns who leads: who does, as long as it lives and is in sync; else the
// first of the assignment that is; else nobody, or, where unclean elections are
// allowed, the first that lives.
//
// Reference: Kafka, PartitionChangeBuilder.electAnyLeader.
func (c *controller) elect(now int8, t *target) (leader int8, unclean bool) {
	live := c.live()
	if (t.isr & live).has(int(now)) {
		return now, false
	}
	for _, b := range t.replicas {
		if (t.isr & live).has(int(b)) {
			return b, false
		}
	}
	if c.w.cfg.replication.unclean {
		for _, b := range t.replicas {
			if live.has(int(b)) {
				return b, true
			}
		}
	}
	return noLeader, false
}

// alter changes a partition's in-sync replicas as its leader asks.
//
// Reference: Kafka, ReplicationControlManager.validateAlterPartitionData.
func (c *controller) alter(body *controlBody) errorCode {
	a := &body.change
	reg := &c.parts[a.partition]
	switch {
	case c.brokers[body.broker].incarnation != body.incarnation:
		return errStaleBrokerEpoch
	case a.epoch != reg.epoch || int(reg.leader) != body.broker:
		return errFencedLeaderEpoch
	case a.version != reg.version:
		return errInvalidUpdateVersion
	case !a.isr.within(c.live()):
		return errIneligibleReplica
	}
	c.change(a.partition, a.isr)
	a.epoch, a.version, a.isr = reg.epoch, reg.version, reg.isr
	if int(reg.leader) != body.broker { // this has completed a reassignment
		return errNewLeaderElected
	}
	return errNone
}

// prefer sets the timer for giving partitions back, when there are any to give.
func (c *controller) prefer() {
	if c.preferring || !c.w.cfg.replication.preferred {
		return
	}
	for p := range c.parts {
		if c.parts[p].leader != c.parts[p].replicas[0] {
			every := c.w.cfg.replication.preferredEvery
			c.preferring = true
			c.w.sim.After(c.node, every-c.w.sim.Now()%every, timerPreferred, 0)
			return
		}
	}
}

// rebalance gives partitions back to their preferred leaders, where these are in
// sync.
//
// Reference: Kafka, ReplicationControlManager.maybeBalancePartitionLeaders.
func (c *controller) rebalance() {
	for p := range c.parts {
		reg := &c.parts[p]
		first := reg.replicas[0]
		if reg.leader != first && (reg.isr & c.live()).has(int(first)) {
			reg.leader, c.leaders[p] = first, first
			reg.epoch++
			reg.version++
			c.changed = true
			c.w.verify(int32(p))
		}
	}
	c.prefer()
}
