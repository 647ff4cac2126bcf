// Package orderlab_test holds the house to its plan: which package may import
// which. The arrows go one way, so that each floor can be read, tested and
// replaced without those above it.
//
//	                    cmd/orderlab
//	       .----------------'  '--------------.
//	    reports                       scenarios/explore
//	       |                                  |
//	       |                          scenarios/runner
//	       |         .----------------'  |         |
//	       |         |               checker   model/<system>
//	       |     scenarios               |     model/app
//	       |         '-----------------. | .-------'
//	scenarios/result                  model -----> sim
//	       '--------> model/history <--'
//
// The table below is the plan. TestImports compares it with what `go list` says.
package orderlab_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// row is what a package may import, of ours. A name ending in /... stands for
// everything below it, <system> for the folder of any messaging system. A package
// may also import what is internal to it, which stands under the same rule.
type row struct {
	name    string
	imports []string
	// tests is what its tests may import besides. A test may build what the
	// package would be handed (a history, a registry, a world), but not what
	// is built upon the package: a test of the checker that needed a broker, or
	// one of the engine that needed a model, would say that the floors are mixed.
	tests []string
}

const everything = "..."

var table = []row{
	{name: "cmd/orderlab", imports: []string{everything}},
	{name: "reports", imports: []string{"scenarios/result", "scenarios/result/stats", "model/history"}},
	{
		name:    "scenarios/explore",
		imports: []string{"scenarios", "scenarios/runner", "scenarios/result", "checker"},
		tests:   []string{"model/...", "sim"}, // a registry, to sweep with
	},
	{
		name:    "scenarios/runner",
		imports: []string{"scenarios", "scenarios/result", "checker", "model/...", "sim"},
		tests:   []string{"internal/peak"},
	},
	{name: "scenarios/result", imports: []string{"model/history", "scenarios/result/stats"}},
	{name: "scenarios/result/stats"}, // numbers in, numbers out
	{
		name:    "scenarios",
		imports: []string{"model"},
		tests:   []string{"model/...", "checker"}, // a registry, to validate against
	},
	{
		name:    "checker",
		imports: []string{"model/history", "checker/anomalies"},
		tests:   []string{"internal/peak"},
	},
	{name: "checker/anomalies", imports: []string{"model/history"}}, // decided for runs too, so the checker imports them
	{
		name:    "checker/jepsen",
		imports: []string{"checker/anomalies", "checker/internal/edn", "model/history"},
		tests:   []string{"internal/peak", "checker"}, // the same verdicts by another way
	},
	{
		name:    "model/<system>",
		imports: []string{"model", "model/history", "sim"},
		// an application at the client, a judge of what came out, and what others showed
		tests: []string{"model/app", "checker", "internal/recorded"},
	},
	{name: "model/app", imports: []string{"model", "model/history", "sim"}},
	{name: "model", imports: []string{"model/history", "sim"}},
	{name: "model/history", tests: []string{"internal/peak"}},
	{name: "sim", tests: []string{"internal/peak"}},
	{name: "examples/mailroom", imports: []string{"sim"}}, // a system on the engine alone
	{name: "examples/ci"}, // files, and a test that runs the program
	{name: "examples/property", tests: []string{"model/...", "scenarios", "scenarios/explore", "scenarios/result"}},
	{name: "docs"}, // what the program itself shows of them
	{name: "internal/findings", imports: []string{"reports", "scenarios", "scenarios/result"}}, // writes a page of the documents
	// The habits of the house; nothing imports them.
	{name: "", tests: nil},
	{name: "internal/...", tests: []string{everything}},
}

// systems are the folders of model that hold a messaging system.
var systems = []string{"kafka", "rabbitmq", "rocketmq", "qmq", "mq", "im"}

// products are names that the engine does not know.
var products = []string{"kafka", "rabbit", "rocket", "qmq", "nats", "pulsar"}

// find returns the row of a package, or nil.
func find(name string) *row {
	name = owner(name)
	if system, ok := strings.CutPrefix(name, "model/"); ok && slices.Contains(systems, system) {
		name = "model/<system>"
	}
	for i := range table {
		r := &table[i]
		if r.name == name || matches(r.name, name) {
			return r
		}
	}
	return nil
}

// owner returns the package that a package is internal to, or the package itself.
func owner(name string) string {
	if i := strings.Index(name, "/internal/"); i >= 0 {
		return name[:i]
	}
	return name
}

// matches says whether a pattern that ends in ... stands for the name.
func matches(pattern, name string) bool {
	prefix, ok := strings.CutSuffix(pattern, everything)
	return ok && (strings.HasPrefix(name, prefix) || name+"/" == prefix)
}

// allows says whether one of the patterns stands for the name.
func allows(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return p == name || matches(p, name) })
}

// inside says whether a package imports what is internal to the same one.
func inside(name, imported string) bool {
	return imported != owner(imported) && owner(name) == owner(imported)
}

const module = "orderlab"

// pkg is what `go list` says about a package of ours, with names relative to
// the module.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// breaches compares the packages with the table.
func breaches(pkgs []pkg) []string {
	var out []string
	for _, p := range pkgs {
		name := relative(p.ImportPath)
		r := find(name)
		if r == nil {
			out = append(out, fmt.Sprintf("%s is not in the table: give it a row, or move it", name))
			continue
		}
		for _, i := range ours(p.Imports) {
			if !allows(r.imports, i) && !inside(name, i) {
				out = append(out, fmt.Sprintf("%s may not import %s, only %v", name, i, r.imports))
			}
		}
		for _, i := range ours(slices.Concat(p.TestImports, p.XTestImports)) {
			if i != name && !allows(r.imports, i) && !allows(r.tests, i) && !inside(name, i) {
				out = append(out, fmt.Sprintf("the tests of %s may not import %s, only %v",
					name, i, slices.Concat(r.imports, r.tests)))
			}
		}
	}
	return out
}

