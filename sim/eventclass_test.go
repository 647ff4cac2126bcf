package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/sim"
)

// Every event of a small world has its class, its words and its other end.
func TestEventClasses(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.TraceCauses(1 << 16)
	e.SetLatency(sim.Constant(int64(sim.Millisecond)))
	var a, b sim.NodeID
	var conn sim.Conn
	a = e.AddNode("a", &scripted{timer: func(sim.Kind, uint64) {
		e.Send(a, conn, sim.Frame{Kind: 5})
		e.Close(a, conn)
	}})
	b = e.AddNode("b", &scripted{receive: func(sim.Conn, *sim.Frame) {}})
	conn = e.Open(a, b, 0)
	e.At(sim.Second, func() { e.After(a, sim.Second, 2, 0) })
	faults, err := sim.ParseSchedule("gc: at 3s pause b for 1s")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Install(faults); err != nil {
		t.Fatal(err)
	}
	names := map[sim.EventClass]string{
		sim.TimerFires: "timer", sim.FrameArrives: "frame", sim.ConnectionTurns: "connection",
		sim.FaultTurns: "fault", sim.MachineActs: "machine", sim.DriverCalls: "driver",
	}
	var got strings.Builder
	for e.Step(1) == sim.Running {
		ev := e.Why(e.Events()).Links[0].Event
		from := "-"
		if ev.From >= 0 {
			from = e.NodeName(ev.From)
		}
		fmt.Fprintf(&got, "%s: %s, %s\n", names[ev.Class()], e.DescribeKind(ev), from)
	}
	const want = `connection: a request for a connection, a
connection: the opening of a connection, b
driver: a call, -
timer: timer 2 (0), -
frame: frame 5, a
connection: the closing of a connection, a
fault: a fault, -
fault: the end of a fault, -
machine: a held event, -
`
	if got.String() != want {
		t.Errorf("the events are\n%swant\n%s", got.String(), want)
	}
}
