package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// transactional is a world for a transaction: producer-0 sends in transactions that
// its application ends after 2 s, producer-1 without, and a consumer reads all, or
// only what is committed.
type transactional struct {
	*judge
	reader *byHand
	shown  int // of what it has read
}

func judgeTransactional(j *judge, isolation string) *transactional {
	s := judgeMembers(1, "consumer", "isolation.level", isolation, "consumer", "auto.offset.reset", "earliest")
	s.producers = 2
	s.own = map[string]model.Values{"producer-0": model.Values{}.Set("transactional.id", model.TextValue("t")).
		Set("transaction.timeout.ms", model.DurationValue(int64(3*sim.Second)))}
	s.app = transactions(100, 0).Set(model.TransactionTime, model.DurationValue(int64(2*sim.Second)))
	x := &transactional{judge: &judge{T: j.T}}
	x.in(s.build(j))
	x.reader = x.member(0)
	x.reader.poll(100)
	x.assigned(x.reader, 1)
	x.run(sim.Second)
	return x
}

// begin has the transaction begin with a record, and another record follow.
func (x *transactional) begin(mine, other string) {
	x.sendAs(0, "a", mine)
	x.run(100 * sim.Millisecond)
	x.sendAs(1, "a", other)
	x.run(100 * sim.Millisecond)
}

// read returns what was read since the last time.
func (x *transactional) read() []string {
	out := x.reader.got[x.shown:]
	x.shown = len(x.reader.got)
	return append([]string{}, out...)
}

// over waits until the history has an end of a transaction of this kind, and its
// records are read.
func (x *transactional) over(kind history.Kind) {
	x.Helper()
	before := x.count(kind)
	x.until("the transaction is over", func() bool { return x.count(kind) > before })
	x.run(sim.Second)
}

// Two readers, of which one reads what is committed only, while a transaction is open
// that is committed, aborted, and left open.
func judgeOpenTransaction(j *judge) {
	both := []*transactional{judgeTransactional(j, "read_committed"), judgeTransactional(j, "read_uncommitted")}
	each := func(do func(*transactional)) {
		for _, x := range both {
			do(x)
		}
	}
	step := func(name string) {
		j.Step(name, "read_committed", both[0].read(), "read_uncommitted", both[1].read())
	}
	each(func(x *transactional) { x.begin("t0", "p0") })
	step("open")
	each(func(x *transactional) { x.over(history.KindCommitTxn) })
	step("committed")
	each(func(x *transactional) {
		x.w.cfg.txnApp.aborts = 100
		x.begin("t1", "p1")
	})
	step("open again")
	each(func(x *transactional) { x.over(history.KindAbortTxn) })
	step("aborted")
	each(func(x *transactional) {
		x.w.cfg.txnApp.aborts = 0
		x.begin("t2", "p2")
		x.sim.Pause(x.w.producers[0].node)
	})
	step("left open")
	began, all := both[0].sim.Now(), len(both[0].reader.got)+1
	both[0].until("p2 is read", func() bool { return len(both[0].reader.got) == all })
	took := both[0].sim.Now() - began
	step("out of time")
	both[0].sim.Resume(both[0].w.producers[0].node)
	both[0].run(sim.Second)
	j.Measured("waited", []any{"ms", took / sim.Millisecond},
		"between the time-out and 10 s more", took > 2*sim.Second && took < 13*sim.Second, "the commit then", both[0].problem())
}

// problem is why the newest transaction of the first producer failed, as the Java
// producer's exception.
func (x *transactional) problem() string {
	exceptions := map[string]string{errInvalidTxnState.String(): "InvalidTxnStateException",
		errProducerFenced.String(): "ProducerFencedException"}
	return exceptions[x.w.producers[0].txn.detail]
}

// A second producer begins with the transactional id of one whose transaction is open.
func judgeFencing(j *judge) {
	s := judgeMembers(1, "consumer", "isolation.level", "read_committed", "consumer", "auto.offset.reset", "earliest",
		"producer", "transactional.id", "t")
	s.producers = 2
	s.app = transactions(100, 0).Set(model.TransactionTime, model.DurationValue(int64(2*sim.Second)))
	x := &transactional{judge: &judge{T: j.T}}
	x.in(s.build(j))
	x.reader = x.member(0)
	x.reader.poll(100)
	x.sim.Crash(x.w.producers[1].node)
	x.assigned(x.reader, 1)
	x.run(sim.Second)
	x.sendAs(0, "a", "t0")
	x.run(500 * sim.Millisecond)
	x.sim.Restart(x.w.producers[1].node, 0)
	x.run(500 * sim.Millisecond)
	x.sendAs(1, "a", "t1")
	x.run(5 * sim.Second)
	second := "refused"
	if x.count(history.KindCommitTxn) == 1 {
		second = "ok"
	}
	j.Step("both commit", "commit by the second", second, "commit by the first", x.problem(), "read_committed", x.reader.got)
}
