package explore_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// shrink shrinks the run of a seed of the small scenario's first case.
func shrink(t *testing.T, seed uint64, opt explore.ShrinkOptions) *explore.Shrunk {
	t.Helper()
	reg := registry(nil)
	small, err := explore.Shrink(context.Background(), reg, &load(t, reg).Cases[0], seed, opt)
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// breaksAt runs a case and says whether it breaks its only guarantee, with order
// lost at that hop.
func breaksAt(t *testing.T, c *scenarios.Case, seed uint64, hop string) bool {
	t.Helper()
	out, err := runner.New(registry(nil)).Run(context.Background(), c, seed, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Verdicts[0].Status == result.Violated && out.Verdicts[0].LostAt == hop
}

// A shrunk run breaks the same guarantee with a handful of messages, and when any
// one message or fault is taken out it does not, or loses order at another hop.
func TestShrunkRunIsMinimal(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		s := shrink(t, seed, explore.ShrinkOptions{Guarantee: "per-key-order"})
		if s.Stopped || s.From.Messages < 100 || s.To.Messages > 8 || s.To.Faults != 1 {
			t.Errorf("seed %d: from %+v to %+v, stopped %v", seed, s.From, s.To, s.Stopped)
		}
		if v := s.Run.Verdicts[0]; v.Status != result.Violated || v.Witness == nil || v.Guarantee != "per-key-order" {
			t.Errorf("seed %d: the shrunk run shows %+v", seed, v)
		}
		sends := s.Case.Workload.Phases[0].Sends
		for i := range sends {
			c := *s.Case
			c.Workload.Phases = slices.Clone(c.Workload.Phases)
			c.Workload.Phases[0].Sends = slices.Delete(slices.Clone(sends), i, i+1)
			if breaksAt(t, &c, seed, s.Run.Verdicts[0].LostAt) {
				t.Errorf("seed %d: message %d of %d is not needed", seed, i, len(sends))
			}
		}
		c := *s.Case
		c.Faults = nil
		if breaksAt(t, &c, seed, s.Run.Verdicts[0].LostAt) {
			t.Errorf("seed %d: the fault is not needed", seed)
		}
	}
}

// What shrink finds does not depend on chance.
func TestShrinkIsDeterministic(t *testing.T) {
	a := shrink(t, 1, explore.ShrinkOptions{})
	b := shrink(t, 1, explore.ShrinkOptions{})
	if a.Trials != b.Trials || !slices.Equal(a.Case.Workload.Phases[0].Sends, b.Case.Workload.Phases[0].Sends) {
		t.Errorf("%d trials and %d trials", a.Trials, b.Trials)
	}
}

func TestShrinkStopsAtItsTrials(t *testing.T) {
	s := shrink(t, 1, explore.ShrinkOptions{Trials: 5})
	if !s.Stopped || s.Trials != 5 {
		t.Errorf("stopped %v after %d trials", s.Stopped, s.Trials)
	}
	if v := s.Run.Verdicts[0]; v.Status != result.Violated {
		t.Errorf("what is left after a few trials shows %+v", v)
	}
}

func TestShrinkStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reg := registry(nil)
	s, err := explore.Shrink(ctx, reg, &load(t, reg).Cases[0], 1, explore.ShrinkOptions{
		Progress: func(p explore.ShrinkProgress) {
			if p.Trials == 10 {
				cancel()
			}
		}})
	if err != nil || !s.Stopped || s.Run.Verdicts[0].Status != result.Violated {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestShrinkSaysWhenNothingIsBroken(t *testing.T) {
	reg := registry(nil)
	opt := explore.ShrinkOptions{Guarantee: "no-loss"}
	_, err := explore.Shrink(context.Background(), reg, &load(t, reg).Cases[0], 1, opt)
	var intact *explore.NotBrokenError
	if !errors.As(err, &intact) || intact.Guarantee != "no-loss" || intact.Seed != 1 {
		t.Errorf("got %v", err)
	}
}
