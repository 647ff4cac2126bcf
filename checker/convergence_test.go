package checker_test

import (
	"slices"
	"testing"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

// The definition of convergence says the same as trying all choices of unknown
// sends and all orders of sending. Messages that were sent again have no one place.
func TestWhatMayComeLast(t *testing.T) {
	answers := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(drawChaos(t))
		for m := range history.Message(w.h.Messages()) {
			_, sent := w.firstSend(m)
			again := slices.ContainsFunc(w.sends, func(e event) bool { return e.Attempt > 1 })
			if !sent || again || w.h.KeyOf(m) == history.NoKey {
				continue
			}
			got, want := w.mayBeLast(m), w.canBeLast(m)
			if got != want {
				t.Fatalf("%s may be last: %v, want %v in\n%s", w.h.MessageName(m), got, want, text(w.h))
			}
			answers[got]++
		}
	})
	if !testing.Short() && (answers[true] < 20 || answers[false] < 20) {
		t.Errorf("answers %v", answers)
	}
}
