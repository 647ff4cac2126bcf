package scenarios_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"
)

// shuffled writes a file anew with the keys of every mapping in another order.
func shuffled(t *rapid.T, v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		out := make(yaml.MapSlice, len(v))
		for i, at := range rapid.Permutation(indices(len(v))).Draw(t, "order") {
			out[i] = yaml.MapItem{Key: v[at].Key, Value: shuffled(t, v[at].Value)}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = shuffled(t, v[i])
		}
		return out
	}
	return v
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// canonical puts cases and what is in them in an order that no file has a say in.
func canonical(sc *scenarios.Scenario) []scenarios.Case {
	out := slices.Clone(sc.Cases)
	for i := range out {
		c := &out[i]
		c.Point = slices.Clone(c.Point)
		c.Guarantees, c.Expect = slices.Sorted(slices.Values(c.Guarantees)), slices.Clone(c.Expect)
		slices.SortFunc(c.Point, func(a, b scenarios.Coordinate) int { return strings.Compare(a.Axis, b.Axis) })
		slices.SortFunc(c.Expect, func(a, b scenarios.Expectation) int { return strings.Compare(a.Guarantee, b.Guarantee) })
	}
	slices.SortFunc(out, func(a, b scenarios.Case) int {
		return cmp.Or(strings.Compare(a.Strategy, b.Strategy), strings.Compare(fmt.Sprint(a.Point), fmt.Sprint(b.Point)))
	})
	return out
}

// The order of keys, and with it that of strategies and axes, changes no case.
func TestOrderOfKeys(t *testing.T) {
	sources := map[string][]byte{"toy": []byte(file(
		"vars: {n: 3, tag: x}",
		`system: {box: {nodes: "${n}", boxes: {b: {copies: 2}, a: {}}, client: {wait.ms: 5, safe: false, tag: "${tag}"}}}`,
		"workload: {topic: a, keys: {count: 10}, phases: [{name: load, until: drained, at_most: 10s, arrivals: {poisson: 5/s}}]}",
		"scan: {pause: [1s, 2s], load: {low: {}, high: {workload: {keys: {zipf: 1.1}}}}, limit: [5, 6]}",
		`strategies: {plain: {}, paused: {app: {pause: "${pause}"}}, short: {limits: {events: "${limit}"}}}`,
		"expect: {plain: [{no-loss: holds, per-key-order: violated}], paused: [{when: {pause: 1s, load: low}, no-loss: holds}, {no-loss: violated}]}",
	))}
	registries := map[string]*scenarios.Registry{"toy": toy()}
	for _, name := range scenarios.Names() {
		sources[name], _ = scenarios.Source(name)
		registries[name] = registry()
	}
	for name, src := range sources {
		var tree yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(src, &tree, yaml.UseOrderedMap()); err != nil {
			t.Fatal(err)
		}
		want := canonical(load(t, registries[name], string(src)))
		rapid.Check(t, func(rt *rapid.T) {
			again, err := yaml.Marshal(shuffled(rt, tree))
			if err != nil {
				rt.Fatal(err)
			}
			got := load(t, registries[name], string(again))
			got.Name = name
			if !reflect.DeepEqual(canonical(got), want) {
				rt.Fatalf("%s: other cases from\n%s", name, again)
			}
		})
	}
}

// A strategy's patch written into the body gives the same case.
func TestPatchIsTheBody(t *testing.T) {
	patched := load(t, toy(), file(
		"app: {pause: 1s}",
		"strategies: {plain: {app: {pause: 5s}, workload: {record_size: 2KiB}, faults: [{at: load, stall: {box: a}}]}}"))
	written := load(t, toy(), file(
		"app: {pause: 5s}",
		"workload: {record_size: 2KiB, keys: {count: 10}, phases: [{name: load, for: 10s, arrivals: {poisson: 5/s}}]}",
		"faults: [{at: load, stall: {box: a}}]"))
	if !reflect.DeepEqual(patched.Cases, written.Cases) {
		t.Errorf("%+v\n%+v", patched.Cases, written.Cases)
	}
}
