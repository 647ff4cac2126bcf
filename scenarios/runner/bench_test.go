package runner_test

import (
	"context"
	"testing"

	"orderlab/model"
	"orderlab/scenarios/runner"
)

// BenchmarkExpand is one run of kafka/expand with its checks.
func BenchmarkExpand(b *testing.B) {
	r := runner.New(registry())
	c := expandCase(8, model.Values{}.Set("pause_new_partitions", model.DurationValue(80*second)))
	c.Guarantees = c.Guarantees[:6]
	messages := int64(0)
	for i := range b.N {
		out, err := r.Run(context.Background(), c, uint64(i), runner.Options{Witness: true})
		if err != nil {
			b.Fatal(err)
		}
		messages += out.Metrics.Sent
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(messages), "ns/message")
}
