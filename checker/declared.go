package checker

import (
	"math"

	"orderlab/model/history"
)

// Declared says what a design promises and no history shows by itself. What is not
// declared is not decided.
type Declared struct {
	// ProgressWithin is how long after its ack, or after the last fault, an acked
	// message may take, in nanoseconds; 0 declares nothing.
	ProgressWithin int64
	// Tick is how late a delayed message may be, in nanoseconds; 0 allows any delay.
	Tick int64
	// Bounds are the largest values that metrics may have.
	Bounds []Bound
	// Conserved are the metrics whose sum is the same at the end.
	Conserved []string
	// Quiet is how long nothing happened to a place when a count of unread messages
	// is settled, in nanoseconds.
	Quiet int64
}

// Bound is the largest value that a metric may have, in its unit.
type Bound struct {
	Metric string
	Most   int64
}

// MetricUnread is the metric of unread-exact.
const MetricUnread = "unread"

// samples returns the rows of the samples of a metric, in order of time.
func (x *index) samples(metric string) (rows []int32) {
	if x.h.Count(history.KindSample) == 0 {
		return nil
	}
	for i := range x.h.Len() {
		if x.h.Kind(i) == history.KindSample && x.h.OutcomeAt(i) == history.OK &&
			x.h.PositionAt(i) != history.NoPosition && x.h.SymbolName(x.h.DetailAt(i)) == metric {
			rows = append(rows, int32(i))
		}
	}
	sortRows(rows, x.h.EndAt)
	return rows
}

// after adds a time that is not negative to another one, up to the end of time.
func after(at, duration int64) int64 {
	if at > math.MaxInt64-duration {
		return math.MaxInt64
	}
	return at + duration
}
