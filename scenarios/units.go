package scenarios

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"orderlab/model"
)

const million = 1_000_000

// maxQuantity bounds every number of a file, far from where arithmetic on it
// could overflow. As a duration it is 36 years.
const maxQuantity = int64(1) << 60

// unit is a suffix with what one of it is worth: worth / per.
type unit struct {
	name       string
	worth, per int64
}

// units are the units of one kind of quantity, with how it is called and an
// example. Of two units that begin alike the longer stands first.
type units struct {
	kind          kind
	what, example string
	list          []unit
	// exact refuses a value between two whole ones, which are then the smallest
	// unit; else it is rounded down.
	exact bool
	// zero is the unit of nothing, where it matters.
	zero string
}

// The quantities of the language: nanoseconds, bytes, millionths of an event a
// second, millionths.
var (
	durations = units{kindDuration, "duration", "250ms, 5s or 1h30m", []unit{{"ns", 1, 1}, {"us", 1_000, 1},
		{"ms", 1_000_000, 1}, {"min", 60_000_000_000, 1}, {"s", 1_000_000_000, 1}, {"m", 60_000_000_000, 1},
		{"h", 3_600_000_000_000, 1}}, true, "s"}
	sizes = units{kindSize, "size", "512B, 16KiB or 1MiB", []unit{{"KiB", 1 << 10, 1}, {"MiB", 1 << 20, 1},
		{"GiB", 1 << 30, 1}, {"B", 1, 1}}, true, "B"}
	rates = units{kindRate, "rate", "3000/s or 90/min", []unit{{"/ms", 1000 * million, 1}, {"/min", million, 60},
		{"/s", million, 1}, {"/h", million, 3600}}, false, ""}
	shares = units{kindShare, "share", "2%", []unit{{"%", 10_000, 1}}, false, ""}
)

// parse reads a number with a unit, as 1.5s, or a sum of some, as 2h30m. The
// error says what is wrong and how to write it.
func (u *units) parse(text string) (int64, error) {
	rest, total := text, int64(0)
	if rest == "" {
		return 0, fmt.Errorf("a %s is missing; write it as %s", u.what, u.example)
	}
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		switch {
		case rest[0] == '-':
			return 0, fmt.Errorf("%s is negative, which a %s is not", quote(text), u.what)
		case end < 0:
			return 0, fmt.Errorf("%s has no unit; write a %s as %s", quote(text), u.what, u.example)
		case end == 0:
			return 0, fmt.Errorf("%s is no %s; write it as %s", quote(text), u.what, u.example)
		}
		one, ok := u.unit(rest[end:])
		if !ok {
			return 0, fmt.Errorf("%s has no unit of a %s; write it as %s", quote(text), u.what, u.example)
		}
		v, err := scaled(rest[:end], one.worth, one.per, u.exact)
		if err != nil {
			return 0, fmt.Errorf("%s %w", quote(text), err)
		}
		if total += v; total > maxQuantity {
			return 0, fmt.Errorf("%s is too large", quote(text))
		}
		rest = rest[end+len(one.name):]
	}
	return total, nil
}

// parseSigned is parse for a quantity that may be below zero.
func (u *units) parseSigned(text string, signed bool) (int64, error) {
	if rest, minus := strings.CutPrefix(text, "-"); minus && signed {
		v, err := u.parse(rest)
		return -v, err
	}
	return u.parse(text)
}

func (u *units) unit(s string) (unit, bool) {
	for _, one := range u.list {
		if strings.HasPrefix(s, one.name) {
			return one, true
		}
	}
	return unit{}, false
}

