package runner_test

import (
	"context"
	"strings"
	"testing"

	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// home is the partition of the first key.
func home(partitions int) int { return kafka.PartitionFor(kafka.Murmur2([]byte("key-0")), partitions) }

// A skewed preload draws keys until one lies where it may. Where none does, or one
// of very many, the run ends with the reason instead of drawing for ever.
func TestPreloadWithoutKeys(t *testing.T) {
	const whole = 1_000_000
	elsewhere := func(home bool) int64 {
		if home {
			return 0
		}
		return whole
	}
	there := func(home bool) int64 { return whole - elsewhere(home) }
	nowhere := func(bool) int64 { return 0 }
	hot := scenarios.Keys{Count: 20, Hot: []scenarios.HotKeys{{Keys: 1, Share: whole}}}
	r := runner.New(registry())
	for name, c := range map[string]struct {
		keys   scenarios.Keys
		shares func(home bool) int64 // of a partition: whether the first key lies there
		ends   bool
	}{
		"one key, elsewhere":      {scenarios.Keys{Count: 1}, elsewhere, true},
		"one key, there":          {scenarios.Keys{Count: 1}, there, false},
		"many keys":               {scenarios.Keys{Count: 2000}, there, false},
		"one hot key elsewhere":   {hot, elsewhere, true},
		"no message to draw for":  {scenarios.Keys{Count: 1}, nowhere, false},
		"a steep zipf, elsewhere": {scenarios.Keys{Count: 2000, Zipf: 20 * whole}, elsewhere, true},
	} {
		t.Run(name, func(t *testing.T) {
			x := expandCase(5, nil)
			x.Guarantees, x.Faults = []string{"no-loss"}, nil
			x.Workload.Keys = c.keys
			x.Workload.Phases[0].Preload = 4 * second
			for p := range 4 {
				x.Workload.Phases[0].PartitionShares = append(x.Workload.Phases[0].PartitionShares, c.shares(p == home(4)))
			}
			x.Workload.Phases[1].For = second
			out, err := r.Run(context.Background(), x, 1, runner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if ended := out.Limit != ""; ended != c.ends {
				t.Fatalf("the run ended at %q", out.Limit)
			}
			if c.ends && (!strings.Contains(out.Limit, "hardly any lies in a partition that has a share") || out.Metrics.Sent != 0) {
				t.Errorf("%d messages were sent before the limit %q", out.Metrics.Sent, out.Limit)
			}
		})
	}
}

// Partitions that are added during a skewed preload can take every key that it
// draws; then the run ends in the middle of it.
func TestPreloadLosesItsKeys(t *testing.T) {
	const after = 7
	if home(4) == home(after) {
		t.Fatal("the key stays where it is")
	}
	x := expandCase(after, nil)
	x.Guarantees = []string{"no-loss"}
	x.Workload.Keys = scenarios.Keys{Count: 1}
	shares := make([]int64, 4)
	shares[home(4)] = 1_000_000
	x.Workload.Phases[0].Preload, x.Workload.Phases[0].PartitionShares = 60*second, shares
	x.Faults[0].At = "backlog"
	out, err := runner.New(registry()).Run(context.Background(), x, 1, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.Limit, "limit of draws for a key") || out.Metrics.Sent == 0 {
		t.Errorf("%d messages were sent before the limit %q", out.Metrics.Sent, out.Limit)
	}
}
