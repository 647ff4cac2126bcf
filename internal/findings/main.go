// Command findings writes docs/findings.md: what each scenario of the library found,
// with its plot. It takes the directory that `orderlab run -o` wrote.
//
//	go run ./cmd/orderlab run 'kafka/*' -o out/findings
//	go run ./internal/findings out/findings
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"orderlab/reports"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
)

// What is written, below docs.
const (
	pageFile = "findings.md"
	pictures = "images/findings"
)

const head = `# What the library found

Each scenario of [the library](library.md) with its own number of runs: what each strategy keeps and breaks, what it costs, and one of its plots.
The explanation of each expectation stands in the scenario's file. ` + "`make findings`" + ` writes this page.
`

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: findings DIRECTORY, one that `orderlab run -o` wrote")
		os.Exit(64)
	}
	if err := write(os.Args[1], "docs"); err != nil {
		fmt.Fprintln(os.Stderr, "findings:", err)
		os.Exit(1)
	}
}

// write writes the page and its pictures below docs from the results in dir.
func write(dir, docs string) error {
	page := bytes.NewBufferString(head)
	if err := os.RemoveAll(filepath.Join(docs, pictures)); err != nil {
		return err
	}
	for _, name := range scenarios.Names() {
		set, err := read(filepath.Join(dir, name, "result.json"))
		if err != nil {
			return err
		}
		section, err := sectionOf(name, set)
		if err != nil {
			return err
		}
		page.WriteString(section)
		plot, err := choose(name, filepath.Join(dir, name, "plots"))
		if err != nil {
			return err
		}
		picture, err := os.ReadFile(filepath.Join(dir, name, "plots", plot+".svg"))
		if err != nil {
			return err
		}
		file := path.Join(pictures, name+".svg")
		fmt.Fprintf(page, "![%s of %s](%s)\n", strings.ReplaceAll(plot, "-", " "), name, file)
		if err := save(filepath.Join(docs, file), picture); err != nil {
			return err
		}
	}
	return save(filepath.Join(docs, pageFile), page.Bytes())
}

// sectionOf returns what the page says of a scenario, up to its plot.
func sectionOf(name string, set *result.Set) (string, error) {
	var out strings.Builder
	out.WriteString("\n")
	if err := reports.Summary(&out, set); err != nil {
		return "", err
	}
	fmt.Fprintf(&out, "[The scenario](../scenarios/library/%s.yaml); `orderlab run %s` runs it.\n\n", name, name)
	return out.String(), nil
}

func read(file string) (*result.Set, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := new(result.Set)
	if err := json.Unmarshal(text, set); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if set.Status != result.StatusMet {
		return nil, fmt.Errorf("%s: its expectations are %s; a page is written of what is met", file, set.Status)
	}
	return set, nil
}

// choose returns the first plot that a scenario asks for, or else the one that tells
// most, of those in a directory.
func choose(name, dir string) (string, error) {
	var asked struct{ Plots []string }
	src, _ := scenarios.Source(name)
	if err := yaml.Unmarshal(src, &asked); err != nil {
		return "", err
	}
	order := append(asked.Plots, "phase-diagram", "inversions-by-scan", "load-by-partition", "displacement",
		"violations-by-throughput", "availability-over-time", "lag-over-time", "price")
	for _, name := range order {
		_, err := os.Stat(filepath.Join(dir, name+".svg"))
		if err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("%s has none of the plots %s", dir, strings.Join(order, ", "))
}

func save(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o666)
}
