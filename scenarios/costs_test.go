package scenarios_test

import (
	"fmt"
	"testing"

	"orderlab/model"
	"orderlab/scenarios"
)

// A cost is found where it was given and where it was not, and scaling it leaves
// the case that it is from alone.
func TestCosts(t *testing.T) {
	reg := registry()
	sc, err := scenarios.Load(reg, "x", "x.yaml", []byte(`orderlab: 1
question: What does it cost?
system: {kafka: {topics: {orders: {partitions: 2, replicas: 1}}}}
workload:
  keys: {count: 20}
  phases:
    - {name: steady, for: 3s, producers: 2, arrivals: {poisson: 60/s}}
    - {name: settle, until: drained, at_most: 60s}
consumers: {members: 2, work: {uniform: [10ms, 25ms]}}
strategies: {naive: {}, near: {system: {kafka: {network.latency: {constant: 50us}}}}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for i := range sc.Cases {
		c := &sc.Cases[i]
		for _, k := range scenarios.Costs(reg, c) {
			double := k.Scaled(*c, 2, 1)
			for _, after := range scenarios.Costs(reg, &double) {
				if after.Name == k.Name {
					got += fmt.Sprintf("%s: %s %s -> %s, given: %t\n", c.Strategy, k.Name, k.Value, after.Value, k.Source == "")
				} else if before := value(reg, c, after.Name); before != after.Value {
					t.Errorf("scaling %s made %s of %s %s", k.Name, after.Value, after.Name, before)
				}
			}
			if value(reg, c, k.Name) != k.Value {
				t.Errorf("scaling %s changed the case that it is from", k.Name)
			}
		}
	}
	want := `naive: network.latency {lognormal: {median: 200us, sigma: 0.3}} -> {lognormal: {median: 400us, sigma: 0.3}}, given: false
naive: consumers.work {uniform: [10ms, 25ms]} -> {uniform: [20ms, 50ms]}, given: true
near: network.latency {constant: 50us} -> {constant: 100us}, given: true
near: consumers.work {uniform: [10ms, 25ms]} -> {uniform: [20ms, 50ms]}, given: true
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func value(reg *scenarios.Registry, c *scenarios.Case, name string) string {
	for _, k := range scenarios.Costs(reg, c) {
		if k.Name == name {
			return k.Value
		}
	}
	return ""
}

// What is marked as a cost can be scaled.
func TestCostsAreDurations(t *testing.T) {
	for _, s := range registry().Systems {
		all := s.Top
		for _, section := range s.Sections {
			all = append(all[:len(all):len(all)], section.Settings...)
		}
		for _, setting := range all {
			if setting.Cost && setting.Type != model.Dist && setting.Type != model.Duration {
				t.Errorf("%s of %s is a cost of type %v", setting.Name, s.Name, setting.Type)
			}
		}
	}
}
