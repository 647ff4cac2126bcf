package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// compared is what the text says of the differences of three strategies, of which two
// are alike, over so many seeds.
func compared(t *testing.T, seeds uint64) string {
	t.Helper()
	var runs []result.Run
	for seed := uint64(1); seed <= seeds; seed++ {
		for i, rate := range []float64{100, 200, 200} {
			runs = append(runs, result.Run{Case: i, Seed: seed, Metrics: result.RunMetrics{ThroughputPerS: rate, LagMax: 5}})
		}
	}
	cases := []result.CaseMeta{{Strategy: "slow"}, {Strategy: "fast"}, {Strategy: "as-fast"}}
	set := result.Aggregate(result.Meta{Scenario: "x", Seeds: result.Seeds{First: 1, Count: int(seeds)}}, cases, runs)
	var out bytes.Buffer
	if err := reports.Text(&out, set, reports.TextOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(out.String(), "DIFFERENCES")
	text, _, _ = strings.Cut(text, "\n\n")
	return strings.Join(strings.Fields(text), " ")
}

// A difference that each seed shows is found with enough of them. With fewer it can be
// significant alone and not among the others, which is said, and is not called unseen.
func TestDifferencesThatAreUnsure(t *testing.T) {
	for _, c := range []struct {
		seeds uint64
		want  string
		mark  bool
	}{
		{5, "no difference can be seen with 5 seeds", false},
		{6, "fast : slow +100±0? as-fast : slow +100±0? as-fast : fast = no difference seen in max lag", true},
		{10, "fast : slow +100±0 as-fast : slow +100±0 as-fast : fast = no difference seen in max lag", false},
	} {
		got := compared(t, c.seeds)
		if !strings.Contains(got, c.want) || strings.Contains(got, "?: significant alone") != c.mark {
			t.Errorf("%d seeds: %s", c.seeds, got)
		}
	}
}
