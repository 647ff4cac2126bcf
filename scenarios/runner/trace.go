package runner

import (
	"context"
	"strings"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios/result"
	"orderlab/sim"
)

// leastCauses makes the engine remember the event at hand, which has details that
// [sim.Engine.Last] lacks.
const leastCauses = 1

// tracer tells what happens in the world of a run. It only looks on.
type tracer struct {
	x      *run
	reader model.FrameReader // nil where the system has none
	event  result.Event
	taken  bool // the event's frame was received
}

// trace runs the run that was started to its end and hands out what happens.
func (x *run) trace(ctx context.Context, emit func(*result.Event)) error {
	t := &tracer{x: x}
	t.reader, _ = x.world.(model.FrameReader)
	e := x.r.sim
	e.Arrived = t.arrived
	for n := 1; ; n++ {
		t.event = result.Event{Messages: t.event.Messages[:0], Rows: x.r.hist.Len()}
		t.taken = false
		before := e.Events()
		status := e.Step(1)
		if e.Events() > before && t.tell() {
			emit(&t.event)
		}
		if status != sim.Running {
			return nil
		}
		if n%stepEvents == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// arrived reads a frame while it is there.
func (t *tracer) arrived(_, _ sim.NodeID, f *sim.Frame) {
	t.taken = true
	if t.reader != nil {
		name, text := t.reader.ReadFrame(f)
		t.event.Text = strings.TrimRight(name+" "+text, " ")
		t.event.Messages = t.reader.FrameMessages(t.event.Messages, f)
	}
}

// tell fills in the event that was just executed, and says whether it is one of
// the world: a call of the driver is none, and that a fault began is an operation.
func (t *tracer) tell() bool {
	e, r := t.x.r.sim, &t.event
	link := e.Why(e.Events()).Links[0]
	ev := link.Event
	r.At, r.Node = int64(ev.At), nodeName(e, ev.Node)
	text := e.DescribeKind(ev)
	switch ev.Class() {
	case sim.FrameArrives:
		r.Kind, r.From = result.EventFrame, nodeName(e, ev.From)
		text = strings.TrimPrefix(text, "frame ")
		if !t.taken {
			r.Kind = result.EventLost
		}
	case sim.ConnectionTurns:
		r.Kind, r.From = result.EventConnection, nodeName(e, ev.From)
	case sim.TimerFires:
		r.Kind, text = result.EventTimer, strings.TrimPrefix(text, "timer ")
	case sim.FaultTurns:
		h := &t.x.r.hist
		if h.Len() > r.Rows && h.Kind(r.Rows) == history.KindFault {
			return false // an operation tells it
		}
		r.Node, r.Kind = "faults", result.EventFault
		if t.x.healed != "" {
			text, t.x.healed = t.x.healed, ""
		}
	case sim.MachineActs:
		r.Kind = result.EventMachine
	case sim.DriverCalls:
		return false
	}
	if r.Text == "" {
		r.Text = text
	}
	return true
}

// nodeName returns a node's name, and nothing for the program that drives the run.
func nodeName(e *sim.Engine, n sim.NodeID) string {
	if n < 0 {
		return ""
	}
	return e.NodeName(n)
}

// Nodes returns the names of the nodes of the last run. They are valid until the
// next.
func (r *Runner) Nodes() []string {
	names := make([]string, r.sim.Nodes())
	for i := range names {
		names[i] = r.sim.NodeName(sim.NodeID(i))
	}
	return names
}
