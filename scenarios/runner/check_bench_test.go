package runner_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"orderlab/checker"
	"orderlab/internal/peak"
	"orderlab/model/kafka"
	"orderlab/scenarios/runner"
)

// BenchmarkChecking is what judging a run costs, as a share of its simulation: in turns
// a run without checks, and its history judged by six guarantees, by all that such a run
// keeps, and by all that the Kafka model can decide, of which some are broken tens of
// thousands of times, because Kafka keeps no order across partitions. The runs are those
// of BenchmarkKafkaMessage. Times are of the processor, so that other work disturbs less.
func BenchmarkChecking(b *testing.B) {
	six := []string{checker.PerKeyOrder, checker.PerKeyRealtimeOrder, checker.NoRegression, checker.NoLoss,
		checker.NoDuplicates, checker.PartitionOrder}
	all := kafka.System().Guarantees
	kept := slices.DeleteFunc(slices.Clone(all), func(id string) bool {
		return id == checker.PerProducerOrder || id == checker.TotalOrder || id == checker.CausalOrder
	})
	for _, batching := range []struct {
		name   string
		linger int64
	}{{"batches-of-10", 5 * milli}, {"single-records", 0}} {
		for _, judged := range []struct {
			name string
			ids  []string
		}{{"six", six}, {"kept", kept}, {"all", all}} {
			b.Run(batching.name+"/"+judged.name, func(b *testing.B) {
				share(b, batching.linger, judged.ids, judged.name == "all")
			})
		}
	}
}

// share runs a case and judges its history, in turns.
func share(b *testing.B, linger int64, ids []string, broken bool) {
	r, c, k := runner.New(registry()), messageCase(linger), checker.New()
	opt := checker.Options{Declared: checker.Declared{ProgressWithin: 60 * second}}
	messages, simulated, checked := int64(0), time.Duration(0), time.Duration(0)
	turn := func(seed uint64) {
		start := peak.Processor()
		out, err := r.Run(context.Background(), c, seed, runner.Options{})
		if err != nil {
			b.Fatal(err)
		}
		between := peak.Processor()
		for _, v := range k.Check(r.History(), ids, opt) {
			if v.Status == checker.Unknown || v.Status == checker.Violated && !broken {
				b.Fatalf("%+v", v)
			}
		}
		simulated, checked = simulated+between-start, checked+peak.Processor()-between
		messages += out.Metrics.Sent
	}
	turn(0) // the first turn allocates what the others reuse
	messages, simulated, checked = 0, 0, 0
	for i := 0; b.Loop(); i++ {
		turn(uint64(i))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(simulated.Nanoseconds())/float64(messages), "simulated-ns/message")
	b.ReportMetric(float64(checked.Nanoseconds())/float64(messages), "checked-ns/message")
	b.ReportMetric(float64(checked)/float64(simulated), "share")
}
