package kafka

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRules checks RULES.md: each row has a source, and names functions of this
// package and tests or traces that exist.
func TestRules(t *testing.T) {
	text, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	code, tests := functions(t)
	rows := 0
	for n, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| rule") || strings.HasPrefix(line, "|-") {
			continue
		}
		if rows++; len(cells) != 4 {
			t.Errorf("RULES.md:%d: %d cells, want 4", n+1, len(cells))
			continue
		}
		for i, cell := range cells {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("RULES.md:%d: cell %d is empty", n+1, i+1)
			}
		}
		for _, name := range strings.Split(cells[2], ",") {
			if name = strings.TrimSpace(name); !code[name] {
				t.Errorf("RULES.md:%d: no function is called %s", n+1, name)
			}
		}
		for _, name := range strings.Split(cells[3], ",") {
			name = strings.TrimSpace(name)
			_, err := os.Stat(filepath.Join("testdata", name))
			if !tests[name] && (err != nil || !strings.HasSuffix(name, ".txt")) {
				t.Errorf("RULES.md:%d: there is no test %s", n+1, name)
			}
		}
	}
	if rows < 50 {
		t.Errorf("RULES.md has %d rows", rows)
	}
}

// functions returns the names of the package's functions and methods, and of its
// tests.
func functions(t *testing.T) (code, tests map[string]bool) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code, tests = map[string]bool{}, map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasSuffix(name, "_test.go") {
				tests[fn.Name.Name] = true
			} else if ok {
				code[fn.Name.Name] = true
			}
		}
	}
	return code, tests
}
