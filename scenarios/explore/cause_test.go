package explore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// The run to look at first gets its cause, and no other; without a violation, or
// when the program is interrupted, the set stays as it is.
func TestExplainShown(t *testing.T) {
	reg := registry(nil)
	sc := load(t, reg)
	set, err := explore.Sweep(context.Background(), reg, sc, sc.Cases, explore.Options{First: 1, Count: 4})
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if err := explore.ExplainShown(stopped, reg, sc.Cases, set); err != nil || len(causesOf(set)) != 0 {
		t.Errorf("interrupted it gives the error %v and %d causes", err, len(causesOf(set)))
	}
	if err := explore.ExplainShown(context.Background(), reg, sc.Cases, set); err != nil {
		t.Fatal(err)
	}
	found := causesOf(set)
	if len(found) != 1 || set.Shown.Guarantee != "per-key-order" || set.Shown.Strategy != "naive" {
		t.Fatalf("%d causes, shown is %+v", len(found), *set.Shown)
	}
	if c := found[0]; len(c.Faults) != 1 || !strings.HasPrefix(c.Faults[0].Fault, "expand ") || len(c.Chain) < 3 {
		t.Errorf("the cause is %+v", *c)
	}
	calm, err := explore.Sweep(context.Background(), reg, sc, sc.Cases[2:], explore.Options{First: 1, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := explore.ExplainShown(context.Background(), reg, sc.Cases[2:], calm); err != nil || len(causesOf(calm)) != 0 {
		t.Errorf("without a violation it gives the error %v and %d causes", err, len(causesOf(calm)))
	}
}

func causesOf(set *result.Set) (out []*result.Cause) {
	for _, r := range set.Results {
		for _, g := range r.Guarantees {
			if g.Witness != nil && g.Witness.Cause != nil {
				out = append(out, g.Witness.Cause)
			}
		}
	}
	return out
}

// A model that panics in one of the runs is reported with the run.
func TestExplainReportsAPanic(t *testing.T) {
	worlds := 0
	reg := registry(func(*model.Env) {
		if worlds++; worlds == 2 {
			panic("no second world")
		}
	})
	_, err := explore.Explain(context.Background(), reg, &load(t, reg).Cases[0], 1, "per-key-order")
	var panicked *explore.PanicError
	if !errors.As(err, &panicked) || panicked.Seed != 1 {
		t.Errorf("the error is %v", err)
	}
}
