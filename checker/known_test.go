package checker

import (
	"slices"
	"testing"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

// Acks are found by their positions wherever these lie: side by side, far apart, or
// twice.
func TestKnownPositions(t *testing.T) {
	var k known // is used again and again, as a checker does
	rapid.Check(t, func(t *rapid.T) {
		h := new(history.History)
		h.AddProcess("p")
		places := rapid.IntRange(1, 3).Draw(t, "places")
		for i := range places {
			h.AddPlace(string(rune('a' + i)))
		}
		far := rapid.SampledFrom([]int64{1, 3, 1 << 40}).Draw(t, "far")
		for range rapid.IntRange(0, 12).Draw(t, "acks") {
			m := h.AddMessage(history.MessageInfo{Key: history.NoKey})
			at := rapid.Int64Range(0, 9).Draw(t, "at")
			h.Append(history.Op{Kind: history.KindAck, Message: m, Begin: at, End: at,
				Place:    history.Place(rapid.IntRange(0, places-1).Draw(t, "place")),
				Position: far * rapid.Int64Range(0, 9).Draw(t, "position")})
		}
		var x index
		x.build(h)
		k.collect(&x)
		for range 4 {
			place := history.Place(rapid.IntRange(0, places-1).Draw(t, "asked"))
			from, to := far*rapid.Int64Range(0, 10).Draw(t, "from"), far*rapid.Int64Range(0, 10).Draw(t, "to")
			var got, want []int32
			for _, row := range k.between(h, place, from, to) {
				if row != none {
					got = append(got, row)
				}
			}
			for row := range h.Len() {
				if p := h.PositionAt(row); h.PlaceAt(row) == place && from <= p && p < to {
					want = append(want, int32(row))
				}
			}
			ascending := slices.IsSortedFunc(got, func(a, b int32) int {
				return int(h.PositionAt(int(a))/far - h.PositionAt(int(b))/far)
			})
			slices.Sort(got)
			slices.Sort(want)
			if !ascending || !slices.Equal(got, want) {
				t.Fatalf("place %d, [%d, %d): %v, want %v", place, from, to, got, want)
			}
		}
	})
}
