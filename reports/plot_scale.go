package reports

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// countScale is a scale for counts that may be 0, over many decades: it shows
// log(1 + n/unit), so that zero has a place of its own and 15 can be seen beside
// 5000. Zero stands at the share floor of the axis.
type countScale struct{ unit, floor float64 }

// countScaleFor fits a scale to the least value that is not 0, so that it can be
// told from 0.
func countScaleFor(least, floor float64) countScale {
	s := countScale{1, floor}
	for s.unit/10 >= least && s.unit > 1e-3 {
		s.unit /= 10
	}
	return s
}

// Normalize implements [plot.Normalizer].
func (s countScale) Normalize(_, hi, x float64) float64 {
	return s.floor + (1-s.floor)*math.Log1p(max(0, x)/s.unit)/math.Log1p(hi/s.unit)
}

// Ticks implements [plot.Ticker]: 0 and powers of ten, at most about eight.
func (s countScale) Ticks(_, hi float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	decades := int(math.Log10(hi/s.unit)) + 1
	step := math.Pow(10, float64((decades+6)/7))
	for v := s.unit; v <= hi*1.0001; v *= step {
		for _, m := range []float64{1, 2, 5} {
			if m == 1 || decades <= 2 && m*v <= hi*1.0001 {
				ticks = append(ticks, plot.Tick{Value: m * v, Label: compact(m * v)})
			}
		}
	}
	return ticks
}

// ceilCount is the end of a countScale axis for values up to v: the next 1, 2 or
// 5 times a power of ten, at least 1.
func ceilCount(v float64) float64 {
	return niceStep(max(1, v))
}

// timeTicks marks milliseconds on a scale of decades, with their unit.
type timeTicks struct{}

// Ticks implements [plot.Ticker]. Where there is room it labels 1, 2 and 5.
func (timeTicks) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	narrow := hi/lo < 120
	for decade := math.Pow(10, math.Floor(math.Log10(lo))); decade <= hi*1.0001; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			v := decade * m
			if v >= lo*0.9999 && v <= hi*1.0001 && (m == 1 || narrow) {
				ticks = append(ticks, plot.Tick{Value: v, Label: timeLabel(v)})
			}
		}
	}
	return ticks
}

// timeLabel writes milliseconds without minutes, for an axis of decades.
func timeLabel(ms float64) string {
	switch {
	case ms == 0:
		return "0"
	case ms < 0.9995:
		return digits(ms*1e3) + " µs"
	case ms < 999.5:
		return compact(ms) + " ms"
	}
	return compact(ms/1e3) + " s"
}

// niceTicks marks about n round values from 0.
type niceTicks struct {
	n      int
	format func(float64) string
}

// Ticks implements [plot.Ticker].
func (t niceTicks) Ticks(_, hi float64) []plot.Tick {
	format := t.format
	if format == nil {
		format = compact
	}
	step := niceStep(hi / float64(t.n))
	var ticks []plot.Tick
	for i := 0; float64(i)*step <= hi*1.0001; i++ {
		v := float64(i) * step
		ticks = append(ticks, plot.Tick{Value: v, Label: format(v)})
	}
	return ticks
}

// rangeTicks marks about n round values of an axis that does not begin at 0.
type rangeTicks struct{ n int }

// Ticks implements [plot.Ticker].
func (t rangeTicks) Ticks(lo, hi float64) (ticks []plot.Tick) {
	step := niceStep((hi - lo) / float64(t.n))
	for i := math.Ceil(lo / step); i*step <= hi && len(ticks) < 4*t.n; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: exact(i*step, step)})
	}
	return ticks
}

// exact writes a number with as many decimals as a step has.
func exact(v, step float64) string {
	decimals := max(0, int(math.Ceil(-math.Log10(step)*0.9999)))
	return strconv.FormatFloat(v, 'f', min(decimals, 9), 64)
}

// ceilNice returns the end of a linear axis from 0 for values up to top: the
// next whole step of about n.
func ceilNice(top float64, n int) float64 {
	if !(top > 0) {
		return 1
	}
	step := niceStep(top / float64(n))
	return math.Ceil(top/step*0.9999) * step
}

// niceStep returns the least 1, 2 or 5 times a power of ten that is at least v.
func niceStep(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 1) {
		return 1
	}
	for e := int(math.Floor(math.Log10(v))); ; e++ {
		for _, m := range []string{"1", "2", "5"} {
			// Parsing gives the decimal number itself, a product may not.
			s, err := strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
			if err != nil || s >= v*0.9999 {
				return s
			}
		}
	}
}
