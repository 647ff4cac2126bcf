package reports

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// logCount is a scale for counts that may be 0: it shows log(1+n), so that zero
// has a place of its own and 15 can be seen beside 5000.
type logCount struct{}

// Normalize implements [plot.Normalizer].
func (logCount) Normalize(lo, hi, x float64) float64 {
	return (math.Log1p(x) - math.Log1p(lo)) / (math.Log1p(hi) - math.Log1p(lo))
}

// countTicks marks 0 and the powers of ten.
type countTicks struct{}

// Ticks implements [plot.Ticker].
func (countTicks) Ticks(_, hi float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	for v := 1.0; v <= hi; v *= 10 {
		ticks = append(ticks, plot.Tick{Value: v, Label: compact(v)})
		for m := 2.0; m < 10 && v*m <= hi; m++ {
			ticks = append(ticks, plot.Tick{Value: v * m})
		}
	}
	return ticks
}

// ceilCount is the end of a logCount axis for values up to v: the next 1, 2 or 5
// times a power of ten.
func ceilCount(v float64) float64 {
	for decade := 1.0; ; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if v <= decade*m {
				return decade * m
			}
		}
	}
}

// timeTicks marks powers of ten of milliseconds, with their unit.
type timeTicks struct{}

// Ticks implements [plot.Ticker]. Where there is room it labels 1, 2 and 5.
func (timeTicks) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	narrow := hi/lo < 300
	for decade := math.Pow(10, math.Floor(math.Log10(lo))); decade <= hi*1.0001; decade *= 10 {
		for m := 1.0; m < 10; m++ {
			v := decade * m
			if v < lo*0.9999 || v > hi*1.0001 {
				continue
			}
			t := plot.Tick{Value: v}
			if m == 1 || narrow && (m == 2 || m == 5) {
				t.Label = millisPlain(v)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// millisPlain writes milliseconds without minutes, for an axis of decades.
func millisPlain(ms float64) string {
	switch {
	case ms < 0.9995:
		return compact(ms*1e3) + "us"
	case ms < 999.5:
		return compact(ms) + "ms"
	}
	return compact(ms/1e3) + "s"
}

// niceTicks marks about n round values from 0.
type niceTicks struct{ n int }

// Ticks implements [plot.Ticker].
func (t niceTicks) Ticks(_, hi float64) []plot.Tick {
	step := niceStep(hi / float64(t.n))
	var ticks []plot.Tick
	for i := 0; float64(i)*step <= hi*1.0001; i++ {
		v := float64(i) * step
		ticks = append(ticks, plot.Tick{Value: v, Label: compact(v)})
	}
	return ticks
}

// niceStep returns the least 1, 2 or 5 times a power of ten that is at least v.
func niceStep(v float64) float64 {
	if !(v > 0) {
		return 1
	}
	e := int(math.Floor(math.Log10(v)))
	for ; ; e++ {
		for _, m := range []string{"1", "2", "5"} {
			// Parsing gives the decimal number itself, a product may not.
			if s, _ := strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64); s >= v*0.9999 {
				return s
			}
		}
	}
}
