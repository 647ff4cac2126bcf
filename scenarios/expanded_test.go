package scenarios_test

import (
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"orderlab/scenarios"
)

// manyParts has everything that is put in.
const manyParts = `orderlab: 1
id: [X1]
question: 'Is it "the same": yes?'
include: [cluster.part.yaml, more.part.yaml]
vars: {rate: 100/s, group: billing, n: 5, yes: "true"}
system: {kafka: {profile: kafka.part.yaml, topics: {orders: {replicas: 2}}}}
workload: {preset: payments, record_size: 2KiB, keys: {zipf: null}}
consumers: {group: "${group}", members: 3, work: {empirical: {0%: 1ms, 50%: 2ms, 100%: 80ms}}}
faults:
  - {name: cut, at: steady, after: "${n}s", until: settle, partition: {between: "${group}-0", and: [broker-0, broker-1]}}
  - {at: steady, every: 20s, for: "${pause}", pause: {node: consumers}}
scan:
  pause: [1s, 2s]
  size: {small: {}, large: {workload: {record_size: "${rate}"}}}
strategies:
  slow: {consumers: {work: {empirical: null, pareto: {least: 5ms, alpha: 1.5}}}}
expect:
  slow: [{when: {pause: [1s, 2s], size: small}, no-loss: holds}, {no-loss: violated}]
`

func folder() fs.FS {
	return fstest.MapFS{
		"cluster.part.yaml": {Data: []byte("include: sub/topic.part.yaml\nlimits: {time: 2h}\nstrategies: {plain: {}}\n")},
		"sub/topic.part.yaml": {Data: []byte(
			"system: {kafka: {topics: {orders: {partitions: 6}}}}\nconsumers: {max.poll.records: 50}\n")},
		"more.part.yaml":  {Data: []byte("app: {pause_new_partitions: \"${n}s\"}\n")},
		"kafka.part.yaml": {Data: []byte("profile: kafka-4.0\nproducer: {linger.ms: \"${n}ms\"}\nbrokers: 5\n")},
	}
}

// What Expanded writes is the same scenario.
func TestExpandedIsTheSame(t *testing.T) {
	good := strings.Replace(manyParts, "record_size: \"${rate}\"", "record_size: 4KiB", 1)
	good = strings.Replace(good, "keys: {zipf: null}", "keys: {zipf: null}, topic: orders", 1)
	good = strings.Replace(good, "rate: 100/s, ", "", 1)
	good = strings.Replace(good, ", yes: \"true\"", "", 1)
	sources := map[string]string{"parts": good}
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		sources[name] = string(src)
	}
	for name, src := range sources {
		for _, vars := range [][]scenarios.Var{nil, {{Name: "pause", Value: "2s"}}, {{Name: "pause", Value: "3s"}}} {
			dir := folder()
			if name != "parts" {
				dir = nil
			}
			want, err := scenarios.LoadFrom(registry(), name, name, []byte(src), vars, dir)
			if err != nil {
				if name == "parts" {
					t.Fatal(err)
				}
				continue // it has no such variable
			}
			text, err := scenarios.Expanded(registry(), name, name, []byte(src), vars, dir)
			if err != nil {
				t.Fatal(err)
			}
			got, err := scenarios.LoadFrom(registry(), name, name, text, nil, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			got.Settable, want.Settable = nil, nil // the variables are put in, and axes are pinned
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s with %v is another scenario:\n%s", name, vars, text)
			}
			for _, word := range []string{"include", "vars:", "preset", "profile: kafka.part", "${n}"} {
				if strings.Contains(string(text), word) {
					t.Errorf("%s was not expanded:\n%s", word, text)
				}
			}
		}
	}
}

// A strategy may choose another preset; then the name stays.
func TestExpandedLeavesWhatPatchesChange(t *testing.T) {
	src := `orderlab: 1
question: Which?
system: {kafka: {topics: {orders: {}}}}
workload: {preset: payments}
consumers: {work: {constant: 1ms}}
strategies: {plain: {}, iot: {workload: {preset: iot-state}}}
`
	text, err := scenarios.Expanded(registry(), "x", "x.yaml", []byte(src), nil, nil)
	if err != nil || !strings.Contains(string(text), "preset: payments") {
		t.Fatalf("%v\n%s", err, text)
	}
	want := load(t, registry(), src)
	if got := load(t, registry(), string(text)); !reflect.DeepEqual(got, want) {
		t.Errorf("another scenario:\n%s", text)
	}
}

// A case alone is a scenario with that case.
func TestCaseText(t *testing.T) {
	src, _ := scenarios.Source("kafka/expand")
	sc := load(t, registry(), string(src))
	for i := range sc.Cases {
		c := sc.Cases[i]
		text := c.Text(sc.Question)
		got := load(t, registry(), string(text)).Cases[0]
		c.Point, got.Scenario = scenarios.Point{}, c.Scenario
		got.Guarantees = c.Guarantees
		if !reflect.DeepEqual(got, c) {
			t.Fatalf("%s\nis read as\n%+v\nand was\n%+v", text, got, c)
		}
	}
}

// Every preset is a workload that is complete.
func TestPresets(t *testing.T) {
	if got := scenarios.PresetNames(); !reflect.DeepEqual(got, []string{"audit-log", "iot-state", "order-status", "payments"}) {
		t.Errorf("the presets are %v", got)
	}
	for _, name := range scenarios.PresetNames() {
		sc := load(t, registry(), "orderlab: 1\nquestion: Which?\nsystem: {kafka: {topics: {orders: {}}}}\nworkload: {preset: "+name+
			"}\nconsumers: {work: {constant: 1ms}}\nstrategies: {plain: {}}\nexpect: {plain: [{no-loss: holds}]}\n")
		if w := sc.Cases[0].Workload; w.Producers == 0 || w.Keys.Count == 0 || len(w.Phases) != 2 {
			t.Errorf("%s is %+v", name, w)
		}
	}
}

// Explain finds a key by its name or its path, and what was meant.
func TestExplain(t *testing.T) {
	for key, want := range map[string]string{
		"at_most":               "workload.phases[].at_most\n",
		"workload.phases.until": "The phase lasts until every message is settled.",
		"linger.ms":             "system.kafka.producer.linger.ms\n",
		"partition.between":     "faults[].partition.between\n",
		"zipf":                  "example  1.1",
		"faults":                "keys     name, at, after, when, point",
	} {
		text, err := scenarios.Explain(registry(), key)
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v\n%s", key, err, text)
		}
	}
	_, err := scenarios.Explain(registry(), "linger")
	var unknown *scenarios.ExplainError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), `did you mean "linger.ms"?`) {
		t.Errorf("the error is %v", err)
	}
}
