package scenarios

import (
	"fmt"
	"math/big"
	"strings"
)

// unit is a suffix with what one of it is worth: worth / per.
type unit struct {
	name       string
	worth, per int64
}

// The units, the longer of two that end alike first.
var (
	durations = []unit{{"ns", 1, 1}, {"us", 1_000, 1}, {"ms", 1_000_000, 1}, {"min", 60_000_000_000, 1},
		{"s", 1_000_000_000, 1}, {"m", 60_000_000_000, 1}, {"h", 3_600_000_000_000, 1}}
	sizes  = []unit{{"KiB", 1 << 10, 1}, {"MiB", 1 << 20, 1}, {"GiB", 1 << 30, 1}, {"B", 1, 1}}
	shares = []unit{{"%", 10_000, 1}} // in millionths
	rates  = []unit{{"/ms", 1_000_000_000, 1}, {"/min", 1_000_000, 60}, {"/s", 1_000_000, 1}}
)

// maxQuantity bounds every number of a file, far from where arithmetic on it
// could overflow.
const maxQuantity = int64(1) << 60

// quantity reads a number with a unit, as 1.5s or 2h30m (a sum goes from the
// larger unit to the smaller). It returns an error that says what is wrong.
func quantity(text string, units []unit, what, example string) (int64, error) {
	rest, total := strings.TrimSpace(text), int64(0)
	if rest == "" {
		return 0, fmt.Errorf("a %s is missing; write it as %s", what, example)
	}
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if strings.HasPrefix(rest, "-") {
			return 0, fmt.Errorf("%q is negative; a %s is not", text, what)
		}
		if n <= 0 {
			return 0, fmt.Errorf("%q is no %s; write it as %s", text, what, example)
		}
		number := rest[:n]
		u, ok := unitOf(rest[n:], units)
		if !ok {
			return 0, fmt.Errorf("%q has no unit of a %s; write it as %s", text, what, example)
		}
		v, err := multiply(number, u.worth, u.per)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", text, err)
		}
		if total += v; total > maxQuantity {
			return 0, fmt.Errorf("%q is too large", text)
		}
		rest = rest[n+len(u.name):]
	}
	return total, nil
}

func unitOf(s string, units []unit) (unit, bool) {
	for _, u := range units {
		if strings.HasPrefix(s, u.name) {
			return u, true
		}
	}
	return unit{}, false
}

// multiply is number * worth / per in integers, rounded down.
func multiply(number string, worth, per int64) (int64, error) {
	if len(number) > 40 {
		return 0, fmt.Errorf("too many digits")
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, fmt.Errorf("%q is not a number", number)
	}
	r.Mul(r, big.NewRat(worth, per))
	v := new(big.Int).Quo(r.Num(), r.Denom())
	if !v.IsInt64() || v.Int64() > maxQuantity {
		return 0, fmt.Errorf("the number is too large")
	}
	return v.Int64(), nil
}

func parseDuration(text string) (int64, error) {
	return quantity(text, durations, "duration", "250ms, 5s or 1h30m")
}

func parseSize(text string) (int64, error) {
	return quantity(text, sizes, "size", "512B, 16KiB or 1MiB")
}

func parseShare(text string) (int64, error) { return quantity(text, shares, "share", "2%") }

// parseRate returns events a second, in millionths.
func parseRate(text string) (int64, error) {
	return quantity(text, rates, "rate", "3000/s or 90/min")
}
