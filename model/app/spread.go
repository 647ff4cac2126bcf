package app

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// placed is a slot table in which somebody has written where the hottest keys go:
// the first keys of the workload, each of which is dealt to a partition in turn. It
// spreads what several hot keys have. One hot key alone it cannot split.
type placed struct {
	slots *SlotTable
	first int // how many keys are placed
}

// Partition implements [model.Partitioner].
func (p *placed) Partition(key history.Key, hash uint32, count int) int {
	if int(key) < p.first {
		return int(key) % count
	}
	return p.slots.Partition(key, hash, count)
}

// subKey spreads a key's messages by a finer key: orders instead of their merchant.
// The order of the finer key is kept, and that of the key is not.
type subKey struct{ count int }

// Partition implements [model.Partitioner]; see PartitionMessage.
func (s subKey) Partition(_ history.Key, hash uint32, count int) int {
	return int(hash % uint32(count))
}

// PartitionMessage implements [model.MessagePartitioner].
func (s subKey) PartitionMessage(m *model.Message, hash uint32, count int) int {
	order := uint64(m.Identity()) % uint64(s.count)
	return int(uint64(sim.Identity(sim.ID(hash), sim.ID(order))) % uint64(count))
}

// roundRobin sends each message of a producer to the next partition, whatever its
// key: the load is even, and no key has an order.
type roundRobin struct{}

// Partition implements [model.Partitioner]; see PartitionMessage.
func (roundRobin) Partition(_ history.Key, hash uint32, count int) int {
	return int(hash % uint32(count))
}

// PartitionMessage implements [model.MessagePartitioner].
func (roundRobin) PartitionMessage(m *model.Message, _ uint32, count int) int {
	return (m.Producer + int(m.Index)) % count
}
