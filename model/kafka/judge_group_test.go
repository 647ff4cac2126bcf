package kafka

import (
	"fmt"
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// byHand is the application at a consumer that an experiment directs: it polls until
// it has the records that it was told to get, and then is at work.
type byHand struct {
	j      *judge
	client *consumer
	got    []string // as 0@3=5: partition, offset, name
	want   int
	told   []string // of its partitions
}

// judgeMembers describes a broker, a producer and consumers in one group; settings
// are sections, names and values in turn.
func judgeMembers(consumers int, settings ...string) *setup {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s").
		must("broker", "group.initial.rebalance.delay.ms", "0s")
	s.brokers, s.consumers = 1, consumers
	for i := 0; i < len(settings); i += 3 {
		s.must(settings[i], settings[i+1], settings[i+2])
	}
	return s
}

// member puts an experiment's application at a consumer. All but the first consumer
// begin when they are told to.
func (j *judge) member(i int) *byHand {
	a := &byHand{j: j, client: j.w.consumers[i]}
	a.client.app = a
	if i > 0 {
		j.sim.Crash(a.client.node)
	}
	return a
}

// begin starts the process of a consumer.
func (a *byHand) begin() { a.j.sim.Restart(a.client.node, 0) }

// poll has the application poll until it has so many records more.
func (a *byHand) poll(n int) {
	a.want = len(a.got) + n
	if !a.client.polling {
		a.client.Poll()
	}
}

// read waits until it has them.
func (a *byHand) read() []string {
	a.j.Helper()
	a.j.until("they are read", func() bool { return len(a.got) >= a.want })
	return a.got
}

func (a *byHand) Started() { a.client.Poll() }

func (a *byHand) Polled(records []model.Record) {
	for _, r := range records {
		a.got = append(a.got, fmt.Sprintf("%d@%d=%s", a.j.w.partitionOf(r.Place), r.Position, a.j.names[r.Message]))
	}
	if len(a.got) < a.want {
		a.client.Poll()
	}
}

func (a *byHand) Timer(uint16, uint64) {}

func (a *byHand) Assigned(places []history.Place) { a.tell("assigned", places) }

// Revoked is also called for what is lost; the history has just been told.
func (a *byHand) Revoked(places []history.Place) {
	last := a.j.hist.Op(a.j.hist.Len() - 1)
	a.tell(a.j.hist.SymbolName(last.Detail), places)
}

func (a *byHand) tell(what string, places []history.Place) {
	var partitions []int32
	for _, p := range places {
		partitions = append(partitions, a.j.w.partitionOf(p))
	}
	slices.Sort(partitions)
	a.told = append(a.told, fmt.Sprintf("%s %v", what, partitions))
}

// assigned waits until a consumer has so many partitions.
func (j *judge) assigned(a *byHand, n int) {
	j.Helper()
	j.until("it has its partitions", func() bool {
		return len(a.client.parts) == n && a.client.member.settled() &&
			!slices.ContainsFunc(a.client.parts, func(p owned) bool { return p.seeking != positioned })
	})
}

// commit has a consumer commit an offset of partition 0, and returns what the Java
// client's call would: a commit that is not taken throws this.
func (j *judge) commit(a *byHand, offset int64) string {
	a.client.Commit(j.w.places[0], offset)
	j.run(10 * sim.Millisecond)
	if j.committed() == offset {
		return "ok"
	}
	return "CommitFailedException"
}

func (j *judge) committed() int64 {
	at, ok := j.w.Committed(j.w.places[0])
	if !ok {
		return -1
	}
	return at
}

var slow = []string{"consumer", "enable.auto.commit", "false", "consumer", "auto.offset.reset", "earliest",
	"consumer", "heartbeat.interval.ms", "500ms", "consumer", "max.poll.records", "1"}

// A member commits while the group waits for it in a rebalance, and again when the
// group went on without it.
func judgeStaleCommit(j *judge) {
	j.in(judgeMembers(2, append(slow, "consumer", "max.poll.interval.ms", "8s")...).build(j))
	a, b := j.member(0), j.member(1)
	a.poll(1)
	j.assigned(a, 1)
	j.sendAs(0, "a", numbers(0, 4)...)
	a.read()
	b.begin()
	b.poll(1)
	step := func(name string, want groupState, read []string, offset int64) {
		j.until("the group is in its state", func() bool { return j.w.group.state == want })
		state := map[groupState]string{groupPreparing: "PreparingRebalance", groupStable: "Stable"}[j.w.group.state]
		j.Step(name, "read", read, "state", state, fmt.Sprintf("commit of %d by A", offset), j.commit(a, offset),
			"committed", j.committed())
	}
	step("the group waits for A", groupPreparing, a.got, 1)
	step("the group went on without A", groupStable, b.read(), 4)
}

// A member works on a record for longer than max.poll.interval.ms; the other gets the
// partition and all its records, and then the first finishes.
func judgeZombie(j *judge) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := judgeMembers(2, slow...).must("consumer", "max.poll.interval.ms", "2s").
			must("consumer", "group.protocol", protocol).must("broker", "group.consumer.heartbeat.interval.ms", "500ms")
		j.in(s.build(j))
		a, b := j.member(0), j.member(1)
		a.poll(1)
		j.assigned(a, 1)
		j.sendAs(0, "a", "0", "1")
		atWork := a.read()
		b.begin()
		b.poll(2)
		var effects []string
		for _, r := range b.read() {
			effects = append(effects, "B "+r)
		}
		commitB := j.commit(b, 2)
		for _, r := range atWork {
			effects = append(effects, "A "+r)
		}
		commitA := j.commit(a, 1)
		j.Step(protocol+", A finishes", "effects", effects, "commit by B", commitB, "commit by A", commitA,
			"committed", j.committed())
		a.poll(1)
		j.until("A is told", func() bool { return len(a.told) >= 2 })
		j.Step(protocol+", A polls again", "A is told", a.told[:2])
	}
}

