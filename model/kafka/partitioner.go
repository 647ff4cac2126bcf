package kafka

import (
	"hash/crc32"
	"hash/fnv"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// hashing is how a client maps keys to partitions.
type hashing struct {
	name   string
	hashes []uint32 // by key
}

// hashingOf returns the hashes of all keys by a client's partitioner; producers
// that hash alike share them.
func (w *world) hashingOf(name string) *hashing {
	for _, h := range w.hashings {
		if h.name == name {
			return h
		}
	}
	h := &hashing{name: name, hashes: w.hashes}
	if name != murmurRandom {
		h.hashes = nil
	}
	for k := len(h.hashes); k < len(w.hashes); k++ {
		key := []byte(w.hist.KeyName(history.Key(k)))
		h.hashes = append(h.hashes, hashOf(name, key))
	}
	w.hashings = append(w.hashings, h)
	return h
}

// hashOf returns a client's hash of a key.
//
// Reference: librdkafka, rd_kafka_msg_partitioner_consistent_random (rd_crc32,
// the polynomial of IEEE 802.3); Sarama, hashPartitioner (32-bit FNV-1a), which
// librdkafka's fnv1a_random follows.
func hashOf(name string, key []byte) uint32 {
	switch name {
	case consistentRandom:
		return crc32.ChecksumIEEE(key)
	case fnvRandom:
		h := fnv.New32a()
		h.Write(key)
		return h.Sum32()
	}
	return Murmur2(key)
}

// of returns the partition of a hash among count.
//
// Reference: librdkafka (unsigned remainder); Sarama, hashPartitioner (the
// remainder of the signed hash, negated when it is below 0).
func (h *hashing) of(hash uint32, count int) int {
	switch h.name {
	case consistentRandom:
		return int(hash % uint32(count))
	case fnvRandom:
		return int(max(int32(hash)%int32(count), -(int32(hash) % int32(count))))
	}
	return PartitionFor(hash, count)
}

// choose returns the partition of a record.
//
// Reference: Kafka, KafkaProducer.partition: an application's partitioner goes
// before the key, and the key before the sticky partition.
func (p *producer) choose(m *model.Message) int {
	count := len(p.leaders)
	switch {
	case p.w.partitioner != nil:
		hash := uint32(0) // of a message that is the application's own, and no key of the workload's
		if int(m.Key) < len(p.w.hashes) {
			hash = p.w.hashes[m.Key]
		}
		if by, ok := p.w.partitioner.(model.MessagePartitioner); ok {
			return by.PartitionMessage(m, hash, count)
		}
		return p.w.partitioner.Partition(m.Key, hash, count)
	case p.cfg.ignoreKeys:
		if p.sticky < 0 || p.sticky >= count {
			p.sticky = p.nextSticky(m)
		}
		return p.sticky
	}
	return p.hashing.of(p.hashing.hashes[m.Key], count)
}

var decideSticky = sim.NewDecision("kafka.producer.sticky")

// stuck counts what was added to the sticky partition, and moves on when that is
// a batch and none of the partition's is half empty, or two batches.
//
// Reference: Kafka, BuiltInPartitioner.updatePartitionInfo,
// RecordAccumulator.allBatchesFull.
func (p *producer) stuck(m *model.Message, acc *accumulator, added int32) {
	p.stuckBytes += added
	full := len(acc.queue) == 0 || p.batches[acc.queue[len(acc.queue)-1]].bytes >= p.cfg.batchSize
	if p.stuckBytes >= p.cfg.batchSize && full || p.stuckBytes >= 2*p.cfg.batchSize {
		p.sticky, p.stuckBytes = p.nextSticky(m), 0
	}
}

// nextSticky draws a partition: evenly, or where the partitions' queues differ
// with a weight of the longest queue plus one less its own. (The client looks at
// the queues each time its sender runs; here they are looked at now.)
//
// Reference: Kafka, BuiltInPartitioner.nextPartition and updatePartitionLoadStats,
// RecordAccumulator.partitionReady.
func (p *producer) nextSticky(m *model.Message) int {
	id := sim.Identity(sim.ID(p.index), sim.ID(m.Index))
	count := len(p.leaders)
	longest, shortest, seen := 0, int(^uint(0)>>1), 0
	for i := range p.parts[:count] {
		n := len(p.parts[i].queue)
		longest, shortest = max(longest, n), min(shortest, n)
		if p.parts[i].used {
			seen++
		}
	}
	if !p.cfg.adaptive || seen < count || longest == shortest {
		return p.w.sim.Choose(decideSticky, id, count)
	}
	total := 0
	for i := range p.parts[:count] {
		total += longest + 1 - len(p.parts[i].queue)
	}
	at := p.w.sim.Choose(decideSticky, id, total)
	for i := range p.parts[:count] {
		if at -= longest + 1 - len(p.parts[i].queue); at < 0 {
			return i
		}
	}
	return count - 1
}
