package history_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"orderlab/model/history"

	"github.com/google/jsonschema-go/jsonschema"
	"pgregory.net/rapid"
)

// schema returns the schema, ready to validate lines.
func schema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(history.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func valid(s *jsonschema.Resolved, line string) error {
	var v any
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		return err
	}
	return s.Validate(v)
}

// Every line that is written is one that the schema allows.
func TestSchemaAllowsWhatIsWritten(t *testing.T) {
	s := schema(t)
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		if err := history.Write(&b, drawHistory(t)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if err := valid(s, line); err != nil {
				t.Fatalf("%s%v", line, err)
			}
		}
	})
}

// A single line with any fields is allowed by the schema exactly when the reader takes
// it, as long as nothing but the schema's own matters: times are in order, and a
// message that is answered was sent.
func TestSchemaIsTheReader(t *testing.T) {
	s := schema(t)
	values := map[string][]string{
		"message": {`"m"`, `""`, "7"}, "key": {`"k"`, `""`}, "process": {`"p"`, `"p"`, `"p"`, `""`, "1"},
		"session": {"0", "65535", "65536", "-1", `"1"`}, "outcome": {`"ok"`, `"fail"`, `"unknown"`, `"maybe"`},
		"place": {`"o/0"`, `""`}, "position": {"0", "41", "-1"}, "attempt": {"1", "70000"}, "epoch": {"3", "-3"},
		"at": {"5", "-5", "9223372036854774784", `"5"`}, "begin": {"5"}, "end": {"6", "true"}, "sink": {`"db"`, "1"},
		"error": {`"E"`}, "reason": {`"expired"`}, "detail": {`"d"`, `""`}, "topic": {`"o"`},
	}
	names := []string{"message", "key", "session", "outcome", "place", "position", "attempt", "epoch", "sink", "error", "reason",
		"detail", "topic"}
	taken, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		value := func(name string) string { return rapid.SampledFrom(values[name]).Draw(t, name) }
		kind := history.Kind(rapid.IntRange(1, 18).Draw(t, "kind")).String()
		line := fmt.Sprintf(`{"op":%q,"process":%s`, kind, value("process"))
		times := rapid.SampledFrom([][]string{{"at"}, {"at"}, {"begin", "end"}, {"begin"}, {"end"}, {"at", "begin"}, {}}).Draw(t, "times")
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID).Draw(t, "fields")
		if rapid.Bool().Draw(t, "about a message") {
			some = append(some, "message")
		}
		seen := map[string]bool{}
		for _, name := range append(some, times...) {
			if !seen[name] {
				line += fmt.Sprintf(",%q:%s", name, value(name))
				seen[name] = true
			}
		}
		line += "}"
		file := "{\"history\":1}\n"
		if kind == "ack" {
			file += `{"op":"send","message":"m","process":"p","at":-9}` + "\n"
		}
		_, err := history.Read(new(history.History), strings.NewReader(file+line), "f", history.ReadOptions{})
		if wrong := valid(s, line); (wrong == nil) != (err == nil) {
			t.Fatalf("%s\nthe schema says %v\nthe reader says %v", line, wrong, err)
		}
		if err == nil {
			taken++
		} else {
			refused++
		}
	})
	if taken == 0 || refused == 0 {
		t.Errorf("%d lines are taken and %d refused", taken, refused)
	}
}

// The example is a history, and the schema allows each of its lines.
func TestExampleFile(t *testing.T) {
	file, err := os.ReadFile("../../examples/histories/orders.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := history.Read(new(history.History), bytes.NewReader(file), "f", history.ReadOptions{}); err != nil {
		t.Error(err)
	}
	s := schema(t)
	for line := range bytes.Lines(file) {
		if err := valid(s, string(line)); err != nil {
			t.Errorf("%s%v", line, err)
		}
	}
}
