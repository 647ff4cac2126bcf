package app

import (
	"cmp"
	"slices"

	"orderlab/model/history"
)

// SlotTable maps a key's hash to one of a fixed number of slots, and slots to
// partitions. With one partition it has all slots; each partition that is added
// takes slots from the fullest ones until it has its share, so that an expansion
// moves slots to the new partitions only, and no more than it must.
type SlotTable struct {
	slots  int
	tables [][]int32 // by number of partitions, minus one
}

// NewSlotTable returns a table with that many slots.
func NewSlotTable(slots int) *SlotTable {
	return &SlotTable{slots: slots, tables: [][]int32{make([]int32, slots)}}
}

// Partition implements [model.Partitioner].
func (t *SlotTable) Partition(_ history.Key, hash uint32, count int) int {
	for len(t.tables) < count {
		t.grow()
	}
	return int(t.tables[count-1][int(hash&0x7fffffff)%t.slots])
}

// grow makes the table for one partition more.
func (t *SlotTable) grow() {
	table := slices.Clone(t.tables[len(t.tables)-1])
	added := int32(len(t.tables))
	have := make([]int, added)
	for _, p := range table {
		have[p]++
	}
	for range t.slots / int(added+1) {
		fullest := 0
		for p := range have {
			if have[p] > have[fullest] {
				fullest = p
			}
		}
		for s := range table {
			if table[s] == int32(fullest) {
				table[s] = added
				break
			}
		}
		have[fullest]--
	}
	t.tables = append(t.tables, table)
}

// Ring is consistent hashing: each partition has a number of points on a ring of
// 32-bit hashes, and a key belongs to the first point at or after its own hash.
// A partition that is added takes only the arcs before its points.
type Ring struct {
	points int
	rings  [][]ringPoint // by number of partitions
}

type ringPoint struct {
	at        uint32
	partition int32
}

// NewRing returns a ring on which every partition has that many points.
func NewRing(points int) *Ring { return &Ring{points: points} }

// Partition implements [model.Partitioner].
func (r *Ring) Partition(_ history.Key, hash uint32, count int) int {
	for len(r.rings) <= count {
		r.grow()
	}
	ring := r.rings[count]
	i, _ := slices.BinarySearchFunc(ring, hash, func(p ringPoint, h uint32) int { return cmp.Compare(p.at, h) })
	if i == len(ring) {
		i = 0
	}
	return int(ring[i].partition)
}

func (r *Ring) grow() {
	count := len(r.rings)
	ring := make([]ringPoint, 0, count*r.points)
	for p := range count {
		for v := range r.points {
			ring = append(ring, ringPoint{pointAt(p, v), int32(p)})
		}
	}
	slices.SortFunc(ring, func(a, b ringPoint) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.partition, b.partition))
	})
	r.rings = append(r.rings, ring)
}

// pointAt returns where the v-th point of a partition is on the ring: a hash of
// the two, the finalizer of splitmix64, because the shares are only as even as the
// points are scattered.
func pointAt(p, v int) uint32 {
	x := (uint64(p)<<32 | uint64(v)) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return uint32((x ^ x>>31) >> 32)
}
