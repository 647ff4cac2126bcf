package kafka

import "orderlab/sim"

// learn takes up a new image of the cluster: partitions may have been added, and
// leaders and in-sync replicas changed.
//
// Reference: Kafka, ReplicaManager.applyDelta.
func (b *broker) learn(id uint32) {
	image := b.bodies().metadata.At(id)
	b.live, b.incarnations = image.live, append(b.incarnations[:0], image.incarnations...)
	for p := range image.parts {
		if p >= len(b.replicas) {
			b.replicas = append(b.replicas, nil)
		}
		if p >= len(b.leaders) {
			b.leaders, b.epochs = append(b.leaders, noLeader), append(b.epochs, 0)
		}
		b.leaders[p], b.epochs[p] = image.parts[p].leader, image.parts[p].epoch
		b.host(int32(p), &image.parts[p])
	}
	b.coordinator, b.offset, b.serving = image.coordinator, image.offset, true
	b.takeGroup()
	b.takeTxns()
	b.bodies().metadata.Put(id)
}

// host begins or ends to host a replica as the controller says, and has it lead or
// follow.
func (b *broker) host(partition int32, reg *registration) {
	r, assigned := b.replicas[partition], setOf(reg.replicas...)
	if r == nil && assigned.has(b.index) {
		r = b.newReplica(partition)
		b.replicas[partition] = r
	}
	switch {
	case r == nil || reg.version <= r.version:
	case assigned.has(b.index):
		r.hostedBy(assigned.without(b.index))
		b.apply(r, reg)
	default:
		b.abandon(r)
	}
}

// apply makes a replica lead or follow as the controller says.
func (b *broker) apply(r *replica, reg *registration) {
	newEpoch := reg.epoch > r.epoch
	r.version = reg.version
	if int(reg.leader) == b.index {
		b.lead(r, reg, newEpoch)
	} else if newEpoch {
		b.becomeFollower(r, reg)
	}
	b.rest(r, reg)
	b.w.verify(r.partition)
}

// lead makes a replica the leader, or tells the leader of other in-sync replicas.
// What it knew of its followers holds no more in a new epoch, unless it led in the
// last one too; those that are in sync have as long as the others to show it.
//
// Reference: Kafka, Partition.makeLeader and Replica.resetReplicaState.
func (b *broker) lead(r *replica, reg *registration, newEpoch bool) {
	r.isr, r.altering = reg.isr, false
	if newEpoch {
		led := r.leader
		b.unfollow(r.following, r.partition)
		r.leader, r.following, r.epoch = true, noLeader, reg.epoch
		r.epochStart = r.log.end
		r.log.enter(reg.epoch, r.log.end)
		r.reload(b.w.arena)
		b.w.elected(b, r)
		for i := range r.progress {
			r.progress[i].reset(led, reg.isr.has(i), r.log.end, b.w.sim.Now())
		}
	}
	if b.advance(r) {
		b.advanced(r)
	}
}

// becomeFollower makes a replica follow the leader of a new epoch. Whoever waits
// at a leader that was deposed is sent away. The log is cut to the part that is the
// same as the leader's: since KIP-320 the answers to fetches tell where that ends;
// from KIP-101 on the leader is asked first; before, it was taken to be the high
// watermark.
//
// Reference: Kafka, Partition.makeFollower, ReplicaManager.applyLocalFollowersDelta,
// AbstractFetcherThread.truncateToHighWatermark.
func (b *broker) becomeFollower(r *replica, reg *registration) {
	deposed := r.leader
	b.unfollow(r.following, r.partition)
	r.leader, r.following, r.epoch, r.altering = false, reg.leader, reg.epoch, false
	r.producers = r.producers[:0]
	if deposed {
		b.sendAway(r)
	}
	if reg.leader == noLeader {
		return
	}
	p := followed{partition: r.partition}
	switch b.w.cfg.replication.truncation {
	case truncateKIP101, truncateKIP279:
		p.truncating = len(r.log.batches) > 0
	case truncateWatermark:
		b.truncate(r, r.watermark)
	}
	b.follow(int(reg.leader), p)
}

// sendAway answers whoever waits at a replica that leads no more.
//
// Reference: Kafka, ReplicaManager.completeDelayedFetchOrProduceRequests.
func (b *broker) sendAway(r *replica) {
	for _, w := range r.waiters {
		body := b.bodies().produce.At(w.request)
		body.batches[w.batch].err = errNotLeaderOrFollower
		if body.waiting--; body.waiting == 0 {
			b.answerProduce(w.request)
		}
	}
	r.waiters = r.waiters[:0]
	b.completeMarkers(r, errNotLeaderOrFollower)
	for _, list := range []*[]watcher{&r.consumers, &r.followers} {
		waiting := *list
		*list = nil
		for _, w := range waiting {
			if b.parked(w) {
				b.completeFetch(w.request)
			}
		}
	}
}

// maybeExpand asks the controller to take a follower among the in-sync replicas
// that has reached the high watermark and is in the leader's epoch.
//
// Reference: Kafka, Partition.maybeExpandIsr and isFollowerInSync.
func (b *broker) maybeExpand(r *replica, follower int) {
	p := &r.progress[follower]
	if r.altering || r.isr.has(follower) || !b.eligible(follower, p) || p.end < r.watermark || p.end < r.epochStart {
		return
	}
	b.alter(r, r.isr.with(follower))
}

// shrinkAll looks for followers that have been behind for too long, and asks the
// controller to take them out of the in-sync replicas.
//
// Reference: Kafka, ReplicaManager.maybeShrinkIsr (every half of
// replica.lag.time.max.ms) and Partition.getOutOfSyncReplicas.
func (b *broker) shrinkAll() {
	b.watchISR()
	for _, r := range b.replicas {
		if r == nil || !r.leader || r.altering {
			continue
		}
		isr := r.isr
		for i := range r.progress {
			if p := &r.progress[i]; p.assigned && isr.has(i) && !b.caughtUp(r, p) {
				isr = isr.without(i)
			}
		}
		if isr != r.isr {
			b.alter(r, isr)
		}
	}
}

func (b *broker) watchClean() { b.w.sim.After(b.node, retentionDelay, timerClean, 0) }

func (b *broker) watchISR() { b.w.sim.After(b.node, b.w.cfg.replication.lagMax/2, timerISR, 0) }

// alter asks the controller for other in-sync replicas. Without a connection to it
// the question is put again when there is one.
func (b *broker) alter(r *replica, isr brokerSet) {
	r.altering, r.pending = true, isr
	if b.registered {
		b.sendAlter(r)
	}
}

func (b *broker) sendAlter(r *replica) {
	id, body := b.bodies().control.Take()
	*body = controlBody{broker: b.index, incarnation: b.incarnation,
		change: isrChange{partition: r.partition, epoch: r.epoch, version: r.version, isr: r.pending}}
	b.w.sim.Send(b.node, b.control, sim.Frame{Kind: frameAlter, Body: id, Size: 96})
}

// altered takes up the controller's answer. After a refusal that says that nothing
// was done the replicas are as before; after any other the next image tells.
//
// Reference: Kafka, Partition.handleAlterPartitionUpdate and
// handleAlterPartitionError.
func (b *broker) altered(body *controlBody) {
	a := &body.change
	r := b.replicas[a.partition]
	switch {
	case r == nil || !r.leader || r.epoch != a.epoch || !r.altering:
	case body.err == errIneligibleReplica:
		r.altering = false
	case body.err == errNone && a.version > r.version:
		r.isr, r.version, r.altering = a.isr, a.version, false
		if b.advance(r) {
			b.advanced(r)
		}
	}
}
