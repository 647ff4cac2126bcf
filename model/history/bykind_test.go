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
	var picked []int32
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
		for b := range h.Blocks() {
			var want []int32
			for i := range b.Len {
				if slices.Contains(wanted, b.Kind(i)) {
					want = append(want, int32(i))
				}
			}
			if picked = b.Pick(history.KindsOf(wanted...), picked); !slices.Equal(picked, want) {
				t.Fatalf("picked %v, want %v", picked, want)
			}
		}
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

// Rows in any order come with their blocks, all of them and in that order.
func TestBlocksOfRows(t *testing.T) {
	h := new(history.History)
	for i := range 50_000 {
		h.Append(history.Op{Kind: history.KindSend, Begin: int64(i)})
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.Int32Range(0, int32(h.Len()-1))).Draw(t, "rows")
		var got []int32
		for b, some := range h.BlocksOf(rows) {
			for _, row := range some {
				got = append(got, int32(b.BeginAt(int(row)-b.First)))
			}
		}
		if !slices.Equal(got, rows) {
			t.Fatalf("%v, want %v", got, rows)
		}
	})
}
