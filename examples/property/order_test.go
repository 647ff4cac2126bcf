package property_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"

	"pgregory.net/rapid"
)

// design is the scenario of a service whose topic gets more partitions while it is
// in use. What is drawn are its variables.
const design = `orderlab: 1
question: Do orders keep their order when the topic gets more partitions?
runs: 1
vars: {before: 4, after: 6, members: 2, work: 20ms}
system:
  kafka:
    topics: {orders: {partitions: "${before}", replicas: 3, min.insync.replicas: 2}}
    client: {metadata.max.age.ms: 2000}
workload:
  keys: {count: 100}
  phases:
    - {name: steady, for: 10s, producers: 2, arrivals: {poisson: 60/s, total: true}}
    - {name: settle, until: drained, at_most: 600s}
consumers: {group: billing, members: "${members}", work: {constant: "${work}"}, auto.offset.reset: earliest}
faults:
  - {at: steady, after: 5s, expand: {topic: orders, partitions: "${after}"}}
strategies:
  drain-first: {app: {expand: drain-then-expand}}
  naive: {}
expect:
  drain-first: [{per-key-order: holds, no-loss: holds}]
  naive: [{per-key-order: holds, no-loss: holds}]
`

// simulate runs one strategy of a design that is drawn, and returns what was found.
func simulate(t *rapid.T, strategy string) *result.Set {
	before := rapid.IntRange(1, 6).Draw(t, "before")
	vars := []scenarios.Var{
		{Name: "before", Value: fmt.Sprint(before)},
		{Name: "after", Value: fmt.Sprint(before + rapid.IntRange(1, 6).Draw(t, "more"))},
		{Name: "members", Value: fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "members"))},
		{Name: "work", Value: fmt.Sprintf("%dms", rapid.IntRange(1, 30).Draw(t, "work"))},
	}
	registry := &scenarios.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features()}
	sc, err := scenarios.Load(registry, "orders", "orders.yaml", []byte(design), vars)
	if err != nil {
		t.Fatal(err)
	}
	var cases []scenarios.Case
	for _, c := range sc.Cases {
		if c.Strategy == strategy {
			cases = append(cases, c)
		}
	}
	var flags []string
	for _, v := range vars {
		flags = append(flags, v.Name+"="+v.Value)
	}
	set, err := explore.Sweep(context.Background(), registry, sc, cases, explore.Options{
		First: rapid.Uint64Range(1, 1<<32).Draw(t, "seed"), Count: 1, Source: "orders.yaml", Vars: flags,
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// broken says what a set shows to be broken, with the line that shows it again.
func broken(set *result.Set) string {
	var out []string
	for i := range set.Results {
		r := &set.Results[i]
		for _, g := range r.Guarantees {
			if g.Expectation() == result.StatusFailed {
				out = append(out, fmt.Sprintf("%s is %s: %s", g.ID, g.Verdict, set.RunCommand(r, set.Seeds.First)))
			}
		}
	}
	return strings.Join(out, "\n")
}

// The promise: whatever the numbers are, draining first keeps every order.
func TestDrainingFirstKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if text := broken(simulate(t, "drain-first")); text != "" {
			t.Fatal(text)
		}
	})
}

// Its broken twin is caught, so the test above can fail: some of the designs that
// are drawn reorder keys when the topic is expanded while it is in use.
func TestExpandingAtOnceIsCaught(t *testing.T) {
	caught := 0
	rapid.Check(t, func(t *rapid.T) {
		if strings.Contains(broken(simulate(t, "naive")), "per-key-order is violated: orderlab run orders.yaml --strategy naive") {
			caught++
		}
	})
	if caught == 0 {
		t.Error("no design that was drawn reorders keys")
	}
}
