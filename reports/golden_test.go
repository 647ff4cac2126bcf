package reports_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files in testdata")

// golden compares what a format wrote with testdata/name.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./reports -rewrite makes it)", err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs (go test ./reports -rewrite accepts it); got\n%s", path, got.Bytes())
	}
}

func TestGolden(t *testing.T) {
	for _, s := range sets() {
		golden(t, s.name+".txt", func(w io.Writer) error {
			return reports.Text(w, s.set, reports.TextOptions{Width: 80})
		})
		if s.name == "expand" {
			continue // too long to read in the other formats
		}
		golden(t, s.name+".json", func(w io.Writer) error { return reports.JSON(w, s.set) })
		golden(t, s.name+".xml", func(w io.Writer) error { return reports.JUnit(w, []*result.Set{s.set}) })
		golden(t, s.name+".github", func(w io.Writer) error { return reports.GitHub(w, s.set) })
	}
	golden(t, "witness.mmd", func(w io.Writer) error { return reports.Mermaid(w, witness(7)) })
}
