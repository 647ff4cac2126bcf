package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// txnSetup is a small world whose producers send in transactions of three messages,
// and whose consumer reads from the beginning.
func txnSetup(profile, isolation string) *setup {
	s := newSetup().must("producer", "transactional.id", "tx-*").must("producer", "linger.ms", "0s").
		must("consumer", "isolation.level", isolation).must("consumer", "auto.offset.reset", "earliest").
		must("topic", "partitions", "2")
	s.consumers, s.profile = 1, profile
	s.app = transactions(3, 0)
	return s
}

// transactions are those of an application that commits after so many messages, or
// 200 ms, and gives up so many in a hundred.
func transactions(messages, aborts int64) model.Values {
	return model.Values{}.Set(model.TransactionMessages, model.IntegerValue(messages)).
		Set(model.TransactionTime, model.DurationValue(int64(200*sim.Millisecond))).
		Set(model.TransactionAborts, model.IntegerValue(aborts))
}

// inProfiles runs a test in each profile.
func inProfiles(t *testing.T, test func(t *testing.T, profile string)) {
	for _, profile := range profiles() {
		t.Run(profile, func(t *testing.T) { test(t, profile) })
	}
}

// count returns how many operations of a kind the history has.
func (b *bench) count(k history.Kind) int {
	n := 0
	for i := range b.hist.Len() {
		if b.hist.Op(i).Kind == k {
			n++
		}
	}
	return n
}

// log writes a partition's log in short: the messages, and C or A for a marker.
func (b *bench) log(partition int32) string {
	var out []string
	for _, id := range b.w.leader(partition).log.batches {
		switch x := &b.w.arena.batches[id]; x.mark {
		case commitMarker:
			out = append(out, "C")
		case abortMarker:
			out = append(out, "A")
		default:
			out = append(out, b.messages(b.w.arena.records[x.first:x.first+x.count]))
		}
	}
	return strings.Join(out, " ")
}

// acks counts the answers to sends by outcome.
func (b *bench) acks() string {
	n := [3]int{}
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindAck {
			n[op.Outcome]++
		}
	}
	return fmt.Sprintf("ok %d, fail %d, unknown %d", n[history.OK], n[history.Fail], n[history.Unknown])
}

// A transaction's records are handed to a consumer of committed records when it is
// committed, and their sends are answered then; one marker on each partition ends it.
func TestTransactionCommits(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		b := txnSetup(profile, "read_committed").build(t)
		b.run(5 * sim.Second)
		for range 4 {
			b.send(0, "a")
			b.send(0, "a")
			b.run(50 * sim.Millisecond)
			if b.rec.Unanswered != 2 {
				t.Fatalf("%d sends wait for the end of the transaction", b.rec.Unanswered)
			}
			b.send(0, "a")
			b.run(500 * sim.Millisecond)
		}
		if got := len(b.applied()); got != 12 || b.rec.Unanswered != 0 || !b.w.Settled() {
			t.Errorf("%d applied, %d not answered, settled: %v", got, b.rec.Unanswered, b.w.Settled())
		}
		p := b.w.partition(history.Key(0), 2)
		if got := b.log(int32(p)); got != "a0 a1 a2 C a3 a4 a5 C a6 a7 a8 C a9 a10 a11 C" {
			t.Errorf("the log is %s", got)
		}
		if got := b.count(history.KindCommitTxn); got != 4 {
			t.Errorf("%d transactions were committed", got)
		}
	})
}

// A transaction that is not full is committed when it is old enough.
func TestTransactionAge(t *testing.T) {
	b := txnSetup("kafka-4.0", "read_committed").build(t)
	b.run(5 * sim.Second)
	b.send(0, "a")
	b.run(150 * sim.Millisecond)
	if b.count(history.KindCommitTxn) != 0 {
		t.Error("it was committed too soon")
	}
	if b.run(100 * sim.Millisecond); b.count(history.KindCommitTxn) != 1 {
		t.Error("it was not committed")
	}
}

