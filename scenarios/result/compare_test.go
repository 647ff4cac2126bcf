package result_test

import (
	"fmt"
	"testing"

	"orderlab/scenarios/result"
	"orderlab/scenarios/result/stats"
)

// outcome makes the outcome of one case from the verdicts of its runs, a letter
// each from seed first on: v violated, h holds, 0 vacuous, u unknown. A run lasts
// as many seconds as its seed, times slower.
func outcome(verdicts string, first uint64, expected string, slower float64) result.Outcome {
	point := result.Point{{Axis: "n", Value: int64(3)}}
	cases := []result.CaseMeta{{Strategy: "s", Point: point, Guarantees: []string{"g"}}}
	if expected != "" {
		cases[0].Expect = []result.Expectation{{Guarantee: "g", Verdict: expected}}
	}
	var runs []result.Run
	for i, letter := range verdicts {
		v := result.Verdict{Guarantee: "g", Status: map[rune]string{'v': result.Violated, 'u': result.Undecided}[letter]}
		if v.Status == "" {
			v.Status, v.Vacuous = result.Holds, letter == '0'
		}
		seed := first + uint64(i)
		runs = append(runs, result.Run{Seed: seed, Hash: [16]byte{byte(slower), byte(letter)}, Verdicts: []result.Verdict{v},
			Metrics: result.RunMetrics{DurationS: float64(seed) * slower}})
	}
	set := result.Aggregate(result.Meta{Scenario: "x"}, cases, runs)
	return result.Outcome{Name: "x", Set: set, Runs: set.Lines()}
}

func TestCompareVerdicts(t *testing.T) {
	for _, c := range []struct {
		before, after         string
		expBefore, expAfter   string
		change                string
		onlyBefore, onlyAfter int
		p                     float64 // 1 for none
	}{
		{"hhhh", "hhhh", "", "", result.Same, 0, 0, 1},
		{"hhhh", "hhhv", "holds", "holds", result.Worse, 0, 1, 1},
		{"hhhh", "hhhv", "holds", "violated", result.Worse, 0, 1, 1},
		{"vvvv", "hhhh", "holds", "holds", result.Better, 4, 0, stats.McNemar(4, 0)},
		{"vvvv", "hhhh", "violated", "violated", result.Worse, 4, 0, stats.McNemar(4, 0)},
		{"hhhh", "vvvv", "violated", "violated", result.Better, 0, 4, stats.McNemar(0, 4)},
		{"vvvv", "hhhh", "violated", "holds", result.Better, 4, 0, stats.McNemar(4, 0)},
		{"hhhh", "uuuu", "", "", result.Worse, 0, 0, 1},
		{"hhhh", "0000", "", "", result.Worse, 0, 0, 1},
		{"uuuu", "vhhh", "", "", result.Worse, 0, 0, 1},
		// More violations are worse once they are significantly more.
		{"vhhhhh", "vvvvvh", "", "", result.Same, 0, 4, stats.McNemar(0, 4)},
		{"vhhhhhhh", "vvvvvvvv", "", "", result.Worse, 0, 7, stats.McNemar(0, 7)},
		{"vvvvvvvv", "vhhhhhhh", "", "", result.Better, 7, 0, stats.McNemar(7, 0)},
		{"vvvvvvvv", "vhhhhhhh", "violated", "violated", result.Same, 7, 0, stats.McNemar(7, 0)},
		// A run that decides nothing is no half of a pair.
		{"hu0hv", "vvvvh", "", "", result.Same, 1, 2, stats.McNemar(1, 2)},
	} {
		name := fmt.Sprintf("%s (%s) to %s (%s)", c.before, c.expBefore, c.after, c.expAfter)
		got := result.Compare(outcome(c.before, 1, c.expBefore, 1), outcome(c.after, 1, c.expAfter, 1))
		g := got.Cases[0].Guarantees[0]
		if g.Change != c.change || got.Worse != (c.change == result.Worse) {
			t.Errorf("%s is %s (worse: %v), want %s", name, g.Change, got.Worse, c.change)
		}
		p := 1.0
		if g.P != nil {
			p = *g.P
		}
		if g.OnlyBefore != c.onlyBefore || g.OnlyAfter != c.onlyAfter || p != c.p {
			t.Errorf("%s: %d only before, %d only after, p=%v; want %d, %d, %v",
				name, g.OnlyBefore, g.OnlyAfter, p, c.onlyBefore, c.onlyAfter, c.p)
		}
	}
}

// Without a seed in common, verdicts are compared by their rates.
func TestCompareUnpaired(t *testing.T) {
	got := result.Compare(outcome("hhhhhhhh", 1, "", 1), outcome("vvvvvvvv", 9, "", 1))
	c := got.Cases[0]
	if c.Pairs != 0 || len(c.Metrics) != 0 {
		t.Errorf("%d pairs and %d metrics of seeds that differ", c.Pairs, len(c.Metrics))
	}
	g := c.Guarantees[0]
	if g.Name != "fisher" || *g.P != stats.Fisher(0, 8, 8, 8) || !got.Worse || !g.Significant {
		t.Errorf("%+v", g)
	}
}

func TestCompareMetrics(t *testing.T) {
	got := result.Compare(outcome("hhhhhhhh", 1, "", 1), outcome("hhhhhhhhhh", 1, "", 2))
	c := got.Cases[0]
	if c.Pairs != 8 || c.SameTraces != 0 {
		t.Errorf("%d pairs, %d of them the same", c.Pairs, c.SameTraces)
	}
	for _, m := range c.Metrics {
		switch {
		case m.Name == "duration_s":
			if m.Before != 4.5 || m.After != 9 || m.Difference.Mean != 4.5 || *m.P != 2.0/256 || !m.Significant {
				t.Errorf("%+v, p=%v", m, *m.P)
			}
		case m.P != nil || m.Significant:
			t.Errorf("%s does not differ: %+v", m.Name, m)
		}
	}
	same := result.Compare(outcome("hv", 1, "", 1), outcome("hv", 1, "", 1)).Cases[0]
	if same.Pairs != 2 || same.SameTraces != 2 {
		t.Errorf("%d of %d runs are the same", same.SameTraces, same.Pairs)
	}
}

// Cases are matched by strategy and point; those of one set alone are named.
func TestCompareCases(t *testing.T) {
	before, after := outcome("hh", 1, "", 1), outcome("hh", 1, "", 1)
	after.Set.Results[0].Strategy = "t"
	got := result.Compare(before, after)
	alone := len(got.OnlyBefore) == 1 && len(got.OnlyAfter) == 1 && got.OnlyAfter[0].Strategy == "t"
	if len(got.Cases) != 0 || !alone || got.Worse {
		t.Errorf("%+v", got)
	}
}
