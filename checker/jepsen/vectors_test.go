package jepsen_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

const vectors = "../testdata/vectors"

// vector is a history with what the original checkers said of it;
// testdata/vectors/*/README.md describes the fields.
type vector struct {
	ID       string
	Kind     string
	History  []vectorOp
	Input    json.RawMessage
	Asserted json.RawMessage
	Options  struct {
		WWDeps bool `json:"ww_deps"`
	} `json:"asserted_options"`
	Result   map[string]vectorResult `json:"jepsen_result"`
	Checker  string
	Expected map[string]any
}

type vectorOp struct {
	Index   *int   `json:"index"`
	Time    *int64 `json:"time"`
	Process *int
	Type, F string
	Value   json.RawMessage
}

type vectorResult struct {
	Types       []string `json:"error_types"`
	IfAssign    []string `json:"bad_if_assign"`
	IfSubscribe []string `json:"bad_if_subscribe"`
	Errors      map[string]json.RawMessage
}

type microOp struct {
	F          string
	Key, Value any
	Offset     *json.RawMessage
	Reads      []struct {
		Key   any
		Pairs [][2]any
	}
}

// load returns the vectors of a folder.
func load(t *testing.T, folder string) []vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectors, folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var out []vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, v)
	}
	return out
}

// ednValue writes a value of JSON as EDN.
func ednValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return ":" + v
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, ednValue(e))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return fmt.Sprint(v)
}

// ednMicro writes a micro-operation as EDN.
func ednMicro(m *microOp) string {
	if m.F == "send" {
		value := ednValue(m.Value)
		if m.Offset != nil {
			value = fmt.Sprintf("[%s %s]", strings.Replace(string(*m.Offset), "null", "nil", 1), value)
		}
		return fmt.Sprintf("[:send %s %s]", ednValue(m.Key), value)
	}
	if m.Reads == nil {
		return "[:poll]"
	}
	var keys []string
	for _, r := range m.Reads {
		var pairs []string
		for _, p := range r.Pairs {
			pairs = append(pairs, fmt.Sprintf("[%s %s]", ednValue(p[0]), ednValue(p[1])))
		}
		keys = append(keys, fmt.Sprintf("%s [%s]", ednValue(r.Key), strings.Join(pairs, " ")))
	}
	return "[:poll {" + strings.Join(keys, ", ") + "}]"
}

// ednHistory writes a history as Jepsen does. A completion of a vector that has no
// invocation, as those of the original's smallest tests, is given one.
func ednHistory(t *testing.T, ops []vectorOp) string {
	t.Helper()
	var b strings.Builder
	running := make(map[int]bool)
	for i, op := range ops {
		process := i
		if op.Process != nil {
			process = *op.Process
		}
		var value any
		if err := json.Unmarshal(op.Value, &value); len(op.Value) > 0 && err != nil {
			t.Fatal(err)
		}
		text := ednValue(value)
		if op.F == "send" || op.F == "poll" || op.F == "txn" {
			var mops []microOp
			if err := json.Unmarshal(op.Value, &mops); err != nil {
				t.Fatal(err)
			}
			var all []string
			for j := range mops {
				all = append(all, ednMicro(&mops[j]))
			}
			text = "[" + strings.Join(all, " ") + "]"
		}
		if op.Type != "invoke" && !running[process] {
			fmt.Fprintf(&b, "{:type :invoke, :f :%s, :process %d, :value nil}\n", op.F, process)
		}
		running[process] = op.Type == "invoke"
		fmt.Fprintf(&b, "{:type :%s, :f :%s, :process %d, :value %s", op.Type, op.F, process, text)
		if op.Time != nil {
			fmt.Fprintf(&b, ", :time %d", *op.Time)
		}
		if op.Index != nil && *op.Index >= 0 {
			fmt.Fprintf(&b, ", :index %d", *op.Index)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func read(t *testing.T, ops []vectorOp) *jepsen.History {
	t.Helper()
	return readText(t, ednHistory(t, ops))
}

func readText(t *testing.T, text string) *jepsen.History {
	t.Helper()
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return h
}

// violated returns the findings that are violations, by id.
func violated(h *jepsen.History, kind anomalies.Kind, opt anomalies.Options) map[string]anomalies.Finding {
	out := make(map[string]anomalies.Finding)
	for _, f := range anomalies.Check(&h.History, kind, nil, opt) {
		if f.Status == anomalies.Violated {
			out[f.ID] = f
		}
	}
	return out
}
