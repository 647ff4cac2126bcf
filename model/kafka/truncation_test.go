package kafka

import (
	"slices"
	"strings"
	"testing"

	"orderlab/sim"
)

// lateNews is a cluster in which broker-1 leads, hears of elections 15 s late, and
// has just been deposed in favour of broker-0: it takes two more records, and broker-0
// some others, that of the two only the one has that took them.
func lateNews(t *testing.T, truncation string, others int) *bench {
	b, p := trio(t, [3]string{"broker", "replica.truncation", truncation},
		[3]string{"broker", "leader.imbalance.check.interval.seconds", "30"})
	b.crash(0)
	b.until("broker-1 leads", func() bool { return b.part().leader == 1 })
	b.restart(0)
	b.until("all are in sync", func() bool { return b.isr(0, 1, 2) })
	deposed := p.dial(1)
	deposed.produce(-1, 0, 0, 2)
	b.run(sim.Second)
	slow := sim.Fault{Kind: sim.SlowLink, Nodes: []string{"controller"}, Peers: []string{"broker-1"}, OneWay: true,
		Factor: sim.Whole, Added: 15 * sim.Second}
	if err := b.sim.Install(sim.Schedule{{Name: "late", Fault: slow, Until: sim.Until{Kind: sim.UntilHealed},
		When: sim.Trigger{Kind: sim.AtTime, Time: b.sim.Now()}}}); err != nil {
		t.Fatal(err)
	}
	b.until("broker-0 is given the partition", func() bool { return b.part().leader == 0 })
	b.run(100 * sim.Millisecond)
	p.dial(0).postProduce(-1, 0, 0, others)
	deposed.postProduce(-1, 0, 0, 2)
	b.run(sim.Second)
	return b
}

// lost cuts a broker off from others and waits until broker-1 was elected in its place,
// and knows it.
func (b *bench) lost(broker int, from ...sim.NodeID) {
	for _, n := range from {
		b.sim.Block(b.w.brokers[broker].node, n)
		b.sim.Block(n, b.w.brokers[broker].node)
	}
	b.until("broker-1 is elected", func() bool { return b.part().leader == 1 })
	b.until("it knows", func() bool { return b.replica(1).leader && b.replica(1).epoch == b.part().epoch })
	b.run(2 * sim.Second)
}

// alike says whether two replicas have the same log.
func (b *bench) alike(one, other int) bool {
	return slices.Equal(b.replica(one).log.batches, b.replica(other).log.batches)
}

// A leader that is deposed and elected again before it has heard of either, with its
// successor cut off meanwhile: both logs have an epoch that the other does not know.
// Before KIP-279 the answer to the successor's question was where the next epoch begins
// that the leader knows, which cuts off nothing.
func TestFastFailover(t *testing.T) {
	for truncation, alike := range map[string]bool{truncateKIP320: true, truncateKIP279: true, truncateKIP101: false} {
		b := lateNews(t, truncation, 1)
		b.lost(0, b.w.controller.node, b.w.brokers[1].node, b.w.brokers[2].node)
		if !b.alike(1, 2) {
			t.Errorf("%s: the follower that was there all the time has another log", truncation)
		}
		for _, n := range []sim.NodeID{b.w.controller.node, b.w.brokers[1].node, b.w.brokers[2].node} {
			b.sim.Unblock(b.w.brokers[0].node, n)
			b.sim.Unblock(n, b.w.brokers[0].node)
		}
		b.until("broker-0 follows", func() bool { return b.replica(0).following == 1 })
		b.run(5 * sim.Second)
		if got := b.alike(0, 1); got != alike {
			t.Errorf("%s: broker-0 has the leader's log: %v, want %v", truncation, got, alike)
		}
	}
}

// A leader that is deposed and elected again before it has heard of either, with its
// successor cut off from the controller only. broker-2 follows the new leader while that
// still has its old tail; then the leader hears of its successor, follows it and cuts
// the tail off. Without the fencing of KIP-320 broker-2 keeps it.
func TestZombieLeader(t *testing.T) {
	for truncation, alike := range map[string]bool{truncateKIP320: true, truncateKIP279: false, truncateKIP101: false} {
		b := lateNews(t, truncation, 3)
		b.lost(0, b.w.controller.node)
		if got := b.alike(1, 2); got != alike {
			t.Errorf("%s: broker-2 has the leader's log: %v, want %v", truncation, got, alike)
		}
		if found := strings.Join(b.w.Findings(), "\n"); strings.Contains(found, strongISR) == alike {
			t.Errorf("%s: findings %q", truncation, found)
		}
	}
}

// A leader that hears of its election when it has been deposed again is no breach of
// the invariants, though it lacks what was committed meanwhile.
func TestElectionHeardTooLate(t *testing.T) {
	b, p := trio(t, [3]string{"broker", "leader.imbalance.check.interval.seconds", "30"})
	b.crash(0)
	b.until("broker-1 leads", func() bool { return b.part().leader == 1 })
	b.restart(0)
	b.until("all are in sync", func() bool { return b.isr(0, 1, 2) })
	b.sim.Block(b.w.controller.node, b.w.brokers[0].node)
	b.until("broker-0 is given the partition", func() bool { return b.part().leader == 0 })
	b.sim.Block(b.w.brokers[0].node, b.w.controller.node)
	b.until("it is deposed", func() bool { return b.part().leader == 1 })
	b.run(sim.Second)
	if pb := p.dial(1).produce(-1, 0, 0, 2); pb.err != errNone {
		t.Fatalf("a send was answered with %q", pb.err)
	}
	b.sim.Unblock(b.w.controller.node, b.w.brokers[0].node)
	b.until("broker-0 has heard of all", func() bool { return b.replica(0).epoch == b.part().epoch })
	if found := b.w.Findings(); len(found) > 0 {
		t.Errorf("findings %q", found)
	}
}