// scaled is number * worth / per in integers.
func scaled(number string, worth, per int64, exact bool) (int64, error) {
	whole, fraction, _ := strings.Cut(number, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	switch {
	case whole == "" || strings.Trim(whole+fraction, "0123456789") != "":
		return 0, fmt.Errorf("is no number")
	case len(digits) > 19 || len(fraction) > 15:
		return 0, fmt.Errorf("has too many digits")
	case digits == "":
		return 0, nil
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("is no number")
	}
	// At most 19 digits times 3.6e12, by at most 3,600 times 10^15.
	divisor := uint64(per)
	for range fraction {
		divisor *= 10
	}
	hi, lo := bits.Mul64(n, uint64(worth))
	if hi >= divisor {
		return 0, fmt.Errorf("is too large")
	}
	v, rest := bits.Div64(hi, lo, divisor)
	switch {
	case v > uint64(maxQuantity):
		return 0, fmt.Errorf("is too large")
	case exact && rest > 0:
		return 0, fmt.Errorf("is finer than the smallest unit")
	}
	return int64(v), nil
}

// format writes a quantity so that parse gives it back: 90s, 16KiB, 1.5/s.
func (u *units) format(v int64) string {
	switch {
	case u.kind == kindRate:
		return decimal(v, million) + "/s"
	case u.kind == kindShare:
		return decimal(v, 10_000) + "%"
	case v == 0:
		return "0" + u.zero
	case v < 0:
		return "-" + u.format(-v)
	}
	// The largest unit of which it is a whole number; the smallest is worth 1.
	best := unit{worth: 1}
	for _, one := range u.list {
		if v%one.worth == 0 && one.worth >= best.worth && one.name != "min" {
			best = one
		}
	}
	return strconv.FormatInt(v/best.worth, 10) + best.name
}

// decimal writes v / scale, where scale is a power of ten.
func decimal(v, scale int64) string {
	s := strconv.FormatInt(v/scale, 10)
	if rest := v % scale; rest != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%0*d", len(strconv.FormatInt(scale, 10))-1, rest), "0")
	}
	return s
}

// Format writes the value of a setting as a scenario file would.
func Format(v model.Value) string {
	switch v.Type {
	case model.Duration:
		return durations.format(v.Int)
	case model.Size:
		return sizes.format(v.Int)
	case model.Rate:
		return rates.format(v.Int)
	case model.Share:
		return shares.format(v.Int)
	case model.Boolean:
		return strconv.FormatBool(v.Int != 0)
	case model.Number:
		return decimal(v.Int, million)
	case model.Text:
		return formatText(v.Text)
	case model.Nodes:
		return formatNodes(v.NodeList())
	case model.Dist:
		return formatDistribution(v.Dist)
	case model.Span:
		if v.Dist.Shape == model.Uniform {
			return fmt.Sprintf("[%s, %s]", durations.format(v.Dist.A), durations.format(v.Dist.B))
		}
		return durations.format(v.Dist.A)
	}
	return strconv.FormatInt(v.Int, 10)
}

// formatText quotes a text that YAML could take for something else.
func formatText(s string) string {
	plain := s != "" && unicode.IsLetter([]rune(s)[0]) && !slices.Contains([]string{"true", "false", "null"}, s) &&
		strings.IndexFunc(s, func(r rune) bool { return !nameRune(r) }) < 0
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// formatPoints writes the points of an empirical distribution.
func formatPoints(points []model.Quantile) string {
	out := make([]string, len(points))
	for i, p := range points {
		out[i] = fmt.Sprintf("%s: %s", shares.format(p.Millionths), durations.format(p.Value))
	}
	return strings.Join(out, ", ")
}

// formatNodes writes one name alone and several as a list.
func formatNodes(names []string) string {
	if len(names) == 1 {
		return formatText(names[0])
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = formatText(n)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func formatDistribution(d model.Distribution) string {
	a := durations.format(d.A)
	switch d.Shape {
	case model.Uniform:
		return fmt.Sprintf("{uniform: [%s, %s]}", a, durations.format(d.B))
	case model.LogNormal:
		return fmt.Sprintf("{lognormal: {median: %s, sigma: %s}}", a, decimal(d.B, million))
	case model.Pareto:
		return fmt.Sprintf("{pareto: {least: %s, alpha: %s}}", a, decimal(d.B, million))
	case model.Empirical:
		return fmt.Sprintf("{empirical: {%s}}", formatPoints(d.Points))
	}
	return fmt.Sprintf("{%s: %s}", d.Shape, a)
}
