package reports_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// words are names as people give them, and as nobody should.
func words() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"naive", "pause-new", "per-key-order", "after", " "}),
		rapid.SampledFrom([]string{"a|b", "<x>&\"'", "a\nb\r\x1b[0m", "消息", "]]>", "%0A::", "--", "a;b#c"}),
		rapid.StringN(0, 12, -1),
	)
}

// anySet draws a set: its parts are hostile, its aggregation is real.
func anySet(t *rapid.T) *result.Set {
	meta := result.Meta{
		Scenario: words().Draw(t, "scenario"), Question: words().Draw(t, "question"), Plots: allPlots(),
		ID:    rapid.SliceOfN(words(), 0, 2).Draw(t, "id"),
		Seeds: result.Seeds{First: rapid.Uint64Range(0, 9).Draw(t, "first"), Count: rapid.IntRange(0, 3).Draw(t, "seeds")},
	}
	meta.RunsWanted = rapid.IntRange(0, 5).Draw(t, "wanted")
	guarantees := rapid.SliceOfNDistinct(words(), 0, 4, rapid.ID[string]).Draw(t, "guarantees")
	axes := rapid.SliceOfNDistinct(words(), 0, 3, rapid.ID[string]).Draw(t, "axes")
	var cases []result.CaseMeta
	var runs []result.Run
	for range rapid.IntRange(0, 10).Draw(t, "cases") {
		c := result.CaseMeta{Strategy: words().Draw(t, "strategy"), Guarantees: guarantees, Point: result.Point{}}
		for _, axis := range axes {
			if rapid.Bool().Draw(t, "uses") {
				values := []any{int64(1), int64(5), int64(1 << 60), "80s", "1m", "even", "a=b,c", true}
				v := rapid.SampledFrom(values).Draw(t, "value")
				c.Point = append(c.Point, result.Coordinate{Axis: axis, Value: v})
			}
		}
		for _, id := range guarantees {
			if e := rapid.SampledFrom([]string{"", result.Holds, result.Violated}).Draw(t, "expected"); e != "" {
				c.Expect = append(c.Expect, result.Expectation{Guarantee: id, Verdict: e})
			}
		}
		cases = append(cases, c)
		for s := range meta.Seeds.Count {
			if rapid.IntRange(0, 9).Draw(t, "finished") > 0 {
				runs = append(runs, anyRun(t, len(cases)-1, meta.Seeds.First+uint64(s), guarantees))
			}
		}
	}
	return result.Aggregate(meta, cases, runs)
}

