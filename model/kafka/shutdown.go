package kafka

import (
	"math"

	"orderlab/sim"
)

// The times of a controlled shutdown.
//
// Reference: Kafka, BrokerServer.shutdown (5 minutes), BrokerLifecycleManager (50 ms
// after the first answer).
const (
	stopTimeout  = 5 * sim.Minute
	stopSoon     = 50 * sim.Millisecond
	neverStopped = math.MaxInt64
)

// shutDown asks the process to stop, as a signal (SIGTERM) does. It tells the
// controller, which moves what it leads to others, and ends when the controller lets
// it, or after five minutes; at once when it is not part of the cluster.
//
// Reference: Kafka, BrokerServer.shutdown, BrokerLifecycleManager
// (BeginControlledShutdownEvent).
func (b *broker) shutDown() {
	switch {
	case b.stopping:
	case !b.w.cfg.replication.controlledShutdown || !b.registered || !b.live.has(b.index):
		b.stopping = true
		b.exit()
	default:
		b.stopping = true
		b.w.sim.After(b.node, stopTimeout, timerExit, 0)
		b.beat()
	}
}

// mayStop takes up the answer to a heartbeat of a broker that wants to stop: it ends,
// or asks again, for the first time soon.
//
// Reference: Kafka, BrokerLifecycleManager.BrokerHeartbeatResponseEvent
// (PENDING_CONTROLLED_SHUTDOWN).
func (b *broker) mayStop(body *controlBody) {
	switch {
	case !b.stopping || !body.wantShutDown:
	case body.shutDown:
		b.exit()
	case !b.asked:
		b.asked = true
		b.beatAfter(stopSoon)
	}
}

// exit ends the process in order: the logs are synced, and the high watermarks
// written down.
//
// Reference: Kafka, LogManager.shutdown, ReplicaManager.shutdown.
func (b *broker) exit() {
	for _, r := range b.replicas {
		if r != nil {
			s := &r.storage
			s.synced, s.unsynced, s.marks = r.log.end, 0, s.marks[:0]
			s.checkpoint = r.watermark
		}
	}
	process := b.incarnation
	b.w.sim.At(b.w.sim.Now(), func() {
		if b.incarnation == process && !b.w.sim.Down(b.node) {
			b.w.sim.Crash(b.node)
		}
	})
}

// rest stops the fetching of a replica that nobody counts on, while the broker shuts
// down.
//
// Reference: Kafka, ReplicaManager.applyLocalFollowersDelta (isInControlledShutdown).
func (b *broker) rest(r *replica, reg *registration) {
	if b.stopping && !r.leader && (reg.leader == noLeader || !reg.isr.has(b.index)) {
		b.unfollow(r.following, r.partition)
		r.following = noLeader
	}
}

// wantsToStop answers a broker that wants to stop. One that leads something is not
// part of the in-sync replicas any more and leads nothing; it may end when all other
// brokers have heard of that. One that leads nothing may end at once. Then it is
// fenced.
//
// Reference: Kafka, BrokerHeartbeatManager.calculateNextBrokerState,
// ReplicationControlManager.handleBrokerInControlledShutdown.
func (c *controller) wantsToStop(body *controlBody) {
	m := &c.brokers[body.broker]
	switch {
	case m.fenced:
	case !m.stopping && c.leads(body.broker):
		m.stopping, m.stopOffset, c.changed = true, c.offset+1, true
		c.gone(body.broker)
		return
	case m.stopping && (c.leads(body.broker) || m.stopOffset > c.heardBy()):
		return
	default:
		c.fence(body.broker)
	}
	body.shutDown = true
}

// leads says whether a broker leads any partition, that of the offsets topic
// included. (That has no leader when nobody else lives.)
func (c *controller) leads(broker int) bool {
	for p := range c.parts {
		if int(c.parts[p].leader) == broker {
			return true
		}
	}
	return c.coordinator == broker && !c.brokers[broker].stopping
}

// heardBy returns up to where every broker that is active has said to know the
// metadata.
//
// Reference: Kafka, BrokerHeartbeatManager.lowestActiveOffset.
func (c *controller) heardBy() (offset int64) {
	offset = neverStopped
	c.live().each(func(b int) { offset = min(offset, c.brokers[b].offset) })
	return offset
}
