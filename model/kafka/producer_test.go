package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// producerWorld has one producer and one broker. Its trace shows produce requests.
func producerWorld(t testing.TB, settings ...string) *bench {
	s := newSetup().must("topic", "partitions", "3").must("producer", "linger.ms", "0s")
	s.brokers = 1
	for i := 0; i < len(settings); i += 2 {
		s.must("producer", settings[i], settings[i+1])
	}
	b := s.build(t)
	b.run(10 * sim.Millisecond)
	connect(b)
	b.frames = []string{"Produce"}
	return b
}

// connect has the producers open their connections.
func connect(b *bench) {
	for _, p := range b.w.producers {
		for i := range b.w.cfg.brokers {
			p.connected(i)
		}
	}
	b.run(10 * sim.Millisecond)
}

// requests returns the produce requests of the trace so far: what arrived when.
func requests(b *bench) []string {
	var out []string
	for _, l := range strings.Split(b.out.String(), "\n") {
		if at, text, ok := strings.Cut(l, "Produce orders/"); ok {
			out = append(out, strings.Fields(at)[0]+" orders/"+text)
		}
	}
	b.out.Reset()
	return out
}

// sendAll sends messages of keys, 1 ms apart.
func sendAll(b *bench, keys ...string) {
	for _, key := range keys {
		b.send(0, key)
		b.run(sim.Millisecond)
	}
}

