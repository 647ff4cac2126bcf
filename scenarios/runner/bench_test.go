package runner_test

import (
	"context"
	"testing"

	"orderlab/internal/peak"
	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// BenchmarkExpand is one run of a case like those of kafka/expand, with its checks.
func BenchmarkExpand(b *testing.B) {
	c := expandCase(8, model.Values{}.Set("pause_new_partitions", model.DurationValue(80*second)))
	c.Guarantees = c.Guarantees[:6]
	perMessage(b, c)
}

// BenchmarkKafkaMessage is what one message costs from its arrival to its effect,
// with history and trace hash and without checks: three brokers and replicas,
// acks=all, idempotence, a group of three, 5,000 messages a second. It tells the
// cost in nanoseconds, in holds of the bare event queue with 10,000 events
// pending, measured in the same run, and the bytes of history. Holds are of the time
// of the processor, which other work on the machine changes less.
func BenchmarkKafkaMessage(b *testing.B) {
	for _, batching := range []struct {
		name   string
		linger int64
	}{{"batches-of-10", 5 * milli}, {"single-records", 0}} {
		b.Run(batching.name, func(b *testing.B) { perMessage(b, messageCase(batching.linger)) })
	}
}

// messageCase sends for 10 s to three partitions.
func messageCase(linger int64) *scenarios.Case {
	c := expandCase(4, nil)
	c.Faults, c.Guarantees = nil, nil
	topic := &c.Config.Sections[0].Entries[0]
	topic.Values = topic.Values.Set("partitions", model.IntegerValue(3))
	c.Config.SetIn("producer", "linger.ms", model.DurationValue(linger))
	c.Consumers.Members = 3
	c.Consumers.Work = model.Distribution{Shape: model.Constant, A: milli / 10}
	c.Workload.Producers = 1
	c.Workload.Phases = []scenarios.Phase{
		{Name: "steady", For: 10 * second, Producers: 1,
			Arrivals: scenarios.Arrivals{Process: "poisson", Rate: 5_000_000_000}},
		{Name: "settle", Until: "drained", AtMost: 100 * second},
	}
	return c
}

// perMessage runs the case over seeds and reports its cost by message.
func perMessage(b *testing.B, c *scenarios.Case) {
	r := runner.New(registry())
	messages, bytes := int64(0), int64(0)
	run := func(seed uint64) {
		out, err := r.Run(context.Background(), c, seed, runner.Options{Witness: true})
		if err != nil {
			b.Fatal(err)
		}
		if out.Metrics.Applied != out.Metrics.Sent || out.Metrics.Sent < 10_000 {
			b.Fatalf("sent %d messages and applied %d", out.Metrics.Sent, out.Metrics.Applied)
		}
		messages += out.Metrics.Sent
		bytes += r.History().Bytes()
	}
	run(0) // the first run allocates what the others reuse
	messages, bytes = 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	start := peak.Processor()
	for i := range b.N {
		run(uint64(i))
	}
	b.StopTimer()
	each := float64((peak.Processor() - start).Nanoseconds()) / float64(messages)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(messages), "ns/message")
	b.ReportMetric(each, "processor-ns/message")
	b.ReportMetric(each/holdCost(), "holds/message")
	b.ReportMetric(float64(bytes)/float64(messages), "bytes/message")
}

// holdCost returns the processor's nanoseconds of a hold of the bare queue, n=10,000.
func holdCost() float64 {
	const n, rounds = 10_000, 1_000_000
	start := peak.Processor()
	sim.Hold(n, n)
	filling := peak.Processor() - start
	start = peak.Processor()
	sim.Hold(n, n+rounds)
	return float64((peak.Processor() - start - filling).Nanoseconds()) / rounds
}
