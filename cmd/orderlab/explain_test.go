package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/docs"
	"orderlab/scenarios"
)

// Whatever has a name is explained: guarantees, keys, settings, faults, conditions,
// points, metrics, nodes, plots, presets, fields of the result, strategies, scenarios.
func TestEveryNameIsExplained(t *testing.T) {
	var out bytes.Buffer
	a := &cli{registry: newRegistry(), out: &out}
	names := a.names()
	known := []string{
		"per-key-order", "kafka/lost-write", "at_most", "linger.ms", "slow-link", "rebalance", "lag", "consumers",
		"price", "payments", "throughput_per_s", "naive", "kafka/expand", "kafka-4.0",
	}
	for _, s := range a.registry.Systems {
		for _, p := range s.Points {
			known = append(known, p.Name)
		}
	}
	for _, term := range append(a.guaranteeTerms(), a.otherTerms()...) {
		if term.name == "" || term.what == "" || strings.TrimSpace(term.text) == "" {
			t.Errorf("nothing explains %+v", term)
		}
	}
	for _, name := range known {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no name", name)
		}
		out.Reset()
		if err := a.explain(name); err != nil || len(strings.Split(out.String(), "\n")) < 3 {
			t.Errorf("%s is explained by %q, %v", name, out.String(), err)
		}
	}
}

// Every guarantee is explained in the words of docs/guarantees.md.
func TestGuaranteesAreExplained(t *testing.T) {
	for _, g := range checker.Catalogue() {
		if docs.Guarantee(g.ID) == "" {
			t.Errorf("docs/guarantees.md does not explain %s", g.ID)
		}
	}
	long := strings.Repeat("word ", 40)
	got := paragraphs(long + "\n\n- " + long)
	if !strings.Contains(got, "word\nword") || !strings.HasSuffix(got, "\n\n- "+long) {
		t.Errorf("broken into lines, it is\n%s", got)
	}
}

// A strategy is explained by what it changes, of every scenario that has it.
func TestStrategiesAreExplained(t *testing.T) {
	patches, err := scenarios.Patches(newRegistry(), "kafka/expand")
	if err != nil || len(patches) < 5 {
		t.Fatalf("%v, %v", patches, err)
	}
	i := slices.IndexFunc(patches, func(p scenarios.Patch) bool { return p.Strategy == "drain-first" })
	if i < 0 || patches[i].Text != "{app: {expand: drain-then-expand}}" {
		t.Errorf("the strategies are %v", patches)
	}
}
