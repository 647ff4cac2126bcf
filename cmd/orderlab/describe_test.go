package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"

	"github.com/google/jsonschema-go/jsonschema"
)

// described returns the fields that a table of docs/results.md describes: the
// first column of the tables under a heading, as a.b[].c.
func described(heading string) ([]string, error) {
	text, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		return nil, err
	}
	_, section, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		return nil, fmt.Errorf("docs/results.md has no heading %q", heading)
	}
	if end := strings.Index(section, "\n## "); end >= 0 {
		section = section[:end]
	}
	var out []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(section, -1) {
		out = append(out, m[1])
	}
	return out, nil
}

// describedRun and describedCheck report a field of a line of JSON that the
// document does not describe.
func describedRun(line []byte) error {
	var set result.Set
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&set); err != nil {
		return err
	}
	var again bytes.Buffer
	if err := reports.JSON(&again, &set); err != nil {
		return err
	}
	if again.String() != string(line) {
		return fmt.Errorf("read and written again it is\n%s", again.String())
	}
	return errors.Join(fitsSchema(result.Schema(), line), describedBy("## The result of run", line))
}

func describedCheck(line []byte) error {
	schema := result.SchemaOf("a history", reflect.TypeFor[checked]())
	return errors.Join(fitsSchema(schema, line), describedBy("## The result of check", line))
}

func describedComparison(line []byte) error {
	return errors.Join(fitsSchema(result.ComparisonSchema(), line), describedBy("## The result of compare", line))
}

func describedExplored(line []byte) error { return describedBy("## The result of explore", line) }

// fitsSchema validates a line of JSON.
func fitsSchema(schema, line []byte) error {
	var s jsonschema.Schema
	var v any
	if err := json.Unmarshal(schema, &s); err != nil {
		return err
	}
	resolved, err := s.Resolve(nil)
	if err == nil {
		err = json.Unmarshal(line, &v)
	}
	if err != nil {
		return err
	}
	return resolved.Validate(v)
}

func describedBy(heading string, line []byte) error {
	fields, err := described(heading)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(line, &v); err != nil {
		return err
	}
	for _, f := range fieldsOf("", v) {
		if !strings.Contains(f, "point.") && !slices.Contains(fields, f) {
			return fmt.Errorf("docs/results.md does not describe the field %s", f)
		}
	}
	return nil
}

// fieldsOf lists the fields of a JSON value, each once.
func fieldsOf(path string, v any) []string {
	var out []string
	add := func(more ...string) {
		for _, f := range more {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			add(strings.TrimPrefix(path+"."+name, "."))
			add(fieldsOf(strings.TrimPrefix(path+"."+name, "."), value)...)
		}
	case []any:
		for _, value := range v {
			add(fieldsOf(path+"[]", value)...)
		}
	}
	return out
}

// typeFields lists the fields that a type has as JSON.
func typeFields(path string, t reflect.Type) []string {
	switch {
	case t.Kind() == reflect.Pointer:
		return typeFields(path, t.Elem())
	case t == reflect.TypeFor[result.Point]():
		return nil // its fields are the axes of the scenario
	case t.Kind() == reflect.Slice:
		return typeFields(path+"[]", t.Elem())
	case t.Kind() != reflect.Struct:
		return nil
	}
	var out []string
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			out = append(out, typeFields(path, t.Field(i).Type)...)
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		field := strings.TrimPrefix(path+"."+name, ".")
		out = append(append(out, field), typeFields(field, t.Field(i).Type)...)
	}
	return out
}

// The document describes every field that there is, and no other.
func TestResultsAreDescribed(t *testing.T) {
	for _, c := range []struct {
		heading string
		of      reflect.Type
	}{
		{"## The result of run", reflect.TypeFor[result.Set]()},
		{"## The result of check", reflect.TypeFor[checked]()},
		{"## The result of compare", reflect.TypeFor[result.Comparison]()},
		{"## The runs", reflect.TypeFor[result.RunLine]()},
		{"## The courses over time", reflect.TypeFor[result.SeriesLine]()},
		{"## The list", reflect.TypeFor[listed]()},
		{"## The progress", reflect.TypeFor[tick]()},
	} {
		fields, err := described(c.heading)
		if err != nil {
			t.Fatal(err)
		}
		have := typeFields("", c.of)
		for _, f := range have {
			if !slices.Contains(fields, f) {
				t.Errorf("%s: the field %s is not described", c.heading, f)
			}
		}
		for _, f := range fields {
			if !slices.Contains(have, f) {
				t.Errorf("%s: there is no field %s", c.heading, f)
			}
		}
	}
}
