package kafka

import (
	"fmt"
	"testing"

	"orderlab/sim"
)

// txnWorld is a cluster without clients and a probe with a connection to the
// coordinator of one transactional id.
func txnWorld(t testing.TB, profile string, brokers int) (*bench, *line) {
	s := newSetup().must("topic", "partitions", "3")
	s.brokers, s.producers, s.profile = brokers, 0, profile
	b := s.build(t)
	b.w.addTxn("probe")
	b.w.beginTxns()
	b.run(sim.Second)
	return b, b.probe().dial(b.w.txns[0].b.index)
}

// txn sends a request about the transaction and returns the answer.
func (l *line) txn(kind uint16, pid int32, epoch int16, fill func(*txnBody)) txnBody {
	l.p.b.tb.Helper()
	id, body := l.p.b.w.arena.bodies.takeTxnBody()
	body.pid, body.epoch, body.timeout = pid, epoch, sim.Minute
	if fill != nil {
		fill(body)
	}
	l.send(txnFrame(kind, id))
	return *l.p.b.w.arena.bodies.txn.At(l.wait().Body)
}

func commits(body *txnBody)      { body.commit = true }
func partitionOne(body *txnBody) { body.parts = append(body.parts, 1) }
func looksAt(partition int32) func(*txnBody) {
	return func(body *txnBody) { body.parts, body.verify = append(body.parts, partition), true }
}

// produceIn sends one batch of a transaction to a partition.
func (l *line) produceIn(pid int32, epoch int16, partition, sequence int32) errorCode {
	l.p.b.tb.Helper()
	b := l.p.b
	id, body := b.w.arena.bodies.produce.Take()
	*body = produceBody{pid: pid, acks: "all", txn: 0, timeout: sim.Minute, batches: []produceBatch{
		{partition: partition, sequence: sequence, epoch: epoch, records: b.messagesToSend(1)}}}
	l.send(sim.Frame{Kind: frameProduce, Body: id, Size: 100})
	return b.w.arena.bodies.produce.At(l.wait().Body).batches[0].err
}

// The coordinator's answers to each request in each of its states.
func TestTransactionStates(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		bumps := profile == "kafka-4.0"
		_, l := txnWorld(t, profile, 1)
		step := func(what string, got txnBody, want errorCode, status txnStatus) {
			t.Helper()
			if tx := l.p.b.w.txns[0]; got.err != want || tx.status != status {
				t.Fatalf("%s: %q in status %d, want %q in %d", what, got.err, tx.status, want, status)
			}
		}
		first := l.txn(frameInitPid, -1, -1, nil)
		step("init", first, errNone, txnEmpty)
		pid := first.pid
		step("commit of nothing", l.txn(frameEndTxn, pid, 0, commits), errInvalidTxnState, txnEmpty)
		step("a wrong id", l.txn(frameAddPartitions, pid+1, 0, partitionOne), errInvalidPIDMapping, txnEmpty)
		step("a wrong epoch", l.txn(frameAddPartitions, pid, 1, partitionOne), errProducerFenced, txnEmpty)
		step("add", l.txn(frameAddPartitions, pid, 0, partitionOne), errNone, txnOngoing)
		looked := l.txn(frameAddPartitions, pid, 0, looksAt(1))
		step("look", looked, errNone, txnOngoing)
		other := l.txn(frameAddPartitions, pid, 0, looksAt(2))
		if looked.errs[0] != errNone || other.errs[0] != errTransactionAbortable {
			t.Errorf("partition 1: %v, partition 2: %v", looked.errs, other.errs)
		}
		step("commit", l.txn(frameEndTxn, pid, 0, commits), errNone, txnCompleteCommit)
		epoch := int16(0)
		if bumps {
			epoch = 1
		}
		again := l.txn(frameEndTxn, pid, 0, commits)
		step("commit again", again, errNone, txnCompleteCommit)
		if again.epoch != epoch {
			t.Errorf("the epoch is %d", again.epoch)
		}
		step("abort after that", l.txn(frameEndTxn, pid, 0, nil), errInvalidTxnState, txnCompleteCommit)
		step("add", l.txn(frameAddPartitions, pid, epoch, partitionOne), errNone, txnOngoing)
		step("another producer begins", l.txn(frameInitPid, -1, -1, nil), errConcurrentTransactions, txnCompleteAbort)
		second := l.txn(frameInitPid, -1, -1, nil)
		step("and again", second, errNone, txnEmpty)
		if second.pid != pid || second.epoch != epoch+2 {
			t.Errorf("id %d epoch %d", second.pid-pid, second.epoch)
		}
		step("the first one is fenced", l.txn(frameEndTxn, pid, epoch, commits), errProducerFenced, txnEmpty)
		step("as is its next epoch", l.txn(frameInitPid, pid, epoch, nil), errProducerFenced, txnEmpty)
		step("the second asks for one", l.txn(frameInitPid, pid, second.epoch, nil), errNone, txnEmpty)
	})
}

