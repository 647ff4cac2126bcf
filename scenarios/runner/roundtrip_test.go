package runner_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// The throughput of kafka/round-trip where nothing but the network takes time, beside
// the arithmetic. A batch of ten that is sent alone takes a round trip; where it is
// replicated it takes another, from the leader to the followers and back. Five in
// flight are five times as much. But a broker works on one request of a connection at
// a time, until it is answered: where they are replicated only the way between the
// producer and the leader is saved, and five are twice as much as one.
//
// A round trip for the connection goes before, and one to the consumer comes after.
//
// With what the machines take by default it is less, by little where the way is long.
func TestThroughputByRoundTrip(t *testing.T) {
	src, _ := scenarios.Source("kafka/round-trip")
	sc, err := scenarios.Load(registry(), "kafka/round-trip", "round-trip.yaml", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := runner.New(registry())
	throughput := func(c *scenarios.Case) float64 {
		out, err := r.Run(context.Background(), c, 1, runner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return out.Metrics.ThroughputPerS
	}
	trips := map[string]float64{"one": 2, "five": 1, "one-acks-1": 1, "five-acks-1": 0.2}
	kept := map[string]float64{} // of the free throughput, at the last point
	for i := range sc.Cases {
		c := &sc.Cases[i]
		oneWay, _ := c.Config.Top.Get("network.latency")
		trip := 2 * float64(oneWay.Dist.A) / 1e9
		const batches, records = 400, 10
		want := batches * records / (trip * (batches*trips[c.Strategy] + 2))
		got := throughput(free(c))
		if math.Abs(got/want-1) > 0.02 {
			t.Errorf("%s, a round trip of %v s: %.0f messages a second, want %.0f", c.Strategy, trip, got, want)
		}
		part := throughput(c) / got
		if part > 1 || part <= kept[c.Strategy] {
			t.Errorf("%s, a round trip of %v s: what the machines take leaves %.3f of it, and %.3f where it is shorter",
				c.Strategy, trip, part, kept[c.Strategy])
		}
		kept[c.Strategy] = part
	}
	for strategy, part := range kept {
		if trips[strategy] == 0 || part < 0.95 {
			t.Errorf("%s: with a round trip of 10 ms what the machines take leaves %.3f of it", strategy, part)
		}
	}
	if len(kept) != len(trips) {
		t.Errorf("ran %v", kept)
	}
}

// free returns the case with nothing that takes time but the latency of the network
// and the work of the application.
func free(c *scenarios.Case) *scenarios.Case {
	out := *c
	for _, k := range scenarios.Costs(registry(), c) {
		if k.Name == "network.bandwidth" || strings.HasPrefix(k.Name, "processor.") {
			out = k.Scaled(out, 0, 1)
		}
	}
	return &out
}
