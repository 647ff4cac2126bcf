package reports

import "gonum.org/v1/plot/plotter"

// decimate thins a line to what a picture of so many pixel columns can show: of
// the points in one column it keeps the first, the lowest, the highest and the
// last, in their order. A line of at most 4 points a column stays as it is. xs
// must not fall.
func decimate(xs, ys []float64, columns int) plotter.XYs {
	n := min(len(xs), len(ys))
	if n <= 4*columns {
		return points(xs[:n], ys[:n])
	}
	lo, hi := xs[0], xs[n-1]
	if hi == lo {
		columns = 1
	}
	column := func(x float64) int {
		if columns == 1 {
			return 0
		}
		return min(columns-1, int((x-lo)/(hi-lo)*float64(columns)))
	}
	out := make(plotter.XYs, 0, 4*columns)
	for from := 0; from < n; {
		low, high := from, from
		to := from
		for ; to < n && column(xs[to]) == column(xs[from]); to++ {
			if ys[to] < ys[low] {
				low = to
			}
			if ys[to] > ys[high] {
				high = to
			}
		}
		last := from - 1
		for _, i := range []int{from, min(low, high), max(low, high), to - 1} {
			if i > last {
				out = append(out, plotter.XY{X: xs[i], Y: ys[i]})
				last = i
			}
		}
		from = to
	}
	return out
}

func points(xs, ys []float64) plotter.XYs {
	out := make(plotter.XYs, len(xs))
	for i := range xs {
		out[i] = plotter.XY{X: xs[i], Y: ys[i]}
	}
	return out
}
