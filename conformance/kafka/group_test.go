package kafka_test

import (
	"fmt"
	"slices"
	"time"
)

var groupExperiments = []experiment{
	{"stale-commit", staleCommit},
	{"zombie", zombie},
	{"auto-commit-crash", autoCommitCrash},
	{"hand-over", handOver},
	{"session-timeout", sessionTimeout},
}

// staleCommit has a member commit while the group waits for it in a rebalance, and
// again when the group went on without it.
func staleCommit(r *rig) {
	r.create(1, nil)
	r.producer("p", nil)
	s := settings{"enable.auto.commit": "false", "auto.offset.reset": "earliest", "max.poll.interval.ms": "8000",
		"heartbeat.interval.ms": "500", "max.poll.records": "1"}
	r.consumer("A", "g", s)
	r.assigned("A", 1)
	r.sendTo("p", 0, numbers(0, 4)...)
	read := r.driver.do("poll", "A", "records", 1, "ms", patience).Records
	r.consumer("B", "g", s)
	b := r.driver.begin("poll", "B", "records", 1, "ms", patience)
	r.state("PreparingRebalance")
	r.commitStep("the group waits for A", read, "A", 1)
	readB := r.driver.finish(b).Records
	r.state("Stable")
	r.commitStep("the group went on without A", readB, "A", 4)
}

// state waits until the group is in a state.
func (r *rig) state(want string) {
	r.Helper()
	eventually(r.T, "the group is "+want, func() bool {
		return r.admin("group", "group", r.name+" g").State == want
	})
}

// commitStep has a consumer commit an offset of partition 0 and shows what came of it.
func (r *rig) commitStep(step string, read []string, client string, offset int) {
	r.Helper()
	state := r.admin("group", "group", r.name+" g").State
	commit := r.driver.try("commit-offset", client, "topic", r.topic, "partition", 0, "offset", offset)
	r.Step(step, "read", read, "state", state, fmt.Sprintf("commit of %d by %s", offset, client), outcome(commit),
		"committed", r.committed("g"))
}

// outcome names the end of a command.
func outcome(a answer) string {
	if a.Error == "" {
		return "ok"
	}
	return a.Error
}

// committed returns the offset that a group has committed on partition 0.
func (r *rig) committed(group string) int64 {
	r.Helper()
	return r.admin("committed", "group", r.name+" "+group, "topic", r.topic, "partition", 0).Committed
}

// zombie has a member work on a record for longer than max.poll.interval.ms. The
// other member gets the partition and all its records, and then the first finishes.
func zombie(r *rig) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := settings{"enable.auto.commit": "false", "auto.offset.reset": "earliest", "max.poll.interval.ms": "2000",
			"max.poll.records": "1", "group.protocol": protocol}
		if protocol == "classic" {
			s["heartbeat.interval.ms"] = "500" // it is the brokers' under the other
		}
		r.zombie(protocol, "A "+protocol, "B "+protocol, s)
	}
}

func (r *rig) zombie(group, a, b string, s settings) {
	r.create(1, nil)
	r.producer(group, nil)
	r.consumer(a, group, s)
	r.assigned(a, 1)
	r.sendTo(group, 0, "0", "1")
	var effects []string
	apply := func(client string, records []string) {
		for _, record := range records {
			effects = append(effects, client[:1]+" "+record)
		}
	}
	atWork := r.driver.do("poll", a, "records", 1, "ms", patience).Records
	r.consumer(b, group, s)
	apply(b, r.driver.do("poll", b, "records", 2, "ms", patience).Records)
	commitB := r.driver.try("commit", b)
	apply(a, atWork)
	commitA := r.driver.try("commit", a)
	r.Step(group+", A finishes", "effects", effects, "commit by B", outcome(commitB), "commit by A", outcome(commitA),
		"committed", r.committed(group))
	r.driver.begin("poll", b, "records", 100, "ms", 8000)
	told := func(e event) bool { return e.Client == a }
	eventually(r.T, "A learns of it", func() bool {
		r.driver.do("poll", a, "records", 0, "ms", 100)
		return len(r.driver.seen(told)) >= 2
	})
	r.Step(group+", A polls again", "A is told", text(r.driver.seen(told)[:2]))
}

