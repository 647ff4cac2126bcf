package peak_test

import (
	"testing"

	"orderlab/internal/peak"
)

var kept []byte

// What is alive counts, and what was dropped on the way does not count each time.
func TestHeap(t *testing.T) {
	const size = 8 << 20
	got := peak.Heap(func() {
		for range 40 {
			kept = make([]byte, size)
			for i := range kept {
				kept[i] = 1
			}
		}
	})
	if got < size || got > 20*size {
		t.Errorf("forty times %d bytes, one after the other, took %d", size, got)
	}
	kept = nil
}

// A bound that is kept is measured once, one that is not five times, and the least is
// told.
func TestWithin(t *testing.T) {
	for _, c := range []struct {
		bound int64
		times int
	}{{1 << 30, 1}, {1, 5}} {
		times := 0
		got := peak.Within(c.bound, func() {
			times++
			kept = make([]byte, times<<20)
		})
		if times != c.times || got < 1<<20 {
			t.Errorf("bound %d: measured %d times, want %d; %d bytes", c.bound, times, c.times, got)
		}
	}
	kept = nil
}
