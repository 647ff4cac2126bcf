package kafka

import "slices"

// target is what a partition is to become: its in-sync replicas, and its brokers in
// order of preference with those that a reassignment adds and takes away.
//
// Reference: Kafka, PartitionChangeBuilder.
type target struct {
	isr              brokerSet
	replicas         []int8
	adding, removing brokerSet
}

func (reg *registration) target() target {
	return target{reg.isr, reg.replicas, reg.adding, reg.removing}
}

// reassigning says that a reassignment is under way.
func (t *target) reassigning() bool { return t.adding|t.removing != 0 }

// complete ends a reassignment as soon as every broker that is to stay is in sync:
// those that are to go are replicas no more.
//
// Reference: Kafka, PartitionReassignmentReplicas.maybeCompleteReassignment.
func (t *target) complete() {
	isr, replicas := t.isr&^t.removing, without(t.replicas, t.removing)
	if !t.reassigning() || isr == 0 || len(replicas) == 0 || !setOf(replicas...).within(isr) {
		return
	}
	t.isr, t.replicas, t.adding, t.removing = isr, replicas, 0, 0
}

// without returns brokers in their order, as a list of its own.
func without(brokers []int8, removed brokerSet) []int8 {
	return slices.DeleteFunc(slices.Clone(brokers), func(b int8) bool { return removed.has(int(b)) })
}

// reassign gives a partition other brokers, the preferred leader first. The new ones
// are replicas from now on, and the old ones until all the new ones are in sync; that
// may be so at once.
//
// Reference: Kafka, ReplicationControlManager.changePartitionReassignment
// (AlterPartitionReassignments, KIP-455).
func (c *controller) reassign(partition int32, brokers []int8) errorCode {
	if int(partition) >= len(c.parts) {
		return errUnknownTopicOrPartition
	}
	t := c.parts[partition].target()
	now, then := setOf(t.replicas...), setOf(brokers...)
	if then == 0 || then.size() != len(brokers) {
		return errInvalidReplicaAssignment
	}
	t.replicas = slices.Clone(brokers)
	(now &^ then).each(func(b int) { t.replicas = append(t.replicas, int8(b)) })
	if removing := now &^ then; removing != 0 {
		t.removing = removing
	}
	if adding := then &^ now; adding != 0 {
		t.adding = adding
	}
	c.become(partition, t)
	return errNone
}

// cancelReassignment gives a partition back the brokers that it had before a
// reassignment. Where only new ones are in sync that needs an unclean election.
//
// Reference: Kafka, ReplicationControlManager.cancelPartitionReassignment,
// PartitionReassignmentRevert.
func (c *controller) cancelReassignment(partition int32) errorCode {
	if int(partition) >= len(c.parts) {
		return errUnknownTopicOrPartition
	}
	t := c.parts[partition].target()
	if !t.reassigning() {
		return errNoReassignmentInProgress
	}
	t.isr, t.replicas = t.isr&^t.adding, without(t.replicas, t.adding)
	if t.isr == 0 {
		if !c.w.cfg.replication.unclean {
			return errInvalidReplicaAssignment
		}
		t.isr = setOf(t.replicas[0])
	}
	t.adding, t.removing = 0, 0
	c.become(partition, t)
	return errNone
}

// hostedBy notes which other brokers have a replica. What a leader knew of one that
// went is gone, and of a new one it knows nothing.
//
// Reference: Kafka, Partition.updateAssignmentAndIsr.
func (r *replica) hostedBy(others brokerSet) {
	r.others = others
	for i := range r.progress {
		if p := &r.progress[i]; p.assigned != others.has(i) {
			*p = progress{end: -1, fetched: -1, caughtUp: -1, assigned: others.has(i)}
		}
	}
}

// abandon deletes the replica of a partition that the broker has no more, and sends
// away who waits at it.
//
// Reference: Kafka, ReplicaManager.applyDelta (localChanges.deletes), stopPartitions.
func (b *broker) abandon(r *replica) {
	b.unfollow(r.following, r.partition)
	r.leader = false
	b.replicas[r.partition] = nil
	b.sendAway(r)
}
