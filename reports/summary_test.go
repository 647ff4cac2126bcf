package reports_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"orderlab/reports"
)

func TestGoldenSummary(t *testing.T) {
	golden(t, "one.md", func(w io.Writer) error { return reports.Summary(w, one()) })
	golden(t, "hostile.md", func(w io.Writer) error { return reports.Summary(w, hostile()) })
}

// TestSummaryTables: no name adds a cell or a row to a table, or an element.
func TestSummaryTables(t *testing.T) {
	for _, s := range sets() {
		var out bytes.Buffer
		if err := reports.Summary(&out, s.set); err != nil {
			t.Fatal(err)
		}
		cells := 0
		for _, line := range strings.Split(out.String(), "\n") {
			if strings.ContainsRune(line, '<') && !strings.HasPrefix(line, "    ") {
				t.Errorf("%s: an element in %s", s.name, line)
			}
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := strings.Count(line, "|") - strings.Count(line, `\|`)
			if cells != 0 && n != cells {
				t.Errorf("%s: %d cells instead of %d in %s", s.name, n-1, cells-1, line)
			}
			cells = n
		}
	}
}
