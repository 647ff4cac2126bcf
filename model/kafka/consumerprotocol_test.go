package kafka

import (
	"fmt"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// modernSetup is a group of the newer protocol.
func modernSetup() *setup {
	return newSetup().must("consumer", "group.protocol", "consumer").must("topic", "partitions", "4").
		must("consumer", "auto.offset.reset", "earliest").must("producer", "linger.ms", "0s")
}

// owners are the partitions of each consumer.
func (b *bench) owners() string {
	var out []string
	for _, c := range b.w.consumers {
		p := c.member.ownedPartitions()
		slices.Sort(p)
		out = append(out, fmt.Sprint(p))
	}
	return fmt.Sprint(out)
}

// Members come one after another: what the first has to lose it gives up before
// anyone gets it, and keeps the rest.
func TestMembersJoin(t *testing.T) {
	s := modernSetup()
	s.consumers = 2
	b := s.build(t)
	b.sim.Crash(b.w.consumers[1].node)
	b.run(12 * sim.Second)
	if got := b.owners(); got != "[[0 1 2 3] []]" {
		t.Fatal(got)
	}
	b.sim.Restart(b.w.consumers[1].node, 0)
	b.run(20 * sim.Second)
	if got := b.owners(); got != "[[0 1] [2 3]]" || !b.w.Ready() {
		t.Errorf("%s, ready: %v", got, b.w.Ready())
	}
	b.w.Expand("orders", 6)
	b.run(20 * sim.Second)
	if got := b.owners(); got != "[[0 1 4] [2 3 5]]" {
		t.Errorf("after an expansion: %s", got)
	}
	b.sim.Crash(b.w.consumers[0].node)
	b.run(sim.Minute)
	if got := b.owners(); got != "[[] [0 1 2 3 4 5]]" {
		t.Errorf("after the session of the first: %s", got)
	}
}

// modernLife draws a life of a group of the newer protocol.
func modernLife(rt *rapid.T, t testing.TB) *bench {
	s := modernSetup().must("client", "metadata.max.age.ms", "2s").
		must("consumer", "auto.commit.interval.ms", "500ms").must("consumer", "max.poll.interval.ms", "3s").
		must("broker", "group.consumer.heartbeat.interval.ms", "300ms").must("broker", "group.consumer.session.timeout.ms", "2s").
		must("consumer", "max.poll.records", rapid.SampledFrom([]string{"1", "5", "500"}).Draw(rt, "records")).
		must("consumer", "group.remote.assignor", rapid.SampledFrom([]string{"uniform", "range"}).Draw(rt, "assignor")).
		must("consumer", "group.instance.id", rapid.SampledFrom([]string{"", "*"}).Draw(rt, "name")).
		must("consumer", "restart.after", "1s")
	s.consumers, s.brokers = 3, rapid.IntRange(1, 3).Draw(rt, "brokers")
	s.latency = model.Distribution{Shape: model.Uniform, A: int64(sim.Millisecond / 10), B: int64(20 * sim.Millisecond)}
	b := s.build(t)
	b.sim.SetSource(sim.Random{Seed: rapid.Uint64().Draw(rt, "seed")})
	return b
}

// TestConsumerGroupProperty is TestGroupProperty for the newer protocol. No partition
// is owned by two members that the coordinator takes for members.
func TestConsumerGroupProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := modernLife(rt, t)
		look := func() {
			for p := range b.w.controller.leaders {
				if owners := b.membersWith(int32(p)); len(owners) > 1 {
					rt.Fatalf("at %v partition %d is owned by consumers %v", b.sim.Now(), p, owners)
				}
			}
		}
		groupLife(rt, b, 4, func(d sim.Time) { b.each(d, look) })
	})
}

// membersWith returns the consumers that own a partition and are members of the group
// in the eyes of its coordinator.
func (b *bench) membersWith(partition int32) (out []int) {
	for _, c := range b.w.consumers {
		member := b.w.group.consumers.seat(c.member.member) != nil && !c.member.lost && !b.sim.Down(c.node)
		if member && c.part(partition) != nil {
			out = append(out, c.index)
		}
	}
	return out
}
