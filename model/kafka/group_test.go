package kafka

import (
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// TestGroupProperty draws a life of a group: records are sent, consumers crash and
// come back, are busy for longer than they may, partitions are added. After every
// event no partition has two owners of one generation. When it is quiet again the
// group is stable, every partition has one owner, and every acked record was
// applied.
func TestGroupProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSetup().must("topic", "partitions", "3").must("producer", "linger.ms", "0s").
			must("broker", "group.initial.rebalance.delay.ms", "500ms").
			must("client", "metadata.max.age.ms", "2s").
			must("consumer", "auto.offset.reset", "earliest").must("consumer", "auto.commit.interval.ms", "500ms").
			must("consumer", "heartbeat.interval.ms", "300ms").must("consumer", "session.timeout.ms", "2s").
			must("consumer", "max.poll.interval.ms", "3s").
			must("consumer", "max.poll.records", rapid.SampledFrom([]string{"1", "5", "500"}).Draw(rt, "records")).
			must("consumer", "partition.assignment.strategy",
				rapid.SampledFrom([]string{"range", "roundrobin", "sticky", "cooperative-sticky"}).Draw(rt, "strategy"))
		s.consumers, s.brokers = 3, rapid.IntRange(1, 3).Draw(rt, "brokers")
		s.latency = model.Distribution{Shape: model.Uniform, A: int64(sim.Millisecond / 10), B: int64(20 * sim.Millisecond)}
		b := s.build(t)
		b.sim.SetSource(sim.Random{Seed: rapid.Uint64().Draw(rt, "seed")})
		groupLife(rt, b, 3, func(d sim.Time) { live(rt, b, d) })
	})
}

// groupLife draws what happens to a group of three and lets it live for a while after
// each step. In the end all are there and quick, and it looks at what they have come to.
func groupLife(rt *rapid.T, b *bench, partitions int, live func(sim.Time)) {
	for range rapid.IntRange(1, 40).Draw(rt, "steps") {
		switch what := rapid.SampledFrom([]string{"send", "crash", "restart", "slow", "expand"}).Draw(rt, "what"); what {
		case "send":
			for range rapid.IntRange(1, 30).Draw(rt, "count") {
				b.send(0, rapid.SampledFrom(keyNames).Draw(rt, "key"))
			}
		case "expand":
			if partitions++; partitions < 9 {
				b.w.Expand("orders", partitions)
			}
		default:
			c := b.w.consumers[rapid.IntRange(0, 2).Draw(rt, "consumer")]
			switch what {
			case "crash":
				b.sim.Crash(c.node)
			case "restart":
				b.sim.Restart(c.node, 0)
			case "slow":
				b.apps[c.index].work = rapid.SampledFrom([]sim.Time{1, 300, 4000}).Draw(rt, "work") * sim.Millisecond
			}
		}
		live(sim.Time(rapid.IntRange(0, 4000).Draw(rt, "ms")) * sim.Millisecond)
	}
	for i, c := range b.w.consumers {
		b.sim.Restart(c.node, 0)
		b.apps[i].work = sim.Millisecond
	}
	// Work that was begun slowly ends first: at most 500 records of 4 s.
	for range 250 {
		if live(10 * sim.Second); b.w.Ready() && b.w.Settled() {
			break
		}
	}
	quiet(rt, b)
}

// live runs the world for a while and looks at the owners after every event.
func live(rt *rapid.T, b *bench, d sim.Time) {
	over := false
	b.sim.At(b.sim.Now()+d, func() { over = true })
	for !over && b.sim.Step(1) == sim.Running {
		for i, x := range b.w.consumers {
			for _, y := range b.w.consumers[:i] {
				if x.member.generation == y.member.generation && !b.sim.Down(x.node) && !b.sim.Down(y.node) {
					disjoint(rt, b, x, y)
				}
			}
		}
	}
}

func disjoint(rt *rapid.T, b *bench, x, y *consumer) {
	for i := range x.parts {
		if p := x.parts[i].partition; y.part(p) != nil && !x.member.lost && !y.member.lost {
			rt.Fatalf("at %v billing-%d and billing-%d both own partition %d in generation %d",
				b.sim.Now(), x.index, y.index, p, x.member.generation)
		}
	}
}

// quiet looks at what a group that was left alone has come to.
func quiet(rt *rapid.T, b *bench) {
	if !b.w.Ready() || !b.w.Settled() {
		rt.Fatalf("after all is over the group is ready: %v, and everything is settled: %v", b.w.Ready(), b.w.Settled())
	}
	owners := make([]int, len(b.w.controller.leaders))
	for _, c := range b.w.consumers {
		for i := range c.parts {
			owners[c.parts[i].partition]++
		}
	}
	for p, n := range owners {
		if n != 1 {
			rt.Fatalf("partition %d has %d owners", p, n)
		}
	}
	if b.rec.Unanswered != 0 || b.rec.Unapplied != 0 {
		rt.Fatalf("%d sends have no answer and %d records were not applied", b.rec.Unanswered, b.rec.Unapplied)
	}
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindAck && op.Outcome != history.OK {
			rt.Fatalf("message %d was not acked", op.Message)
		}
	}
}
