// Command mutants shows that the tests which a RULES.md names hold the rules: it
// takes a rule out of the code, function by function, and sees that the tests of
// its row fail.
//
//	RULES.md row --> functions --> mutants ---.
//	     |                                    v
//	     '---------> tests --------> go test -overlay: must fail
//
// A mutant is a function that does nothing and returns zeros, or one in which a
// single condition is turned around (`-conditions`). Nothing in the tree is changed:
// the compiler is given the mutant in place of the file.
//
//	go run ./internal/mutants ./model/kafka
//	go run ./internal/mutants -only sender.go -conditions ./model/kafka
//
//	go run ./internal/mutants -rule 'purgatory|high watermark' ./model/kafka
//
// A function of a row without a mutant that the row's tests notice is an error. (Where
// several functions have the name, one of them is meant.) Single mutants that they do
// not notice are listed: some change nothing that can be seen.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	only := flag.String("only", "", "only rows with a function of this `file` (sender.go)")
	rule := flag.String("rule", "", "only rows whose rule matches this `regexp`")
	conditions := flag.Bool("conditions", false, "also turn each condition around, one at a time")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "mutants: name one package, as ./model/kafka")
		os.Exit(64)
	}
	if err := run(flag.Arg(0), *only, *rule, *conditions); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run judges the rows of a package's RULES.md.
func run(dir, only, rule string, conditions bool) error {
	match, err := regexp.Compile(rule)
	if err != nil {
		return fmt.Errorf("-rule: %w", err)
	}
	rows, err := readRows(filepath.Join(dir, "RULES.md"))
	if err != nil {
		return err
	}
	source, err := load(dir)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	b := &bench{dir: dir, scratch: scratch}
	weak, judged := 0, 0
	for _, r := range rows {
		if !match.MatchString(r.rule) {
			continue
		}
		mutants := source.mutants(r, only, conditions)
		if len(mutants) == 0 {
			continue
		}
		judged++
		unheld, err := b.judge(r, mutants)
		if err != nil {
			return err
		}
		if len(unheld) > 0 {
			weak++
		}
	}
	fmt.Printf("%d rows, %d of them not held by their tests\n", judged, weak)
	if weak > 0 {
		return fmt.Errorf("%d rows are not held by the tests that they name", weak)
	}
	return nil
}

// row is a rule of RULES.md.
type row struct {
	line      int
	rule      string
	functions []string
	tests     []string
}

// readRows reads the table rows of a RULES.md: rule, source, code, test.
func readRows(path string) ([]row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| rule") || strings.HasPrefix(line, "|-") {
			continue
		}
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s:%d: %d cells, want 4", path, i+1, len(cells))
		}
		r := row{line: i + 1, rule: strings.TrimSpace(cells[0]), functions: list(cells[2]), tests: list(cells[3])}
		rows = append(rows, r)
	}
	return rows, nil
}

func list(cell string) []string {
	var out []string
	for _, name := range strings.Split(cell, ",") {
		out = append(out, strings.TrimSpace(name))
	}
	return out
}
