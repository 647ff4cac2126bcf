// Package recorded holds what an experiment showed, on a real Kafka or on the model
// of one, in the same form, so that the two can be compared. One file is one
// experiment, and one line one step of it, as a JSON object:
//
//	{"step":"after the cut","log":["2","1","0"]}
//	{"step":"the follower left","within 1 to 1.5 lag times":true,"measured":{"ms":4210}}
//
// What is measured differs from run to run and is kept for the reader; all else is
// what the rule says, and must be the same wherever the experiment is run.
package recorded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Measured is the field that is not compared.
const Measured = "measured"

// Experiment is what an experiment showed, step by step.
type Experiment struct{ lines []string }

// Step adds a step with its fields: names and values in turn. Values are what
// encoding/json can write; it panics on others, and on a name without a value.
func (e *Experiment) Step(step string, fields ...any) {
	e.lines = append(e.lines, object(append([]any{"step", step}, fields...)...))
}

// Measured adds a step with one field more: what was measured, as names and values.
func (e *Experiment) Measured(step string, values []any, fields ...any) {
	e.Step(step, append(fields, Measured, json.RawMessage(object(values...)))...)
}

// object writes names and values as a JSON object, in the order given.
func object(fields ...any) string {
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		fmt.Fprintf(&b, "%s%s:%s", sep, encode(fields[i].(string)), encode(fields[i+1]))
	}
	return b.String() + "}"
}

func encode(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Lines returns the steps as lines of JSON, with what was measured.
func (e *Experiment) Lines() []string { return e.lines }

// String returns the experiment as the text of a file.
func (e *Experiment) String() string { return strings.Join(e.lines, "\n") + "\n" }

// Read reads a file of steps.
func Read(name string) (*Experiment, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	e := &Experiment{lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")}
	for i, line := range e.lines {
		if !json.Valid([]byte(line)) {
			return nil, fmt.Errorf("%s:%d: not a JSON object: %s", name, i+1, line)
		}
	}
	return e, nil
}

// Field is a name and a value of a step.
type Field struct {
	Name  string
	Value json.RawMessage
}

// Fields returns the fields of a step in their order. It fails on a line that is no
// JSON object.
func Fields(line string) ([]Field, error) {
	d := json.NewDecoder(strings.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object: %s", line)
	}
	var out []Field
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		f := Field{Name: name.(string)} // the decoder takes nothing else for a name
		if err := d.Decode(&f.Value); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Rule returns a step without what was measured: what another run must show too. It
// fails on a line that is no JSON object.
func Rule(line string) (string, error) {
	all, err := Fields(line)
	if err != nil {
		return "", err
	}
	var fields []any
	for _, f := range all {
		if f.Name != Measured {
			fields = append(fields, f.Name, f.Value)
		}
	}
	return object(fields...), nil
}

// Differences compares two experiments step by step, without what was measured, and
// returns where they are not the same, as text for a person.
func Differences(one, other *Experiment) ([]string, error) {
	var out []string
	for i := range max(len(one.lines), len(other.lines)) {
		a, err := one.rule(i)
		if err != nil {
			return nil, err
		}
		b, err := other.rule(i)
		if err != nil {
			return nil, err
		}
		if a != b {
			out = append(out, fmt.Sprintf("step %d:\n    %s\n    %s", i+1, a, b))
		}
	}
	return out, nil
}

// rule returns the rule of a step, or a note that there is no such step.
func (e *Experiment) rule(i int) (string, error) {
	if i >= len(e.lines) {
		return "(no such step)", nil
	}
	return Rule(e.lines[i])
}
