package kafka

import (
	"slices"

	"orderlab/sim"
)

// pointAppended is passed by a leader that has appended a request's batches and
// has answered nobody yet.
const pointAppended = "after append, before ack"

// produce appends the batches of a request and answers when they are as durable
// as was asked.
func (b *broker) produce(c sim.Conn, f sim.Frame) {
	body := b.bodies().produce.At(f.Body)
	body.conn, body.waiting, body.task, body.size = c, 0, noTask, f.Size
	if body.txn >= 0 && !body.verified && b.verifyTxn(f.Body, body) {
		return
	}
	if until, is := b.locked(body); is {
		b.w.sim.After(b.node, until-b.w.sim.Now(), timerLocked, uint64(f.Body))
		return
	}
	b.touched = b.touched[:0]
	for i := range body.batches {
		pb := &body.batches[i]
		r := b.leading(pb.partition)
		if r == nil {
			pb.err = b.notLeading(pb.partition)
			continue
		}
		if body.txn >= 0 && pb.err != errNone { // it is not in the transaction
			continue
		}
		if body.acks == "all" && b.underMinISR(r) {
			pb.err = errNotEnoughReplicas
			continue
		}
		if b.append(r, body, pb) && body.acks == "all" {
			b.await(r, f.Body, body, i)
		}
	}
	if len(b.touched) > 0 && b.w.sim.Point(b.node, pointAppended) {
		return
	}
	if until, is := b.syncing(f.Body, body); is {
		b.w.sim.After(b.node, until-b.w.sim.Now(), timerSynced, uint64(f.Body))
		return
	}
	b.settleProduce(f.Body, body)
}

// settleProduce answers a request, or parks it, and wakes who waits for what it has
// appended.
func (b *broker) settleProduce(id uint32, body *produceBody) {
	if body.waiting == 0 {
		b.answerProduce(id)
	} else if body.task = b.park(&b.produces, body.timeout, id); body.task == noTask {
		b.expireProduce(id)
	}
	// Purgatories are completed after all batches of the request are appended.
	// Reference: Kafka, ReplicaManager.appendRecords (action queue).
	for _, r := range b.touched {
		b.appended(r)
	}
}

// append writes a batch to the leader's log, unless it is a duplicate or out of
// sequence; it says whether there is something to wait for.
//
// Reference: Kafka, UnifiedLog.analyzeAndValidateProducerState and
// ProducerAppendInfo.checkSequence.
func (b *broker) append(r *replica, body *produceBody, pb *produceBatch) bool {
	a := b.w.arena
	count := int32(len(pb.records))
	pb.err = errNone
	var state *producerState
	if body.pid >= 0 {
		state = r.state(body.pid, b.w.sim.Now(), b.w.cfg.producerExpiration)
		if id, ok := state.duplicate(a, pb.epoch, pb.sequence, count); ok {
			pb.base = a.batches[id].base
			return true
		}
		if pb.err = state.check(pb.epoch, pb.sequence); pb.err != errNone {
			return false
		}
		if pb.err = b.checkTxn(r, state, body, pb); pb.err != errNone {
			return false
		}
	}
	size := batchOverhead + count*(b.w.cfg.recordSize+recordOverhead)
	if size > b.w.cfg.maxMessage {
		pb.err = errMessageTooLarge
		return false
	}
	if b.noRoom() {
		pb.err = errKafkaStorage
		return false
	}
	id := uint32(len(a.batches))
	a.batches = append(a.batches, batch{
		base: r.log.end, first: uint32(len(a.records)), count: uint32(count),
		bytes:    size,
		producer: body.pid, producerEpoch: pb.epoch, sequence: pb.sequence, session: body.session, epoch: r.epoch,
		at: b.w.sim.Now(), transactional: body.txn >= 0,
	})
	a.records = append(a.records, pb.records...)
	pb.base = r.log.end
	place := b.w.places[r.partition]
	for i, m := range pb.records {
		b.w.rec.Store(m, b.process, place, pb.base+int64(i))
	}
	r.log.append(a, id)
	r.filed(&a.batches[id], &b.w.cfg.retention)
	if r.wrote(pb.base, b.w.sim.Now(), b.w.cfg.replication.flushEvery) {
		b.writeBack(r, id)
	}
	if state != nil {
		state.remember(id, pb.epoch, pb.sequence, count, b.w.sim.Now())
	}
	if body.txn >= 0 {
		r.trackTxn(&a.batches[id])
	}
	b.touched = append(b.touched, r)
	return true
}

// await puts a batch in the produce purgatory until it is replicated.
func (b *broker) await(r *replica, request uint32, body *produceBody, batch int) {
	pb := &body.batches[batch]
	required := pb.base + int64(len(pb.records))
	if r.watermark >= required { // a duplicate
		return
	}
	r.waiters = append(r.waiters, waiter{request, int32(batch), required})
	body.waiting++
}

// appended tells those who wait for the log's end, and for the high watermark
// where it moved.
func (b *broker) appended(r *replica) {
	b.wake(&r.followers, r.log.end, r.log.end)
	if b.advance(r) {
		b.advanced(r)
	}
}

// advanced completes what waited for the high watermark. A record that is stored
// while too few replicas are in sync is answered with an error all the same.
//
// Reference: Kafka, Partition.checkEnoughReplicasReachOffset.
func (b *broker) advanced(r *replica) {
	kept := r.waiters[:0]
	for _, w := range r.waiters {
		if w.required > r.watermark {
			kept = append(kept, w)
			continue
		}
		body := b.bodies().produce.At(w.request)
		if r.maximal().size() < b.minISR(r) {
			body.batches[w.batch].err = errNotEnoughReplicasAfterAppend
		}
		if body.waiting--; body.waiting == 0 {
			b.ready = append(b.ready, w.request)
		}
	}
	r.waiters = kept
	for _, request := range b.ready {
		b.answerProduce(request)
	}
	b.ready = b.ready[:0]
	if r.txns != nil {
		b.completeMarkers(r, errNone)
	}
	b.wake(&r.consumers, r.watermark, r.stable())
}

// wake completes the parked fetches that can now read past their offset, up to
// stable those of committed records, and have enough to read.
func (b *broker) wake(list *[]watcher, limit, stable int64) {
	kept := (*list)[:0]
	for _, w := range *list {
		switch {
		case !b.parked(w):
		case limit > w.offset && (!w.committed || stable > w.offset) && b.enough(w.request):
			b.ready = append(b.ready, w.request)
		default:
			kept = append(kept, w)
		}
	}
	*list = kept
	for _, request := range b.ready {
		b.completeFetch(request)
	}
	b.ready = b.ready[:0]
}

func (b *broker) answerProduce(id uint32) {
	body := b.bodies().produce.At(id)
	b.produces.wheels.cancel(body.task)
	c := body.conn
	throttle := b.throttleProduce(body)
	if body.acks == "0" { // nobody waits for an answer; an error closes the connection
		if slices.ContainsFunc(body.batches, func(pb produceBatch) bool { return pb.err != errNone }) {
			b.w.sim.Close(b.node, c)
			b.forget(c)
		}
		b.bodies().produce.Put(id)
		b.letOn(c, throttle)
		return
	}
	size := 48 + 24*int32(len(body.batches))
	throttle = max(throttle, b.throttleWork(c, int(body.producer), size))
	body.throttle = throttle
	b.reply(c, sim.Frame{Kind: frameProduce | reply, Body: id, Size: size, ID: body.id})
	b.letOn(c, throttle)
}
