package docs_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orderlab/internal/recorded"
)

// judged is where the experiments on a real Kafka are recorded.
const judged = "conformance/kafka/testdata"

// recording matches the line above the table of an experiment.
var recording = regexp.MustCompile(`^<!-- recorded: ([a-z-]+) -->$`)

// Every experiment that was recorded on a real Kafka stands in a document beside what
// the model shows.
func TestRecorded(t *testing.T) {
	shown := map[string]bool{}
	for _, name := range documents(t) {
		lines := read(t, name)
		found := false
		for i := len(lines) - 1; i >= 0; i-- {
			m := recording.FindStringSubmatch(lines[i])
			if m == nil {
				continue
			}
			found, shown[m[1]] = true, true
			end := i + 1
			for end < len(lines) && strings.HasPrefix(lines[end], "|") {
				end++
			}
			want := sideBySide(t, m[1])
			switch {
			case slices.Equal(lines[i+1:end], want):
			case *rewrite:
				lines = slices.Replace(lines, i+1, end, want...)
			default:
				t.Errorf("%s:%d: the table differs from what is recorded (go test ./internal/docs -rewrite writes it)", name, i+1)
			}
		}
		if found && *rewrite {
			write(t, name, lines)
		}
	}
	files, err := filepath.Glob(filepath.Join(root, judged, "*.model.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing is recorded: %v", err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".model.jsonl"); !shown[name] {
			t.Errorf("no document shows %s", name)
		}
	}
}

// sideBySide is the table of an experiment: each field of each step, as a real Kafka
// and as the model has it.
func sideBySide(t *testing.T, name string) []string {
	t.Helper()
	real, model := fieldsOf(t, name+".jsonl"), fieldsOf(t, name+".model.jsonl")
	out := []string{"| step | what | Kafka | the model |", "|---|---|---|---|"}
	if len(real) != len(model) {
		t.Fatalf("%s: the model has %d steps, Kafka %d", name, len(model), len(real))
	}
	for i, step := range real {
		if len(step) != len(model[i]) {
			t.Fatalf("%s: step %d has other fields in the model", name, i+1)
		}
		for n, f := range step {
			if n > 0 {
				first := ""
				if n == 1 {
					first = plain(t, step[0].Value)
				}
				ours := plain(t, model[i][n].Value)
				out = append(out, fmt.Sprintf("| %s | %s | %s | %s |", first, f.Name, plain(t, f.Value), ours))
			}
		}
	}
	return out
}

func fieldsOf(t *testing.T, file string) [][]recorded.Field {
	t.Helper()
	e, err := recorded.Read(filepath.Join(root, judged, file))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]recorded.Field
	for _, line := range e.Lines() {
		fields, err := recorded.Fields(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fields)
	}
	return out
}

// plain writes a value as a person would.
func plain(t *testing.T, value json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		t.Fatal(err)
	}
	switch v := v.(type) {
	case bool:
		return map[bool]string{false: "no", true: "yes"}[v]
	case string:
		return v
	case []any:
		if len(v) == 0 {
			return "none"
		}
		out := make([]string, len(v))
		for i := range v {
			out[i] = fmt.Sprint(v[i])
		}
		return strings.Join(out, ", ")
	case map[string]any: // what was measured; its order is that of the file
		return strings.NewReplacer(`"`, "", "{", "", "}", "", ":", " ", ",", ", ").Replace(string(value))
	}
	return fmt.Sprint(v)
}
