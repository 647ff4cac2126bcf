package sim

import (
	"fmt"
	"strings"
)

var timeUnits = []struct {
	name string
	unit Time
}{{"ns", Nanosecond}, {"us", Microsecond}, {"ms", Millisecond}, {"s", Second}, {"m", Minute}, {"h", 60 * Minute}}

// ParseTime reads a length of time: a number with one unit of ns, us, ms, s, m
// and h, as "250ms", "1.5s" or "-30s". It reads what [Time.String] writes.
func ParseTime(s string) (Time, error) {
	number := strings.TrimRight(s, "nsumh")
	for _, u := range timeUnits {
		if s[len(number):] != u.name {
			continue
		}
		if v, err := parseTime(number, u.unit); err == nil {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time: write it as 250ms, 1.5s or 2m", s)
}

// parseTime reads a number of units. A minute is no power of ten nanoseconds, so
// it is read as seconds and multiplied.
func parseTime(number string, unit Time) (Time, error) {
	times := int64(1)
	if unit > Second {
		times, unit = int64(unit/Second), Second
	}
	v, err := parseFixed(number, int64(unit))
	if err != nil {
		return 0, err
	}
	if v > (1<<62)/times || v < -(1<<62)/times {
		return 0, fmt.Errorf("%q is too large", number)
	}
	return Time(v * times), nil
}

// Range is a range of times, both ends included.
type Range struct{ Min, Max Time }

// Exactly is the range of one time.
func Exactly(t Time) Range { return Range{t, t} }

// String formats the range as "1s..5s", and as one time when it is one.
func (r Range) String() string {
	if r.Min == r.Max {
		return r.Min.String()
	}
	return r.Min.String() + ".." + r.Max.String()
}

// ParseRange reads what [Range.String] writes.
func ParseRange(s string) (r Range, err error) {
	low, high, ok := strings.Cut(s, "..")
	if r.Min, err = ParseTime(low); err != nil {
		return Range{}, err
	}
	if !ok {
		return Exactly(r.Min), nil
	}
	if r.Max, err = ParseTime(high); err != nil {
		return Range{}, err
	}
	if r.Max < r.Min {
		return Range{}, fmt.Errorf("%q ends before it begins", s)
	}
	return r, nil
}

// in draws a time of the range.
func (r Range) in(src Source, d Decision, id ID) Time {
	s := Uniform(int64(r.Min), int64(r.Max))
	return Time(s.Sample(src.Bits(d, id)))
}
