package sim_test

import (
	"math"
	"testing"

	"orderlab/sim"
)

func TestTimeString(t *testing.T) {
	for in, want := range map[sim.Time]string{
		0: "0s", 1: "0.000000001s", -1: "-0.000000001s", sim.Second: "1s", 90 * sim.Second: "90s",
		1500 * sim.Millisecond: "1.5s", -sim.Minute - sim.Microsecond: "-60.000001s",
		math.MaxInt64: "9223372036.854775807s", math.MinInt64: "-9223372036.854775808s",
	} {
		if got := in.String(); got != want {
			t.Errorf("%d is %q, want %q", int64(in), got, want)
		}
	}
}
