package runner

import (
	"context"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/sim"
)

// open lets the workers begin, if they have not begun.
func (x *run) open() {
	if x.opened == 0 {
		x.opened = x.r.sim.Now()
		x.app.Gate.Open()
	}
}

// graceFactor and grace say how much longer than the original an explicit run
// may take to settle, because what is taken out of it can make it wait.
const (
	graceFactor = 2
	grace       = 10 * sim.Minute
)

// Explicit makes a run and returns it as a case of its own: every message with
// the time at which it arrived, every fault with the time at which it struck, and
// the time from which the consumers worked. With the same seed that case meets
// the same decisions, and so it does when messages or faults are taken out of it.
// The error is the context's, or says that the case does not fit the registry.
func (r *Runner) Explicit(ctx context.Context, c *scenarios.Case, seed uint64) (*scenarios.Case, error) {
	x, err := r.start(c, seed)
	if err != nil {
		return nil, err
	}
	if err := r.toEnd(ctx); err != nil {
		return nil, err
	}
	out := *c
	out.Point, out.Expect = scenarios.Point{}, nil
	out.Consumers.WorkFrom = max(1, int64(x.opened))
	out.Faults = x.explicitFaults()
	out.Workload.Phases = []scenarios.Phase{{Name: "sends", Producers: 1, Sends: x.sends(), Until: "drained",
		AtMost: int64(graceFactor*r.sim.Now() + grace)}}
	out.Limits.Time = max(out.Limits.Time, 2*out.Workload.Phases[0].AtMost)
	return &out, nil
}

// sends lists the messages of the run in the order in which they arrived.
func (x *run) sends() []scenarios.Send {
	h := &x.r.hist
	out := make([]scenarios.Send, 0, h.Messages())
	for m := range h.Messages() {
		if x.app.Marker(history.Message(m)) {
			continue // the application writes it, in the explicit run too
		}
		info := h.Message(history.Message(m))
		out = append(out, scenarios.Send{At: int64(x.r.rec.Due(history.Message(m))), Producer: int(info.Producer),
			Index: info.Index, Key: int(info.Key)})
	}
	return out
}
