package app_test

import (
	"fmt"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// spread counts the hashes that each of count partitions is given.
func spread(p model.Partitioner, count int, hashes []uint32) []int {
	out := make([]int, count)
	for i, h := range hashes {
		out[p.Partition(history.Key(i), h, count)]++
	}
	return out
}

// hashes returns n hashes that are spread evenly, as a good hash function's are.
func hashes(n int) []uint32 {
	out := make([]uint32, n)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = uint32(x >> 16)
	}
	return out
}

// ExampleSlotTable shows an expansion that moves slots to the new partition only:
// with 12 slots, from 3 partitions to 4, one slot of each old one.
func ExampleSlotTable() {
	table := app.NewSlotTable(12)
	for _, count := range []int{3, 4} {
		var of [12]int
		for slot := range of {
			of[slot] = table.Partition(0, uint32(slot), count)
		}
		fmt.Println(of)
	}
	// Output:
	// [2 2 1 1 1 1 2 2 0 0 0 0]
	// [3 2 3 1 1 1 2 2 3 0 0 0]
}

// TestMovedToNewPartitions: under both partitioners every key that an expansion
// moves lands on a new partition, and the share of keys that move is near
// 1 - N/M, the least that a balanced expansion can move.
func TestMovedToNewPartitions(t *testing.T) {
	keys := hashes(100_000)
	for name, p := range map[string]model.Partitioner{"slots": app.NewSlotTable(1024), "ring": app.NewRing(160)} {
		for _, c := range [][2]int{{4, 5}, {4, 6}, {4, 8}, {3, 4}, {8, 12}} {
			before, after := c[0], c[1]
			moved := 0
			for i, h := range keys {
				was, is := p.Partition(history.Key(i), h, before), p.Partition(history.Key(i), h, after)
				if was == is {
					continue
				}
				moved++
				if is < before {
					t.Fatalf("%s %d -> %d: hash %d moved from %d to the old partition %d", name, before, after, h, was, is)
				}
			}
			got, want := float64(moved)/float64(len(keys)), 1-float64(before)/float64(after)
			if tolerance := map[string]float64{"slots": 0.01, "ring": 0.04}[name]; got < want-tolerance || got > want+tolerance {
				t.Errorf("%s %d -> %d moved %.3f of the keys, want %.3f", name, before, after, got, want)
			}
		}
	}
}

// TestBalance: the slots are spread within one, and the ring's arcs within a
// quarter of the mean.
func TestBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots, count := rapid.IntRange(1, 300).Draw(t, "slots"), rapid.IntRange(1, 30).Draw(t, "partitions")
		all := make([]uint32, slots)
		for i := range all {
			all[i] = uint32(i)
		}
		least, most := slots, 0
		for _, n := range spread(app.NewSlotTable(slots), count, all) {
			least, most = min(least, n), max(most, n)
		}
		if most-least > 1 {
			t.Fatalf("%d slots on %d partitions: from %d to %d", slots, count, least, most)
		}
	})
	keys := hashes(100_000)
	for _, count := range []int{4, 5, 8, 12} {
		for p, n := range spread(app.NewRing(160), count, keys) {
			if mean := len(keys) / count; n < mean*3/4 || n > mean*5/4 {
				t.Errorf("the ring gives partition %d of %d %d keys, the mean is %d", p, count, n, mean)
			}
		}
	}
}

// TestPartitionersArePure: the same key and count give the same partition, whatever
// was asked before, and never one outside the count.
func TestPartitionersArePure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		used := map[string]model.Partitioner{"slots": app.NewSlotTable(64), "ring": app.NewRing(8)}
		for range 20 {
			h := rapid.Uint32().Draw(t, "hash")
			count := rapid.IntRange(1, 12).Draw(t, "count")
			fresh := map[string]model.Partitioner{"slots": app.NewSlotTable(64), "ring": app.NewRing(8)}
			for _, name := range []string{"slots", "ring"} {
				got := used[name].Partition(0, h, count)
				if want := fresh[name].Partition(0, h, count); got != want || got < 0 || got >= count {
					t.Fatalf("%s: hash %d of %d partitions is in %d, and in %d for a new one", name, h, count, got, want)
				}
			}
		}
	})
}

// The features' defaults leave everything to the client.
func TestResolveFeatures(t *testing.T) {
	s := app.Resolve(nil)
	if s.PauseNew != 0 || s.Expand != app.Online || s.NewPartitioner() != nil {
		t.Errorf("the defaults are %+v", s)
	}
	given := model.Values{}.Set("partitioner", model.TextValue(app.PartitionerSlots)).Set("slots", model.IntegerValue(8))
	s = app.Resolve(given)
	if _, ok := s.NewPartitioner().(*app.SlotTable); !ok || s.Slots != 8 {
		t.Errorf("the partitioner is %T of %d slots", s.NewPartitioner(), s.Slots)
	}
	s = app.Resolve(given.Set("partitioner", model.TextValue(app.PartitionerConsistent)))
	if _, ok := s.NewPartitioner().(*app.Ring); !ok {
		t.Errorf("the partitioner is %T", s.NewPartitioner())
	}
}
