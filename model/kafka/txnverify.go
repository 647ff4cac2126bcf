package kafka

import (
	"slices"

	"orderlab/sim"
)

// addRetry is how long a leader waits before it asks again to add a partition to a
// transaction, while the one before is not complete, and addRetryMax how long it does
// so at most.
//
// Reference: Kafka, add.partitions.to.txn.retry.backoff.ms (20) and
// add.partitions.to.txn.retry.backoff.max.ms (100), both since 4.0.
const (
	addRetry    = 20 * sim.Millisecond
	addRetryMax = 100 * sim.Millisecond
)

// verification is a produce request whose transaction a leader asks about.
type verification struct {
	request uint32
	peer    int
	began   sim.Time
}

// verifyTxn asks the coordinator of the transaction to add the partitions that are
// new to it (from 4.0 on), or whether they are in it; it says whether there is
// anything to ask. Without that, a batch that comes after the end of its transaction
// would begin another, which nobody ends.
//
// Reference: Kafka, ReplicaManager.maybeSendPartitionsToTransactionCoordinator,
// AddPartitionsToTxnManager (KIP-890).
func (b *broker) verifyTxn(request uint32, body *produceBody) bool {
	if !b.w.cfg.txnVerify {
		return false
	}
	needed := false
	for i := range body.batches {
		pb := &body.batches[i]
		r := b.leading(pb.partition)
		if r == nil {
			continue
		}
		s := r.state(body.pid, b.w.sim.Now(), b.w.cfg.producerExpiration)
		pb.guard = s.guard
		needed = needed || !r.inTxn(body.pid) || s.epoch != pb.epoch
	}
	if !needed {
		return false
	}
	body.verified = true
	home := b.w.txns[body.txn].firstLive(b.live, b.w.cfg.brokers)
	b.verifying = append(b.verifying, verification{request, home, b.w.sim.Now()})
	b.askToAdd(request, home)
	return true
}

// askToAdd sends the question of a verification.
func (b *broker) askToAdd(request uint32, home int) {
	if home < 0 {
		b.unverified(home)
		return
	}
	id, ask := b.bodies().takeTxnBody()
	body := b.bodies().produce.At(request)
	ask.id, ask.pid, ask.request, ask.verify = body.txn, body.pid, request, !b.w.cfg.txnV2
	for i := range body.batches {
		pb := &body.batches[i]
		ask.epoch = pb.epoch
		ask.parts = append(ask.parts, pb.partition)
	}
	b.askBroker(home, frameAddPartitions, id)
}

// verified takes up the answer: the produce request goes on. While the transaction
// before is being completed the question is put again.
func (b *broker) verified(body *txnBody) {
	i := slices.IndexFunc(b.verifying, func(v verification) bool { return v.request == body.request })
	if i < 0 {
		return
	}
	v := b.verifying[i]
	if body.err == errConcurrentTransactions && !body.verify && v.began+addRetryMax > b.w.sim.Now() {
		b.w.sim.After(b.node, addRetry, timerAddTxn, uint64(v.request))
		return
	}
	b.verifying = slices.Delete(b.verifying, i, i+1)
	produce := b.bodies().produce.At(v.request)
	for j := range produce.batches {
		pb := &produce.batches[j]
		pb.err = verifyError(body.err)
		if body.verify && body.err == errNone {
			pb.err = verifyError(body.errs[j])
		}
	}
	b.goOn(v.request)
}

// goOn takes up a produce request again.
func (b *broker) goOn(request uint32) {
	c := b.bodies().produce.At(request).conn
	b.produce(c, sim.Frame{Kind: frameProduce, Body: request})
}

// verifyError is what a producer is told of a verification that failed.
//
// Reference: Kafka, ReplicaManager.handleProduceAppend,
// AddPartitionsToTxnManager.AddPartitionsToTxnHandler.onComplete.
func verifyError(err errorCode) errorCode {
	switch err {
	case errProducerFenced:
		return errInvalidProducerEpoch
	case errNotCoordinator, errNetworkException:
		return errNotEnoughReplicas
	}
	return err
}

// addAgain puts the question of a verification again.
func (b *broker) addAgain(request uint32) {
	for _, v := range b.verifying {
		if v.request == request {
			b.askToAdd(request, v.peer)
			return
		}
	}
}

// unverified sends the producers away whose question to a broker was lost.
func (b *broker) unverified(peer int) {
	var lost []uint32
	b.verifying = slices.DeleteFunc(b.verifying, func(v verification) bool {
		if v.peer == peer {
			lost = append(lost, v.request)
		}
		return v.peer == peer
	})
	for _, request := range lost {
		produce := b.bodies().produce.At(request)
		for j := range produce.batches {
			produce.batches[j].err = errNotEnoughReplicas
		}
		b.goOn(request)
	}
}

// checkTxn refuses a batch whose partition is not known to be in the transaction.
//
// Reference: Kafka, UnifiedLog.analyzeAndValidateProducerState
// (batchMissingRequiredVerification).
func (b *broker) checkTxn(r *replica, s *producerState, body *produceBody, pb *produceBatch) errorCode {
	switch {
	case body.txn < 0 || !b.w.cfg.txnVerify || r.inTxn(body.pid) && s.epoch == pb.epoch:
		return errNone
	case !body.verified || pb.guard != s.guard:
		return errInvalidTxnState
	}
	return errNone
}
