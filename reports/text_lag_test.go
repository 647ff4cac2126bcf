package reports_test

import (
	"testing"

	"orderlab/reports"
)

// TestSparkline: the largest value of each part counts, a part without one repeats the
// one before, and what ended before the end is blank.
func TestSparkline(t *testing.T) {
	for _, c := range []struct {
		at, values []float64
		end        float64
		want       string
	}{
		{[]float64{0, 1, 2, 3}, []float64{0, 8, 4, 0}, 4, "█▅▁ "},
		{[]float64{0, 4}, []float64{8, 0}, 4, "███▁"},
		{[]float64{0, 0.5, 1, 4}, []float64{0, 8, 0, 0}, 4, "█▁▁▁"},
	} {
		if got := reports.Sparkline(c.at, c.values, c.end, 8, 4); got != c.want {
			t.Errorf("%v at %v: %q instead of %q", c.values, c.at, got, c.want)
		}
	}
}
