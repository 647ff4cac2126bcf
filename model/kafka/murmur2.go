package kafka

import "encoding/binary"

// Murmur2 is the hash of Kafka's default partitioner over a record's key.
//
// Reference: Kafka, org.apache.kafka.common.utils.Utils.murmur2 (32-bit
// arithmetic that wraps, seed 0x9747b28c, little-endian words).
func Murmur2(key []byte) uint32 {
	const (
		seed = 0x9747b28c
		m    = 0x5bd1e995
		r    = 24
	)
	h := uint32(seed) ^ uint32(len(key))
	for len(key) >= 4 {
		k := binary.LittleEndian.Uint32(key)
		k *= m
		k ^= k >> r
		h = h*m ^ k*m
		key = key[4:]
	}
	switch len(key) {
	case 3:
		h ^= uint32(key[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(key[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(key[0])) * m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// PartitionFor is the default partition of a key: its hash with the sign bit
// cleared, modulo the number of partitions.
//
// Reference: Kafka, BuiltInPartitioner.partitionForKey and Utils.toPositive.
func PartitionFor(hash uint32, partitions int) int {
	return int(hash&0x7fffffff) % partitions
}
