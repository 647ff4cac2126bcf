package reports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"orderlab/reports"
)

// With this variable set, the pictures are kept in the folder that it names, so
// that they can be looked at.
const keepPictures = "ORDERLAB_PICTURES"

// Every plot of every set can be drawn in every format, is the same twice, and
// draws something.
func TestPlotsAreReproducible(t *testing.T) {
	for _, s := range sets() {
		plots, err := reports.Plots(s.set)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := reports.Plots(s.set)
		for i, p := range plots {
			for _, format := range reports.PlotFormats() {
				var first, second bytes.Buffer
				if err := p.Write(&first, format); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
				if err := again[i].Write(&second, format); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
				if !bytes.Equal(first.Bytes(), second.Bytes()) {
					t.Errorf("%s: %s as %s differs between two drawings", s.name, p.Name, format)
				}
				keep(t, s.name+"-"+p.Name+"."+format, first.Bytes())
			}
		}
	}
}

func keep(t *testing.T, name string, content []byte) {
	dir := os.Getenv(keepPictures)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		t.Error(err)
	}
}
