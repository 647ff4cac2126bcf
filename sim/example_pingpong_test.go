package sim_test

import (
	"fmt"

	"orderlab/sim"
)

// player returns every ball until it has had enough.
type player struct {
	sim.Node // the methods that it does not need
	e        *sim.Engine
	id       sim.NodeID
}

const ball = 1

// Opened serves: only the one who asked for the connection does.
func (p *player) Opened(c sim.Conn) {
	if p.e.NodeName(p.id) == "ann" {
		p.e.Send(p.id, c, sim.Frame{Kind: ball, Size: 60, ID: 1})
	}
}

// Receive returns the ball. The frame's identity is the number of the stroke, so
// that every stroke has a latency of its own whatever else happens.
func (p *player) Receive(c sim.Conn, f *sim.Frame) {
	fmt.Printf("%v %s has ball %d\n", p.e.Now(), p.e.NodeName(p.id), f.ID)
	if f.ID == 5 {
		p.e.Close(p.id, c)
		return
	}
	p.e.Send(p.id, c, sim.Frame{Kind: ball, Size: 60, ID: f.ID + 1})
}

// Closed ends the game for the other one.
func (p *player) Closed(_ sim.Conn, why sim.Closing) {
	fmt.Printf("%v %s: %v\n", p.e.Now(), p.e.NodeName(p.id), why)
}

// A ping-pong: two nodes, a connection between them, and a latency that is drawn
// for each frame.
func ExampleEngine() {
	e := sim.New(1, sim.Limits{})
	e.SetLatency(sim.Uniform(int64(sim.Millisecond), int64(9*sim.Millisecond)))
	ann, bob := &player{e: e}, &player{e: e}
	ann.id, bob.id = e.AddNode("ann", ann), e.AddNode("bob", bob)
	e.Open(ann.id, bob.id, 0)
	for e.Step(1000) == sim.Running {
	}
	fmt.Println(e.Events(), "events;", e.Reason())
	// Output:
	// 0.019140729s bob has ball 1
	// 0.024808768s ann has ball 2
	// 0.027341722s bob has ball 3
	// 0.030124316s ann has ball 4
	// 0.033520972s bob has ball 5
	// 0.038604665s ann: closed by peer
	// 8 events; no event is pending
}
