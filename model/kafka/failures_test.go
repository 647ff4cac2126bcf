package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// cut resets the connection of the producer to broker-0.
func cut(b *bench) { b.sim.Break(b.w.producers[0].peers[0].conn) }

// answers returns how the sends were answered, in order.
func answers(b *bench) []string {
	var out []string
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindAck {
			text := fmt.Sprintf("%s %v %s", b.message(op.Message), op.Outcome, b.hist.SymbolName(op.Detail))
			out = append(out, strings.TrimSpace(text))
		}
	}
	return out
}

func expectAnswers(t *testing.T, b *bench, want ...string) {
	t.Helper()
	if got := answers(b); !slices.Equal(got, want) {
		t.Errorf("answers\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func expectStored(t *testing.T, b *bench, partition int32, want string) {
	t.Helper()
	if got := stored(b, partition); got != want {
		t.Errorf("partition %d has %q, want %q", partition, got, want)
	}
}

// A connection is lost with three batches in flight, of which none was stored.
// Each goes back to the front, the oldest first, so without idempotence they come
// out in the reverse order. Idempotence puts them back by sequence.
func TestDisconnectReverses(t *testing.T) {
	for idempotence, want := range map[string]string{"false": "f2 f1 f0", "true": "f0 f1 f2"} {
		b := producerWorld(t, "enable.idempotence", idempotence, "batch.size", "50")
		for range 3 {
			b.send(0, of0)
		}
		cut(b)
		b.run(sim.Second)
		expectStored(t, b, 0, want)
		if b.rec.Unanswered != 0 {
			t.Errorf("%d sends have no answer", b.rec.Unanswered)
		}
	}
}

// A lost connection is a sign that the metadata is wrong.
func TestMetadataAfterDisconnect(t *testing.T) {
	b := producerWorld(t)
	b.run(sim.Second)
	b.frames = []string{"Metadata"}
	b.out.Reset()
	cut(b)
	b.run(500 * sim.Millisecond)
	if !strings.Contains(b.out.String(), "Metadata ?") {
		t.Error("no metadata was asked for")
	}
}

// The answers are lost and not the batches: without idempotence all are stored
// again, with it the broker knows them.
func TestLostAnswers(t *testing.T) {
	for idempotence, want := range map[string]string{"false": "f0 f1 f2 f2 f1 f0", "true": "f0 f1 f2"} {
		b := producerWorld(t, "enable.idempotence", idempotence, "batch.size", "50")
		for range 3 {
			b.send(0, of0)
		}
		b.run(sim.Millisecond + sim.Microsecond) // stored, and the answers are on their way
		cut(b)
		b.run(sim.Second)
		expectStored(t, b, 0, want)
	}
}

// One request without an answer in time has its connection closed, and all that
// were out on it fail, also those that had time left.
func TestRequestTimeout(t *testing.T) {
	b := producerWorld(t, "enable.idempotence", "false", "batch.size", "50", "request.timeout.ms", "300ms")
	p := b.w.producers[0]
	b.sim.Clog(b.w.brokers[0].node, p.node) // answers are held
	old := p.peers[0].conn
	b.send(0, of0)
	b.run(200 * sim.Millisecond)
	b.send(0, of0)
	b.run(99 * sim.Millisecond)
	if p.peers[0].conn != old {
		t.Fatal("the connection was given up before the time-out")
	}
	b.run(2 * sim.Millisecond)
	if p.peers[0].conn == old {
		t.Error("the connection outlives the time-out")
	}
	if len(p.flights[0]) != 0 || p.waiting != 2 {
		t.Errorf("%d requests are out and %d batches wait, want 0 and 2", len(p.flights[0]), p.waiting)
	}
	b.sim.Unclog(b.w.brokers[0].node, p.node)
	b.run(2 * sim.Second)
	expectStored(t, b, 0, "f0 f1 f1 f0")
}

// The request that is given up still reaches the broker, by the old connection and
// after the next batch: even with one request in flight the log then has the first
// batch twice, with the second between. Idempotence knows the late one.
func TestLateRequest(t *testing.T) {
	for idempotence, want := range map[string]string{"false": "f0 f1 f0", "true": "f0 f1"} {
		b := producerWorld(t, "enable.idempotence", idempotence, "batch.size", "50",
			"max.in.flight.requests.per.connection", "1", "request.timeout.ms", "300ms", "retry.backoff.ms", "10ms")
		p := b.w.producers[0]
		b.sim.Stall(p.node, p.peers[0].conn) // what is sent over it is held
		old := p.peers[0].conn
		b.send(0, of0)
		b.send(0, of0)
		b.run(400 * sim.Millisecond)
		expectStored(t, b, 0, "f0 f1")
		b.sim.Unstall(p.node, old)
		b.run(sim.Second)
		expectStored(t, b, 0, want)
	}
}

// What was never sent did not happen; of what was sent and not answered nobody
// knows. Refusals of the broker say that it did not happen.
func TestDeliveryTimeout(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(b *bench)
		want string
	}{
		{"never sent", func(b *bench) { b.sim.Crash(b.w.brokers[0].node) }, "fail delivery.timeout.ms"},
		{"not answered", func(b *bench) { b.sim.Clog(b.w.brokers[0].node, b.w.producers[0].node) }, "unknown delivery.timeout.ms"},
	} {
		b := producerWorld(t, "request.timeout.ms", "300ms", "delivery.timeout.ms", "1s")
		c.with(b)
		b.run(20 * sim.Millisecond)
		b.send(0, of0)
		b.run(999 * sim.Millisecond)
		expectAnswers(t, b)
		b.run(2 * sim.Millisecond)
		expectAnswers(t, b, "f0 "+c.want)
	}
	b := producerWorld(t, "acks", "1", "request.timeout.ms", "300ms", "delivery.timeout.ms", "1s")
	refuse(b, true)
	b.send(0, of0)
	b.run(2 * sim.Second)
	expectAnswers(t, b, "f0 fail delivery.timeout.ms")
}

// An application that sends again what failed does so behind what it has sent
// since, whatever the producer's idempotence.
func TestResendInCallback(t *testing.T) {
	b := producerWorld(t, "batch.size", "50", "request.timeout.ms", "300ms", "delivery.timeout.ms", "1s", "retry.backoff.ms", "10ms")
	b.w.resend = true
	refuse(b, true)
	b.send(0, of0)
	b.run(900 * sim.Millisecond)
	b.send(0, of0)
	b.run(110 * sim.Millisecond) // the first has failed, and is sent again
	refuse(b, false)
	b.run(2 * sim.Second)
	expectStored(t, b, 0, "f1 f0")
	expectAnswers(t, b, "f0 unknown delivery.timeout.ms", "f1 ok", "f0 ok")
	if b.rec.Unanswered != 0 {
		t.Errorf("%d sends have no answer", b.rec.Unanswered)
	}
}

// Idempotence does not keep the order of a producer's first batches when their leader
// does not answer and another takes over: the next batch goes to the new leader, who has
// not heard of the producer and takes any sequence. The first ones are out of order from
// then on, and what of them is sent again in a new epoch lands behind.
func TestFirstBatchesAndNewLeader(t *testing.T) {
	s := newSetup().must("topic", "partitions", "3").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("client", "metadata.max.age.ms", "1s").must("producer", "batch.size", "1").must("producer", "linger.ms", "0s").
		must("producer", "request.timeout.ms", "20s").must("producer", "delivery.timeout.ms", "21s")
	for _, warm := range []bool{false, true} {
		b := s.build(t)
		b.run(20 * sim.Millisecond)
		sendAll(b, of1, of2) // so that it has connections to others
		if warm {
			b.send(0, of0)
		}
		b.run(100 * sim.Millisecond)
		first := b.part().leader
		b.sim.Pause(b.w.brokers[first].node)
		b.send(0, of0)
		b.run(3 * sim.Second)
		b.send(0, of0)
		b.until("there is another leader", func() bool { return b.part().leader != first })
		b.run(2 * sim.Second)
		b.send(0, of0)
		b.run(sim.Second)
		b.sim.Resume(b.w.brokers[first].node)
		b.run(40 * sim.Second)
		want := "f4 f3"
		if warm {
			want = "f2 f3 f4 f5"
		}
		expectStored(t, b, 0, want)
	}
}

// A batch is sent again at most `retries` times.
func TestRetries(t *testing.T) {
	b := producerWorld(t, "acks", "1", "retries", "2", "retry.backoff.ms", "10ms")
	refuse(b, true)
	b.send(0, of0)
	b.run(sim.Second)
	expectRequests(t, b, "0.021 orders/0 seq=0 [f0]", "0.033 orders/0 seq=0 [f0]", "0.055 orders/0 seq=0 [f0]")
	expectAnswers(t, b, "f0 fail NOT_LEADER_OR_FOLLOWER")
}

// With idempotence a batch that was sent and then ran out of time leaves a gap.
// Nothing new is sent before the others are settled; then the epoch is raised and
// the sequences begin anew, so that the producer goes on. What the application
// sends again lands behind: idempotence does not keep the order here.
func TestUnresolvedSequence(t *testing.T) {
	b := producerWorld(t, "batch.size", "50", "request.timeout.ms", "300ms", "delivery.timeout.ms", "1s", "retry.backoff.ms", "10ms")
	p := b.w.producers[0]
	b.sim.Block(p.node, b.w.brokers[0].node)
	b.send(0, of0)
	b.run(100 * sim.Millisecond)
	b.send(0, of0)
	b.run(920 * sim.Millisecond)
	if acc := &p.parts[0]; acc.unresolved != 1 || p.epoch != 0 {
		t.Errorf("unresolved %d in epoch %d, want 1 in epoch 0", acc.unresolved, p.epoch)
	}
	b.send(0, of0)
	acc := &p.parts[0]
	last := acc.queue[len(acc.queue)-1]
	if p.batches[last].sequence >= 0 {
		t.Error("a new batch was numbered while it was open what became of the first")
	}
	if !p.outOfTurn(&accumulator{queue: []uint32{last}, unresolved: acc.unresolved}) {
		t.Error("a new batch may be sent while it is open what became of the first")
	}
	b.sim.Unblock(p.node, b.w.brokers[0].node)
	b.run(3 * sim.Second)
	if !strings.HasPrefix(strings.Join(answers(b), ", "), "f0 unknown delivery.timeout.ms") || b.rec.Unanswered != 0 {
		t.Errorf("answers %q, %d missing", answers(b), b.rec.Unanswered)
	}
	if got := stored(b, 0); !strings.HasSuffix(got, "f2") || p.epoch != 1 || p.parts[0].unresolved != 0 {
		t.Errorf("the log has %s in epoch %d", got, p.epoch)
	}
}

// A gap that the producer cannot fill: the broker has forgotten what it knew.
func TestEpochBump(t *testing.T) {
	b := producerWorld(t, "batch.size", "50", "retry.backoff.ms", "10ms")
	p := b.w.producers[0]
	b.send(0, of0)
	b.run(10 * sim.Millisecond)
	r := b.w.leader(0)
	r.producers[0].last = 7 // it thinks that it has more
	sendAll(b, of0, of0)
	b.run(sim.Second)
	expectStored(t, b, 0, "f0 f1 f2")
	if p.epoch != 1 || r.producers[0].epoch != 1 || r.producers[0].last != 1 {
		t.Errorf("epoch %d, at the broker %d with last sequence %d, want 1, 1 and 1", p.epoch, r.producers[0].epoch, r.producers[0].last)
	}
	b.send(0, of1)
	b.run(10 * sim.Millisecond)
	if got := b.w.leader(1).producers[0].epoch; got != 1 {
		t.Errorf("another partition goes on in epoch %d", got)
	}
}

// Memory is used by the batch. Without it send blocks, batches go without
// lingering, and after max.block.ms the call fails.
func TestBufferMemory(t *testing.T) {
	b := producerWorld(t, "batch.size", "200", "buffer.memory", "400", "linger.ms", "50ms", "max.block.ms", "20ms")
	for range 3 {
		b.send(0, of0)
	}
	if p := b.w.producers[0]; !p.called || len(p.calls) != 1 {
		t.Fatal("the third call does not block")
	}
	b.run(10 * sim.Millisecond)
	expectRequests(t, b, "0.021 orders/0 seq=0 [f0]", "0.021 orders/0 seq=1 [f1]")
	b.run(100 * sim.Millisecond)
	refuse(b, true)
	for range 4 {
		b.send(0, of0)
	}
	b.run(19 * sim.Millisecond)
	if got := len(answers(b)); got != 3 {
		t.Errorf("%d answers before max.block.ms", got)
	}
	b.run(30 * sim.Millisecond)
	if got := answers(b); len(got) != 5 || got[3] != "f5 fail max.block.ms" || got[4] != "f6 fail max.block.ms" {
		t.Errorf("answers %q", got)
	}
}

// The first metadata does not come, and the call gives up.
func TestMaxBlockForMetadata(t *testing.T) {
	s := newSetup().must("producer", "max.block.ms", "2s")
	s.brokers = 1
	b := s.build(t)
	b.sim.Crash(b.w.brokers[0].node)
	b.send(0, "a")
	b.run(1999 * sim.Millisecond)
	expectAnswers(t, b)
	b.run(2 * sim.Millisecond)
	expectAnswers(t, b, "a0 fail max.block.ms")
}

// A record that no request can hold fails in the call.
func TestRecordTooLarge(t *testing.T) {
	b := producerWorld(t, "max.request.size", "1024")
	b.w.producers[0].cfg.maxRequest = 100
	b.send(0, of0)
	expectAnswers(t, b, "f0 fail max.request.size")
}

// A batch above max.message.bytes is divided into batches of batch.size, with the
// sequences of their records; one record alone fails.
func TestMessageTooLarge(t *testing.T) {
	two := fmt.Sprint(batchOverhead + 2*(100+recordOverhead))
	for idempotence, seqs := range map[string][]string{"true": {"seq=0", "seq=2", "seq=4"}, "false": {"seq=0", "seq=2", "seq=4"}} {
		b := producerWorld(t, "enable.idempotence", idempotence, "linger.ms", "10ms")
		b.w.cfg.maxMessage = int32(batchOverhead + 2*(100+recordOverhead))
		p := b.w.producers[0]
		for range 5 {
			b.send(0, of0)
		}
		p.cfg.batchSize = int32(batchOverhead + 2*(100+recordOverhead))
		b.run(100 * sim.Millisecond)
		got := requests(b)
		if len(got) != 4 {
			t.Fatalf("with batches of %s: requests %q", two, got)
		}
		for i, seq := range seqs {
			if idempotence == "true" && !strings.Contains(got[i+1], seq) {
				t.Errorf("request %d is %s, want %s", i+1, got[i+1], seq)
			}
		}
		expectStored(t, b, 0, "f0 f1 f2 f3 f4")
	}
	b := producerWorld(t)
	b.w.cfg.maxMessage = 100
	b.send(0, of0)
	b.run(100 * sim.Millisecond)
	expectAnswers(t, b, "f0 fail MESSAGE_TOO_LARGE")
}

// With acks=0 an error has the broker close the connection; the producer connects
// again, and what was acked is lost.
func TestAcksZeroError(t *testing.T) {
	b := producerWorld(t, "acks", "0")
	refuse(b, true)
	b.send(0, of0)
	b.run(5 * sim.Millisecond)
	if b.w.producers[0].peers[0].conn != sim.NoConn && b.w.producers[0].peers[0].opens < 2 {
		t.Error("the broker did not close the connection")
	}
	refuse(b, false)
	b.send(0, of0)
	b.run(sim.Second)
	expectStored(t, b, 0, "f1")
	expectAnswers(t, b, "f0 ok", "f1 ok")
}

// The wait between attempts to connect doubles, is counted from the attempt, and
// ends at its maximum.
func TestReconnectBackoff(t *testing.T) {
	b := producerWorld(t, "reconnect.backoff.ms", "100ms", "reconnect.backoff.max.ms", "400ms")
	p := b.w.producers[0]
	b.sim.Crash(b.w.brokers[0].node)
	b.send(0, of0)
	var attempts []sim.Time
	last := p.peers[0].opens
	end := b.sim.Now() + 2*sim.Second
	for b.sim.Now() < end && b.sim.Step(1) == sim.Running {
		if p.peers[0].opens > last {
			last = p.peers[0].opens
			attempts = append(attempts, b.sim.Now())
		}
	}
	if len(attempts) < 5 {
		t.Fatalf("attempts to connect at %v", attempts)
	}
	for i, want := range []sim.Time{200, 400, 400} {
		if got := attempts[i+1] - attempts[i]; got < (want-3)*sim.Millisecond || got > (want+3)*sim.Millisecond {
			t.Errorf("attempt %d came %v after the one before, want %d ms", i+2, got, want)
		}
	}
}
