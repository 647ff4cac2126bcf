package explore

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func never() bool { return false }

// The failure needs items 3 and 7 and any two of the others.
func Example_minimize() {
	kept := minimize(100, 1, func(kept []int) bool {
		return slices.Contains(kept, 3) && slices.Contains(kept, 7) && len(kept) >= 4
	}, never)
	fmt.Println(kept)
	// Output: [3 6 7 8]
}

// What is left fails, and without any one item it does not, whatever the
// condition is: here any mixture of sets that each suffice and a least number.
func TestMinimizeIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		sets := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4), 1, 4).Draw(t, "sets")
		least := rapid.IntRange(0, n).Draw(t, "least")
		odd := rapid.Bool().Draw(t, "odd counts only")
		fails := func(kept []int) bool {
			if len(kept) < least || odd && len(kept) != n && len(kept)%2 == 0 {
				return false
			}
			return slices.ContainsFunc(sets, func(set []int) bool {
				return !slices.ContainsFunc(set, func(i int) bool { return !slices.Contains(kept, i) })
			})
		}
		kept := minimize(n, 1, fails, never)
		if !fails(kept) {
			t.Fatalf("%v does not fail", kept)
		}
		if !slices.IsSorted(kept) {
			t.Fatalf("%v is not in order", kept)
		}
		for i := range kept {
			if less := slices.Delete(slices.Clone(kept), i, i+1); fails(less) {
				t.Fatalf("%v is left, and %v fails as well", kept, less)
			}
		}
	})
}

func TestMinimizeGivesUp(t *testing.T) {
	trials := 0
	kept := minimize(1000, 1,
		func(kept []int) bool { trials++; return len(kept) >= 10 }, func() bool { return trials >= 5 })
	if trials != 5 || len(kept) < 10 || len(kept) == 1000 {
		t.Errorf("after %d trials %d items are left", trials, len(kept))
	}
}
