package kafka

import "orderlab/sim"

// place chooses the brokers of count partitions of a topic, from partition first
// on, each partition's leader first. The first begins at a random broker and
// takes the following ones, the next begins one further on, and so on; each time
// round the brokers are shuffled, so that the same sets do not come again. An
// expansion begins anew at random.
//
// Reference: Kafka, StripedReplicaPlacer (brokers without racks).
func (w *world) place(topic string, first, count, replicas int) []int8 {
	n := w.cfg.brokers
	about := sim.Identity(sim.Named(topic), sim.ID(first))
	brokers := make([]int8, n)
	for i := range brokers {
		brokers[i] = int8(i)
	}
	at := w.sim.Choose(decidePlacement, about, n)
	out := make([]int8, 0, count*replicas)
	for p := range count {
		if p > 0 && p%n == 0 {
			for i := n - 1; i > 0; i-- {
				j := w.sim.Choose(decideShuffle, sim.Identity(about, sim.ID(p), sim.ID(i)), i+1)
				brokers[i], brokers[j] = brokers[j], brokers[i]
			}
		}
		for r := range replicas {
			out = append(out, brokers[(at+p+r)%n])
		}
	}
	return out
}

var (
	decidePlacement = sim.NewDecision("kafka.placement")
	decideShuffle   = sim.NewDecision("kafka.placement.shuffle")
)
