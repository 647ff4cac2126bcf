package kafka

import (
	"testing"

	"pgregory.net/rapid"
)

// TestLogRead compares reads with a plain walk over the batches: from the batch
// that holds the offset, whole batches up to the limit and the bytes.
func TestLogRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a arena
		var l replicaLog
		for range rapid.IntRange(0, 20).Draw(t, "batches") {
			count := uint32(rapid.IntRange(1, 4).Draw(t, "records"))
			a.batches = append(a.batches, batch{base: l.end, count: count, bytes: int32(100 * count)})
			l.append(&a, uint32(len(a.batches)-1))
		}
		offset, limit := rapid.Int64Range(0, l.end).Draw(t, "offset"), rapid.Int64Range(0, l.end).Draw(t, "limit")
		most, atLeastOne := rapid.Int32Range(0, 2000).Draw(t, "bytes"), rapid.Bool().Draw(t, "at least one")
		got, size := l.read(&a, nil, offset, limit, most, atLeastOne)
		var want []uint32
		sum := int32(0)
		for i := range a.batches {
			b := &a.batches[i]
			if b.next() <= offset {
				continue
			}
			if b.next() > limit || (sum+b.bytes > most && (len(want) > 0 || !atLeastOne)) {
				break
			}
			want, sum = append(want, uint32(i)), sum+b.bytes
		}
		if size != sum || len(got) != len(want) {
			t.Fatalf("read from %d to %d of at most %d bytes: %v with %d bytes, want %v with %d", offset, limit, most, got, size, want, sum)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("read %v, want %v", got, want)
			}
		}
	})
}
