package result_test

import (
	"reflect"
	"strings"
	"testing"

	"orderlab/scenarios/result"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// The shares of a sweep have every run once, and nearly as many each.
func TestShardsPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(1, 12).Draw(t, "of")
		seeds, cases := rapid.IntRange(0, 30).Draw(t, "seeds"), rapid.IntRange(0, 20).Draw(t, "cases")
		taken := make([]int, of)
		for i := range seeds {
			for c := range cases {
				by := 0
				for k := range of {
					if (result.Shard{Index: k + 1, Of: of}).Takes(i, c) {
						by++
						taken[k]++
					}
				}
				if by != 1 {
					t.Fatalf("the run of case %d over seed %d is of %d shares", c, i, by)
				}
			}
		}
		for k, n := range taken {
			if got := (result.Shard{Index: k + 1, Of: of}).Size(seeds, cases); got != n {
				t.Fatalf("share %d of %d has %d runs and says %d", k+1, of, n, got)
			}
		}
	})
}

func part() *result.Part {
	at := int64(7)
	latency := hdrhistogram.New(1, 86_400_000_000, 3)
	for v := range int64(5_000) {
		_ = latency.RecordValue(v * v)
	}
	w := &result.Witness{Seed: 2, Text: "late", Messages: []result.WitnessMessage{{ID: "p#1", Key: "k"}},
		Operations: []result.Operation{{Kind: "send", Outcome: "ok", Process: "p", Position: &at, Begin: 3, End: &at},
			{Kind: "ack", Outcome: "unknown", Process: "p", Begin: 4}}}
	return &result.Part{
		Program: "orderlab v1", Name: "a/b", Argument: "a/b.yaml", File: "a/b.yaml", Text: []byte("orderlab: 1\n\xff"),
		Included:   map[string][]byte{"b.part.yaml": []byte("x"), "a.part.yaml": nil},
		Strategies: []string{"naive"}, Vars: []string{"x=1"}, Seeds: result.Seeds{First: 1<<64 - 9, Count: 9}, Scenarios: 2,
		Runs: result.Runs{Cases: 2, Interrupted: true, Latency: []*hdrhistogram.Histogram{nil, latency}, List: []result.Run{
			{Case: 1, Seed: 1<<64 - 9, Hash: [16]byte{1, 2, 255}, Limit: "time",
				Metrics:  result.RunMetrics{ThroughputPerS: 1.0 / 3},
				Verdicts: []result.Verdict{{Guarantee: "per-key-order", Status: result.Violated, Witness: w}},
				Series:   &result.Series{Seed: 1, TimesS: []float64{0.1}, Places: []string{"q"}, Lag: [][]float64{{2}}}},
			{Case: 1, Seed: 1<<64 - 8},
		}},
	}
}

// A part is read as it was written, and the same part is written in the same way.
func TestPartIsReadAsWritten(t *testing.T) {
	text, err := part().Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := result.DecodePart(text)
	if err != nil {
		t.Fatal(err)
	}
	want := part()
	if !got.Runs.Latency[1].Equals(want.Runs.Latency[1]) || got.Runs.Latency[1].Max() != want.Runs.Latency[1].Max() {
		t.Error("the latencies are others")
	}
	got.Runs.Latency, want.Runs.Latency = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read as\n%+v\nwant\n%+v", got, want)
	}
	swapped := part()
	swapped.Runs.List[0], swapped.Runs.List[1] = swapped.Runs.List[1], swapped.Runs.List[0]
	if again, err := swapped.Encode(); err != nil || again != text {
		t.Errorf("with the runs in another order the text is another: %v", err)
	}
}

// Damage is noticed wherever it is.
func TestDamagedPart(t *testing.T) {
	text, err := part().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(text)-4; at += 7 {
		for _, damaged := range []string{text[:at], text[:at] + "A" + text[at+1:], text[:at] + "*" + text[at:]} {
			// The name and the time of the writer, which gzip does not protect, stand first.
			p, err := result.DecodePart(damaged)
			if err == nil && at > 16 && !strings.HasPrefix(text, damaged) && damaged != text {
				t.Fatalf("damaged at %d it is read as %+v", at, p)
			}
		}
	}
}