func anyRun(t *rapid.T, index int, seed uint64, guarantees []string) result.Run {
	number := rapid.OneOf(
		rapid.Float64Range(0, 1e12), rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), 1e-9, 1e100}))
	r := result.Run{Case: index, Seed: seed, Hash: [16]byte{byte(index), byte(seed)}}
	r.Metrics = result.RunMetrics{
		ThroughputPerS: number.Draw(t, "throughput"),
		PartitionLoad:  number.Draw(t, "load"), DurationS: number.Draw(t, "duration"),
		LagMax: rapid.Int64Range(0, 1<<50).Draw(t, "lag"), Lost: rapid.Int64Range(0, 3).Draw(t, "lost"),
	}
	if rapid.Bool().Draw(t, "measured") {
		r.Latency = hdrhistogram.New(1, 3_600_000_000, 1)
		_ = r.Latency.RecordValue(rapid.Int64Range(0, 3_600_000_000).Draw(t, "latency"))
	}
	if rapid.Bool().Draw(t, "cut") {
		r.Limit = words().Draw(t, "limit")
	}
	if rapid.Bool().Draw(t, "series") {
		list := func(name string) []float64 { return []float64{0, number.Filter(finite).Draw(t, name), 2} }
		r.Series = &result.Series{
			Seed: seed, TimesS: []float64{0, 1, 1}, Places: []string{words().Draw(t, "place")},
			Lag: [][]float64{list("lag")}, Stored: [][]float64{list("stored")},
			Sent: list("sent"), AckedInTime: list("in time"), Applied: list("applied"),
			ProducerBuffer: list("producer"), ConsumerBuffer: list("consumer"),
			Marks: []result.Mark{{AtS: 0.5, EndS: rapid.Float64Range(0, 2).Draw(t, "end"), Fault: true,
				Label: words().Draw(t, "mark")}},
		}
		if rapid.Bool().Draw(t, "only lag") {
			r.Series.Stored, r.Series.Sent, r.Series.AckedInTime = nil, nil, nil
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "places") {
		r.Stored = append(r.Stored, result.PlaceCount{Place: words().Draw(t, "stored at"), Messages: int64(i) << 40})
	}
	for _, id := range guarantees {
		statuses := []string{result.Holds, result.Violated, result.Undecided}
		v := result.Verdict{Guarantee: id, Status: rapid.SampledFrom(statuses).Draw(t, "status")}
		switch v.Status {
		case result.Violated:
			v.Violations, v.Keys = rapid.IntRange(1, 1<<40).Draw(t, "violations"), 1
			v.Displaced = rapid.SliceOfN(rapid.IntRange(0, 1<<40), 0, 5).Draw(t, "displaced")
			v.LostAt = rapid.SampledFrom([]string{"", "sent", "stored", "delivered", "applied"}).Draw(t, "hop")
			if rapid.Bool().Draw(t, "witnessed") {
				v.Witness = anyWitness(t, seed)
			}
		case result.Undecided:
			v.Reason = words().Draw(t, "reason")
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}

func anyWitness(t *rapid.T, seed uint64) *result.Witness {
	w := witness(seed)
	w.Text = words().Draw(t, "text")
	w.Messages = w.Messages[:rapid.IntRange(0, 2).Draw(t, "messages")]
	w.Operations = w.Operations[:rapid.IntRange(0, len(w.Operations)).Draw(t, "operations")]
	for i := range w.Operations {
		op := &w.Operations[i]
		kinds := []string{"send", "ack", "store", "deliver", "apply", "dispose", "poll", "crash", "?"}
		op.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		op.Process, op.Place, op.Detail = words().Draw(t, "process"), words().Draw(t, "place"), words().Draw(t, "detail")
		if rapid.Bool().Draw(t, "pending") {
			op.End = nil
		}
	}
	return w
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Whatever a set holds, each format is whole: it can be read back by those who
// will read it, and it has not changed the set.
func TestAnySetCanBeReported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := anySet(t)
		before, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		checkJSON(t, set)
		checkJUnit(t, set)
		checkGitHub(t, set)
		checkText(t, set)
		checkMermaid(t, set)
		if after, _ := json.Marshal(set); !bytes.Equal(before, after) {
			t.Fatalf("the set was changed")
		}
	})
}

// tester is what testing and rapid have in common here.
type tester interface {
	Fatalf(format string, args ...any)
}

func written(t tester, write func(io.Writer) error) string {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatalf("%v", err)
	}
	return out.String()
}

// checkJSON reads the line back: names are whole, numbers are finite.
func checkJSON(t tester, set *result.Set) {
	got := written(t, func(w io.Writer) error { return reports.JSON(w, set) })
	if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") {
		t.Fatalf("not one line: %q", got)
	}
	var back result.Set
	if err := json.Unmarshal([]byte(got), &back); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	for i := range set.Results {
		if valid(set.Results[i].Strategy) != back.Results[i].Strategy || set.Results[i].Runs != back.Results[i].Runs {
			t.Fatalf("result %d came back as %+v", i, back.Results[i])
		}
	}
	again := written(t, func(w io.Writer) error { return reports.JSON(w, &back) })
	if again != got {
		t.Fatalf("read back and written again it is\n%s\nnot\n%s", again, got)
	}
}

