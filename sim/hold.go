package sim

import "math"

// Hold runs the hold model on a bare event queue with n pending events: each
// round takes the earliest event and adds one at an exponential time after it.
// It returns the time of the last event. One round is the unit, a hold, in which
// benchmarks tell what a simulated thing costs, because it moves with the
// machine as they do.
func Hold(n, rounds int) Time {
	var q queue
	q.reset()
	step := Exponential(int64(n) * int64(Microsecond))
	for i := range n {
		q.push(Time(step.Sample(draw(1, 0, uint64(i)))), 0, 0, 0)
	}
	at := Time(0)
	for i := range rounds {
		slot := q.pop(math.MaxInt64)
		at = q.items[slot].at
		q.release(slot)
		q.push(at+Time(step.Sample(draw(2, 0, uint64(i)))), 0, 0, 0)
	}
	return at
}
