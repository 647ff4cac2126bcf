package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// bench runs tests on mutants.
type bench struct{ dir, scratch string }

// judge runs the tests of a row on its mutants, and returns the functions of which they
// noticed none.
func (b *bench) judge(r row, mutants []mutant) (weak []string, err error) {
	fmt.Printf("RULES.md:%d: %s\n", r.line, r.rule)
	noticed := map[string]bool{}
	for _, m := range mutants {
		verdict, err := b.test(r.pattern(), m)
		if err != nil {
			return nil, err
		}
		if verdict != "not noticed" && verdict != "does not compile" {
			noticed[m.function] = true
		}
		fmt.Printf("    %-16s %s: %s\n", verdict, m.file, m.what)
	}
	for _, m := range mutants {
		if !noticed[m.function] && !slices.Contains(weak, m.function) {
			weak = append(weak, m.function)
		}
	}
	if len(weak) > 0 {
		fmt.Printf("    NOT HELD: %s\n", strings.Join(weak, ", "))
	}
	return weak, nil
}

// pattern is what `go test -run` is given. A name that ends in .txt is a trace.
func (r row) pattern() string {
	var names []string
	for _, t := range r.tests {
		if trace, ok := strings.CutSuffix(t, ".txt"); ok {
			names = append(names, "TestTraces/"+trace)
			continue
		}
		names = append(names, t)
	}
	for i, n := range names {
		names[i] = "^" + strings.ReplaceAll(n, "/", "$/^")
	}
	return strings.Join(names, "$|") + "$"
}

// test runs tests with the mutant in place of its file.
func (b *bench) test(pattern string, m mutant) (verdict string, err error) {
	file := filepath.Join(b.scratch, "mutant.go")
	if err := os.WriteFile(file, m.text, 0o600); err != nil {
		return "", err
	}
	real, err := filepath.Abs(filepath.Join(b.dir, m.file))
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{real: file}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(b.scratch, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "test", "-vet=off", "-overlay", list, "-timeout", "60s", "-run", pattern, b.dir)
	cmd.Env = append(os.Environ(), "RAPID_NOFAILFILE=1") // a case that a mutant fails is no case to keep
	out, err := cmd.CombinedOutput()
	switch text := string(out); {
	case err == nil && strings.Contains(text, "no tests to run"):
		return "", fmt.Errorf("no test fits %s", pattern)
	case err == nil:
		return "not noticed", nil
	case strings.Contains(text, "[build failed]"):
		return "does not compile", nil
	case strings.Contains(text, "panic: test timed out"):
		return "goes on for ever", nil
	}
	return "noticed", nil
}
