package result

import (
	"math"
	"math/rand/v2"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// outcome writes the verdicts of the runs of one case as a word, one letter a
// run: h holds, v violated, ? unknown, - vacuous, l holds but met a limit, and a
// dot for a run without a verdict.
func outcome(word string) []Run {
	var runs []Run
	for i, letter := range word {
		r := Run{Seed: uint64(i + 1)}
		v := Verdict{Guarantee: "g", Status: Holds, Decided: 5}
		switch letter {
		case 'v':
			v.Status, v.Violations, v.LostAt = Violated, 2, "stored"
			v.Witness = &Witness{Seed: r.Seed, Text: "late"}
		case '?':
			v.Status, v.Reason = Undecided, "budget"
		case '-':
			v.Vacuous, v.Decided = true, 0
		case 'l':
			r.Limit = "events"
		}
		if letter != '.' {
			r.Verdicts = []Verdict{v}
		}
		runs = append(runs, r)
	}
	return runs
}

func TestVerdictsAndExpectations(t *testing.T) {
	for _, c := range []struct {
		runs, expected string
		wanted         int
		verdict        string
		status         string
		reason         string
	}{
		// One violation decides; holding takes every run.
		{"hhhh", "holds", 4, Holds, StatusMet, ""},
		{"hhvh", "holds", 4, Violated, StatusFailed, ""},
		{"hhvh", "violated", 4, Violated, StatusMet, ""},
		{"??v?", "violated", 4, Violated, StatusMet, ""},
		{"hhhh", "violated", 4, Holds, StatusFailed, ""},
		// With fewer runs than the file asks for, an unseen violation may still come.
		{"hh", "violated", 4, Holds, StatusUnknown, ""},
		{"hh", "holds", 4, Holds, StatusMet, ""},
		{"hv", "holds", 4, Violated, StatusFailed, ""},
		// Vacuous runs count for nothing; only vacuous runs are no test.
		{"h--h", "holds", 4, Holds, StatusMet, ""},
		{"----", "holds", 4, Undecided, StatusFailed, "nothing to decide in any of 4 runs"},
		{"-", "holds", 4, Undecided, StatusFailed, "nothing to decide in any of 1 run"},
		{"----", "violated", 4, Undecided, StatusFailed, "nothing to decide in any of 4 runs"},
		// An undecided run leaves both expectations open.
		{"hh?h", "holds", 4, Undecided, StatusUnknown, "1 of 4 runs undecided: budget"},
		{"hh?h", "violated", 4, Undecided, StatusUnknown, "1 of 4 runs undecided: budget"},
		{"--??", "holds", 4, Undecided, StatusUnknown, "2 of 4 runs undecided: budget"},
		{"hhl", "holds", 3, Undecided, StatusUnknown, "1 of 3 runs undecided: the run ended at its limit: events"},
		{"h.", "holds", 2, Undecided, StatusUnknown, "1 of 2 runs undecided: the run gave no verdict"},
		{"", "holds", 2, Undecided, StatusUnknown, "no runs"},
		{"", "violated", 2, Undecided, StatusUnknown, "no runs"},
		{"", "violated", 0, Undecided, StatusUnknown, "no runs"},
		// Nothing expected: nothing can fail.
		{"hv?-", "", 4, Violated, StatusMet, ""},
	} {
		meta := CaseMeta{Strategy: "s", Guarantees: []string{"g"}}
		if c.expected != "" {
			meta.Expect = []Expectation{{"g", c.expected}}
		}
		set := Aggregate(Meta{RunsWanted: c.wanted}, []CaseMeta{meta}, outcome(c.runs))
		g := set.Results[0].Guarantees[0]
		if g.Verdict != c.verdict || set.Status != c.status || g.Reason != c.reason {
			t.Errorf("%q expecting %q: verdict %s, status %s, reason %q; want %s, %s, %q",
				c.runs, c.expected, g.Verdict, set.Status, g.Reason, c.verdict, c.status, c.reason)
		}
		if set.Met != (set.Status == StatusMet) {
			t.Errorf("%q: met %v does not fit status %s", c.runs, set.Met, set.Status)
		}
	}
}

func TestFirstViolatingSeedIsKept(t *testing.T) {
	runs := outcome("hhvhv")
	sort.Slice(runs, func(i, j int) bool { return runs[i].Seed > runs[j].Seed })
	set := Aggregate(Meta{Scenario: "kafka/expand"}, []CaseMeta{{
		Strategy: "pause new", Guarantees: []string{"g"},
		Point: Point{{"after", int64(5)}, {"pause", "80s"}},
	}}, runs)
	g := set.Results[0].Guarantees[0]
	if *g.FirstSeed != 3 || g.Witness.Seed != 3 || g.LostAt != "stored" {
		t.Errorf("first seed %d, witness of %d, lost at %q", *g.FirstSeed, g.Witness.Seed, g.LostAt)
	}
	want := "orderlab replay kafka/expand --strategy 'pause new' --var after=5 --var pause=80s --seed 3"
	if g.Witness.Reproduce != want {
		t.Errorf("reproduce\n%s, want\n%s", g.Witness.Reproduce, want)
	}
	for _, r := range runs {
		for _, v := range r.Verdicts {
			if v.Witness != nil && v.Witness.Reproduce != "" {
				t.Errorf("Aggregate changed the witness of seed %d", r.Seed)
			}
		}
	}
	if g.ViolatedRuns != 2 || g.DecidedRuns != 5 || g.Rate != 0.4 || g.Inversions.Mean != 0.8 {
		t.Errorf("%d of %d, rate %g, inversions %v", g.ViolatedRuns, g.DecidedRuns, g.Rate, g.Inversions)
	}
}

func TestGuaranteesKeepTheirOrderAndNoneIsDropped(t *testing.T) {
	set := Aggregate(Meta{}, []CaseMeta{{
		Guarantees: []string{"z", "a"}, Expect: []Expectation{{"m", Holds}},
	}}, []Run{{Verdicts: []Verdict{{Guarantee: "b", Status: Holds}, {Guarantee: "a", Status: Holds}}}})
	var ids []string
	for _, g := range set.Results[0].Guarantees {
		ids = append(ids, g.ID)
	}
	if got := strings.Join(ids, " "); got != "z a m b" {
		t.Errorf("guarantees %q, want \"z a m b\"", got)
	}
}

func TestLatencyQuantilesComeFromAllMessages(t *testing.T) {
	// 99 messages of 1..99 ms in one run and one of 2,000 ms in another, whose
	// histogram has another range: the merge must not drop it.
	near, far := hdrhistogram.New(1, 1_000_000, 3), hdrhistogram.New(1, 60_000_000, 2)
	for ms := int64(1); ms <= 99; ms++ {
		near.RecordValue(ms * 1000)
	}
	far.RecordValue(2_000_000)
	runs := []Run{{Seed: 1, Latency: near}, {Seed: 2, Latency: far}, {Seed: 3}}
	got := Aggregate(Meta{}, []CaseMeta{{}}, runs).Results[0].Metrics.Latency
	close := func(got, want float64) bool { return math.Abs(got-want) <= 0.01*want }
	if !close(got.P50, 50) || !close(got.P95, 95) || !close(got.P99, 99) || !close(got.P999, 2000) ||
		!close(got.Max, 2000) || got.Count != 100 {
		t.Errorf("latency %+v", got)
	}
	if near.TotalCount() != 99 {
		t.Errorf("Aggregate changed a run's histogram")
	}
}

func TestNothingMeasuredIsZeroAndNeverNaN(t *testing.T) {
	runs := []Run{{Metrics: RunMetrics{ThroughputPerS: math.NaN(), PartitionLoad: math.Inf(1)}}}
	for _, rs := range [][]Run{nil, runs} {
		m := Aggregate(Meta{}, []CaseMeta{{}}, rs).Results[0].Metrics
		if !reflect.DeepEqual(m, Metrics{}) {
			t.Errorf("metrics of %d empty runs: %+v", len(rs), m)
		}
	}
}

// runsGenerator draws the runs of a sweep; seeds do not repeat within a case.
func runsGenerator(t *rapid.T, cases int) []Run {
	var runs []Run
	for c := range cases {
		seeds := rapid.SliceOfNDistinct(rapid.Uint64Range(0, 1000), 0, 6, rapid.ID[uint64]).Draw(t, "seeds")
		for _, seed := range seeds {
			r := Run{Case: c, Seed: seed, Hash: [16]byte{byte(seed), byte(c)}}
			r.Metrics.ThroughputPerS = rapid.Float64Range(0, 1e6).Draw(t, "throughput")
			r.Metrics.LagMax = rapid.Int64Range(0, 1e9).Draw(t, "lag")
			if rapid.Bool().Draw(t, "measured") {
				r.Latency = hdrhistogram.New(1, rapid.Int64Range(1e6, 1e9).Draw(t, "range"), 3)
				r.Latency.RecordValue(rapid.Int64Range(0, 1e6).Draw(t, "latency"))
			}
			for _, id := range []string{"g", "f"} {
				s := rapid.SampledFrom([]string{Holds, Violated, Undecided}).Draw(t, "status")
				v := Verdict{Guarantee: id, Status: s, Vacuous: s == Holds && rapid.Bool().Draw(t, "vacuous")}
				if s == Violated {
					v.Violations = rapid.IntRange(1, 1e6).Draw(t, "violations")
					v.Witness = &Witness{Seed: seed, Text: id}
				}
				r.Verdicts = append(r.Verdicts, v)
			}
			runs = append(runs, r)
		}
	}
	return runs
}

func TestAggregateDoesNotDependOnTheOrderOfRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cases := []CaseMeta{
			{Strategy: "a", Guarantees: []string{"f", "g"}, Expect: []Expectation{{"g", Holds}}},
			{Strategy: "b", Guarantees: []string{"f"}, Expect: []Expectation{{"f", Violated}}},
		}
		runs := runsGenerator(t, len(cases))
		want := Aggregate(Meta{RunsWanted: 3}, cases, runs)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 0))
		rng.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		if got := Aggregate(Meta{RunsWanted: 3}, cases, runs); !reflect.DeepEqual(got, want) {
			t.Errorf("shuffled runs give another set:\n%+v\n%+v", got, want)
		}
	})
}

// The oracle counts with no early exits: whatever the rules say must follow from
// the four counts.
func TestVerdictFollowsFromCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune("hv?-l.")), 0, 8, -1).Draw(t, "runs")
		n, v := len(word), strings.Count(word, "v")
		h, vac := strings.Count(word, "h"), strings.Count(word, "-")
		want := Undecided
		if v > 0 {
			want = Violated
		} else if h > 0 && h+vac == n {
			want = Holds
		}
		set := Aggregate(Meta{}, []CaseMeta{{Guarantees: []string{"g"}}}, outcome(word))
		g := set.Results[0].Guarantees[0]
		if g.Verdict != want || g.ViolatedRuns != v || g.DecidedRuns != h+v || g.VacuousRuns != vac {
			t.Errorf("%q: %+v, want %s", word, g, want)
		}
		if (g.Reason != "") != (g.Verdict == Undecided) {
			t.Errorf("%q: verdict %s with reason %q", word, g.Verdict, g.Reason)
		}
		if g.RateCI95[0] > g.Rate || g.Rate > g.RateCI95[1] {
			t.Errorf("%q: rate %g outside %g", word, g.Rate, g.RateCI95)
		}
	})
}