// Aborted records are read by consumers of uncommitted records only.
func TestAbortedRecords(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		for isolation, want := range map[string]int{"read_committed": 0, "read_uncommitted": 6} {
			s := txnSetup(profile, isolation)
			s.app = transactions(3, 100)
			b := s.build(t)
			b.run(5 * sim.Second)
			for range 2 {
				b.send(0, "a")
				b.send(0, "b")
				b.run(20 * sim.Millisecond)
				b.send(0, "a")
				b.run(500 * sim.Millisecond)
			}
			if got := len(b.applied()); isolation == "read_committed" && got != 0 || isolation != "read_committed" && got < 4 {
				t.Errorf("%s: %d applied, want about %d", isolation, got, want)
			}
			if got := b.acks(); got != "ok 0, fail 6, unknown 0" || b.count(history.KindAbortTxn) != 2 {
				t.Errorf("%s: %s, %d aborted", isolation, got, b.count(history.KindAbortTxn))
			}
			if !b.w.Settled() {
				t.Errorf("%s: it is not settled", isolation)
			}
			if lag := b.rec.Lag(b.w.places[0]) + b.rec.Lag(b.w.places[1]); lag != 0 {
				t.Errorf("%s: the lag is %d", isolation, lag)
			}
		}
	})
}

// Since KIP-890 each transaction has an epoch of its own, in which sequences begin
// anew; before, they go on.
func TestEpochOfTransaction(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		b := txnSetup(profile, "read_committed").build(t)
		b.run(5 * sim.Second)
		for range 3 {
			for range 3 {
				b.send(0, "a")
			}
			b.run(500 * sim.Millisecond)
		}
		epoch, last := int16(0), int32(8)
		if profile == "kafka-4.0" {
			epoch, last = 3, -1
		}
		r := b.w.leader(int32(b.w.partition(history.Key(0), 2)))
		if s := r.producers[0]; b.w.txns[0].epoch != epoch || s.epoch != epoch || s.last != last {
			t.Errorf("epoch %d, at the leader %d with last sequence %d; want %d and %d", b.w.txns[0].epoch, s.epoch, s.last, epoch, last)
		}
	})
}

// openFor runs a world in which producer-0 dies inside a transaction, and producer-1
// goes on. It returns how long the consumer gets nothing.
func openFor(t *testing.T, profile, isolation, timeout string, restart bool) (stalled sim.Time, b *bench) {
	s := txnSetup(profile, isolation).must("topic", "partitions", "1").must("producer", "transaction.timeout.ms", timeout)
	s.producers = 2
	b = s.build(t)
	b.run(5 * sim.Second)
	b.send(0, "a")
	b.run(50 * sim.Millisecond)
	b.sim.Crash(b.w.producers[0].node)
	if restart {
		b.sim.Restart(b.w.producers[0].node, 0)
	}
	at := b.sim.Now()
	for range 3 {
		b.send(1, "b")
	}
	b.until2(2*sim.Minute, func() bool { return slices.Contains(b.applied(), "b0") })
	return b.sim.Now() - at, b
}

func (b *bench) until2(most sim.Time, condition func() bool) {
	for limit := b.sim.Now() + most; !condition() && b.sim.Now() < limit; {
		b.run(10 * sim.Millisecond)
	}
}

// An open transaction holds up every consumer of committed records of the partition
// until its time-out is over and the coordinator has looked, which it does every ten
// seconds; the order is kept. A producer that comes back aborts it at once.
func TestOpenTransactionStalls(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		for _, c := range []struct {
			isolation, timeout string
			restart            bool
			least, most        sim.Time
		}{
			{"read_committed", "60s", false, 59 * sim.Second, 71 * sim.Second},
			{"read_committed", "15s", false, 14 * sim.Second, 26 * sim.Second},
			{"read_committed", "60s", true, 0, sim.Second},
			{"read_uncommitted", "60s", false, 0, sim.Second},
		} {
			stalled, b := openFor(t, profile, c.isolation, c.timeout, c.restart)
			if stalled < c.least || stalled > c.most {
				t.Errorf("%+v: stalled for %v", c, stalled)
			}
			if got := strings.Join(b.applied(), " "); c.isolation == "read_committed" && !strings.HasPrefix("b0 b1 b2", got) {
				t.Errorf("%+v: applied %s", c, got)
			}
		}
	})
}