// A consumer hands its records to a pool, polls on, and dies; with auto-commit, and
// with commits of what is done from the front.
func judgeAutoCommitCrash(j *judge) {
	for _, auto := range []string{"true", "false"} {
		j.in(judgeMembers(2, "consumer", "enable.auto.commit", auto, "consumer", "auto.commit.interval.ms", "500ms",
			"consumer", "auto.offset.reset", "earliest", "consumer", "session.timeout.ms", "3s",
			"consumer", "heartbeat.interval.ms", "500ms").build(j))
		a, b := j.member(0), j.member(1)
		j.sendAs(0, "a", numbers(0, 9)...)
		a.poll(10)
		pool := a.read()
		done := pool[:4]
		a.poll(1)
		if auto == "false" {
			j.commit(a, int64(len(done)))
		}
		want := map[string]int64{"true": 10, "false": 4}[auto]
		j.until("the commit is there", func() bool { return j.committed() == want })
		j.sim.Crash(a.client.node)
		j.sendAs(0, "a", "10")
		b.begin()
		b.poll(11 - int(want))
		next := b.read()
		lost := slices.DeleteFunc(slices.Clone(pool), func(x string) bool {
			return slices.Contains(done, x) || slices.Contains(next, x)
		})
		j.Step("auto-commit "+auto, "in the pool", len(pool), "done", done, "committed", want, "the next reads", next, "lost", lost)
	}
}

// A second member joins a group of one with four partitions, while both poll.
func judgeHandOver(j *judge) {
	for _, c := range [][3]string{
		{"eager", "partition.assignment.strategy", "range"},
		{"cooperative", "partition.assignment.strategy", "cooperative-sticky"},
		{"KIP-848", "group.protocol", "consumer"},
	} {
		j.in(judgeMembers(2, "consumer", c[1], c[2], "consumer", "heartbeat.interval.ms", "500ms",
			"consumer", "auto.offset.reset", "earliest",
			"broker", "group.consumer.heartbeat.interval.ms", "500ms", "topic", "partitions", "4").build(j))
		a, b := j.member(0), j.member(1)
		a.poll(100)
		j.assigned(a, 4)
		j.toAll("before")
		b.begin()
		b.poll(100)
		taken := 0
		j.until("B has its partitions", func() bool {
			if slices.ContainsFunc(a.told, func(x string) bool { return x[:7] == "revoked" }) && taken == 0 {
				taken = 1 + len(b.client.parts)
			}
			return len(b.client.parts) == 2
		})
		j.run(3 * sim.Second)
		split := len(a.got)
		j.toAll("after")
		slices.Sort(a.got[:split])
		slices.Sort(a.got[split:])
		slices.Sort(b.got)
		j.Step(c[0], "A", a.told, "B", b.told, "A gave up before B got", taken == 1,
			"generation", a.client.member.generation, "A read", a.got, "B read", b.got)
	}
}

// toAll sends a record to each of four partitions, and lets it be read.
func (j *judge) toAll(name string) {
	for partition := range 4 {
		key := slices.IndexFunc(keyNames, func(k string) bool { return PartitionFor(Murmur2([]byte(k)), 4) == partition })
		j.sendAs(0, keyNames[key], name)
	}
	j.run(sim.Second)
}

// The process of a member dies. The other gets the partition when its session is over.
func judgeSessionTimeout(j *judge) {
	j.in(judgeMembers(2, "consumer", "session.timeout.ms", "4s", "consumer", "heartbeat.interval.ms", "500ms").build(j))
	a, b := j.member(0), j.member(1)
	a.poll(1)
	j.assigned(a, 1)
	j.run(sim.Second)
	began := j.sim.Now()
	j.sim.Crash(a.client.node)
	b.begin()
	j.assigned(b, 1)
	took := j.sim.Now() - began
	j.Measured("A is dead", []any{"ms", took / sim.Millisecond},
		"B has the partition after 3.5 to 4 s", took > 3400*sim.Millisecond && took < 4100*sim.Millisecond)
}
