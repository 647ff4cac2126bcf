package kafka

import (
	"slices"
	"strconv"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// jobs is a node with a queueing server of the engine's, which notes when each job
// is done.
type jobs struct {
	sim.Node
	e    *sim.Engine
	done []sim.Time
}

func (j *jobs) Timer(_ sim.Kind, job uint64) { j.done[job] = j.e.Now() }

// A pool of threads, which works out when a job is done, agrees with a queueing server
// of the engine, which carries it out.
func TestThreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		workers := rapid.IntRange(1, 4).Draw(t, "threads")
		e := sim.New(1, sim.Limits{})
		j := &jobs{e: e}
		id := e.AddNode("jobs", j)
		server := e.AddServer(id, sim.ServerSettings{Workers: workers})
		var pool threads
		pool.reset(workers)
		at, want := sim.Time(0), []sim.Time{}
		for job := range rapid.IntRange(1, 40).Draw(t, "jobs") {
			at += sim.Time(rapid.Int64Range(0, 30).Draw(t, "gap"))
			work := sim.Time(rapid.Int64Range(1, 60).Draw(t, "work"))
			e.At(at, func() { e.Serve(server, work, 0, uint64(job)) })
			want = append(want, pool.serve(at, work))
		}
		j.done = make([]sim.Time, len(want))
		for e.Step(1000) == sim.Running {
		}
		for job, done := range j.done {
			if done != want[job] {
				t.Fatalf("the engine's server has done job %d at %v, the pool at %v", job, done, want[job])
			}
		}
	})
}

// costing is a world in which one record is a request, a link takes 1 ms and nothing
// costs anything but what is set.
func costing(brokers int, acks string, top ...string) *setup {
	s := newSetup().must("topic", "replicas", strconv.Itoa(brokers)).must("producer", "linger.ms", "0s").
		must("producer", "batch.size", "1").must("producer", "acks", acks)
	s.brokers = brokers
	for i := 0; i < len(top); i += 2 {
		s.must("top", top[i], top[i+1])
	}
	return s
}

// times sends records at one instant and returns after how long they came to the
// point that a kind of operations tells of.
func (b *bench) times(kind history.Kind, records int) (after []sim.Time) {
	b.run(10 * sim.Second)
	sent, from := b.sim.Now(), b.hist.Len()
	for i := range records {
		b.send(i%len(b.w.producers), "a")
	}
	b.run(sim.Second)
	for i := from; i < b.hist.Len(); i++ {
		if op := b.hist.Op(i); op.Kind == kind {
			after = append(after, sim.Time(op.End)-sent)
		}
	}
	return after
}

// What each cost adds to a round trip of 2 ms, by hand. A connection carries five
// requests at a time, of which the broker works on one.
func TestCosts(t *testing.T) {
	const us = sim.Microsecond
	for _, c := range []struct {
		name string
		s    *setup
		want []sim.Time
	}{
		{"nothing", costing(1, "1"), []sim.Time{2000 * us, 2000 * us, 2000 * us}},
		// 100 us to read a request and 100 us to write an answer, in two threads.
		{"network", costing(1, "1", "processor.network.request", "200us"), []sim.Time{2200 * us, 2300 * us, 2400 * us}},
		{"handler", costing(1, "1", "processor.handler.request", "300us"), []sim.Time{2300 * us, 2600 * us, 2900 * us}},
		{"sender", costing(1, "1", "processor.sender.request", "500us"), []sim.Time{2500 * us, 3000 * us, 3500 * us}},
		{"send", costing(1, "1", "processor.producer.record", "400us"), []sim.Time{2400 * us, 2800 * us, 3200 * us}},
		// The follower fetches all the time; its answer with the record takes it 400 us,
		// which its next fetch, that tells the leader, comes later.
		{"replication", costing(2, "all"), []sim.Time{4000 * us}},
		{"replica", costing(2, "all", "processor.replica.request", "400us"), []sim.Time{4400 * us}},
	} {
		b := c.s.build(t)
		if got := b.times(history.KindAck, len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%s: acks after %v, want %v", c.name, got, c.want)
		}
	}
}

// A request of 100 bytes and more, and of 1 MiB, at 1 MiB/s and with threads that take
// 0.5 s for it. (The network's one way and a half of what is fixed is left out.)
func TestCostsBySize(t *testing.T) {
	size := int64(batchOverhead + 100 + recordOverhead)
	each := func(perMiB sim.Time) sim.Time { return sim.Time(size) * perMiB >> 20 }
	const half = 500 * sim.Millisecond
	for _, c := range []struct {
		name string
		s    *setup
		want sim.Time
	}{
		{"mebibyte", costing(1, "0", "processor.mebibyte", "500ms"), 2 * each(half)},
		{"bandwidth", costing(1, "0", "network.bandwidth", "1000000"), sim.Time(size) * sim.Microsecond},
	} {
		b := c.s.build(t)
		got := b.times(history.KindStore, 1)
		if len(got) != 1 || got[0] != sim.Millisecond+c.want {
			t.Errorf("%s: stored after %v, want 1 ms and %v", c.name, got, c.want)
		}
	}
}

// A poll returns when its records have been worked on.
func TestCostOfPoll(t *testing.T) {
	apply := func(top ...string) []sim.Time {
		s := costing(1, "1", top...)
		s.consumers = 1
		return s.build(t).times(history.KindApply, 1)
	}
	free, costly := apply(), apply("processor.consumer.record", "300us")
	if len(free) != 1 || len(costly) != 1 || costly[0] != free[0]+300*sim.Microsecond {
		t.Errorf("applied after %v, and with 300 us for a record after %v", free, costly)
	}
}

// The threads of a broker are what limits how much it takes, whatever the number of
// its clients: one that takes 1 ms for a request takes 1000 a second.
func TestBrokerIsTheLimit(t *testing.T) {
	for _, threads := range []int{1, 4} {
		s := costing(1, "1", "processor.handler.request", "1ms").must("broker", "num.io.threads", strconv.Itoa(threads))
		s.producers = 8
		got := s.build(t).times(history.KindAck, 80)
		if want := sim.Time(80/threads+2) * sim.Millisecond; len(got) != 80 || got[79] != want {
			t.Errorf("%d threads: %d acks, the last after %v, want %v", threads, len(got), got[len(got)-1], want)
		}
	}
}

// What a process that crashes was at work on is gone, and its threads are idle when
// it is back. A broker that is slow takes longer.
func TestThreadsOfACrash(t *testing.T) {
	b := costing(1, "1", "processor.handler.request", "50ms").build(t)
	b.run(10 * sim.Second)
	b.send(0, "a")
	b.run(20 * sim.Millisecond)
	node := b.w.brokers[0].node
	b.sim.Crash(node)
	if got := len(b.w.brokers[0].processor.requests); got != 0 {
		t.Errorf("%d requests are left at a broker that crashed", got)
	}
	b.sim.Restart(node, 0)
	b.sim.SetSlowCPU(node, 3*sim.Whole)
	if got := b.times(history.KindAck, 1); len(got) != 1 || got[0] != 152*sim.Millisecond {
		t.Errorf("acks after %v, want 152 ms", got)
	}
}