// autoCommitCrash has a consumer hand its records to a pool of workers and poll on,
// with auto-commit, and die while most of them wait in the pool; and one that commits
// only what its workers have done from the front.
func autoCommitCrash(r *rig) {
	for _, auto := range []string{"true", "false"} {
		r.create(1, nil)
		r.producer("p", nil)
		r.sendTo("p", 0, numbers(0, 9)...)
		group := "g"
		s := settings{"enable.auto.commit": auto, "auto.commit.interval.ms": "500", "auto.offset.reset": "earliest",
			"session.timeout.ms": "3000", "heartbeat.interval.ms": "500"}
		doomed := startDriver(r.T, r.cluster)
		doomed.do("consumer", "A", "topic", r.topic, "settings", r.member(group+auto, s))
		pool := doomed.do("poll", "A", "records", 10, "ms", patience).Records
		done := pool[:4]
		if auto == "false" {
			doomed.do("commit-offset", "A", "topic", r.topic, "partition", 0, "offset", len(done))
		}
		want := map[string]int64{"true": 10, "false": 4}[auto]
		eventually(r.T, "the commit is there", func() bool {
			doomed.do("poll", "A", "records", 0, "ms", 100)
			return r.admin("committed", "group", r.name+" "+group+auto, "topic", r.topic, "partition", 0).Committed == want
		})
		doomed.kill()
		r.sendTo("p", 0, "10")
		r.consumer("B"+auto, group+auto, s)
		next := r.driver.do("poll", "B"+auto, "records", 11-int(want), "ms", patience).Records
		lost := slices.DeleteFunc(slices.Clone(pool), func(x string) bool {
			return slices.Contains(done, x) || slices.Contains(next, x)
		})
		r.Step("auto-commit "+auto, "in the pool", len(pool), "done", done, "committed", want,
			"the next reads", next, "lost", lost)
	}
}

// member returns the settings of a member of a group.
func (r *rig) member(group string, s settings) settings {
	all := settings{"bootstrap.servers": address(r.home()), "group.id": r.name + " " + group}
	for name, value := range s {
		all[name] = value
	}
	return all
}

// handOver has a second member join a group of one with four partitions, eagerly,
// cooperatively, and under the newer protocol, while both poll. With auto-commit
// nothing is read twice. That a listener is told of no partitions is
// left out.
func handOver(r *rig) {
	const assignor, beat = "partition.assignment.strategy", "heartbeat.interval.ms"
	for _, c := range []struct {
		name string
		s    settings
	}{
		{"eager", settings{assignor: "org.apache.kafka.clients.consumer.RangeAssignor", beat: "500"}},
		{"cooperative", settings{assignor: "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", beat: "500"}},
		{"KIP-848", settings{"group.protocol": "consumer"}},
	} {
		r.create(4, nil)
		r.producer("p "+c.name, nil)
		toAll := func(value string) {
			for partition := range 4 {
				r.sendTo("p "+c.name, partition, value)
			}
		}
		one, two := "A "+c.name, "B "+c.name
		c.s["auto.offset.reset"] = "earliest"
		r.consumer(one, c.name, c.s)
		r.assigned(one, 4)
		toAll("before")
		before := r.read(one, 4)
		r.consumer(two, c.name, c.s)
		again := r.share(one, two)
		toAll("after")
		generation := r.driver.do("generation", one).Generation
		told := r.driver.seen(func(e event) bool {
			return len(e.Partitions) > 0 && (e.Client == one || e.Client == two)
		})
		of := func(client string) []string {
			return text(slices.DeleteFunc(slices.Clone(told), func(e event) bool { return e.Client != client }))
		}
		given := slices.IndexFunc(told, func(e event) bool { return e.Client == two })
		taken := slices.IndexFunc(told, func(e event) bool { return e.Client == one && e.Event == "revoked" })
		r.Step(c.name, "A", of(one), "B", of(two), "A gave up before B got", taken >= 0 && taken < given,
			"generation", generation, "A read", append(before, r.read(one, 2)...), "B read", append(again, r.read(two, 2)...))
	}
}

// share has two consumers poll until both have two partitions, and a while longer,
// and returns what the second has read.
func (r *rig) share(one, two string) []string {
	r.Helper()
	var got []string
	poll := func(ms int) {
		call := r.driver.begin("poll", two, "records", 1, "ms", ms)
		r.driver.do("poll", one, "records", 1, "ms", ms)
		got = append(got, r.driver.finish(call).Records...)
	}
	eventually(r.T, "each has two partitions", func() bool {
		poll(200)
		return len(r.driver.do("assignment", one).Assignment) == 2 && len(r.driver.do("assignment", two).Assignment) == 2
	})
	poll(2000)
	return got
}

// read polls until a consumer has so many records, and returns them by partition.
func (r *rig) read(client string, n int) []string {
	r.Helper()
	got := r.driver.do("poll", client, "records", n, "ms", patience).Records
	slices.Sort(got)
	return got
}

// sessionTimeout kills the process of a member. The other gets the partition when
// the session of the first is over, counted from its last heartbeat.
func sessionTimeout(r *rig) {
	r.create(1, nil)
	s := settings{"session.timeout.ms": "4000", "heartbeat.interval.ms": "500"}
	doomed := startDriver(r.T, r.cluster)
	doomed.do("consumer", "A", "topic", r.topic, "settings", r.member("g", s))
	eventually(r.T, "A has the partition", func() bool {
		doomed.do("poll", "A", "records", 0, "ms", 1000) // and sends heartbeats
		return len(doomed.do("assignment", "A").Assignment) == 1
	})
	r.consumer("B", "g", s) // it joins with its first poll
	began := time.Now()
	doomed.kill()
	r.assigned("B", 1)
	took := time.Since(began)
	r.Measured("A is dead", []any{"ms", took.Milliseconds()},
		"B has the partition after 3.5 to 4 s", took > 3400*time.Millisecond && took < 4*time.Second+slack)
}
