package scenarios_test

import (
	"fmt"
	"os"
	"strings"
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
strategies: {naive: {}, near: {system: {kafka: {network.latency: {constant: 50us}}}, app: {table_latency: 30ms}}}
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
naive: disk.sync.latency {lognormal: {median: 1ms, sigma: 0.5}} -> {lognormal: {median: 2ms, sigma: 0.5}}, given: false
naive: network.bandwidth 1192MiB -> 2384MiB, given: false
naive: processor.network.request 40us -> 80us, given: false
naive: processor.handler.request 30us -> 60us, given: false
naive: processor.replica.request 30us -> 60us, given: false
naive: processor.mebibyte 400us -> 800us, given: false
naive: processor.sender.request 25us -> 50us, given: false
naive: processor.producer.record 250ns -> 500ns, given: false
naive: processor.consumer.record 150ns -> 300ns, given: false
naive: app.epoch_spread 5s -> 10s, given: false
naive: app.table_latency 1ms -> 2ms, given: false
naive: app.replica_lag {uniform: [0s, 3s]} -> {uniform: [0s, 6s]}, given: false
naive: app.downstream_restart 1m -> 2m, given: false
naive: app.monitor_cost 100us -> 200us, given: false
naive: consumers.work {uniform: [10ms, 25ms]} -> {uniform: [20ms, 50ms]}, given: true
near: network.latency {constant: 50us} -> {constant: 100us}, given: true
near: disk.sync.latency {lognormal: {median: 1ms, sigma: 0.5}} -> {lognormal: {median: 2ms, sigma: 0.5}}, given: false
near: network.bandwidth 1192MiB -> 2384MiB, given: false
near: processor.network.request 40us -> 80us, given: false
near: processor.handler.request 30us -> 60us, given: false
near: processor.replica.request 30us -> 60us, given: false
near: processor.mebibyte 400us -> 800us, given: false
near: processor.sender.request 25us -> 50us, given: false
near: processor.producer.record 250ns -> 500ns, given: false
near: processor.consumer.record 150ns -> 300ns, given: false
near: app.epoch_spread 5s -> 10s, given: false
near: app.table_latency 30ms -> 60ms, given: true
near: app.replica_lag {uniform: [0s, 3s]} -> {uniform: [0s, 6s]}, given: false
near: app.downstream_restart 1m -> 2m, given: false
near: app.monitor_cost 100us -> 200us, given: false
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

// What is marked as a cost can be scaled, and stands in docs/validity.md with its
// default and its source.
func TestCostsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/validity.md")
	if err != nil {
		t.Fatal(err)
	}
	check := func(prefix string, settings []model.Setting) {
		for i := range settings {
			s := &settings[i]
			if !s.Cost {
				continue
			}
			if s.Type != model.Dist && s.Type != model.Duration && s.Type != model.Size {
				t.Errorf("%s is a cost of type %v", s.Name, s.Type)
			}
			row := fmt.Sprintf("| `%s%s` | `%s` | %s |", prefix, s.Name, scenarios.Format(s.Default), s.Source)
			if !strings.Contains(string(page), row) {
				t.Errorf("docs/validity.md lacks the row\n%s", row)
			}
		}
	}
	reg := registry()
	check("app.", reg.Features)
	for _, s := range reg.Systems {
		check("", s.Top)
		for _, section := range s.Sections {
			check(section.Name+".", section.Settings)
		}
	}
}
