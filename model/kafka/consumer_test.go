package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// consumerWorld has one producer, one broker and consumers that join at once.
func consumerWorld(t testing.TB, consumers int, work sim.Time, settings ...string) *bench {
	s := newSetup().must("topic", "partitions", "2").must("producer", "linger.ms", "0s").
		must("broker", "group.initial.rebalance.delay.ms", "0s").must("consumer", "auto.offset.reset", "earliest")
	s.brokers, s.consumers, s.work = 1, consumers, work
	for i := 0; i < len(settings); i += 3 {
		s.must(settings[i], settings[i+1], settings[i+2])
	}
	return s.build(t)
}

// ready runs the world until the group is ready.
func ready(b *bench) { b.until("the group is ready", b.w.Ready) }

// times returns when operations of a kind ended, with a consumer's process.
func times(b *bench, kind history.Kind, process string) []sim.Time {
	var out []sim.Time
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == kind && b.hist.ProcessName(op.Process) == process {
			out = append(out, sim.Time(op.End))
		}
	}
	return out
}

// polls returns how many records each poll of a consumer gave, from the runs of
// deliveries in the history.
func polls(b *bench) string {
	var out []string
	n, last := 0, int64(-1)
	for i := range b.hist.Len() {
		op := b.hist.Op(i)
		if op.Kind != history.KindDeliver {
			continue
		}
		if op.End != last && n > 0 {
			out, n = append(out, fmt.Sprint(n)), 0
		}
		n, last = n+1, op.End
	}
	return strings.Join(append(out, fmt.Sprint(n)), " ")
}

// lines returns the trace with the given frames and operations.
func lines(b *bench) []string {
	out := strings.Split(strings.TrimSuffix(b.out.String(), "\n"), "\n")
	for i := range out {
		out[i] = strings.Join(strings.Fields(out[i]), " ")
	}
	b.out.Reset()
	return out
}

// A poll returns at most max.poll.records; what is left of a fetched piece comes
// with the next, before another piece is begun.
func TestMaxPollRecords(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond, "consumer", "max.poll.records", "3")
	for range 5 {
		b.send(0, "a") // partition 0
		b.send(0, "d") // partition 1
	}
	ready(b)
	b.until("all is applied", func() bool { return b.rec.Applied == 10 })
	if got := polls(b); got != "3 3 3 1" {
		t.Errorf("the polls gave %s records", got)
	}
	if got := strings.Join(b.applied(), " "); got != "a0 a2 a4 a6 a8 d1 d3 d5 d7 d9" {
		t.Errorf("the records came as %s", got)
	}
}

