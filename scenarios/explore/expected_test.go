package explore_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// runOf runs the cases of a scenario that are wanted, with one seed.
func runOf(t *testing.T, src string, wanted func(*scenarios.Case) bool) *result.Set {
	t.Helper()
	reg := registry(nil)
	sc, err := scenarios.Load(reg, "small", "small.yaml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(slices.Clone(sc.Cases), func(c scenarios.Case) bool { return !wanted(&c) })
	set, err := explore.Sweep(context.Background(), reg, sc, cases, explore.Options{First: 1, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func everyCase(*scenarios.Case) bool { return true }

// A set says of whom nothing is expected where the scenario expects something of
// others.
func TestSetSaysOfWhomNothingIsExpected(t *testing.T) {
	one := strings.Replace(small, "  naive: [{per-key-order: holds}]\n", "", 1)
	atFour := strings.Replace(small, "naive: [{per", "naive: [{when: {after: 4}, per", 1)
	nothing, _, _ := strings.Cut(small, "expect:")
	naive := func(c *scenarios.Case) bool { return c.Strategy == "naive" }
	atThree := func(c *scenarios.Case) bool { return naive(c) && c.Point[0].Value == int64(3) }
	for _, c := range []struct {
		src    string
		wanted func(*scenarios.Case) bool
		want   string
	}{
		{small, everyCase, ""}, {one, everyCase, ""}, {nothing, everyCase, ""}, {nothing, naive, ""}, {small, naive, ""},
		{one, naive, "The scenario states no expectations for naive."},
		{atFour, atThree, "The scenario states no expectations for naive at this scan point."},
		{atFour, naive, ""},
	} {
		if got := runOf(t, c.src, c.wanted).NoExpectation; got != c.want {
			t.Errorf("it says %q and should say %q of\n%s", got, c.want, c.src)
		}
	}
}

// A set has what could have been judged and was not: what no expectation names, and
// what would need a promise.
func TestSetHasWhatIsNotJudged(t *testing.T) {
	nothing, _, _ := strings.Cut(small, "expect:")
	for src, want := range map[string]map[string]string{
		small: {
			"per-key-order": "", "no-loss": "", "no-duplicates": scenarios.NotExpected, "progress": scenarios.NothingPromised,
		},
		small + "promises: {progress: 9s}\n": {"progress": scenarios.NotExpected, "bounded": scenarios.NothingPromised},
		nothing:                              {"per-key-order": "", "no-duplicates": "", "bounded": scenarios.NothingPromised},
	} {
		set := runOf(t, src, everyCase)
		got := make(map[string]string)
		for _, n := range set.NotJudged {
			got[n.ID] = n.Reason
		}
		for id, reason := range want {
			judged := slices.ContainsFunc(set.Results[0].Guarantees, func(g result.Guarantee) bool { return g.ID == id })
			if got[id] != reason || judged == (reason != "") {
				t.Errorf("%s: judged %v, reason %q, want %q in\n%s", id, judged, got[id], reason, src)
			}
		}
	}
}
