package runner_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

var rewrite = flag.Bool("rewrite", false, "write the table of round trips into docs/validity.md")

// trips is how many round trips a batch takes of kafka/round-trip, by strategy. One
// that is sent alone takes one; where it is replicated it takes another, from the
// leader to the followers and back. Of five in flight each takes a fifth of that. But a
// broker works on one request of a connection at a time, until it is answered: where
// they are replicated only the way between the producer and the leader is saved.
var trips = map[string]float64{"one": 2, "five": 1, "one-acks-1": 1, "five-acks-1": 0.2}

// roundTrips is the throughput that the arithmetic gives for a round trip in seconds.
// A round trip for the connection goes before, and one to the consumer comes after.
func roundTrips(strategy string, trip float64) float64 {
	const batches, records = 400, 10
	return batches * records / (trip * (batches*trips[strategy] + 2))
}

// The throughput of kafka/round-trip where nothing but the network takes time is what
// the arithmetic gives. With what the machines take by default it is less, by little
// where the way is long. Both stand in docs/validity.md.
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
	kept := map[string]float64{} // of the free throughput, at the last point
	cells := map[string][]string{}
	for i := range sc.Cases {
		c := &sc.Cases[i]
		oneWay, _ := c.Config.Top.Get("network.latency")
		trip := 2 * float64(oneWay.Dist.A) / 1e9
		want, got, costly := roundTrips(c.Strategy, trip), throughput(free(c)), throughput(c)
		if math.Abs(got/want-1) > 0.02 {
			t.Errorf("%s, a round trip of %v s: %.0f messages a second, want %.0f", c.Strategy, trip, got, want)
		}
		part := costly / got
		if part > 1 || part <= kept[c.Strategy] {
			t.Errorf("%s, a round trip of %v s: what the machines take leaves %.3f of it, and %.3f where it is shorter",
				c.Strategy, trip, part, kept[c.Strategy])
		}
		kept[c.Strategy] = part
		cells[c.Strategy] = append(cells[c.Strategy], fmt.Sprintf("%.0f (%.0f)", costly, got))
	}
	for strategy, part := range kept {
		if trips[strategy] == 0 || part < 0.95 {
			t.Errorf("%s: with a round trip of 10 ms what the machines take leaves %.3f of it", strategy, part)
		}
	}
	if len(kept) != len(trips) {
		t.Fatalf("ran %v", kept)
	}
	tableStands(t, "../../docs/validity.md", "<!-- by TestThroughputByRoundTrip -->\n", tripTable(cells))
}

// tripTable is the table of the document.
func tripTable(cells map[string][]string) string {
	var b strings.Builder
	b.WriteString("| round trip | one in flight | five | one, acks=1 | five, acks=1 |\n|---|---|---|---|---|\n")
	for i, trip := range []string{"0.5 ms", "1 ms", "2 ms", "5 ms", "10 ms"} {
		fmt.Fprintf(&b, "| %s |", trip)
		for _, strategy := range []string{"one", "five", "one-acks-1", "five-acks-1"} {
			fmt.Fprintf(&b, " %s |", cells[strategy][i])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// tableStands wants a table behind a line of a document, or writes it there.
func tableStands(t *testing.T, file, line, table string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(page), line)
	if !found {
		t.Fatalf("%s has no line %q", file, line)
	}
	old, tail, _ := strings.Cut(rest, "\n\n")
	switch {
	case old+"\n" == table:
	case *rewrite:
		if err := os.WriteFile(file, []byte(head+line+table+"\n"+tail), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s has another table (go test ./scenarios/runner -rewrite writes it):\n%s", file, table)
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
