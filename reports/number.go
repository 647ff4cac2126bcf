package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scaling chooses the unit in which a number is written: how much one of it is
// and its letters.
type scaling func(v float64) (one float64, letters string)

// counts are written as they are up to 9999, then as 12k, 3.4M.
func counts(v float64) (one float64, letters string) {
	switch a := math.Abs(v); {
	case a < 9999.5:
		return 1, ""
	case a < 999_500:
		return 1e3, "k"
	case a < 999_500_000:
		return 1e6, "M"
	case a < 999_500_000_000:
		return 1e9, "G"
	}
	return 1e12, "T"
}

// times, given in milliseconds, are written in microseconds to seconds, from
// three hours on in hours.
func times(ms float64) (one float64, letters string) {
	switch a := math.Abs(ms); {
	case a == 0:
		return 1, ""
	case a < 0.9995:
		return 1e-3, "µs"
	case a < 999.5:
		return 1, "ms"
	case a < 3*3_600_000:
		return 1e3, "s"
	}
	return 3.6e6, "h"
}

// write writes one number.
func (s scaling) write(v float64) string {
	one, letters := s(v)
	return digits(v/one) + letters
}

// span writes the range of values as one value, or lowest..highest in the unit
// of the highest, unless the lowest would vanish in it.
func (s scaling) span(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	lo, hi := bounds(values)
	one, letters := s(hi)
	a, b := digits(lo/one), digits(hi/one)
	switch {
	case a == b:
		return b + letters
	case lo > 0 && lo < one/100:
		return s.write(lo) + ".." + b + letters
	}
	return a + ".." + b + letters
}

// bounds returns the least and the largest of some values.
func bounds(values []float64) (lo, hi float64) {
	lo, hi = values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// compact writes a count in two to four digits: 0, 0.05, 12.3, 1745, 12.3k.
func compact(v float64) string { return scaling(counts).write(v) }

// digits writes a number with about three digits, and none behind the point from
// 100 on.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < 0.01, a >= 1e6:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case a < 9.995:
		return trim(strconv.FormatFloat(v, 'f', 2, 64))
	case a < 99.95:
		return trim(strconv.FormatFloat(v, 'f', 1, 64))
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// trim removes zeros after the point.
func trim(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// share writes a share of 1 as percent.
func share(v float64) string { return digits(100*v) + "%" }

// seconds writes a virtual time of nanoseconds in seconds with so many decimals,
// 3 or 6.
func seconds(ns int64, decimals int) string {
	tick, format := int64(1e6), "%s%d.%03d s"
	if decimals == 6 {
		tick, format = 1e3, "%s%d.%06d s"
	}
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	n := (ns + tick/2) / tick
	per := int64(1e9) / tick
	return fmt.Sprintf(format, sign, n/per, n%per)
}
