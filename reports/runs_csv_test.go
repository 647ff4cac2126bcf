package reports_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"testing"

	"orderlab/reports"
)

func TestGoldenCSV(t *testing.T) {
	golden(t, "one.csv", func(w io.Writer) error { return reports.RunsCSV(w, one()) })
}

// TestCSVReadsBack: any CSV reader finds in it what the runs found.
func TestCSVReadsBack(t *testing.T) {
	for _, s := range sets() {
		var out bytes.Buffer
		if err := reports.RunsCSV(&out, s.set); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		lines := s.set.Lines()
		if len(rows) != len(lines)+1 {
			t.Fatalf("%s: %d rows of %d runs", s.name, len(rows)-1, len(lines))
		}
		for i, l := range lines {
			for j, head := range rows[0] {
				cell := rows[i+1][j]
				if head == "seed" && cell != strconv.FormatUint(l.Seed, 10) || head == "trace_hash" && cell != l.TraceHash {
					t.Errorf("%s: row %d has %s %s", s.name, i, head, cell)
				}
				for _, v := range l.Verdicts {
					if head == v.ID && cell != v.Verdict && !(v.Vacuous && cell == "vacuous") {
						t.Errorf("%s: row %d has %s %s, the run %s", s.name, i, head, cell, v.Verdict)
					}
				}
			}
		}
	}
}
