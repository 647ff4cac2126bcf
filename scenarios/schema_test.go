package scenarios_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/scenarios"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
)

// rewriting says whether golden files are to be rewritten. The flag is that of
// datadriven, which is used here too.
func rewriting() bool {
	f := flag.Lookup("rewrite")
	return f != nil && f.Value.String() == "true"
}

// golden compares a file with what it should be.
func golden(t *testing.T, path string, want []byte) {
	t.Helper()
	if rewriting() {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the program has (%v); `go test ./scenarios -rewrite` brings it up to date", path, err)
	}
}

// resolved is the schema of a registry, ready to validate.
func resolved(t testing.TB, reg *scenarios.Registry) *jsonschema.Resolved {
	t.Helper()
	raw, err := scenarios.Schema(reg)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	out, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// generic reads YAML as a validator of JSON Schema has it.
func generic(t testing.TB, src []byte) any {
	t.Helper()
	var tree, out any
	if err := yaml.Unmarshal(src, &tree); err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	raw, err := json.Marshal(text(tree))
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// text gives mappings the keys that JSON needs.
func text(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = text(x)
		}
	case []any:
		for i, x := range v {
			v[i] = text(x)
		}
	}
	return v
}

// The schema beside the repository's other top files is that of the program.
func TestSchemaIsCurrent(t *testing.T) {
	raw, err := scenarios.Schema(registry())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../scenario.schema.json", raw)
}

