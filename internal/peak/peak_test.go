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
