package history_test

import (
	"slices"
	"testing"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

// Rows are sorted by kind as asking each row would, with memory that another history
// has used.
func TestRowsByKind(t *testing.T) {
	var by history.ByKind
	rapid.Check(t, func(t *rapid.T) {
		h := new(history.History)
		kinds := rapid.SliceOfN(rapid.Uint8Range(1, 19), 0, 40).Draw(t, "kinds")
		for _, k := range kinds {
			h.Append(history.Op{Kind: history.Kind(k)})
		}
		var wanted []history.Kind
		for _, k := range rapid.SliceOfNDistinct(rapid.Uint8Range(1, 19), 0, 6, rapid.ID[uint8]).Draw(t, "wanted") {
			wanted = append(wanted, history.Kind(k))
		}
		by.Sort(h, wanted...)
		for k := history.Kind(1); k <= 19; k++ {
			var want []int32
			for i := range h.Len() {
				if h.Kind(i) == k && slices.Contains(wanted, k) {
					want = append(want, int32(i))
				}
			}
			if got := by.Of(k); !slices.Equal(got, want) {
				t.Fatalf("%v: rows %v, want %v", k, got, want)
			}
		}
	})
}

// A history of several chunks has the rows of all of them.
func TestRowsByKindOfManyChunks(t *testing.T) {
	h := new(history.History)
	const rows = 100_000
	for i := range rows {
		h.Append(history.Op{Kind: history.Kind(1 + i%3)})
	}
	var by history.ByKind
	by.Sort(h, history.KindAck)
	if got := by.Of(history.KindAck); len(got) != rows/3 || got[len(got)-1] != rows-3 {
		t.Fatalf("%d rows, the last is %d", len(got), got[len(got)-1])
	}
}