// How long a transaction may be, and how often coordinators look for longer ones, are
// settings of brokers.
func TestTransactionTimeouts(t *testing.T) {
	s := txnSetup("kafka-4.0", "read_committed").must("topic", "partitions", "1").
		must("producer", "transaction.timeout.ms", "15s").
		must("broker", "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500ms")
	b := s.build(t)
	b.run(5 * sim.Second)
	b.send(0, "a")
	b.run(50 * sim.Millisecond)
	b.sim.Crash(b.w.producers[0].node)
	began := b.sim.Now()
	b.until2(sim.Minute, func() bool { return b.w.txns[0].status == txnCompleteAbort })
	if took := b.sim.Now() - began; took < 14*sim.Second || took > 16*sim.Second {
		t.Errorf("it is aborted after %v", took)
	}
	for most, want := range map[string]string{
		"15s": "", "14999ms": "producer.transaction.timeout.ms: transaction.timeout.ms is 15s and brokers allow at most 14.999s",
	} {
		s.must("broker", "transaction.max.timeout.ms", most)
		expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "producer", Values: s.values["producer"]},
			model.ConfigSection{Name: "broker", Values: s.values["broker"]}), want)
	}
}

// Two producers with one transactional id: the one that comes later fences the other,
// whose every send fails from then on.
func TestSharedTransactionalID(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		s := txnSetup(profile, "read_committed").must("producer", "transactional.id", "one")
		s.producers = 2
		b := s.build(t)
		b.run(5 * sim.Second)
		for range 2 {
			for range 3 {
				b.send(0, "a")
				b.send(1, "b")
			}
			b.run(time2)
		}
		fenced := 0
		for _, p := range b.w.producers {
			if p.txn.state == txnFenced {
				fenced++
			}
		}
		if got := b.acks(); fenced != 1 || got != "ok 6, fail 6, unknown 0" || len(b.applied()) != 6 {
			t.Errorf("%d fenced, %s, applied %v", fenced, got, b.applied())
		}
	})
}

const time2 = 2 * sim.Second

// A transaction that took too long is aborted by the coordinator, which fences its
// producer: it commits nothing any more.
func TestTimedOutProducerIsFenced(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		s := txnSetup(profile, "read_committed").must("producer", "transaction.timeout.ms", "1s")
		s.app = s.app.Set(model.TransactionTime, model.DurationValue(int64(30*sim.Second)))
		b := s.build(t)
		b.run(5 * sim.Second)
		b.send(0, "a")
		b.run(40 * sim.Second)
		if p := b.w.producers[0]; p.txn.state != txnFenced || b.acks() != "ok 0, fail 1, unknown 0" {
			t.Errorf("state %d, %s", p.txn.state, b.acks())
		}
		b.send(0, "a")
		if b.run(sim.Second); b.acks() != "ok 0, fail 2, unknown 0" || !b.w.Settled() {
			t.Errorf("after the next send: %s", b.acks())
		}
	})
}

// The coordinator's broker dies: another one takes its transactional ids over, and
// writes the markers of what was decided.
func TestTransactionCoordinatorMoves(t *testing.T) {
	inProfiles(t, func(t *testing.T, profile string) {
		s := txnSetup(profile, "read_committed").must("topic", "replicas", "3")
		b := s.build(t)
		b.run(5 * sim.Second)
		b.send(0, "a")
		b.run(30 * sim.Millisecond)
		b.sim.Crash(b.w.txns[0].b.node)
		b.run(30 * sim.Second)
		if b.acks() != "ok 1, fail 0, unknown 0" || len(b.applied()) != 1 || b.w.txns[0].coordinatorEpoch != 2 {
			t.Errorf("%s, applied %v, coordinator epoch %d", b.acks(), b.applied(), b.w.txns[0].coordinatorEpoch)
		}
		if tx := b.w.txns[0]; tx.status != txnCompleteCommit {
			t.Errorf("status %d", tx.status)
		}
	})
}
