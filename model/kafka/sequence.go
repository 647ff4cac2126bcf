package kafka

// pid is the producer id: a new one for each session.
//
// Reference: Kafka, KafkaProducer (without a transactional id, InitProducerId
// gives a new id at every start).
func (p *producer) pid() int32 {
	if p.txn != nil {
		return p.txn.pid
	}
	return int32(p.index)<<16 | int32(p.session)
}

// number gives a batch its sequence. A partition without a batch out takes up the
// producer's epoch, and begins anew with it.
//
// Reference: Kafka, TransactionManager.maybeUpdateProducerIdAndEpoch.
func (p *producer) number(acc *accumulator, b *pendingBatch) {
	if acc.epoch != p.epoch {
		acc.epoch, acc.next, acc.lastAcked = p.epoch, 0, -1
	}
	b.sequence, b.epoch = acc.next, p.epoch
	acc.next += int32(len(b.records))
}

// resolve is what the sender does about sequences before it sends: where a batch
// was given up and none is left without an answer, either those behind it were
// acked, and the gap does not matter, or the epoch is raised.
//
// Reference: Kafka, TransactionManager.maybeResolveSequences and
// bumpIdempotentEpochAndResetIdIfNeeded.
func (p *producer) resolve() {
	if !p.gaps && !p.bump {
		return
	}
	if p.txn != nil { // a failed batch has the transaction given up
		p.settleSequences()
		return
	}
	p.gaps = false
	for i := range p.parts {
		acc := &p.parts[i]
		if acc.unresolved == 0 {
			continue
		}
		if p.numbered(acc) {
			p.gaps = true
			continue
		}
		if acc.lastAcked+1 != acc.next {
			p.bump, acc.rewrite = true, true
		}
		acc.unresolved = 0
	}
	if p.bump {
		p.raise()
	}
}

// numbered says that a batch with a sequence waits for its end.
func (p *producer) numbered(acc *accumulator) bool {
	for _, h := range acc.inFlight {
		if !p.batches[h].done {
			return true
		}
	}
	return len(acc.queue) > 0 && p.batches[acc.queue[0]].sequence >= 0
}

// raise begins the next epoch. The partitions that asked for it number their
// batches anew, in the order of their sequences; others take it up when they have
// none out.
//
// Reference: Kafka, TransactionManager.bumpIdempotentProducerEpoch,
// TxnPartitionEntry.startSequencesAtBeginning.
func (p *producer) raise() {
	p.epoch++
	p.bump = false
	for i := range p.parts {
		acc := &p.parts[i]
		if !acc.rewrite {
			continue
		}
		acc.rewrite, acc.unresolved = false, 0
		acc.epoch, acc.next, acc.lastAcked = p.epoch, 0, -1
		p.renumber(acc)
	}
}

// renumber gives the batches that have a sequence new ones.
func (p *producer) renumber(acc *accumulator) {
	for last := int32(-1); ; {
		var least *pendingBatch
		for _, list := range [2][]uint32{acc.inFlight, acc.queue} {
			for _, h := range list {
				b := &p.batches[h]
				if b.epoch != p.epoch && !b.done && b.sequence > last && (least == nil || b.sequence < least.sequence) {
					least = b
				}
			}
		}
		if least == nil {
			return
		}
		last = least.sequence
		least.sequence, least.epoch, least.reset = acc.next, p.epoch, true
		acc.next += int32(len(least.records))
	}
}

// outOfOrder looks at a batch that the broker found out of order: where all before
// it are acked there is a gap, and the epoch is raised; else it is sent again
// until those before it are settled.
//
// Reference: Kafka, TransactionManager.canRetry.
func (p *producer) outOfOrder(acc *accumulator, b *pendingBatch) {
	isNext := b.sequence == acc.lastAcked+1
	switch {
	case acc.unresolved == 0 && (b.reset || !isNext):
	case acc.unresolved == 0 || b.sequence == acc.unresolved:
		p.bump, acc.rewrite = true, true
	}
}
