package sim

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Share is a part of a whole or a probability, in millionths.
type Share int64

// Units of a share.
const (
	PerMillion Share = 1
	Percent          = 10_000 * PerMillion
	Whole            = 1_000_000 * PerMillion
)

// Chance answers a decision with yes, with the probability p. A p of nothing or
// of the whole asks no source, so that a world without faults makes no decision
// about them. The word 0 is yes and the largest word is no, so that an
// [Enumeration] goes through both with
//
//	x.Branch(sim.NewDecision("datagram.loss"), 0, math.MaxUint64)
func (e *Engine) Chance(d Decision, id ID, p Share) bool {
	switch {
	case p <= 0:
		return false
	case p >= Whole:
		return true
	}
	hi, _ := bits.Mul64(e.Bits(d, id), uint64(Whole))
	return int64(hi) < int64(p)
}

// String formats the share in per cent, as "0.25%".
func (p Share) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return sign + fixed(int64(p), int64(Percent)) + "%"
}

// ParseShare reads what String writes, and a plain number, where 1 is the whole.
func ParseShare(s string) (Share, error) {
	number, unit := strings.TrimSuffix(s, "%"), int64(Percent)
	if number == s {
		unit = int64(Whole)
	}
	v, err := parseFixed(number, unit)
	if err != nil {
		return 0, fmt.Errorf("%q is not a share: write it as 2.5%%", s)
	}
	return Share(v), nil
}

// fixed formats v/unit without trailing zeros; unit is a power of ten and v is
// not negative.
func fixed(v, unit int64) string {
	s := strconv.FormatInt(v/unit, 10)
	if v%unit == 0 {
		return s
	}
	digits := strconv.FormatInt(unit+v%unit, 10)[1:]
	return s + "." + strings.TrimRight(digits, "0")
}

// parseFixed reads a decimal number in units of 1/unit; unit is a power of ten.
// Digits below a unit are an error, because they would be lost.
func parseFixed(s string, unit int64) (int64, error) {
	negative := strings.HasPrefix(s, "-")
	whole, frac, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || (dot && frac == "") || !onlyDigits(whole) || !onlyDigits(frac) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || v > (1<<62)/unit {
		return 0, fmt.Errorf("%q is too large", s)
	}
	v *= unit
	for i := range len(frac) {
		if unit /= 10; unit == 0 {
			return 0, fmt.Errorf("%q has too many digits", s)
		}
		v += int64(frac[i]-'0') * unit
	}
	if negative {
		v = -v
	}
	return v, nil
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// mulDiv returns v*factor/unit for a v that is not negative, rounded to the
// nearest, and the largest value when it would not fit.
func mulDiv(v, factor, unit int64) int64 {
	hi, lo := bits.Mul64(uint64(v), uint64(factor))
	lo, carry := bits.Add64(lo, uint64(unit)/2, 0)
	hi += carry
	if hi >= uint64(unit) {
		return 1<<62 - 1
	}
	q, _ := bits.Div64(hi, lo, uint64(unit))
	return int64(min(q, 1<<62-1))
}

// scaled returns t times a factor.
func (t Time) scaled(factor Share) Time {
	if factor == Whole {
		return t
	}
	return Time(mulDiv(int64(t), int64(factor), int64(Whole)))
}

// slowness is a factor of work that a model sets and faults add to, each counted
// from the whole: two faults that make something 10 times as slow make it 19
// times as slow together. The zero value is no slowness.
type slowness struct{ set, faults Share }

func (s slowness) factor() Share { return max(0, Whole+s.set+s.faults) }