// Whatever can be read is valid.
func TestSchemaAccepts(t *testing.T) {
	schema := resolved(t, registry())
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		if err := schema.Validate(generic(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	with := "orderlab: 1\nquestion: q\nsystem: {kafka: {topics: {a: {}}, broker: {log.dirs: /data}}}\n" +
		"workload: {keys: {count: 1}, phases: [{name: load, for: 1s, arrivals: {poisson: 5/s}}]}\n" +
		"consumers: {work: {constant: 5ms}, check.crcs: true}\nstrategies: {a: {}}\n"
	if err := schema.Validate(generic(t, []byte(with))); err != nil {
		t.Errorf("settings without an effect: %v", err)
	}
	if err := schema.Validate(generic(t, []byte(strings.Replace(with, "log.dirs", "log.dires", 1)))); err == nil {
		t.Error("a name that nobody has is accepted")
	}
	small := resolved(t, toy())
	for _, src := range []string{
		file(),
		file(`vars: {n: 3}`, `system: {box: {nodes: "${n}", boxes: {a: {}}, client: {wait.ms: 5, buffer: 16, safe: "${n}", acks: 0, tag: 5}}}`),
		file("strategies: {a: , b: {app: null, system: {box: {client: null, nodes: null}}, consumers: {work: {constant: null, uniform: [0s, 1m]}}}}"),
		file("scan: {x: [1, a, true], y: {p: {app: {pause: 5s}}, q: }}", "limits: {events: \"${x}\"}"),
		file("expect: {plain: {no-loss: holds}}"),
		file("id: K1", "sources: [E1, E2]", "plots: price", "expect: {plain: [{no-loss: holds}]}"),
	} {
		if err := small.Validate(generic(t, []byte(src))); err != nil {
			t.Errorf("%v\n%s", err, src)
		}
	}
}

// An editor marks the common mistakes.
func TestSchemaRefuses(t *testing.T) {
	schema := resolved(t, toy())
	for _, src := range []string{
		strings.Replace(file(), "question: Does it hold?\n", "", 1),
		file("orderlab: 2"),
		file("workloads: {}"),
		file("system: {box: {nodes: 3.5}}"),
		file("system: {box: {profile: box-3}}"),
		file("system: {box: {nodes: 100}}"),
		file("system: {box: {}, tube: {}}"),
		file("system: {box: {boxes: {a: {copie: 1}}}}"),
		file("consumers: {work: 5ms}"),
		file("consumers: {work: {constant: 5}}"),
		file("consumers: {work: {constant: 5 ms}}"),
		file("consumers: {safe: yes}"),
		file("workload: {phases: [{for: 5s}]}"),
		file("workload: {phases: [{name: a, for: 5KiB}]}"),
		file("workload: {phases: [{name: a, arrivals: {poisson: 5}}]}"),
		file("workload: {phases: [{name: a, preload: 5s}]}"),
		file("workload: {keys: {count: 10, pick: zipf}}"),
		file("faults: [{at: load, stall: {}}]"),
		file("faults: [{at: load, stal: {box: a}}]"),
		file("strategies: {plain: {runs: 5}}"),
		file("strategies: {plain: {app: {pauze: 5s}}}"),
		file("expect: {plain: [{no-loss: hold}]}"),
		file("scan: {a: []}"),
		file("plots: [prise]"),
		file("workload: {topic: true, keys: {count: 1}, phases: [{name: a, for: 5s}]}"),
	} {
		if err := schema.Validate(generic(t, []byte(src))); err == nil {
			t.Errorf("this is accepted:\n%s", src)
		}
	}
}

// Two systems may have a fault of one name with other parameters, and a setting of one
// name with another type: the schema takes what either of them takes.
func TestSchemaOfSeveralSystems(t *testing.T) {
	reg := everything()
	other := *reg.Systems[0]
	other.Name, other.Faults = "chest", []model.FaultKind{{Name: "stall", Parameters: []model.Setting{
		{Name: "chest", Type: model.Text, Required: true}, {Name: "long", Type: model.Duration}}}}
	other.Sections = []model.Section{other.Sections[0], {Name: "client", Settings: []model.Setting{
		{Name: "tag", Type: model.Duration, Min: 1}}}}
	reg.Systems = append(reg.Systems, &other)
	schema := resolved(t, reg)
	for body, ok := range map[string]bool{
		"system: {box: {}}\nconsumers: {tag: red}\nfaults: [{at: 1s, stall: {box: a}}]":              true,
		"system: {chest: {}}\nconsumers: {tag: 5s}\nfaults: [{at: 1s, stall: {chest: a, long: 1s}}]": true,
		"system: {box: {}}\nfaults: [{at: 1s, stall: {coffer: a}}]":                                  false,
		"system: {chest: {}}\nconsumers: {tag: [5s]}":                                                false,
	} {
		src := "orderlab: 1\nquestion: Is it read?\nworkload: {}\nstrategies: {s: {}}\n" + body + "\n"
		if err := schema.Validate(generic(t, []byte(src))); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// What editors offer in an empty file is a scenario that runs.
func TestSnippetIsAScenario(t *testing.T) {
	raw, err := scenarios.Schema(registry())
	if err != nil {
		t.Fatal(err)
	}
	var root struct {
		DefaultSnippets []struct{ Body json.RawMessage }
	}
	if err := json.Unmarshal(raw, &root); err != nil || len(root.DefaultSnippets) != 1 {
		t.Fatalf("%d snippets: %v", len(root.DefaultSnippets), err)
	}
	body := regexp.MustCompile(`\$\{1:(.*?)\}`).ReplaceAll(root.DefaultSnippets[0].Body, []byte("$1"))
	sc, err := scenarios.Load(registry(), "snippet", "snippet.yaml", body, nil)
	if err != nil || len(sc.Strategies) != 2 {
		t.Fatalf("%v\n%s", err, body)
	}
}

// Where a value has a form of its own, editors say how to write it rather than what
// pattern it has to match.
func TestSchemaSaysForms(t *testing.T) {
	raw, err := scenarios.Schema(toy())
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	count := 0
	var look func(at string, v any)
	look = func(at string, v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				look(at, x)
			}
		case map[string]any:
			if pattern, ok := v["pattern"].(string); ok && at != "reference" {
				message, _ := v["errorMessage"].(string)
				if count++; !strings.HasPrefix(message, "write ") {
					t.Errorf("%s has the pattern %s and says %q", at, pattern, message)
				}
			}
			for k, x := range v {
				look(k, x)
			}
		}
	}
	look("", tree)
	for _, want := range []string{"write a duration as 250ms, 5s or 1h30m, or a number of ms", "write a whole number, 1 to 9", "write true or false"} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("no value says: %s", want)
		}
	}
	if count < 20 {
		t.Errorf("%d values have a pattern", count)
	}
}
