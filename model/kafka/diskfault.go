package kafka

import (
	"slices"

	"orderlab/model"
	"orderlab/sim"
)

// disk is a broker's only log directory, and what is wrong with it.
type disk struct {
	full    int       // how many faults fill it
	slow    sim.Share // what faults add to the time of a sync, of the whole
	free    sim.Time  // when it has done all syncs that it was asked for
	halting bool      // the process is about to end because of it
	halted  bool      // it has, and is started again when there is room
}

// The faults of disks.
const (
	faultFull = "full-disk"
	faultSlow = "slow-disk"
)

func diskFaults() []model.FaultKind {
	node := model.Setting{Name: model.ParamNode, Type: model.Nodes, Required: true, Doc: "The broker, several in a list, or brokers."}
	return []model.FaultKind{
		{
			Name: faultFull, Check: checkBrokers, Parameters: []model.Setting{node},
			Doc: "Writes to the disk fail. The process ends with the first of them, because it has one log directory; " +
				"it is started again when there is room.",
		},
		{
			Name: faultSlow, Check: checkBrokers,
			Doc: "Syncs take longer. (There are some only with log.flush.interval.messages: else nobody waits for the disk.)",
			Parameters: []model.Setting{node, {Name: "factor", Type: model.Number, Required: true, Min: 1,
				Max: 1000 * int64(sim.Whole), Doc: "How many times as long."}},
		},
	}
}

// faultDisks begins or ends a fault of disks.
func (w *world) faultDisks(f *model.Fault, on bool) {
	brokers, _ := brokersOf(f.Values, model.ParamNode, w.cfg.brokers)
	factor, _ := f.Values.Get("factor")
	for _, i := range brokers {
		b := w.brokers[i]
		d := &b.disk
		switch {
		case f.Kind == faultSlow && on:
			d.slow += sim.Share(factor.Int) - sim.Whole
		case f.Kind == faultSlow:
			d.slow -= sim.Share(factor.Int) - sim.Whole
		case on:
			d.full++
			b.watchDisk()
		default:
			if d.full--; d.full == 0 && d.halted {
				w.sim.Restart(b.node, 0)
			}
		}
	}
}

// watchDisk has a process with a full disk end when it writes down its high
// watermarks, if it has not written anything before.
//
// Reference: Kafka, CheckpointFileWithFailureHandler.write.
func (b *broker) watchDisk() {
	if b.disk.full > 0 && !b.w.sim.Down(b.node) {
		b.w.sim.After(b.node, checkpointEvery-b.w.sim.Now()%checkpointEvery, timerFull, 0)
	}
}

// noRoom says that nothing can be written. Who finds that out ends the process: what
// it was asked is answered yet, and nothing is put in order.
//
// Reference: Kafka, UnifiedLog.append (LocalLog.maybeHandleIOException,
// KafkaStorageException), LogManager.handleLogDirFailure (Exit.halt when all log
// directories have failed).
func (b *broker) noRoom() bool {
	if b.disk.full == 0 {
		return false
	}
	if !b.disk.halting {
		b.disk.halting = true
		process := b.incarnation
		b.w.sim.At(b.w.sim.Now(), func() {
			if b.incarnation == process && !b.w.sim.Down(b.node) {
				b.w.sim.Crash(b.node)
				b.disk.halted = true
			}
		})
	}
	return true
}

var decideSync = sim.NewDecision("kafka.disk.sync")

// writeBack has the disk write a log back, one log after another; it ends when the disk is
// free. The batch is the one that made it due.
//
// Reference: Kafka, UnifiedLog.append (flush, in the thread that appends).
func (b *broker) writeBack(r *replica, id uint32) {
	a, d := b.w.arena, &b.disk
	about := sim.ID(id)
	if x := &a.batches[id]; x.mark == noMarker {
		about = b.w.identity(a.records[x.first])
	}
	took := b.w.sim.Draw(decideSync, sim.Identity(sim.ID(b.index), sim.ID(r.partition), about), &b.w.cfg.sync)
	took += took / 1000 * int64(d.slow) / (int64(sim.Whole) / 1000)
	d.free = max(d.free, b.w.sim.Now()) + sim.Time(took)
	r.locked = d.free
}

// locked says until when a partition of a request cannot be appended to, because a
// sync of it goes on: the next request waits for the log's lock.
//
// Reference: Kafka, UnifiedLog.append (lock synchronized).
func (b *broker) locked(body *produceBody) (until sim.Time, is bool) {
	now := b.w.sim.Now()
	if b.disk.free <= now {
		return 0, false
	}
	for i := range body.batches {
		if r := b.leading(body.batches[i].partition); r != nil {
			until = max(until, r.locked)
		}
	}
	return until, until > now
}

// syncing says until when what a request has appended is written to the disk. It is
// as if not appended for who waits until then.
func (b *broker) syncing(id uint32, body *produceBody) (until sim.Time, is bool) {
	now := b.w.sim.Now()
	if b.disk.free <= now {
		return 0, false
	}
	for _, r := range b.touched {
		until = max(until, r.locked)
		r.waiters = slices.DeleteFunc(r.waiters, func(w waiter) bool { return w.request == id })
	}
	if until > now {
		body.waiting = 0
	}
	return until, until > now
}

// synced goes on with a request whose batches are on the disk.
func (b *broker) synced(id uint32) {
	body := b.bodies().produce.At(id)
	b.touched = b.touched[:0]
	for i := range body.batches {
		pb := &body.batches[i]
		r := b.leading(pb.partition)
		switch {
		case pb.err != errNone:
			continue
		case r == nil:
			pb.err = b.notLeading(pb.partition)
			continue
		case body.acks == "all":
			b.await(r, id, body, i)
		}
		b.touched = append(b.touched, r)
	}
	b.settleProduce(id, body)
}

// produceAgain carries out a request that has waited for the lock of a log.
func (b *broker) produceAgain(id uint32) {
	body := b.bodies().produce.At(id)
	b.produce(body.conn, sim.Frame{Kind: frameProduce, Body: id, Size: body.size, ID: body.id})
}