// valid replaces what is not UTF-8, as the formats do.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// checkJUnit counts what a CI system would.
func checkJUnit(t tester, set *result.Set) {
	got := written(t, func(w io.Writer) error { return reports.JUnit(w, []*result.Set{set}) })
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	tests, failures := 0, 0
	for _, r := range set.Results {
		for _, g := range r.Guarantees {
			tests++
			if g.Expectation() == result.StatusFailed {
				failures++
			}
		}
	}
	found := 0
	for _, c := range doc.Cases {
		if c.Failure != nil {
			found++
		}
	}
	if doc.Tests != tests || len(doc.Cases) != tests || doc.Failures != failures || found != failures {
		t.Fatalf("%d cases with %d failures, said to be %d with %d; want %d with %d", len(doc.Cases), found, doc.Tests, doc.Failures, tests, failures)
	}
}

// command is one workflow command; nothing else may stand in the output, or a
// name could give commands.
var workflowCommand = regexp.MustCompile(`^::(error|warning|notice) ((file|title)=[^:,\r\n]*,?)+::[^\r\n]*$`)

func checkGitHub(t tester, set *result.Set) {
	got := written(t, func(w io.Writer) error { return reports.GitHub(w, set) })
	for _, l := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		if !workflowCommand.MatchString(l) {
			t.Fatalf("not a workflow command: %q", l)
		}
	}
}

// checkText looks for control characters, and that colour changes nothing else.
func checkText(t tester, set *result.Set) {
	text := func(color bool) string {
		return written(t, func(w io.Writer) error {
			return reports.Text(w, set, reports.TextOptions{Width: 100, Color: color})
		})
	}
	plain := text(false)
	if strings.ContainsFunc(plain, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Fatalf("a control character in %q", plain)
	}
	colored := text(true)
	if got := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(colored, ""); got != plain {
		t.Fatalf("without its colours the text differs:\n%s\n%s", got, plain)
	}
}

var (
	mermaidLine = regexp.MustCompile(`^  (participant [PQXCS]\d+ as [^;<>"]+|[PQXCS]\d+--?>>[PQXCS]\d+: [^;<>"]+|` +
		`Note over [PQXCS]\d+(,[PQXCS]\d+)?: [^;<>"]+|rect rgba\([0-9., ]+\)|end)$`)
	mermaidCode = regexp.MustCompile(`#(\d+|lt|gt|quot);|<br/>`)
)

// checkMermaid holds every line against the part of the grammar that is used.
func checkMermaid(t tester, set *result.Set) {
	for i := range set.Results {
		for j := range set.Results[i].Guarantees {
			got := written(t, func(w io.Writer) error { return reports.Mermaid(w, &set.Results[i].Guarantees[j]) })
			lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
			if lines[0] != "sequenceDiagram" {
				t.Fatalf("begins with %q", lines[0])
			}
			for _, l := range lines[1:] {
				if !mermaidLine.MatchString(mermaidCode.ReplaceAllString(l, "_")) {
					t.Fatalf("not a line of a sequence diagram: %q", l)
				}
			}
		}
	}
}

// Two reports of one set are the same to the byte, also when the set was made
// from the same runs in another order.
func TestReportsAreReproducible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := anySet(t)
		for _, write := range []func(io.Writer) error{
			func(w io.Writer) error { return reports.JSON(w, set) },
			func(w io.Writer) error { return reports.Text(w, set, reports.TextOptions{}) },
			func(w io.Writer) error { return reports.GitHub(w, set) },
			func(w io.Writer) error { return reports.JUnit(w, []*result.Set{set}) },
		} {
			if a, b := written(t, write), written(t, write); !reflect.DeepEqual(a, b) {
				t.Fatalf("two reports differ:\n%s\n%s", a, b)
			}
		}
	})
}

var errDisk = errors.New("disk full")

// A writer's error comes back from every format.
func TestWritersErrorsComeBack(t *testing.T) {
	set := one()
	for name, err := range map[string]error{
		"text":    reports.Text(broken{}, set, reports.TextOptions{}),
		"json":    reports.JSON(broken{}, set),
		"junit":   reports.JUnit(broken{}, []*result.Set{set}),
		"github":  reports.GitHub(broken{}, set),
		"mermaid": reports.Mermaid(broken{}, swapped()),
	} {
		if !errors.Is(err, errDisk) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
