package kafka_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"orderlab/model/kafka"
)

// TestMurmur2Vectors has the vectors of Kafka's own test and more, computed with
// an independent implementation and compared with franz-go's partitioner.
//
// Reference: Kafka, UtilsTest.testMurmur2.
func TestMurmur2Vectors(t *testing.T) {
	for key, want := range map[string]int32{
		"21": -973932308, "foobar": -790332482, "abc": 479470107,
		"a-little-bit-long-string":                         -985981536,
		"a-little-bit-longer-string":                       -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"": 275646681, "a": -1563381124, "ab": 316155434, "abcd": -1323649548,
		"order-0": -1282856692, "order-1": 1221710326, "order-2": -1055499005, "order-3": -849583649,
		"order-42": 501153024, "order-1000": 1995156302, "user-123": -1468255980, "订单-1": 667668799,
	} {
		if got := int32(kafka.Murmur2([]byte(key))); got != want {
			t.Errorf("murmur2(%q) is %d, want %d", key, got, want)
		}
	}
}

// TestPartitionVectors has the partition of keys for several partition counts.
func TestPartitionVectors(t *testing.T) {
	counts := [6]int{3, 6, 8, 12, 16, 100}
	for key, want := range map[string][6]int{
		"": {0, 3, 1, 9, 9, 81}, "a": {1, 4, 4, 4, 12, 24}, "ab": {2, 2, 2, 2, 10, 34}, "abc": {0, 3, 3, 3, 11, 7},
		"abcd": {2, 2, 4, 8, 4, 0}, "21": {0, 0, 4, 0, 12, 40}, "foobar": {0, 0, 6, 6, 14, 66},
		"order-0": {1, 4, 4, 4, 12, 56}, "order-1": {1, 4, 6, 10, 6, 26}, "order-2": {0, 3, 3, 3, 3, 43},
		"order-3": {0, 3, 7, 3, 15, 99}, "order-42": {0, 0, 0, 0, 0, 24}, "order-1000": {2, 2, 6, 2, 14, 2},
		"user-123": {2, 2, 4, 8, 4, 68}, "订单-1": {1, 1, 7, 7, 15, 99},
	} {
		for i, n := range counts {
			if got := kafka.PartitionFor(kafka.Murmur2([]byte(key)), n); got != want[i] {
				t.Errorf("%q of %d partitions is %d, want %d", key, n, got, want[i])
			}
		}
	}
}

// TestPartitionOfNumbers has keys as the serializers of long and int write them.
func TestPartitionOfNumbers(t *testing.T) {
	for _, v := range []struct {
		number int64
		bits   int
		hash   int32
		of12   int
	}{
		{0, 64, -522759933, 11}, {1, 64, 2100486060, 0}, {42, 64, 506863552, 4},
		{1000, 64, -1937572645, 7}, {-1, 64, 185950397, 5},
		{0, 32, 850957120, 4}, {1, 32, -173113808, 0}, {42, 32, 1606757304, 0},
		{1000, 32, 1510167812, 8}, {-1, 32, 644171429, 5},
	} {
		key := binary.BigEndian.AppendUint64(nil, uint64(v.number))
		if v.bits == 32 {
			key = binary.BigEndian.AppendUint32(nil, uint32(v.number))
		}
		hash := kafka.Murmur2(key)
		if int32(hash) != v.hash || kafka.PartitionFor(hash, 12) != v.of12 {
			t.Errorf("%d in %d bits: murmur2 %d and partition %d of 12, want %d and %d",
				v.number, v.bits, int32(hash), kafka.PartitionFor(hash, 12), v.hash, v.of12)
		}
	}
}

// TestMovedKeys compares the share of keys that an expansion moves with the exact
// one, 1 - min(N,M)/lcm(N,M): within five standard errors of 100,000 keys.
func TestMovedKeys(t *testing.T) {
	const keys = 100_000
	for _, c := range [][2]int{{3, 4}, {4, 5}, {4, 6}, {4, 8}, {6, 8}, {8, 12}} {
		moved := 0
		for i := range keys {
			h := kafka.Murmur2(fmt.Appendf(nil, "order-%d", i))
			if kafka.PartitionFor(h, c[0]) != kafka.PartitionFor(h, c[1]) {
				moved++
			}
		}
		want := 1 - float64(min(c[0], c[1]))/float64(lcm(c[0], c[1]))
		got := float64(moved) / keys
		if sigma := math.Sqrt(want * (1 - want) / keys); math.Abs(got-want) > 5*sigma {
			t.Errorf("%d -> %d partitions move %.4f of the keys, want %.4f within %.4f", c[0], c[1], got, want, 5*sigma)
		}
	}
}

func lcm(a, b int) int {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}
