package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"orderlab/scenarios/result"
)

// RunsCSV writes what each run of a set found as comma-separated values (RFC 4180):
// a line for each run, under a head. There is a column for each axis of the scan
// (scan.AXIS), for the verdict of each guarantee and for how many messages break it
// (GUARANTEE, GUARANTEE.violations), and for each metric, as docs/results.md names
// them. Names that a spreadsheet would take for a formula begin with an apostrophe.
func RunsCSV(w io.Writer, set *result.Set) error {
	lines := set.Lines()
	scan := axes(pointers(set))
	var ids []string
	for _, l := range lines {
		for _, v := range l.Verdicts {
			if !slices.Contains(ids, v.ID) {
				ids = append(ids, v.ID)
			}
		}
	}
	head := []string{"strategy"}
	for _, axis := range scan {
		head = append(head, "scan."+axis)
	}
	head = append(head, "seed", "trace_hash", "limit")
	for _, id := range ids {
		head = append(head, id, id+".violations")
	}
	for _, m := range csvMetrics() {
		head = append(head, m.name)
	}
	out := csv.NewWriter(w)
	if err := out.Write(plainCells(head)); err != nil {
		return err
	}
	for i := range lines {
		if err := out.Write(plainCells(csvRow(&lines[i], scan, ids))); err != nil {
			return fmt.Errorf("the runs of %s as CSV: %w", set.Scenario, err)
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(l *result.RunLine, scan, ids []string) []string {
	row := []string{l.Strategy}
	for _, axis := range scan {
		v, _ := coordinate(l.Point, axis)
		row = append(row, v)
	}
	row = append(row, strconv.FormatUint(l.Seed, 10), l.TraceHash, l.Limit)
	for _, id := range ids {
		verdict, violations := "", ""
		for _, v := range l.Verdicts {
			if v.ID == id {
				verdict, violations = v.Verdict, strconv.Itoa(v.Violations)
			}
			if v.ID == id && v.Vacuous {
				verdict = "vacuous"
			}
		}
		row = append(row, verdict, violations)
	}
	for _, m := range csvMetrics() {
		row = append(row, strconv.FormatFloat(round(m.of(&l.Metrics)), 'f', -1, 64))
	}
	return row
}

// csvMetric is a column of a metric.
type csvMetric struct {
	name string
	of   func(*result.RunLineMetric) float64
}

func csvMetrics() []csvMetric {
	return []csvMetric{
		{"throughput_per_s", func(m *result.RunLineMetric) float64 { return m.ThroughputPerS }},
		{"latency_p50_ms", func(m *result.RunLineMetric) float64 { return m.LatencyP50MS }},
		{"latency_p99_ms", func(m *result.RunLineMetric) float64 { return m.LatencyP99MS }},
		{"lag_max", func(m *result.RunLineMetric) float64 { return m.LagMax }},
		{"sent", func(m *result.RunLineMetric) float64 { return m.Sent }},
		{"acked", func(m *result.RunLineMetric) float64 { return m.Acked }},
		{"applied", func(m *result.RunLineMetric) float64 { return m.Applied }},
		{"lost", func(m *result.RunLineMetric) float64 { return m.Lost }},
		{"duplicated", func(m *result.RunLineMetric) float64 { return m.Duplicated }},
		{"partition_load_max_over_mean", func(m *result.RunLineMetric) float64 { return m.PartitionLoad }},
		{"duration_s", func(m *result.RunLineMetric) float64 { return m.DurationS }},
		{"producer_buffer_max", func(m *result.RunLineMetric) float64 { return m.ProducerBuffer }},
		{"consumer_buffer_max", func(m *result.RunLineMetric) float64 { return m.ConsumerBuffer }},
	}
}

// plainCells keeps a spreadsheet from running a cell.
func plainCells(cells []string) []string {
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			cells[i] = "'" + c
		}
	}
	return cells
}
