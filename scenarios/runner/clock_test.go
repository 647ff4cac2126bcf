package runner_test

import (
	"testing"

	"orderlab/scenarios/runner"
)

// The last writer wins by the clocks of the producers' nodes. When one of them is wrong, a
// key ends with what the other wrote before; with versions it does not, and neither
// with true clocks.
func TestWrongClockOfProducer(t *testing.T) {
	const more = "workload: {keys: {count: 10}, phases: [{name: steady, for: 20s, producers: 2, arrivals: {poisson: 40/s}}, " +
		"{name: settle, until: drained, at_most: 120s}]}, app: {partitioner: round-robin, guard: "
	r := runner.New(registry())
	for _, fault := range []string{
		"step-clock: {node: producer-1, by: -30s}",
		"step-clock: {node: producer-1, by: 30s}",
		"drift-clock: {node: producer-1, ppm: -200000}",
	} {
		faults := "[{at: steady, after: 5s, " + fault + "}]"
		t.Run(fault, func(t *testing.T) {
			c := faultyIn(t, "[]", more+"newer-time}")
			expectHolds(t, r, c, "convergence", nil)
			c = faultyIn(t, faults, more+"newer-time}")
			expectCaught(t, r, c, "convergence", nil)
			c = faultyIn(t, faults, more+"newer-version}")
			expectHolds(t, r, c, "convergence", nil)
			expectHolds(t, r, c, "no-regression", nil)
		})
	}
}

// A producer whose clock jumps sends and stores what it does with a true one, at the same
// times: only who compares timestamps can tell.
func TestSteppedClockMovesNothingElse(t *testing.T) {
	_, without := course(t, faultyIn(t, "[]", "app: {guard: newer-version}"))
	_, with := course(t, faultyIn(t, "[{at: steady, after: 5s, for: 4s, step-clock: {node: producers, by: -30s}}]",
		"app: {guard: newer-version}"))
	if with != without {
		t.Error("the run is another one")
	}
}
