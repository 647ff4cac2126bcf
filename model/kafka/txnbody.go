package kafka

import "orderlab/sim"

// txnBody is a request about transactions, with its answer.
type txnBody struct {
	id      int32 // the number of the transactional id
	pid     int32 // -1 where the producer has none
	epoch   int16
	timeout sim.Time // InitProducerId
	// verify says of AddPartitionsToTxn that nothing is to be added: the leader of a
	// partition wants to know whether it is in the transaction.
	verify bool
	commit bool // EndTxn, WriteTxnMarkers
	// parts are what is asked for, errs what became of each.
	parts            []int32
	errs             []errorCode
	offsets          bool // WriteTxnMarkers: the group's offsets, too
	err              errorCode
	broker           int // FindCoordinator's answer
	coordinatorEpoch int32
	member           membership // TxnOffsetCommit, with generation and positions
	generation       int32
	positions        []fetchPart
	request          uint32 // of a leader: the produce request that waits

	conn    sim.Conn // of WriteTxnMarkers, at the leader; NoConn for a request of its own
	waiting int      // partitions whose marker is not replicated
}

// takeTxnBody returns an empty body.
func (b *bodies) takeTxnBody() (uint32, *txnBody) {
	id, body := b.txn.Take()
	parts, errs, positions := body.parts[:0], body.errs[:0], body.positions[:0]
	*body = txnBody{pid: -1, parts: parts, errs: errs, positions: positions}
	return id, body
}

func txnFrame(kind uint16, body uint32) sim.Frame { return sim.Frame{Kind: kind, Body: body, Size: 96} }
