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

func TestGoldenText(t *testing.T) {
	for _, s := range sets() {
		golden(t, s.name+".txt", func(w io.Writer) error { return reports.Text(w, s.set, reports.TextOptions{}) })
	}
	for _, v := range []struct {
		name string
		set  *result.Set
		opt  reports.TextOptions
	}{
		{"expand-120.txt", expand(20), reports.TextOptions{Width: 120}},
		{"one-40.txt", one(), reports.TextOptions{Width: 40}},
		{"one-color.txt", one(), reports.TextOptions{Color: true}},
	} {
		golden(t, v.name, func(w io.Writer) error { return reports.Text(w, v.set, v.opt) })
	}
}

func TestGoldenForMachines(t *testing.T) {
	for _, s := range sets() {
		switch s.name {
		case "expand", "forty", "huge", "zero":
			continue // they add nothing but length
		}
		golden(t, s.name+".json", func(w io.Writer) error { return reports.JSON(w, s.set) })
		golden(t, s.name+".github", func(w io.Writer) error { return reports.GitHub(w, s.set) })
		golden(t, s.name+".xml", func(w io.Writer) error { return reports.JUnit(w, []*result.Set{s.set}) })
	}
	golden(t, "several.xml", func(w io.Writer) error { return reports.JUnit(w, []*result.Set{one(), none()}) })
}

func TestGoldenDiagrams(t *testing.T) {
	hostile := swapped()
	soil(hostile.Witness)
	lost := swapped()
	lost.ID, lost.LostAt, lost.KeySplit = "no-loss", "", false
	lost.Witness.Messages = lost.Witness.Messages[:1]
	lost.Witness.Operations = lost.Witness.Operations[:2]
	lost.Witness.Text = "producer-0#17 of key k17 was acked and never applied"
	for name, g := range map[string]*result.Guarantee{
		"swapped": swapped(), "hostile": hostile, "lost": lost, "unwitnessed": {ID: "no-loss"}, "around": around(),
	} {
		golden(t, name+".mmd", func(w io.Writer) error { return reports.Mermaid(w, g) })
	}
}
