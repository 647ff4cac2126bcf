package kafka

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// chaos is a small cluster under faults that a seed draws: processes die and come
// back, links between brokers and to the controller break, and three producers go
// on sending. In the end everything heals.
type chaos struct {
	b     *bench
	draw  *rand.Rand
	acked []history.Message
}

// twist weakens the cluster or adds to the faults.
type twist struct {
	set      [][3]string // settings: section, name, value
	machines bool        // machines lose their power, not only processes
	quick    bool        // all brokers may be down at the same time
	// operators reassign partitions, of four brokers, and stop brokers in order.
	operators bool
}

func newChaos(t testing.TB, seed uint64, x twist) *chaos {
	s := newSetup().must("topic", "partitions", "2").must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("broker", "replica.lag.time.max.ms", "1s").must("broker", "broker.session.timeout.ms", "900ms").
		must("broker", "broker.heartbeat.interval.ms", "200ms").must("broker", "leader.imbalance.check.interval.seconds", "3").
		must("producer", "linger.ms", "2ms").must("client", "metadata.max.age.ms", "1s")
	s.producers = 3
	if x.operators {
		s.brokers = 4
	}
	for _, v := range x.set {
		s.must(v[0], v[1], v[2])
	}
	c := &chaos{b: s.build(t), draw: rand.New(rand.NewPCG(seed, 1))}
	c.b.run(100 * sim.Millisecond)
	for range 40 {
		c.step(x)
	}
	c.heal()
	return c
}

// step sends a few messages, maybe begins or ends a fault, and lets time pass.
func (c *chaos) step(x twist) {
	e, b := c.b.sim, c.b
	for range c.draw.IntN(6) {
		b.send(c.draw.IntN(3), keyNames[c.draw.IntN(6)])
	}
	if x.operators && c.draw.IntN(3) == 0 {
		c.operate()
	}
	one := b.w.brokers[c.draw.IntN(3)].node
	other := b.w.controller.node
	if i := c.draw.IntN(4); i < 3 {
		other = b.w.brokers[i].node
	}
	switch c.draw.IntN(9) {
	case 0, 1:
		down := 0
		for _, y := range b.w.brokers {
			if e.Down(y.node) {
				down++
			}
		}
		if down > 1 && !x.quick {
			break
		}
		if x.machines && c.draw.IntN(2) == 0 {
			e.CrashMachine(one, sim.ID(c.draw.Uint64()))
		} else {
			e.Crash(one)
		}
	case 2, 3, 4:
		e.Restart(one, 0)
	case 5:
		if one != other {
			e.Block(one, other)
		}
	case 6:
		if one != other {
			e.Unblock(one, other)
		}
	case 7:
		for _, y := range b.w.brokers {
			if y != b.w.brokers[0] {
				e.Unblock(one, y.node)
			}
		}
	}
	b.run([]sim.Time{2, 10, 50, 400, 1500}[c.draw.IntN(5)] * sim.Millisecond)
}

// operate lets an operator do something.
func (c *chaos) operate() {
	w, partition := c.b.w, int32(c.draw.IntN(2))
	switch c.draw.IntN(6) {
	case 0:
		w.ask(action{kind: faultCancel, partition: partition})
	case 1:
		w.ask(action{kind: faultElect})
	case 2:
		w.stop(w.brokers[c.draw.IntN(4)])
	default:
		var brokers []int8
		for _, b := range c.draw.Perm(4)[:3] {
			brokers = append(brokers, int8(b))
		}
		w.ask(action{faultReassign, partition, brokers})
	}
}

// heal ends every fault and waits until the cluster is whole and everything is
// answered, as far as it will be.
func (c *chaos) heal() {
	e, b := c.b.sim, c.b
	nodes := []sim.NodeID{b.w.controller.node}
	for _, y := range b.w.brokers {
		nodes = append(nodes, y.node)
	}
	for range 40 {
		for _, n := range nodes {
			for _, m := range nodes {
				if n != m {
					e.Unblock(n, m)
				}
			}
		}
	}
	for _, y := range b.w.brokers {
		b.w.bringUp(y)
	}
	b.run(120 * sim.Second)
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindAck && op.Outcome == history.OK {
			c.acked = append(c.acked, op.Message)
		}
	}
}

// breaches says what is wrong in the end: messages that were acked and are in no
// leader's log, are there twice, or stand behind a later one of their producer and
// key; and the findings of the run.
func (c *chaos) breaches() []string {
	b := c.b
	var out []string
	seen := map[history.Message]int{}
	last := map[string]uint32{}
	for p := range b.w.controller.leaders {
		r := b.w.leader(int32(p))
		if r == nil {
			return []string{"unavailable"}
		}
		for _, id := range r.log.batches {
			x := &b.w.arena.batches[id]
			for _, m := range b.w.arena.records[x.first : x.first+x.count] {
				if seen[m]++; seen[m] > 1 {
					out = append(out, "twice: "+b.message(m))
					continue
				}
				info := b.hist.Message(m)
				of := fmt.Sprint(info.Producer, " ", info.Key)
				if last[of] > info.Index {
					out = append(out, "reordered: "+b.message(m))
				}
				last[of] = info.Index
			}
		}
	}
	for _, m := range c.acked {
		if seen[m] == 0 {
			out = append(out, "lost: "+b.message(m))
		}
	}
	for _, f := range b.w.Findings() {
		out = append(out, "found: "+f)
	}
	return out
}

// With acks=all, two of three replicas in sync, clean elections, idempotence and
// no loss of what is in the page cache nothing that was acked is lost or doubled,
// and nothing overtakes within a producer; and the invariants of replication hold.
func TestSafeClusterLosesNothing(t *testing.T) {
	answered := 0
	for seed := range uint64(100) {
		c := newChaos(t, seed, twist{})
		if got := c.breaches(); len(got) > 0 {
			t.Fatalf("seed %d: %s", seed, strings.Join(got, "\n"))
		}
		answered += len(c.acked)
	}
	if answered < 5_000 {
		t.Errorf("only %d messages were acked in all", answered)
	}
}

// Each weakening of the safe cluster is caught: what is wrong then is of the kind
// that is known of it.
func TestWeakenedClustersBreak(t *testing.T) {
	for name, c := range map[string]struct {
		twist
		want string
	}{
		"machines lose power":     {twist{machines: true, quick: true}, "lost"},
		"unclean elections":       {twist{set: [][3]string{{"broker", "unclean.leader.election.enable", "true"}}, quick: true}, "lost"},
		"acks=1":                  {twist{set: [][3]string{{"producer", "acks", "1"}}}, "lost"},
		"no idempotence, doubled": {twist{set: [][3]string{{"producer", "enable.idempotence", "false"}}}, "twice"},
		"no idempotence, order":   {twist{set: [][3]string{{"producer", "enable.idempotence", "false"}}}, "reordered"},
		"high watermark":          {twist{set: [][3]string{{"broker", "replica.truncation", truncateWatermark}}}, "found: CommittedStays"},
		"KIP-101":                 {twist{set: [][3]string{{"broker", "replica.truncation", truncateKIP101}}}, "found: StrongIsr"},
		"min.insync.replicas=1": {twist{quick: true, set: [][3]string{{"topic", "min.insync.replicas", "1"},
			{"broker", "unclean.leader.election.enable", "true"}}}, "lost"},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(600) {
				for _, b := range newChaos(t, seed, c.twist).breaches() {
					if strings.HasPrefix(b, c.want) {
						t.Logf("seed %d: %s", seed, b)
						return
					}
				}
			}
			t.Errorf("no seed shows %s", c.want)
		})
	}
}
