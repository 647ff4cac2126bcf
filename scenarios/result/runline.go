package result

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// RunLine is what one run found, as a line of runs.jsonl.
type RunLine struct {
	Strategy  string `json:"strategy"`
	Point     Point  `json:"point"`
	Seed      uint64 `json:"seed"`
	TraceHash string `json:"trace_hash"`
	// Limit names the limit that ended the run early.
	Limit    string        `json:"limit,omitempty"`
	Verdicts []RunVerdict  `json:"verdicts"`
	Metrics  RunLineMetric `json:"metrics"`
}

// RunVerdict is the verdict of one run about one guarantee.
type RunVerdict struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	// Violations counts the messages that break it.
	Violations int `json:"violations"`
	// Vacuous says that it holds because there was nothing to decide.
	Vacuous bool `json:"vacuous,omitempty"`
}

// RunLineMetric is the price of one run; see [RunMetrics].
type RunLineMetric struct {
	ThroughputPerS float64 `json:"throughput_per_s"`
	LatencyP50MS   float64 `json:"latency_p50_ms"`
	LatencyP99MS   float64 `json:"latency_p99_ms"`
	LagMax         float64 `json:"lag_max"`
	Sent           float64 `json:"sent"`
	Acked          float64 `json:"acked"`
	Applied        float64 `json:"applied"`
	Lost           float64 `json:"lost"`
	Duplicated     float64 `json:"duplicated"`
	PartitionLoad  float64 `json:"partition_load_max_over_mean"`
	DurationS      float64 `json:"duration_s"`
	ProducerBuffer float64 `json:"producer_buffer_max"`
	ConsumerBuffer float64 `json:"consumer_buffer_max"`
}

// metric is a number of a run, by its name in the JSON.
type metric struct {
	name string
	of   func(*RunLineMetric) float64
}

// metrics are the numbers of a run that are compared.
func metrics() []metric {
	return []metric{
		{"throughput_per_s", func(m *RunLineMetric) float64 { return m.ThroughputPerS }},
		{"latency_p50_ms", func(m *RunLineMetric) float64 { return m.LatencyP50MS }},
		{"latency_p99_ms", func(m *RunLineMetric) float64 { return m.LatencyP99MS }},
		{"lag_max", func(m *RunLineMetric) float64 { return m.LagMax }},
		{"sent", func(m *RunLineMetric) float64 { return m.Sent }},
		{"acked", func(m *RunLineMetric) float64 { return m.Acked }},
		{"applied", func(m *RunLineMetric) float64 { return m.Applied }},
		{"lost", func(m *RunLineMetric) float64 { return m.Lost }},
		{"duplicated", func(m *RunLineMetric) float64 { return m.Duplicated }},
		{"partition_load_max_over_mean", func(m *RunLineMetric) float64 { return m.PartitionLoad }},
		{"duration_s", func(m *RunLineMetric) float64 { return m.DurationS }},
		{"producer_buffer_max", func(m *RunLineMetric) float64 { return m.ProducerBuffer }},
		{"consumer_buffer_max", func(m *RunLineMetric) float64 { return m.ConsumerBuffer }},
	}
}

// Lines returns what each run of the set found, case by case in order of seed.
func (s *Set) Lines() []RunLine {
	var out []RunLine
	for i := range s.Results {
		r := &s.Results[i]
		for j := range r.PerRun {
			out = append(out, r.line(&r.PerRun[j]))
		}
	}
	return out
}

func (r *Result) line(run *RunSummary) RunLine {
	m := &run.Metrics
	out := RunLine{
		Strategy: r.Strategy, Point: r.Point, Seed: run.Seed, TraceHash: hex.EncodeToString(run.Hash[:]), Limit: run.Limit,
		Verdicts: []RunVerdict{},
		Metrics:  lineMetrics(m),
	}
	for i := range r.Guarantees {
		id := r.Guarantees[i].ID
		status, ok := run.Verdicts[id]
		if !ok || run.Limit != "" && status == Holds {
			status = Undecided
		}
		out.Verdicts = append(out.Verdicts, RunVerdict{id, status, run.Inversions[id], run.Vacuous[id] && status == Holds})
	}
	return out
}

func lineMetrics(m *RunMetrics) RunLineMetric {
	return RunLineMetric{
		ThroughputPerS: m.ThroughputPerS, LatencyP50MS: m.LatencyP50MS, LatencyP99MS: m.LatencyP99MS,
		LagMax: float64(m.LagMax), Sent: float64(m.Sent), Acked: float64(m.Acked), Applied: float64(m.Applied),
		Lost: float64(m.Lost), Duplicated: float64(m.Duplicated), PartitionLoad: m.PartitionLoad, DurationS: m.DurationS,
		ProducerBuffer: float64(m.ProducerBufferMax), ConsumerBuffer: float64(m.ConsumerBufferMax),
	}
}

// ReadLines reads runs.jsonl. The error names the line.
func ReadLines(r io.Reader) ([]RunLine, error) {
	var out []RunLine
	dec := json.NewDecoder(bufio.NewReader(r))
	for n := 1; ; n++ {
		var line RunLine
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, line)
	}
}
