package runner_test

import (
	"context"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// times are the moments of a message: sent, acked, stored, first delivered,
// first applied.
type times [5]int64

// timesOf runs a case and returns the moments of every message.
func timesOf(t *testing.T, r *runner.Runner, c *scenarios.Case, seed uint64) map[string]times {
	t.Helper()
	if _, err := r.Run(context.Background(), c, seed, runner.Options{}); err != nil {
		t.Fatal(err)
	}
	h := r.History()
	point := map[history.Kind]int{history.KindSend: 0, history.KindAck: 1, history.KindStore: 2,
		history.KindDeliver: 3, history.KindApply: 4}
	out := make(map[string]times)
	for i := range h.Len() {
		op := h.Op(i)
		p, ok := point[op.Kind]
		if !ok {
			continue
		}
		name := h.MessageName(op.Message)
		at := out[name]
		if at[p] == 0 {
			at[p] = op.End
		}
		out[name] = at
	}
	return out
}

// The explicit form of a run is the same run: every message has all its times.
func TestExplicitRunIsTheRun(t *testing.T) {
	r := runner.New(registry())
	for name, features := range map[string]model.Values{
		"online": nil,
		"drain":  model.Values{}.Set("expand", model.TextValue("drain-then-expand")),
		"pause":  model.Values{}.Set("pause_new_partitions", model.DurationValue(30*second)),
		"marked": model.Values{}.Set("expand", model.TextValue("epoch-marked")),
	} {
		markers := 0 // of two producers in four partitions, which no workload has
		if name == "marked" {
			markers = 8
		}
		c := expandCase(6, features)
		c.Guarantees = []string{"per-key-order"}
		c.Workload.Phases[0].Preload, c.Workload.Phases[1].For = 10*second, 20*second
		for seed := uint64(1); seed <= 3; seed++ {
			want := timesOf(t, r, c, seed)
			explicit, err := r.Explicit(context.Background(), c, seed)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(explicit.Workload.Phases[0].Sends); n != len(want)-markers || n < 4000 {
				t.Fatalf("%s: %d messages are explicit, of %d", name, n, len(want))
			}
			got := timesOf(t, r, explicit, seed)
			for m, at := range want {
				if got[m] != at {
					t.Fatalf("%s, seed %d: %s has times %v, and in the explicit run %v", name, seed, m, at, got[m])
				}
			}
		}
	}
}
