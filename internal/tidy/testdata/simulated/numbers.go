package simulated

import (
	"math"         // floating point comes out of it, and that is found where it does
	"math/rand/v2" // want "import"
	"os"           // want "import"
)

// Constants are exact, so an untyped one may have a point.
const second = int64(1e9)

type share float64 // want "float"

type sample struct{ value share } // want "float"

func half(x int64) int64 {
	return int64(float64(x) * 0.5) // want "float"
}

func grown(n int64, s sample) int64 {
	if s.value > 0 { // want "float"
		return n
	}
	return n + int64(math.Sqrt(2)) // want "float"
}

func seeded() uint64 {
	if os.Getenv("SEED") != "" {
		return 0
	}
	return rand.Uint64() + uint64(second)
}