// relative returns the name of a package of ours below the module.
func relative(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// ours returns the imports that are of this module, relative to it, each once.
func ours(imports []string) []string {
	var out []string
	for _, i := range imports {
		if i == module || strings.HasPrefix(i, module+"/") {
			out = append(out, relative(i))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// list asks the go command for the packages of the module. What lies in the
// folders that git ignores is nobody's package.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		if name := relative(p.ImportPath); !matches("out/...", name) && !matches("bin/...", name) {
			pkgs = append(pkgs, p)
		}
	}
}

func TestImports(t *testing.T) {
	pkgs := list(t)
	for _, b := range breaches(pkgs) {
		t.Error(b)
	}
	for _, r := range table {
		if r.name == "cmd/orderlab" || r.name == "sim" || r.name == "model/history" {
			if !slices.ContainsFunc(pkgs, func(p pkg) bool { return relative(p.ImportPath) == r.name }) {
				t.Errorf("go list does not know %s, so the test saw only part of the house", r.name)
			}
		}
	}
}

// A breach of each kind is found, and nothing else.
func TestImportsPlanted(t *testing.T) {
	for _, c := range []struct{ name, imports, tests, want string }{
		{"sim", "orderlab/model/history fmt", "", "sim may not import model/history"},
		{"model", "orderlab/model/kafka orderlab/sim", "", "model may not import model/kafka"},
		{"model/kafka", "orderlab/model/app orderlab/model", "", "model/kafka may not import model/app"},
		{"model/kafka", "orderlab/model/rabbitmq", "", "model/kafka may not import model/rabbitmq"},
		{"model/historian", "", "", "model/historian is not in the table"},
		{"checker", "orderlab/model", "", "checker may not import model,"},
		{"checker", "orderlab/model/history", "orderlab/checker orderlab/sim", "the tests of checker may not import sim"},
		{"reports", "orderlab/scenarios", "", "reports may not import scenarios,"},
		{"scenarios", "orderlab/model", "orderlab/scenarios/runner", "the tests of scenarios may not import scenarios/runner"},
		{"scenarios/explore", "orderlab/scenarios/runner orderlab/sim", "", "scenarios/explore may not import sim"},
		{"helpers", "", "", "helpers is not in the table"},
		{"", "orderlab/sim", "", " may not import sim"},
		{"sim", "orderlab/internal/tidy", "", "sim may not import internal/tidy"},
		{"checker/internal/edn", "orderlab/model", "", "checker/internal/edn may not import model,"},
		{"checker/anomalies", "orderlab/model", "", "checker/anomalies may not import model,"},
		{"checker", "orderlab/checker/jepsen", "", "checker may not import checker/jepsen"},
		{"checker/anomalies", "orderlab/checker", "", "checker/anomalies may not import checker,"},
		{"checker/internal/edn", "orderlab/checker", "", "checker/internal/edn may not import checker,"},
		{"reports", "orderlab/checker/internal/edn", "", "reports may not import checker/internal/edn"},

		{"cmd/orderlab", "orderlab/sim orderlab/model/kafka", "orderlab/reports", ""},
		{"scenarios/runner", "orderlab/model/app orderlab/model orderlab/sim", "orderlab/model/kafka", ""},
		{"scenarios", "orderlab/model", "orderlab/model/kafka orderlab/scenarios", ""},
		{"model/kafka", "orderlab/model orderlab/sim", "orderlab/checker", ""},
		{"checker", "orderlab/checker/internal/edn", "", ""},
		{"checker", "orderlab/checker/anomalies", "", ""},
		{"checker/jepsen", "orderlab/checker/anomalies orderlab/checker/internal/edn", "", ""},
		{"checker/internal/edn", "orderlab/model/history orderlab/checker/internal/b", "", ""},
		{"internal/habits", "", "orderlab/scenarios/runner", ""},
	} {
		path := strings.TrimSuffix(module+"/"+c.name, "/")
		p := pkg{ImportPath: path, Imports: strings.Fields(c.imports), XTestImports: strings.Fields(c.tests)}
		got := breaches([]pkg{p})
		switch {
		case c.want == "" && len(got) != 0:
			t.Errorf("%s importing %s, tests %s: found %q", c.name, c.imports, c.tests, got)
		case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
			t.Errorf("%s importing %s, tests %s: found %q, want %q", c.name, c.imports, c.tests, got, c.want)
		}
	}
}

// named returns the files below a directory that name a product, with the name.
func named(root fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(root, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := fs.ReadFile(root, path)
		text := strings.ToLower(path + "\n" + string(src))
		for _, p := range products {
			if strings.Contains(text, p) {
				out = append(out, path+" names "+p)
			}
		}
		return err
	})
	return out, err
}

// The engine is an engine for any messaging system.
func TestEngineNamesNoProduct(t *testing.T) {
	found, err := named(os.DirFS("sim"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("sim/%s: the engine knows no product", f)
	}
}

func TestEngineNamesNoProductPlanted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go": "package sim // like Kafka", "testdata/b.txt": "RabbitMQ", "rocket.go": "package sim", "c.go": "package sim",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := named(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.go names kafka", "rocket.go names rocket", "testdata/b.txt names rabbit"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
