package kafka

import "orderlab/sim"

// waiter is a batch in the produce purgatory: it is answered when the high
// watermark reaches required.
type waiter struct {
	request  uint32
	batch    int32 // of the request
	required int64
}

// watcher is a parked fetch that waits for data of a partition.
type watcher struct {
	conn    sim.Conn
	request uint32
	serial  uint64
	offset  int64
	// committed says that it may not read past the last stable offset.
	committed bool
}

// progress is what a leader knows of a follower.
//
// Reference: Kafka, ReplicaState.
type progress struct {
	end         int64    // its log end, -1 unknown
	fetched     sim.Time // of its last fetch
	leaderEnd   int64    // the leader's log end then
	caughtUp    sim.Time // when it was last at the leader's end; -1 long ago
	incarnation int32
	assigned    bool // the broker has a replica
}

// reset begins a leader epoch, of a leader that led in the last one too or did not.
//
// Reference: Kafka, Replica.resetReplicaState.
func (p *progress) reset(led, inSync bool, end int64, now sim.Time) {
	p.fetched, p.caughtUp = -1, -1
	if inSync {
		p.caughtUp = now
	}
	if !led {
		p.end, p.leaderEnd, p.incarnation = -1, 0, 0
		return
	}
	p.leaderEnd = end
	if inSync {
		p.fetched = now
	}
}

// replica is one broker's replica of a partition.
type replica struct {
	partition int32
	leader    bool
	log       replicaLog
	watermark int64
	storage   storage
	segments  []segment
	locked    sim.Time // until when a sync of it goes on

	epoch, version int32 // leader and partition epoch; -1 before the first image
	following      int8  // whose log it follows, noLeader when it leads or nobody does

	// Of a leader: the in-sync replicas, a change of them that the controller was
	// asked for, where its epoch begins, what it knows of followers, and who waits.
	isr, pending brokerSet
	altering     bool
	epochStart   int64
	others       brokerSet // the other brokers that have a replica
	progress     []progress
	producers    []producerState
	txns         *txnLog // nil while there was no transaction
	waiters      []waiter
	consumers    []watcher // wait for the high watermark
	followers    []watcher // wait for the log end
}

// newReplica returns a broker's empty replica of a partition.
func (b *broker) newReplica(partition int32) *replica {
	return &replica{partition: partition, epoch: -1, version: -1, following: noLeader,
		progress: make([]progress, b.w.cfg.brokers)}
}

// maximal are the in-sync replicas and those that may be so already: a change
// that was asked for counts where it adds, and not where it removes.
//
// Reference: Kafka, PartitionState.maximalIsr.
func (r *replica) maximal() brokerSet {
	if r.altering {
		return r.isr | r.pending
	}
	return r.isr
}

// underMinISR says that fewer replicas are in sync than acks=all wants.
//
// Reference: Kafka, Partition.isUnderMinIsr.
func (b *broker) underMinISR(r *replica) bool { return r.isr.size() < b.minISR(r) }

// minISR is min.insync.replicas, or how many replicas there are.
//
// Reference: Kafka, Partition.effectiveMinIsr.
func (b *broker) minISR(r *replica) int { return min(b.w.cfg.minISR, r.others.size()+1) }

// advance raises the high watermark to the smallest log end of the replicas that
// are in sync, or are about to be so; it says whether it moved. With too few in
// sync it stays, since Kafka 3.7.
//
// Reference: Kafka, Partition.maybeIncrementLeaderHW.
func (b *broker) advance(r *replica) bool {
	if b.fences() && b.underMinISR(r) {
		return false
	}
	low, maximal := r.log.end, r.maximal()
	for i := range r.progress {
		p := &r.progress[i]
		if p.end < low && p.assigned && (maximal.has(i) || (b.caughtUp(r, p) && b.eligible(i, p))) {
			low = p.end
		}
	}
	if low <= r.watermark {
		return false
	}
	before := r.watermark
	r.mark(low, b.w.sim.Now())
	b.w.committed(b, r, before)
	return true
}

// caughtUp says that a follower is at the leader's end or was so not long ago.
//
// Reference: Kafka, ReplicaState.isCaughtUp.
func (b *broker) caughtUp(r *replica, p *progress) bool {
	return p.end == r.log.end || (p.caughtUp >= 0 && b.w.sim.Now()-p.caughtUp <= b.w.cfg.replication.lagMax)
}

// eligible says that a broker may be in sync: it is not fenced, and the process
// that fetched is the one that the controller knows.
//
// Reference: Kafka, Partition.isReplicaIsrEligible (KIP-903).
func (b *broker) eligible(follower int, p *progress) bool {
	return b.live.has(follower) && p.end >= 0 && b.incarnations[follower] == p.incarnation
}

// watch parks a fetch, replacing what the same connection left behind.
func watch(list []watcher, w watcher) []watcher {
	for i := range list {
		if list[i].conn == w.conn {
			list[i] = w
			return list
		}
	}
	return append(list, w)
}

func (r *replica) digest(d *sim.Digest, a *arena) {
	d.Int(int64(r.partition))
	d.Bool(r.leader)
	d.Int(r.watermark)
	d.Int(int64(r.epoch))
	d.Int(int64(r.version))
	d.Uint(uint64(r.isr))
	d.Uint(uint64(r.maximal()))
	for _, id := range r.log.batches {
		b := &a.batches[id]
		d.Int(b.base)
		d.Int(int64(b.epoch))
		for _, m := range a.records[b.first : b.first+b.count] {
			d.Uint(uint64(m))
		}
	}
	r.digestTxns(d)
	for i := range r.producers {
		d.Int(int64(r.producers[i].pid))
		d.Int(int64(r.producers[i].epoch))
		d.Int(int64(r.producers[i].last))
	}
	d.Uint(uint64(len(r.waiters)))
}
