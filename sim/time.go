package sim

import "strconv"

// Time is virtual time in nanoseconds since the start of a run, and also a
// length of virtual time.
type Time int64

// Units of virtual time.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
)

// String formats the time in seconds, as "12.345678901s", without trailing
// zeros. It uses integers only.
func (t Time) String() string {
	sign, ns := "", uint64(t)
	if t < 0 {
		sign, ns = "-", -ns
	}
	s := strconv.FormatUint(ns/uint64(Second), 10)
	frac := ns % uint64(Second)
	if frac == 0 {
		return sign + s + "s"
	}
	digits := strconv.FormatUint(frac+uint64(Second), 10)[1:]
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return sign + s + "." + digits + "s"
}
