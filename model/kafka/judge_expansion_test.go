package kafka

import (
	"fmt"
	"strings"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// 1000 keys before and after an expansion from 6 to 8 partitions.
func judgeMovedKeys(j *judge) {
	of := map[int]*strings.Builder{6: {}, 8: {}}
	moved := 0
	for i := range 1000 {
		h := Murmur2(fmt.Append(nil, "order-", i))
		if PartitionFor(h, 6) != PartitionFor(h, 8) {
			moved++
		}
		for n, text := range of {
			if i < 60 {
				fmt.Fprint(text, PartitionFor(h, n))
			}
		}
	}
	j.Step("6 partitions", "of order-0 to order-59", of[6].String())
	j.Step("8 partitions", "of order-0 to order-59", of[8].String())
	j.Step("moved", "of 1000 keys", moved)
}

// Two producers, whose metadata may be 4 s and 5 min old, send one key while the
// topic is expanded. As order-2 there, r is on partition 3 of 6 and 1 of 7.
func judgeStaleMetadata(j *judge) {
	s := newSetup().must("topic", "partitions", "6").must("producer", "linger.ms", "0s")
	s.brokers, s.producers = 1, 2
	s.own = map[string]model.Values{"producer-0": model.Values{}.
		Set("metadata.max.age.ms", model.DurationValue(int64(4*sim.Second)))}
	s.start = map[string]int64{"producer-0": 999_999, "producer-1": 999_999}
	j.in(s.build(j))
	j.run(50 * sim.Millisecond)
	connect(j.bench)
	began := j.sim.Now()
	step := func(name string) { j.Step(name, "4 s", j.sentTo(0), "5 min", j.sentTo(1)) }
	step("before")
	old := j.sentTo(0)
	j.w.Expand("orders", 7)
	step("expanded")
	for j.sentTo(0) == old {
		j.run(10 * sim.Millisecond)
	}
	took := j.sim.Now() - began
	j.Measured("4 s later", []any{"ms", took / sim.Millisecond}, "within 4 s", took < 4*sim.Second+100*sim.Millisecond,
		"4 s", j.sentTo(0), "5 min", j.sentTo(1))
}

// sentTo sends r and returns its partition.
func (j *judge) sentTo(producer int) int32 {
	j.Helper()
	m := j.send(producer, "r")
	at := int32(-1)
	j.until("the send has ended", func() bool {
		for i := range j.hist.Len() {
			if op := j.hist.Op(i); op.Kind == history.KindAck && op.Message == m {
				at = j.w.partitionOf(op.Place)
			}
		}
		return at >= 0
	})
	return at
}

// A group reads a topic to which a partition is added. Of what is written there,
// five records come before the group knows of it and five after. Under the newer
// protocol the answers to heartbeats are held meanwhile.
func judgeExpandReset(j *judge) {
	for _, c := range [][3]string{{"latest", "latest", "classic"}, {"earliest", "earliest", "classic"},
		{"latest, KIP-848", "latest", "consumer"}} {
		s := judgeMembers(1, "consumer", "auto.offset.reset", c[1], "consumer", "group.protocol", c[2],
			"consumer", "metadata.max.age.ms", "4s", "producer", "metadata.max.age.ms", "100ms",
			"broker", "group.consumer.heartbeat.interval.ms", "500ms")
		s.start = map[string]int64{"billing-0": 999_999}
		j.in(s.build(j))
		a := j.member(0)
		a.poll(10)
		j.assigned(a, 1)
		broker, conn := j.w.brokers[0].node, a.client.peers[a.client.coordinatorPeer(0)].conn
		j.sim.Stall(broker, conn)
		j.w.Expand("orders", 2)
		j.run(200 * sim.Millisecond)
		j.sendAs(0, "r", numbers(0, 4)...) // partition 1 of 2
		known := len(a.client.parts)
		j.run(100 * sim.Millisecond)
		j.sim.Unstall(broker, conn)
		j.assigned(a, 2)
		j.run(1500 * sim.Millisecond)
		j.sendAs(0, "r", numbers(5, 9)...)
		j.run(sim.Second)
		j.Step(c[0], "partitions known when 0 to 4 were written", known, "read", a.got)
	}
}

// numbers returns the texts of the numbers from and to.
func numbers(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return out
}
