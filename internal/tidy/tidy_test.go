package tidy_test

import (
	"strings"
	"testing"

	"orderlab/internal/tidy"
)

const root = "../.."

func report(t *testing.T, found []tidy.Finding) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

// Every text file of the repository.
func TestProse(t *testing.T) {
	for _, f := range files(t) {
		report(t, tidy.Prose(f))
	}
}

// Every Go file of the repository.
func TestStyle(t *testing.T) {
	for _, f := range files(t) {
		if !f.Go() {
			continue
		}
		found, err := tidy.Style(f)
		if err != nil {
			t.Error(err)
		}
		report(t, found)
	}
}

func TestPackageDocs(t *testing.T) {
	found, err := tidy.PackageDocs(files(t))
	if err != nil {
		t.Fatal(err)
	}
	report(t, found)
}

// The packages of which a run is made (design: one run is one goroutine, and no
// floating point lies between the seed and the order of events).
func TestDeterminism(t *testing.T) {
	pkgs, err := tidy.Load(root, "./sim/...", "./model/...", "./scenarios/runner")
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 5 {
		t.Fatalf("only %d packages were found", len(pkgs))
	}
	for _, p := range pkgs {
		switch p.Path {
		case "orderlab/sim/internal/tables":
			// The generator of the tables; its integers are what runs use.
		case "orderlab/scenarios/runner":
			// The metrics of a finished run are floating point.
			report(t, tidy.Determinism(p, false))
		default:
			report(t, tidy.Determinism(p, true))
		}
	}
}

func files(t *testing.T) []tidy.File {
	t.Helper()
	out, err := tidy.Files(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out {
		if strings.HasSuffix(f.Name, "internal/tidy/doc.go") {
			return out
		}
	}
	t.Fatalf("%d files were found below %s, and this package is not among them", len(out), root)
	return nil
}
