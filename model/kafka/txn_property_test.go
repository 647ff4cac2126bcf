package kafka

import (
	"fmt"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// decisions remembers how the transaction of each stored message was decided, as the
// logs tell: the oracle of what a consumer may see.
type decisions struct {
	b    *bench
	rows int
	// meddle, if there is one, takes something away from the brokers after every event.
	meddle func(*replica)
	// Undecided and Aborted count deliveries of such messages.
	undecided, aborted int
}

// fate looks for the batch of a message in what any high watermark has passed, and for
// the first marker of its producer behind it.
func (d *decisions) fate(m history.Message, partition int32, position int64) marker {
	pid := int32(-1)
	for _, id := range d.b.w.committedOf(partition).batches {
		x := &d.b.w.arena.batches[id]
		if pid < 0 && x.mark == noMarker && position >= x.base && position < x.next() {
			if d.b.w.arena.records[int64(x.first)+position-x.base] != m {
				return noMarker
			}
			pid = x.producer
		} else if pid >= 0 && x.producer == pid && x.mark != noMarker {
			return x.mark
		}
	}
	return noMarker
}

// look judges the deliveries since the last time.
func (d *decisions) look() {
	for _, b := range d.b.w.brokers {
		for _, r := range b.replicas {
			if d.meddle != nil && r != nil && r.txns != nil {
				d.meddle(r)
			}
		}
	}
	for ; d.rows < d.b.hist.Len(); d.rows++ {
		op := d.b.hist.Op(d.rows)
		if op.Kind != history.KindDeliver {
			continue
		}
		switch d.fate(op.Message, d.b.w.partitionOf(op.Place), op.Position) {
		case abortMarker:
			d.aborted++
		case noMarker:
			d.undecided++
		}
	}
}

// txnLife draws a life of three transactional producers, of whom two share an id:
// they send, give up, die and come back; brokers die; links between brokers break.
func txnLife(rt *rapid.T, t testing.TB, isolation string, meddle func(*replica)) (*bench, *decisions) {
	s := txnSetup(rapid.SampledFrom(profiles()).Draw(rt, "profile"), isolation).
		must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("producer", "transaction.timeout.ms", "3s").must("producer", "linger.ms", "2ms").
		must("producer", "transactional.id", "shared").
		must("broker", "broker.session.timeout.ms", "900ms").must("broker", "broker.heartbeat.interval.ms", "200ms").
		must("broker", "replica.lag.time.max.ms", "1s").must("client", "metadata.max.age.ms", "1s").
		must("consumer", "auto.commit.interval.ms", "500ms")
	s.producers, s.consumers = 3, 2
	s.own = map[string]model.Values{"producer-0": model.Values{}.Set("transactional.id", model.TextValue("own"))}
	s.app = transactions(int64(rapid.IntRange(1, 6).Draw(rt, "messages")),
		int64(rapid.SampledFrom([]int{0, 30}).Draw(rt, "aborts")))
	s.latency = model.Distribution{Shape: model.Uniform, A: int64(sim.Millisecond / 10), B: int64(5 * sim.Millisecond)}
	b := s.build(t)
	b.sim.SetSource(sim.Random{Seed: rapid.Uint64().Draw(rt, "seed")})
	d := &decisions{b: b, meddle: meddle}
	b.run(4 * sim.Second)
	down := 0
	for range rapid.IntRange(5, 40).Draw(rt, "steps") {
		switch what := rapid.SampledFrom([]string{"send", "send", "send", "producer", "broker", "heal"}).Draw(rt, "what"); what {
		case "send":
			for range rapid.IntRange(1, 8).Draw(rt, "count") {
				b.send(rapid.IntRange(0, 2).Draw(rt, "of"), rapid.SampledFrom(keyNames[:6]).Draw(rt, "key"))
			}
		case "producer":
			p := b.w.producers[rapid.IntRange(0, 2).Draw(rt, "which")]
			b.sim.Crash(p.node)
			b.sim.Restart(p.node, sim.Time(rapid.IntRange(0, 2000).Draw(rt, "away"))*sim.Millisecond)
		case "broker":
			if down == 0 {
				b.sim.Crash(b.w.brokers[rapid.IntRange(0, 2).Draw(rt, "which")].node)
				down++
			}
		case "heal":
			for _, y := range b.w.brokers {
				b.sim.Restart(y.node, 0)
			}
			b.run(2 * sim.Second)
			down = 0
		}
		watch := func() { d.look() }
		b.each(sim.Time(rapid.IntRange(0, 400).Draw(rt, "ms"))*sim.Millisecond, watch)
	}
	for _, y := range b.w.brokers {
		b.sim.Restart(y.node, 0)
	}
	b.each(200*sim.Second, d.look)
	return b, d
}

// each runs the world for a while and calls look after every event.
func (b *bench) each(d sim.Time, look func()) {
	over := false
	b.sim.At(b.sim.Now()+d, func() { over = true })
	for !over && b.sim.Step(1) == sim.Running {
		look()
	}
}

// A consumer of committed records is never handed one whose transaction is aborted or
// undecided. In the end every transaction is decided, every send answered, every
// record of a committed transaction applied, and no other.
func TestReadCommittedProperty(t *testing.T) {
	committed := 0
	rapid.Check(t, func(rt *rapid.T) {
		b, d := txnLife(rt, t, "read_committed", nil)
		if d.aborted+d.undecided > 0 {
			rt.Fatalf("%d aborted and %d undecided records were read", d.aborted, d.undecided)
		}
		if !b.w.Settled() || b.rec.Unanswered > 0 {
			rt.Fatalf("settled: %v, %d sends have no answer", b.w.Settled(), b.rec.Unanswered)
		}
		for _, tx := range b.w.txns {
			if tx.status == txnOngoing || tx.status == txnPrepareAbort || tx.status == txnPrepareCommit {
				rt.Fatalf("%s is in status %d", tx.name, tx.status)
			}
		}
		for _, problem := range b.txnProblems() {
			rt.Error(problem)
		}
		committed += b.count(history.KindCommitTxn)
	})
	if committed < 100 {
		t.Errorf("only %d transactions were committed", committed)
	}
}

// txnProblems compares the answers to sends with what was applied: a send that was
// acked is applied, one that has failed is not, and the records of one transaction
// are applied all or not at all.
func (b *bench) txnProblems() (out []string) {
	applied, last := map[history.Message]bool{}, map[history.Message]history.Outcome{}
	for i := range b.hist.Len() {
		switch op := b.hist.Op(i); op.Kind {
		case history.KindApply:
			applied[op.Message] = true
		case history.KindAck:
			last[op.Message] = op.Outcome
		}
	}
	for m := range history.Message(b.hist.Messages()) {
		switch outcome := last[m]; {
		case outcome == history.OK && !applied[m]:
			out = append(out, fmt.Sprintf("%s was committed and not applied", b.message(m)))
		case outcome == history.Fail && applied[m]:
			out = append(out, fmt.Sprintf("%s has failed and was applied", b.message(m)))
		}
	}
	return append(out, b.txnHalves(applied)...)
}

// txnHalves finds transactions in the logs of which only a part was applied.
func (b *bench) txnHalves(applied map[history.Message]bool) (out []string) {
	for p := range b.w.controller.leaders {
		r := b.w.leader(int32(p))
		open := map[int32][]history.Message{}
		for _, id := range r.log.batches {
			x := &b.w.arena.batches[id]
			records := b.w.arena.records[x.first : x.first+x.count]
			if x.mark == noMarker {
				open[x.producer] = append(open[x.producer], records...)
				continue
			}
			yes := func(m history.Message) bool { return applied[m] }
			no := func(m history.Message) bool { return !applied[m] }
			if ms := open[x.producer]; x.mark == commitMarker && slices.ContainsFunc(ms, no) ||
				x.mark == abortMarker && slices.ContainsFunc(ms, yes) {
				out = append(out, fmt.Sprintf("partition %d: of the transaction with %s that ends at %d only a part was applied",
					p, b.messages(ms), x.base))
			}
			open[x.producer] = nil
		}
	}
	return out
}

// The twins: a consumer of uncommitted records is handed undecided ones; where leaders
// forget which transactions were aborted, one of committed records is handed those; where
// they forget which are open, or whose marker is not replicated, undecided ones.
func TestReadCommittedTwins(t *testing.T) {
	for _, twin := range []struct {
		name, isolation    string
		meddle             func(*replica)
		aborted, undecided bool
	}{
		{"uncommitted", "read_uncommitted", nil, false, true},
		{"no index of aborted transactions", "read_committed", func(r *replica) { r.txns.aborted = nil }, true, false},
		{"no last stable offset", "read_committed", func(r *replica) { r.txns.open = nil }, false, true},
		{"marker not replicated", "read_committed", func(r *replica) { r.txns.decided = nil }, false, true},
	} {
		t.Run(twin.name, func(t *testing.T) {
			aborted, undecided := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				_, d := txnLife(rt, t, twin.isolation, twin.meddle)
				aborted, undecided = aborted+d.aborted, undecided+d.undecided
			})
			if twin.aborted && aborted == 0 || twin.undecided && undecided == 0 {
				t.Errorf("%d aborted and %d undecided records were read", aborted, undecided)
			}
		})
	}
}