// A producer id whose epochs run out is replaced.
func TestEpochsRunOut(t *testing.T) {
	b, l := txnWorld(t, "kafka-4.0", 1)
	first := l.txn(frameInitPid, -1, -1, nil)
	b.w.txns[0].epoch = exhaustedEpoch
	if next := l.txn(frameInitPid, -1, -1, nil); next.pid == first.pid || next.epoch != 0 {
		t.Errorf("id %d epoch %d", next.pid-first.pid, next.epoch)
	}
}

// While the markers of a transaction are not written its producer cannot begin the
// next: the leader of a partition is away, and the coordinator tries again.
func TestConcurrentTransactions(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		b, l := txnWorld(t, profile, 3)
		pid := l.txn(frameInitPid, -1, -1, nil).pid
		home, away := b.w.txns[0].b.index, int32(-1)
		for p, leader := range b.w.controller.leaders {
			if int(leader) != home {
				away = int32(p)
			}
		}
		leader := b.w.brokers[b.w.controller.leaders[away]]
		l.txn(frameAddPartitions, pid, 0, func(body *txnBody) { body.parts = append(body.parts, away) })
		b.sim.Crash(leader.node)
		epoch := l.txn(frameEndTxn, pid, 0, commits).epoch
		if got := l.txn(frameAddPartitions, pid, epoch, partitionOne).err; got != errConcurrentTransactions {
			t.Errorf("the next transaction is answered with %q", got)
		}
		if got := l.txn(frameInitPid, -1, -1, nil).err; got != errConcurrentTransactions {
			t.Errorf("another producer is answered with %q", got)
		}
		b.sim.Restart(leader.node, 0)
		b.run(30 * sim.Second)
		if tx := b.w.txns[0]; tx.status != txnCompleteCommit || b.log(away) != "C" {
			t.Errorf("status %d, log %s", tx.status, b.log(away))
		}
	})
}

// A batch that comes after the end of its transaction would begin another that nobody
// ends. Its leader asks the coordinator, and refuses it; without that question the
// last stable offset stays for ever.
func TestLateBatchOfTransaction(t *testing.T) {
	for _, c := range []struct {
		profile, verify string
		want            errorCode
		stable          int64
	}{
		{"kafka-3.9", "true", errTransactionAbortable, 2},
		{"kafka-3.9", "false", errNone, 2},
		{"kafka-4.0", "true", errInvalidProducerEpoch, 2},
		{"kafka-4.0", "false", errInvalidProducerEpoch, 2},
	} {
		t.Run(fmt.Sprint(c.profile, c.verify), func(t *testing.T) {
			b, l := txnWorld(t, c.profile, 1)
			b.w.cfg.txnVerify = c.verify == "true"
			pid := l.txn(frameInitPid, -1, -1, nil).pid
			l.txn(frameAddPartitions, pid, 0, partitionOne)
			if err := l.produceIn(pid, 0, 1, 0); err != errNone {
				t.Fatal(err)
			}
			l.txn(frameEndTxn, pid, 0, nil)
			if err := l.produceIn(pid, 0, 1, 1); err != c.want {
				t.Errorf("the late batch is answered with %q, want %q", err, c.want)
			}
			r := b.w.leader(1)
			l.produce(-1, 1, -1, 1)
			hanging := c.want == errNone
			if got := r.stable(); got != c.stable && hanging || hanging != (got < r.watermark) {
				t.Errorf("the last stable offset is %d of %d", got, r.watermark)
			}
		})
	}
}

// A marker that comes between the question whether a batch is in its transaction and
// the batch makes the answer void.
func TestVerificationIsOld(t *testing.T) {
	b, l := txnWorld(t, "kafka-3.9", 1)
	pid := l.txn(frameInitPid, -1, -1, nil).pid
	r := b.w.leader(1)
	body := &produceBody{pid: pid, txn: 0, verified: true}
	pb := &produceBatch{partition: 1}
	s := r.state(pid, b.sim.Now(), sim.Minute)
	if err := b.w.brokers[0].checkTxn(r, s, body, pb); err != errNone {
		t.Errorf("it is refused with %q", err)
	}
	l.txn(frameAddPartitions, pid, 0, partitionOne)
	l.txn(frameEndTxn, pid, 0, nil)
	if err := b.w.brokers[0].checkTxn(r, r.state(pid, b.sim.Now(), sim.Minute), body, pb); err != errInvalidTxnState {
		t.Errorf("after the marker it is answered with %q", err)
	}
}