func expectRequests(t *testing.T, b *bench, want ...string) {
	t.Helper()
	if got := requests(b); !slices.Equal(got, want) {
		t.Errorf("requests\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// stored returns the messages of a partition in the order of the leader's log.
func stored(b *bench, partition int32) string {
	r := b.w.leader(partition)
	var ms []history.Message
	for _, ref := range r.log.batches {
		x := &b.w.arena.batches[ref]
		ms = append(ms, b.w.arena.records[x.first:x.first+x.count]...)
	}
	return b.messages(ms)
}

// refuse makes the broker refuse what arrives, as one that does not lead.
func refuse(b *bench, on bool) {
	for _, r := range b.w.brokers[0].replicas {
		r.leader = !on
	}
}

// Keys of the partitions of three, see TestKeysOfTestWorlds.
const of0, of1, of2 = "f", "a", "b"

func TestKeysOfTestWorlds(t *testing.T) {
	for key, want := range map[string]int{of0: 0, of1: 1, of2: 2} {
		if got := PartitionFor(Murmur2([]byte(key)), 3); got != want {
			t.Errorf("key %s is of partition %d, want %d", key, got, want)
		}
	}
}

// A batch lingers; a record that has no room closes it, and then it goes at once.
func TestBatching(t *testing.T) {
	b := producerWorld(t, "linger.ms", "5ms", "batch.size", fmt.Sprint(batchOverhead+3*(100+recordOverhead)))
	sendAll(b, of0, of0)
	b.run(10 * sim.Millisecond)
	expectRequests(t, b, "0.026 orders/0 seq=0 [f0 f1]")
	for range 4 {
		b.send(0, of0)
	}
	b.run(10 * sim.Millisecond)
	expectRequests(t, b, "0.033 orders/0 seq=2 [f2 f3 f4]", "0.038 orders/0 seq=5 [f5]")
}

// A record that is larger than a batch goes in a batch of its own.
func TestLargeRecord(t *testing.T) {
	b := producerWorld(t, "batch.size", "50", "linger.ms", "5ms")
	b.send(0, of0)
	b.run(2 * sim.Millisecond)
	expectRequests(t, b, "0.021 orders/0 seq=0 [f0]")
}

// Before the connection is open nothing is drained, and batches take more records.
func TestBatchWaitsForConnection(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s")
	s.brokers = 2 // metadata comes from broker-0, which is connected by then
	b := s.build(t)
	b.run(10 * sim.Millisecond)
	b.w.producers[0].leaders[0] = 1
	b.w.producers[0].spread()
	b.frames = []string{"Produce"}
	sendAll(b, "a", "b", "c")
	b.run(5 * sim.Millisecond)
	expectRequests(t, b, "0.013 orders/0 seq=0 [a0 b1]", "0.013 orders/0 seq=2 [c2]")
}

// At most one batch of a partition in a request, as many requests as may be in
// flight, and the rest when answers come.
func TestInFlight(t *testing.T) {
	b := producerWorld(t, "max.in.flight.requests.per.connection", "2", "batch.size", "50")
	for range 4 {
		b.send(0, of0)
	}
	b.run(10 * sim.Millisecond)
	expectRequests(t, b, "0.021 orders/0 seq=0 [f0]", "0.021 orders/0 seq=1 [f1]",
		"0.023 orders/0 seq=2 [f2]", "0.023 orders/0 seq=3 [f3]")
}

// A request takes no more than max.request.size, in whole batches, and the next
// begins with the partition that found no room.
func TestMaxRequestSize(t *testing.T) {
	b := producerWorld(t, "max.request.size", fmt.Sprint(2*(batchOverhead+100+recordOverhead)), "linger.ms", "2ms")
	for _, key := range []string{of0, of1, of2} {
		b.send(0, key)
	}
	b.run(10 * sim.Millisecond)
	expectRequests(t, b, "0.023 orders/0 seq=0 [f0], orders/1 seq=0 [a1]", "0.023 orders/2 seq=0 [b2]")
}

// Where a request has no room for all, the next begins with the partition that
// was left out, so that none starves.
func TestDrainGoesRound(t *testing.T) {
	b := producerWorld(t, "max.request.size", "200", "batch.size", "50",
		"max.in.flight.requests.per.connection", "1")
	for range 2 {
		b.send(0, of0)
		b.send(0, of2)
	}
	b.run(20 * sim.Millisecond)
	expectRequests(t, b, "0.021 orders/0 seq=0 [f0]", "0.023 orders/2 seq=0 [b1]",
		"0.025 orders/0 seq=1 [f2]", "0.027 orders/2 seq=1 [b3]")
}

// With one request in flight a partition is muted while it has a batch out, so
// that the order holds when its leader changes meanwhile.
func TestMuted(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s").
		must("producer", "max.in.flight.requests.per.connection", "1")
	s.brokers = 2
	b := s.build(t)
	b.run(10 * sim.Millisecond)
	connect(b)
	b.frames = []string{"Produce"}
	b.send(0, "a")
	p := b.w.producers[0]
	p.leaders[0] = 1
	p.spread()
	b.send(0, "a")
	b.run(10 * sim.Millisecond)
	got := requests(b)
	if len(got) < 2 || got[0] != "0.021 orders/0 seq=0 [a0]" || got[1] != "0.023 orders/0 seq=1 [a1]" {
		t.Errorf("requests %v", got)
	}
}

// Without idempotence a batch that failed goes back to the front. Three that fail
// one after another are sent again in the reverse order.
func TestRetriesReverseWithoutIdempotence(t *testing.T) {
	b := producerWorld(t, "enable.idempotence", "false", "batch.size", "50", "retry.backoff.ms", "100ms")
	refuse(b, true)
	for range 3 {
		b.send(0, of0)
	}
	b.run(10 * sim.Millisecond)
	refuse(b, false)
	b.run(sim.Second)
	if got := stored(b, 0); got != "f2 f1 f0" {
		t.Errorf("the log has %s, want f2 f1 f0", got)
	}
}

// One batch that fails lets the next, which is out already, overtake it.
func TestSingleFailureReordersWithoutIdempotence(t *testing.T) {
	b := producerWorld(t, "enable.idempotence", "false", "batch.size", "50")
	refuse(b, true)
	b.send(0, of0)
	b.run(sim.Millisecond + sim.Microsecond) // refused, and the answer is on its way
	refuse(b, false)
	b.send(0, of0)
	b.run(sim.Second)
	if got := stored(b, 0); got != "f1 f0" {
		t.Errorf("the log has %s, want f1 f0", got)
	}
}

// With idempotence, and with one request in flight, retries keep the order and
// nothing is stored twice.
func TestRetriesKeepOrder(t *testing.T) {
	for _, setting := range [][]string{{"enable.idempotence", "true"}, {"enable.idempotence", "false", "max.in.flight.requests.per.connection", "1"}} {
		b := producerWorld(t, append(setting, "batch.size", "50")...)
		refuse(b, true)
		sendAll(b, of0, of0, of0, of0)
		b.run(250 * sim.Millisecond)
		refuse(b, false)
		b.run(5 * sim.Second)
		if got := stored(b, 0); got != "f0 f1 f2 f3" {
			t.Errorf("with %v the log has %s", setting, got)
		}
		if b.rec.Unanswered != 0 {
			t.Errorf("with %v %d sends have no answer", setting, b.rec.Unanswered)
		}
	}
}

// Batches on their second way go one after the other with idempotence, and one
// that is out of turn holds up the broker's other partitions behind it.
func TestRetriesOneAtATime(t *testing.T) {
	b := producerWorld(t, "batch.size", "50")
	refuse(b, true)
	sendAll(b, of0, of0)
	b.run(10 * sim.Millisecond)
	refuse(b, false)
	b.out.Reset()
	b.until("the first is on its second way", func() bool { return len(b.w.producers[0].parts[0].inFlight) == 1 })
	b.run(sim.Millisecond + sim.Microsecond) // now the second has waited for long enough, too
	b.send(0, of1)
	b.run(20 * sim.Millisecond)
	expectRequests(t, b, "0.123 orders/0 seq=0 [f0]", "0.125 orders/0 seq=1 [f1], orders/1 seq=0 [a2]")
}

// The back-off doubles, with jitter, and ends at its maximum.
func TestBackoff(t *testing.T) {
	b := producerWorld(t)
	b.sim.SetSource(sim.Random{Seed: 1})
	for attempts, base := range []sim.Time{1: 100, 2: 200, 3: 400, 4: 800, 5: 1000, 6: 1000} {
		if attempts == 0 {
			continue
		}
		least, most := sim.Time(1<<62), sim.Time(0)
		for first := range uint32(500) {
			d := b.w.backoff(decideBackoff, sim.ID(first), 100*sim.Millisecond, sim.Second, attempts)
			least, most = min(least, d), max(most, d)
		}
		low, high := base*8/10*sim.Millisecond, min(base*12/10, 1000)*sim.Millisecond
		if least < low || least > low+low/50 || most > high || most < high-high/50 {
			t.Errorf("attempt %d waits from %v to %v, want from %v to %v", attempts, least, most, low, high)
		}
	}
}

// A batch that came back does not wait when the partition has another leader.
func TestBackoffEndsWithLeader(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s").must("producer", "retry.backoff.ms", "1s")
	s.brokers = 2
	b := s.build(t)
	b.run(10 * sim.Millisecond)
	connect(b)
	p := b.w.producers[0]
	old := int(p.leaders[0])
	for _, r := range b.w.brokers[old].replicas {
		r.leader = false
	}
	b.send(0, "a")
	b.run(5 * sim.Millisecond)
	if p.waiting != 1 {
		t.Fatalf("%d batches wait, want the one that came back", p.waiting)
	}
	b.frames = []string{"Produce"}
	b.out.Reset()
	p.leaders[0] = int8(1 - old)
	p.spread()
	p.schedule()
	b.run(5 * sim.Millisecond)
	if len(requests(b)) != 1 {
		t.Error("the batch waits for its back-off")
	}
}

// An error that says that the metadata is wrong has it asked for at once, but not
// more often than the back-off allows; and the age begins anew.
func TestMetadataAfterError(t *testing.T) {
	b := producerWorld(t, "retry.backoff.ms", "100ms", "retry.backoff.max.ms", "100ms")
	b.frames = []string{"Metadata"}
	b.run(sim.Second)
	b.out.Reset()
	refuse(b, true)
	b.send(0, of0) // refused at 1.021, again at 1.123, 1.225
	b.run(300 * sim.Millisecond)
	var asked []string
	for _, l := range strings.Split(b.out.String(), "\n") {
		if strings.HasSuffix(l, "Metadata ?") {
			asked = append(asked, strings.Fields(l)[0])
		}
	}
	if got := strings.Join(asked, " "); got != "1.023 1.125 1.227" {
		t.Errorf("metadata was asked for at %s", got)
	}
}

// Metadata of a broker that is behind makes a client forget a partition. What the
// producer has for it waits, and it asks again.
func TestMetadataForgets(t *testing.T) {
	b := producerWorld(t, "linger.ms", "50ms")
	p := b.w.producers[0]
	b.send(0, of2)
	b.w.brokers[0].leaders = b.w.brokers[0].leaders[:2]
	p.refresh()
	b.run(10 * sim.Millisecond)
	if len(p.leaders) != 2 {
		t.Fatalf("the producer knows %d partitions", len(p.leaders))
	}
	b.w.brokers[0].leaders = b.w.brokers[0].leaders[:3]
	b.run(200 * sim.Millisecond)
	if len(p.leaders) != 3 || stored(b, 2) != "b0" {
		t.Errorf("the producer knows %d partitions, and partition 2 has %q", len(p.leaders), stored(b, 2))
	}
}

// A broker that is behind names a leader that was deposed: the client stays with the
// newer one.
func TestMetadataKeepsNewerLeader(t *testing.T) {
	b := producerWorld(t)
	p, y := b.w.producers[0], b.w.brokers[0]
	for _, c := range []struct {
		epoch  int32
		leader int8
		want   int8
	}{{3, 0, 0}, {2, noLeader, 0}, {3, noLeader, noLeader}, {4, 0, 0}} {
		y.epochs[0], y.leaders[0] = c.epoch, c.leader
		p.refresh()
		b.run(10 * sim.Millisecond)
		if p.leaders[0] != c.want {
			t.Errorf("told of %d as the leader of epoch %d the client has %d", c.leader, c.epoch, p.leaders[0])
		}
	}
}

// With acks=0 the send is answered when it goes out, without a position.
func TestAcksZero(t *testing.T) {
	b := producerWorld(t, "acks", "0")
	b.ops = []string{"ack", "store"}
	b.frames = nil
	b.send(0, of0)
	b.run(10 * sim.Millisecond)
	want := "   0.020  producer-0    ack f0 orders/0\n   0.021  broker-0      store f0 orders/0@0\n"
	if got := b.out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A producer that crashes leaves its unanswered sends unknown, and its next
// session has another producer id, so that nothing it repeats is recognised.
func TestProducerSessions(t *testing.T) {
	b := producerWorld(t, "linger.ms", "20ms")
	p := b.w.producers[0]
	before := p.pid()
	b.send(0, of0)
	b.ops, b.frames = []string{"ack", "send"}, nil
	b.sim.Crash(p.node)
	b.sim.Restart(p.node, 0)
	b.run(30 * sim.Millisecond)
	b.send(0, of0)
	b.run(100 * sim.Millisecond)
	if !strings.Contains(b.out.String(), "ack f0 unknown crash") || !strings.Contains(b.out.String(), "ack f1 orders/0@0") {
		t.Errorf("got\n%s", b.out.String())
	}
	if p.pid() == before {
		t.Error("the new session has the old producer id")
	}
}
