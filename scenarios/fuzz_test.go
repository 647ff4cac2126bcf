package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"orderlab/scenarios"
)

// slow is the time of a processor from which on an input is read once only, tooSlow
// what is a failure: fuzzing counts what is covered, which takes some time too.
const (
	slow    = 300 * time.Millisecond
	tooSlow = 5 * mostTime
)

// FuzzLoad looks for files that panic, take long, give errors without a place,
// or are accepted although the schema has it otherwise.
func FuzzLoad(f *testing.F) {
	for _, src := range inputs(f) {
		f.Add([]byte(src))
	}
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		f.Add(src)
	}
	for _, src := range hostile() {
		if len(src) < 4_000 { // the larger ones are tried by TestHostile, and are slow
			f.Add([]byte(src))
		}
	}
	reg := everything()
	schema := resolved(f, reg)
	f.Fuzz(func(t *testing.T, src []byte) {
		began := processorTime()
		sc, err := scenarios.Load(reg, "fuzz", "fuzz.yaml", src, nil)
		took := processorTime() - began
		if took > tooSlow*slowdown {
			t.Fatalf("%v of a processor for %d bytes", took, len(src))
		}
		if took > slow {
			return // the rest would take as long again, and fuzzing gives up after 10 s
		}
		again, err2 := scenarios.Load(reg, "fuzz", "fuzz.yaml", src, nil)
		if !reflect.DeepEqual(sc, again) || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("the second reading differs: %v, %v", err, err2)
		}
		if err != nil {
			wellFormed(t, err)
			return
		}
		if len(sc.Cases) == 0 || len(sc.Strategies) == 0 || sc.Question == "" || sc.System == "" {
			t.Errorf("an empty scenario: %+v", sc)
		}
		if err := schema.Validate(generic(t, src)); err != nil {
			t.Errorf("the schema refuses what is read: %v", err)
		}
	})
}

// everything has the systems of the tests and that of the program, so that whatever a
// system can declare is read.
func everything() *scenarios.Registry {
	all := toy()
	for _, r := range []*scenarios.Registry{net(), registry()} {
		all.Systems = append(all.Systems, r.Systems...)
		all.Features = append(all.Features, r.Features...)
	}
	all.Plots = registry().Plots
	return all
}

// wellFormed checks an error's form: places in order, and few.
func wellFormed(t *testing.T, err error) {
	t.Helper()
	var all *scenarios.Errors
	if !errors.As(err, &all) || len(all.Problems) == 0 || len(all.Problems) > 20 {
		t.Fatalf("an error of another kind: %v", err)
	}
	for i, p := range all.Problems {
		if p.Line < 1 || p.Column < 1 || p.Text == "" {
			t.Errorf("a problem without a place or a text: %+v", p)
		}
		if i > 0 && all.Problems[i-1].Line > p.Line {
			t.Errorf("the problems are not in order: %v", err)
		}
	}
	if text := err.Error(); !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\x00\r") {
		t.Errorf("the message is not printable: %q", text)
	}
}

// inputs are the files of the error tests.
func inputs(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no error tests: %v", err)
	}
	var out []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "\n\n") {
			for strings.HasPrefix(block, "#") {
				_, block, _ = strings.Cut(block, "\n")
			}
			command, rest, _ := strings.Cut(block, "\n")
			src, _, ok := strings.Cut(rest, "----\n")
			if system, _, _ := strings.Cut(command, " "); ok && slices.Contains([]string{"toy", "net", "kafka"}, system) {
				out = append(out, src)
			}
		}
	}
	return out
}
