package kafka

import "fmt"

// findings are the breaches of the invariants of replication in a run, each kind
// once for a partition.
//
// Reference: hachikuji/kafka-specification, KafkaReplication.tla: WeakIsr,
// StrongIsr, LeaderInIsr.
type findings struct {
	texts []string
	seen  []finding
	// committed is, for each partition, what some high watermark has passed.
	committed []replicaLog
}

// finding names an invariant that a partition broke.
type finding struct {
	invariant string
	partition int32
}

// The invariants. In all of them a presumed leader is a running broker that takes
// itself for the leader, deposed or not.
const (
	// strongISR: what is below the high watermark of any presumed leader is in the
	// log of every member of the true in-sync replicas.
	strongISR = "StrongIsr"
	// weakISR: what is below the high watermark of a presumed leader is in the log
	// of every replica that it takes to be in sync, as long as it is not deposed.
	weakISR = "WeakIsr"
	// leaderInISR: the leader is in sync.
	leaderInISR = "LeaderInIsr"
	// committedStays is not of the specification, whose brokers do not crash: a new
	// leader has everything that the high watermark of any leader has passed.
	committedStays = "CommittedStays"
)

func (w *world) find(invariant string, partition int32, format string, args ...any) {
	f := finding{invariant, partition}
	for _, x := range w.findings.seen {
		if x == f {
			return
		}
	}
	w.findings.seen = append(w.findings.seen, f)
	head := fmt.Sprintf("%s is broken for %s/%d at %v: ", invariant, w.cfg.topic, partition, w.sim.Now())
	w.findings.texts = append(w.findings.texts, head+fmt.Sprintf(format, args...))
}

// Findings implements [model.Finder].
func (w *world) Findings() []string { return w.findings.texts }

// committed checks what a high watermark that has just risen from an offset says,
// and keeps it.
func (w *world) committed(b *broker, r *replica, from int64) {
	w.verifyLeader(b, r, from)
	c := w.committedOf(r.partition)
	if c.end < from || c.end >= r.watermark {
		return
	}
	for i := r.log.from(w.arena, c.end); i < len(r.log.batches) && c.end < r.watermark; i++ {
		c.batches = append(c.batches, r.log.batches[i])
		c.end = w.arena.batches[r.log.batches[i]].next()
	}
}

func (w *world) committedOf(partition int32) *replicaLog {
	for len(w.findings.committed) <= int(partition) {
		w.findings.committed = append(w.findings.committed, replicaLog{})
	}
	return &w.findings.committed[partition]
}

// elected checks that a new leader has what was committed. What it lacks is
// committed no more. One that hears of its election after it was deposed does no
// harm: nobody follows it.
func (w *world) elected(b *broker, r *replica) {
	if r.epoch != w.controller.parts[r.partition].epoch {
		return
	}
	c := w.committedOf(r.partition)
	at, same := c.common(&r.log, w.arena, 0, c.end)
	if same {
		return
	}
	w.find(committedStays, r.partition, "broker-%d leads in epoch %d and does not have offset %d, which was committed "+
		"as all below %d", b.index, r.epoch, at, c.end)
	c.truncate(w.arena, at)
}

// verify checks the invariants after a change of the controller's mind.
func (w *world) verify(partition int32) {
	reg := &w.controller.parts[partition]
	if reg.leader != noLeader && !reg.isr.has(int(reg.leader)) {
		w.find(leaderInISR, partition, "broker-%d leads and %v are in sync", reg.leader, reg.isr)
	}
	if len(w.brokers) == w.cfg.brokers { // else the world is being built
		w.verifyAll(partition)
	}
}

// verifyAll checks a whole partition for every presumed leader.
func (w *world) verifyAll(partition int32) {
	for _, b := range w.brokers {
		if r := b.leading(partition); r != nil && !w.sim.Down(b.node) {
			w.verifyLeader(b, r, 0)
		}
	}
}

// verifyLeader compares a presumed leader's log from an offset to its high
// watermark with the replicas that are to have it.
func (w *world) verifyLeader(b *broker, r *replica, from int64) {
	reg := &w.controller.parts[r.partition]
	for i, x := range w.brokers {
		if x == b {
			continue
		}
		strong := reg.isr.has(i)
		weak := r.isr.has(i) && r.epoch == reg.epoch && int(reg.leader) == b.index && r.version == reg.version
		if (!strong && !weak) || int(r.partition) >= len(x.replicas) || x.replicas[r.partition] == nil {
			continue
		}
		at, same := r.log.common(&x.replicas[r.partition].log, w.arena, from, r.watermark)
		if same {
			continue
		}
		if strong {
			w.find(strongISR, r.partition, "broker-%d leads in epoch %d with high watermark %d, and broker-%d, which is in sync, "+
				"does not have its offset %d", b.index, r.epoch, r.watermark, i, at)
		}
		if weak {
			w.find(weakISR, r.partition, "broker-%d leads in epoch %d with high watermark %d, and broker-%d, which it takes to be "+
				"in sync, does not have its offset %d", b.index, r.epoch, r.watermark, i, at)
		}
	}
}

// common says whether another log has the same batches from an offset to a limit,
// and if not, the first offset at which it does not.
func (l *replicaLog) common(other *replicaLog, a *arena, from, limit int64) (at int64, same bool) {
	from = max(from, l.start, other.start)
	if from >= limit {
		return 0, true
	}
	i, j := l.from(a, from), other.from(a, from)
	for ; i < len(l.batches); i, j = i+1, j+1 {
		b := &a.batches[l.batches[i]]
		if b.base >= limit {
			break
		}
		if j >= len(other.batches) || other.batches[j] != l.batches[i] {
			return b.base, false
		}
	}
	return 0, true
}
