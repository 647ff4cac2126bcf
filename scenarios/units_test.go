package scenarios

import (
	"math/big"
	"strings"
	"testing"

	"orderlab/model"

	"pgregory.net/rapid"
)

// What the formatter writes is read back as the same.
func TestUnitsRoundTrip(t *testing.T) {
	for _, u := range []*units{&durations, &sizes, &rates, &shares} {
		rapid.Check(t, func(t *rapid.T) {
			v := rapid.Int64Range(0, maxQuantity).Draw(t, "v")
			if u.kind == kindRate || u.kind == kindShare {
				v %= 1_000_000_000_000 // more digits than that no number may have
			}
			text := u.format(v)
			if back, err := u.parse(text); err != nil || back != v {
				t.Fatalf("%s %d is written %q, which is read as %d, %v", u.what, v, text, back, err)
			}
		})
	}
}

// A number with a unit is worth what exact arithmetic says.
func TestUnitsAgainstRationals(t *testing.T) {
	all := []*units{&durations, &sizes, &rates, &shares}
	rapid.Check(t, func(t *rapid.T) {
		u := all[rapid.IntRange(0, len(all)-1).Draw(t, "units")]
		one := u.list[rapid.IntRange(0, len(u.list)-1).Draw(t, "unit")]
		number := rapid.StringMatching(`[0-9]{1,10}(\.[0-9]{1,9})?`).Draw(t, "number")
		got, err := u.parse(number + one.name)

		exact, _ := new(big.Rat).SetString(number)
		exact.Mul(exact, big.NewRat(one.worth, one.per))
		want := new(big.Int).Quo(exact.Num(), exact.Denom())
		possible := want.Cmp(big.NewInt(maxQuantity)) <= 0 && (exact.IsInt() || !u.exact)
		switch {
		case (err == nil) != possible:
			t.Fatalf("%s%s: %v, and it is %s", number, one.name, err, exact.FloatString(3))
		case err == nil && got != want.Int64():
			t.Fatalf("%s%s is %s, and was read as %d", number, one.name, want, got)
		}
	})
}

// Any text is read or refused, and never as something negative or too large.
func TestUnitsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-+.0-9msh%/KiB ]{0,30}`)).Draw(t, "text")
		for _, u := range []*units{&durations, &sizes, &rates, &shares} {
			v, err := u.parse(text)
			switch {
			case err == nil && (v < 0 || v > maxQuantity):
				t.Fatalf("%q is read as %d", text, v)
			case err != nil && !strings.Contains(err.Error(), u.what) && !strings.HasPrefix(err.Error(), `"`):
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		u    *units
		text string
		want int64
	}{
		{&durations, "250ms", 250_000_000},
		{&durations, "1.5s", 1_500_000_000},
		{&durations, "1h30m", 5_400_000_000_000},
		{&durations, "2min", 120_000_000_000},
		{&durations, "0s", 0},
		{&durations, "7us3ns", 7_003},
		{&sizes, "16KiB", 16 << 10},
		{&sizes, "0.5MiB", 1 << 19},
		{&sizes, "3B", 3},
		{&rates, "3000/s", 3_000_000_000},
		{&rates, "90/min", 1_500_000},
		{&rates, "2/ms", 2_000_000_000},
		{&rates, "1/h", 277}, // in millionths a second, rounded down
		{&shares, "2%", 20_000},
		{&shares, "0.0001%", 1},
	} {
		if got, err := c.u.parse(c.text); err != nil || got != c.want {
			t.Errorf("%s is read as %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v    model.Value
		want string
	}{
		{model.IntegerValue(7), "7"},
		{model.BooleanValue(true), "true"},
		{model.BooleanValue(false), "false"},
		{model.DurationValue(90_000_000_000), "90s"},
		{model.DurationValue(7_200_000_000_000), "2h"},
		{model.DurationValue(1_500_000), "1500us"},
		{model.DurationValue(0), "0s"},
		{model.SizeValue(0), "0B"},
		{model.SizeValue(1536), "1536B"},
		{model.SizeValue(3 << 20), "3MiB"},
		{model.Value{Type: model.Rate, Int: 1_500_000}, "1.5/s"},
		{model.Value{Type: model.Share, Int: 25_000}, "2.5%"},
		{model.TextValue("all"), "all"},
		{model.TextValue("1"), `"1"`},
		{model.TextValue("true"), `"true"`},
		{model.TextValue("two words"), `"two words"`},
		{model.DistValue(model.Distribution{Shape: model.Constant, A: 20_000_000}), "{constant: 20ms}"},
		{model.DistValue(model.Distribution{Shape: model.Uniform, A: 1_000_000, B: 20_000_000}), "{uniform: [1ms, 20ms]}"},
		{model.DistValue(model.Distribution{Shape: model.LogNormal, A: 20_000_000, B: 500_000}),
			"{lognormal: {median: 20ms, sigma: 0.5}}"},
	} {
		if got := Format(c.v); got != c.want {
			t.Errorf("%+v is written %s; want %s", c.v, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"metadata.max.age.ms", "max.poll.records", "acks", "at", "until"}
	for _, c := range []struct{ name, want string }{
		{"metadata.age.ms", "metadata.max.age.ms"},
		{"Max.Poll.Record", "max.poll.records"},
		{"akcs", "acks"}, // a swap is one mistake
		{"x", ""},        // nothing of it is right
		{"throughput", ""},
		{strings.Repeat("a", 1000), ""},
	} {
		if got := Nearest(c.name, names); got != c.want {
			t.Errorf("Nearest(%q) is %q, want %q", c.name, got, c.want)
		}
	}
}
