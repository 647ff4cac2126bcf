package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// compact writes a number in two to four digits: 0, 0.05, 12.3, 1745, 12.3k.
func compact(v float64) string {
	a := math.Abs(v)
	switch {
	case a == 0:
		return "0"
	case a < 0.01:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case a < 9.995:
		return trim(strconv.FormatFloat(v, 'f', 2, 64))
	case a < 99.95:
		return trim(strconv.FormatFloat(v, 'f', 1, 64))
	case a < 9999.5:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a < 999_500:
		return scaled(v/1e3) + "k"
	case a < 999_500_000:
		return scaled(v/1e6) + "M"
	}
	return scaled(v/1e9) + "G"
}

// scaled keeps three digits.
func scaled(v float64) string {
	if math.Abs(v) < 99.95 {
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

// millis writes a time given in milliseconds in the unit that suits it.
func millis(ms float64) string {
	a := math.Abs(ms)
	switch {
	case a == 0:
		return "0"
	case a < 0.9995:
		return compact(ms*1e3) + "us"
	case a < 999.5:
		return compact(ms) + "ms"
	case a < 119_950:
		return compact(ms/1e3) + "s"
	case a < 2*3_600_000:
		return compact(ms/6e4) + "min"
	}
	return compact(ms/3.6e6) + "h"
}

// span writes the range of values as one value, or lowest..highest. A unit that
// both ends share is written once.
func span(values []float64, format func(float64) string) string {
	if len(values) == 0 {
		return "-"
	}
	lo, hi := values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	a, b := format(lo), format(hi)
	if a == b {
		return a
	}
	if an, au := unit(a); au != "" {
		if _, bu := unit(b); au == bu {
			a = an
		}
	}
	return a + ".." + b
}

// unit splits a number from the letters behind it.
func unit(s string) (number, letters string) {
	i := strings.LastIndexAny(s, "0123456789.") + 1
	return s[:i], s[i:]
}

// seconds writes a virtual time of nanoseconds in seconds, to the microsecond.
func seconds(ns int64) string {
	us := (ns + 500) / 1000
	if ns < 0 {
		us = (ns - 500) / 1000
		return fmt.Sprintf("-%d.%06ds", -us/1_000_000, -us%1_000_000)
	}
	return fmt.Sprintf("%d.%06ds", us/1_000_000, us%1_000_000)
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
