package kafka

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// With acks=all, two of three replicas in sync, clean elections, idempotence and no
// loss of what is in the page cache nothing that was acked is lost or doubled, and
// nothing overtakes within a producer's session; and the invariants of replication hold.
// So it is for any cluster, settings of clients, and faults of processes and networks.
func TestSafeClusterLosesNothing(t *testing.T) {
	runs, acked := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := weathers().Draw(rt, "weather")
		c := w.run(t, twist{})
		for _, b := range c.breaches() {
			if !strings.HasPrefix(b, "changed") {
				rt.Fatal(b)
			}
		}
		runs, acked = runs+1, acked+len(c.acked)
	})
	if acked < 10*runs {
		t.Errorf("only %d messages were acked in %d runs", acked, runs)
	}
}

// What lies below a replica's high watermark never changes, there or anywhere, with the
// rules of KIP-320; also where sends are acked by the leader alone, or are sent again
// without idempotence.
func TestCommittedPrefixStays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := weathers().Draw(rt, "weather")
		x := rapid.SampledFrom([]twist{{}, {set: acksOne}, {set: notIdempotent}}).Draw(rt, "producers")
		if c := w.run(t, x); c.changed != "" {
			rt.Fatal(c.changed)
		}
	})
}

var (
	acksOne       = [][3]string{{"producer", "acks", "1"}}
	notIdempotent = [][3]string{{"producer", "enable.idempotence", "false"}}
	unclean       = [3]string{"broker", "unclean.leader.election.enable", "true"}
)

// Each weakening of the safe cluster is caught: what is wrong then is of the kind
// that is known of it. The weathers are those of the first seeds, the same each time.
func TestWeakenedClustersBreak(t *testing.T) {
	truncation := func(rule string) [][3]string { return [][3]string{{"broker", "replica.truncation", rule}} }
	for name, c := range map[string]struct {
		twist
		want []string
	}{
		"machines lose power":   {twist{machines: true}, []string{"lost", "changed"}},
		"unclean elections":     {twist{set: [][3]string{unclean}}, []string{"lost", "changed"}},
		"acks=1":                {twist{set: acksOne}, []string{"lost"}},
		"no idempotence":        {twist{set: notIdempotent}, []string{"twice", "reordered"}},
		"min.insync.replicas=1": {twist{set: [][3]string{unclean, {"topic", "min.insync.replicas", "1"}}}, []string{"lost"}},
		"high watermark":        {twist{set: truncation(truncateWatermark)}, []string{"lost", "changed", "found: CommittedStays"}},
		"KIP-101":               {twist{set: truncation(truncateKIP101)}, []string{"changed", "found: StrongIsr"}},
		"KIP-279":               {twist{set: truncation(truncateKIP279)}, []string{"changed", "found: StrongIsr"}},
	} {
		t.Run(name, func(t *testing.T) {
			left := c.want
			for seed := 0; seed < 1000 && len(left) > 0; seed++ {
				w := weathers().Example(seed)
				for _, b := range w.run(t, c.twist).breaches() {
					for i, want := range left {
						if strings.HasPrefix(b, want) {
							t.Logf("seed %d: %s", seed, b)
							left = append(left[:i:i], left[i+1:]...)
							break
						}
					}
				}
			}
			if len(left) > 0 {
				t.Errorf("no seed shows %q", left)
			}
		})
	}
}