// While a partition has records in the buffer it is not fetched, and while the
// application is at work nothing is; the fetches of the others go out just before
// a poll returns.
func TestFetchAhead(t *testing.T) {
	b := consumerWorld(t, 1, 10*sim.Millisecond, "consumer", "max.poll.records", "2", "topic", "partitions", "1")
	ready(b)
	b.run(sim.Second - b.sim.Now()%sim.Second + 5*sim.Millisecond)
	b.frames, b.ops = []string{"Fetch"}, []string{"deliver"}
	for range 3 {
		b.send(0, "a")
	}
	b.run(60 * sim.Millisecond)
	got := lines(b)
	want := []string{
		"1.007 billing-0 deliver a0 orders/0@0", // the fetch that waited; the next goes out now
		"1.008 billing-0 -> broker-0 Fetch orders/0@1",
		"1.017 billing-0 deliver a1 orders/0@1",
		"1.017 billing-0 deliver a2 orders/0@2",
		"1.018 billing-0 -> broker-0 Fetch orders/0@3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A paused partition stays owned, is neither fetched nor returned, and goes on
// where it was; its position is committed meanwhile.
func TestPause(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond, "consumer", "auto.commit.interval.ms", "1s")
	b.apps[0].paused = []history.Place{b.w.places[1]}
	ready(b)
	b.send(0, "d")
	b.send(0, "a")
	b.run(3 * sim.Second)
	if got := b.applied(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("while partition 1 is paused %v are applied", got)
	}
	if next, ok := b.w.Committed(b.w.places[1]); !ok || next != 0 {
		t.Errorf("the paused partition is committed at %d, %v", next, ok)
	}
	b.w.consumers[0].Resume(b.w.places[1])
	b.run(sim.Second)
	if got := b.applied(); !slices.Equal(got, []string{"a1", "d0"}) {
		t.Errorf("after the resumption %v are applied", got)
	}
	// Paused with records in the buffer: they stay there.
	b.w.consumers[0].Pause(b.w.places[1])
	b.send(0, "d")
	b.run(sim.Second)
	b.w.consumers[0].Resume(b.w.places[1])
	b.run(sim.Second)
	if got := len(b.applied()); got != 3 {
		t.Errorf("%d records are applied", got)
	}
}

// Positions are committed from within poll, at most once in the interval, which
// begins anew with an assignment; never while the application is at work.
func TestAutoCommit(t *testing.T) {
	b := consumerWorld(t, 1, 300*sim.Millisecond, "consumer", "auto.commit.interval.ms", "1s", "topic", "partitions", "1")
	ready(b)
	assigned := times(b, history.KindRebalance, "billing-0")[0]
	for range 10 {
		b.send(0, "a")
	}
	b.run(5 * sim.Second)
	work := times(b, history.KindApply, "billing-0")
	for _, at := range times(b, history.KindCommit, "broker-0") {
		t.Errorf("broker-0 committed at %v", at)
	}
	commits := times(b, history.KindCommit, "billing-0")
	if len(commits) < 2 || commits[0] < assigned+sim.Second {
		t.Fatalf("assigned at %v, commits at %v", assigned, commits)
	}
	// The first record came alone, the other nine in one poll: until they are
	// done nothing is committed.
	if last := work[9]; commits[0] < last || commits[0] > last+2*sim.Millisecond {
		t.Errorf("the first commit is at %v, the work ended at %v", commits[0], last)
	}
	if commits[1]-commits[0] != sim.Second {
		t.Errorf("commits at %v", commits)
	}
}

// An eager member commits, waits for the answer, gives up everything and joins;
// meanwhile it returns nothing. A cooperative one keeps what it has and goes on.
func TestJoinPrepare(t *testing.T) {
	for strategy, want := range map[string][]string{
		"range": {
			"billing-0 -> broker-0 OffsetCommit orders/0@1, orders/1@0",
			"broker-0 -> billing-0 OffsetCommit -> orders/0, orders/1",
			"billing-0 rebalance orders/0 revoked", "billing-0 rebalance orders/1 revoked",
			"billing-0 -> broker-0 JoinGroup generation=1 owned=[]"},
		"cooperative-sticky": {
			"billing-0 -> broker-0 OffsetCommit orders/0@1, orders/1@0",
			"broker-0 -> billing-0 OffsetCommit -> orders/0, orders/1",
			"billing-0 -> broker-0 JoinGroup generation=1 owned=[0 1]"},
	} {
		b := consumerWorld(t, 1, sim.Millisecond, "consumer", "partition.assignment.strategy", strategy)
		ready(b)
		b.send(0, "a")
		b.run(100 * sim.Millisecond)
		b.frames, b.ops = []string{"OffsetCommit", "JoinGroup"}, []string{"rebalance"}
		b.w.consumers[0].member.rejoin = true
		b.w.consumers[0].member.poll()
		if back := b.w.consumers[0].member.revoking(); back != (strategy == "range") {
			t.Errorf("%s: records are held back while the commit is out: %v", strategy, back)
		}
		b.run(3*sim.Millisecond + sim.Microsecond)
		got := lines(b)
		for i := range got {
			_, got[i], _ = strings.Cut(got[i], " ")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", strategy, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// A cooperative rebalance goes on in steps from within poll: each poll of a member
// that has records takes one, the commit, the join, the sync, the assignment.
func TestRebalanceTakesPolls(t *testing.T) {
	b := consumerWorld(t, 1, 100*sim.Millisecond, "consumer", "partition.assignment.strategy", "cooperative-sticky",
		"consumer", "max.poll.records", "1", "topic", "partitions", "1")
	ready(b)
	for range 20 {
		b.send(0, "a")
	}
	b.run(150 * sim.Millisecond)
	b.w.consumers[0].member.rejoin = true
	began := len(b.applied())
	b.until("the rebalance is over", func() bool {
		member := &b.w.consumers[0].member
		return member.generation == 2 && member.settled()
	})
	if got := len(b.applied()) - began; got != 4 {
		t.Errorf("the rebalance took %d polls", got)
	}
}

// A member whose application is at work for longer than max.poll.interval.ms
// leaves. It goes on with its work, which then is a zombie's; at its next poll it
// learns that it lost everything, without a commit, and joins as a new member.
func TestPollInterval(t *testing.T) {
	b := consumerWorld(t, 2, 400*sim.Millisecond, "consumer", "max.poll.interval.ms", "1500ms",
		"consumer", "heartbeat.interval.ms", "10s", "consumer", "session.timeout.ms", "45s", "consumer", "auto.commit.interval.ms", "200ms")
	ready(b)
	b.run(300 * sim.Millisecond)
	b.send(0, "a")
	b.run(10 * sim.Millisecond)
	for range 6 { // the first comes alone, the others in one poll: 2 s of work
		b.send(0, "a")
	}
	b.frames, b.ops = []string{"LeaveGroup", "JoinGroup"}, []string{"rebalance", "commit"}
	b.until("billing-0 is at work on five", func() bool { return len(b.apps[0].records) == 5 })
	b.print()
	b.out.Reset()
	polled := b.w.consumers[0].member.polled
	b.run(2500 * sim.Millisecond)
	trace := strings.Join(lines(b), "\n")
	left := polled + 1500*sim.Millisecond
	ms := int64((left + sim.Millisecond) / sim.Millisecond)
	if want := fmt.Sprintf("%d.%03d billing-0 -> broker-0 LeaveGroup", ms/1000, ms%1000); !strings.Contains(trace, want) {
		t.Errorf("the trace does not show %q:\n%s", want, trace)
	}
	for _, want := range []string{"billing-0 rebalance orders/0 lost", "billing-0 -> broker-0 JoinGroup generation=-1 owned=[]",
		"broker-0 -> billing-0 JoinGroup -> MEMBER_ID_REQUIRED"} {
		if !strings.Contains(trace, want) {
			t.Errorf("the trace does not show %q:\n%s", want, trace)
		}
	}
	applied := map[string]int{}
	for _, m := range b.applied() {
		applied[m]++
	}
	b.run(10 * sim.Second)
	if len(b.applied()) <= len(applied) {
		t.Error("nothing was applied twice: the work of the zombie and of the new owner should overlap")
	}
}

// A member that is told a partition which its metadata does not name asks for
// metadata at once, not when its own is old.
func TestUnknownPartitionAssigned(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("broker", "group.initial.rebalance.delay.ms", "0s").
		must("client", "metadata.max.age.ms", "100s").must("consumer", "heartbeat.interval.ms", "1s").
		must("consumer", "auto.offset.reset", "earliest")
	s.brokers, s.consumers = 1, 2
	s.start["billing-0"], s.start["billing-1"] = 100_000, 900_000 // at 10 s and 90 s
	b := s.build(t)
	ready(b)
	b.w.Expand("orders", 2)
	b.run(9 * sim.Second)
	b.until("billing-1 has the new partition and its position", func() bool {
		p := b.w.consumers[1].part(1)
		return p != nil && p.seeking == positioned
	})
	if now := b.sim.Now(); now > 13*sim.Second {
		t.Errorf("billing-1 found its partition at %v", now)
	}
}

// A fetch that was out when the partition was taken away and given back, with
// another position, brings nothing.
func TestStaleFetch(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond, "topic", "partitions", "1")
	ready(b)
	for range 3 {
		b.send(0, "a")
	}
	b.until("the first is delivered", func() bool { return b.w.consumers[0].parts[0].consumed == 1 })
	c := b.w.consumers[0]
	c.drop([]int32{0})
	c.parts = append(c.parts, owned{partition: 0, position: 2, consumed: 2}) // another has read the second
	b.run(sim.Second)
	if got := strings.Join(b.applied(), " "); got != "a0 a2" {
		t.Errorf("%s are applied", got)
	}
}

// Where a partition without a committed position begins: at its start, or at the
// high watermark of the moment.
func TestOffsetReset(t *testing.T) {
	for reset, want := range map[string]string{"earliest": "a0 a1 a2", "latest": "a2"} {
		b := consumerWorld(t, 1, sim.Millisecond, "consumer", "auto.offset.reset", reset, "topic", "partitions", "1",
			"broker", "group.initial.rebalance.delay.ms", "500ms")
		b.send(0, "a")
		b.send(0, "a")
		ready(b)
		b.send(0, "a")
		b.run(sim.Second)
		if got := strings.Join(b.applied(), " "); got != want {
			t.Errorf("%s: %s are applied, want %s", reset, got, want)
		}
	}
}

// A reset that is repeated after an error does not reset a partition whose
// committed position is still being asked for.
func TestResetLeavesLookups(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond)
	ready(b)
	c := b.w.consumers[0]
	c.parts[0].seeking, c.parts[0].position = needsReset, -1
	c.parts[1].seeking, c.parts[1].position = askedCommitted, -1
	c.member.resetAll()
	if c.parts[0].seeking != askedReset || c.parts[1].seeking != askedCommitted {
		t.Errorf("the partitions are in states %d and %d", c.parts[0].seeking, c.parts[1].seeking)
	}
}

// Metadata goes to a broker that holds no fetch of the consumer, if there is one.
func TestMetadataLeastLoaded(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("broker", "group.initial.rebalance.delay.ms", "0s")
	s.brokers, s.consumers = 3, 1
	b := s.build(t)
	ready(b)
	c := b.w.consumers[0]
	if got := c.leastLoaded(0); got != 0 {
		t.Errorf("with one connection the broker is %d", got)
	}
	c.connected(2)
	b.run(10 * sim.Millisecond)
	if got := c.leastLoaded(0); got != 2 {
		t.Errorf("with a fetch at broker-0 and none at broker-2 the broker is %d", got)
	}
}

// A member that is busy sends heartbeats, but none while its join is parked.
func TestHeartbeats(t *testing.T) {
	b := consumerWorld(t, 2, sim.Millisecond, "consumer", "heartbeat.interval.ms", "200ms", "consumer", "session.timeout.ms", "3s")
	ready(b)
	b.frames = []string{"Heartbeat"}
	b.run(sim.Second)
	if got := len(lines(b)); got != 20 { // 2 members, 5 beats, each with its answer
		t.Errorf("%d frames of heartbeats in a second", got)
	}
	other, _ := b.sim.NodeByName("billing-1")
	b.sim.Crash(other)
	b.w.consumers[0].member.rejoin = true
	b.w.consumers[0].member.poll()
	b.run(100 * sim.Millisecond)
	b.out.Reset()
	if b.run(2 * sim.Second); b.out.Len() > 0 {
		t.Errorf("while the join is parked there are heartbeats:\n%s", b.out.String())
	}
}

// An application that commits on its own commits the position that it names, and
// nothing else is committed; a place that does not exist commits nothing.
func TestCommitOfOnePosition(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond, "consumer", "enable.auto.commit", "false")
	for range 4 {
		b.send(0, "a") // partition 0
		b.send(0, "d") // partition 1
	}
	ready(b)
	b.until("all is applied", func() bool { return b.rec.Applied == 8 })
	c, places := b.w.consumers[0], b.w.Places()
	c.Commit(places[0], 3)
	c.Commit(history.NoPlace, 1)
	b.run(sim.Second)
	if next, ok := b.w.Committed(places[0]); !ok || next != 3 {
		t.Errorf("committed %d, %v", next, ok)
	}
	if next, ok := b.w.Committed(places[1]); ok {
		t.Errorf("%d is committed, of which nobody said anything", next)
	}
	b.sim.Crash(c.node)
	c.Commit(places[0], 4)
	b.run(sim.Second)
	if next, _ := b.w.Committed(places[0]); next != 3 {
		t.Errorf("a consumer that is no member committed %d", next)
	}
}
