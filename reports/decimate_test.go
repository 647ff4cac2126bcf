package reports_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/plotter"
	"pgregory.net/rapid"

	"orderlab/reports"
)

// line draws a line whose x does not fall.
func line(t *rapid.T) (xs, ys []float64) {
	n := rapid.IntRange(0, 400).Draw(t, "points")
	x := rapid.Float64Range(-1e6, 1e6).Draw(t, "first")
	for range n {
		xs = append(xs, x)
		ys = append(ys, float64(rapid.IntRange(-9, 9).Draw(t, "y")))
		x += rapid.SampledFrom([]float64{0, 0, 1e-3, 1, 1, 50}).Draw(t, "step")
	}
	return xs, ys
}

// A thinned line is a part of the line, at most four points a column, and each
// column keeps what a picture shows of it: where the line enters and leaves, and
// how low and high it goes. The oracle asks every column for that.
func TestDecimationKeepsWhatAPictureShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := line(t)
		columns := rapid.IntRange(1, 60).Draw(t, "columns")
		got := reports.Decimate(xs, ys, columns)
		if !isPart(got, xs, ys) {
			t.Fatalf("the points are not a part of the line, in order: %v", got)
		}
		if len(xs) <= 4*columns {
			if len(got) != len(xs) {
				t.Fatalf("a short line was thinned from %d points to %d", len(xs), len(got))
			}
			return
		}
		if len(got) > 4*columns {
			t.Fatalf("%d points on %d columns", len(got), columns)
		}
		column := func(x float64) int {
			if xs[len(xs)-1] == xs[0] {
				return 0
			}
			return min(columns-1, int((x-xs[0])/(xs[len(xs)-1]-xs[0])*float64(columns)))
		}
		for c := range columns {
			var all, kept []float64
			for i := range xs {
				if column(xs[i]) == c {
					all = append(all, ys[i])
				}
			}
			for _, p := range got {
				if column(p.X) == c {
					kept = append(kept, p.Y)
				}
			}
			if len(all) == 0 {
				continue
			}
			if len(kept) == 0 {
				t.Fatalf("column %d lost all of its %d points", c, len(all))
			}
			if kept[0] != all[0] || kept[len(kept)-1] != all[len(all)-1] ||
				slices.Min(kept) != slices.Min(all) || slices.Max(kept) != slices.Max(all) {
				t.Fatalf("column %d has %v and keeps %v", c, all, kept)
			}
		}
	})
}

// isPart says whether points are a subsequence of the line.
func isPart(points plotter.XYs, xs, ys []float64) bool {
	at := 0
	for _, p := range points {
		for at < len(xs) && (xs[at] != p.X || ys[at] != p.Y) {
			at++
		}
		if at == len(xs) {
			return false
		}
		at++
	}
	return true
}

// A million points become at most four for each of the columns, and the one that
// stands out stays.
func TestAMillionPoints(t *testing.T) {
	xs, ys := make([]float64, 1_000_000), make([]float64, 1_000_000)
	for i := range xs {
		xs[i], ys[i] = float64(i), math.Mod(float64(i)*0.618, 1)
	}
	ys[777_777] = 42
	got := reports.Decimate(xs, ys, 400)
	if len(got) > 1600 {
		t.Errorf("%d points are left", len(got))
	}
	if !slices.ContainsFunc(got, func(p plotter.XY) bool { return p.Y == 42 }) {
		t.Errorf("the peak is gone")
	}
}
