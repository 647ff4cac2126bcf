package sim_test

import (
	"testing"

	"orderlab/internal/peak"
	"orderlab/sim"
)

// echo answers every event with one like it.
type echo struct {
	sim.Node // the methods that it does not need
	e        *sim.Engine
	id       sim.NodeID
}

func (n *echo) Timer(kind sim.Kind, arg uint64) { n.e.After(n.id, sim.Microsecond, kind, arg+1) }

func (n *echo) Datagram(_ sim.NodeID, f *sim.Frame) { n.e.SendTo(n.id, n.id, *f) }

func (n *echo) Opened(c sim.Conn) { n.e.Send(n.id, c, sim.Frame{Kind: 1, Size: 100, ID: 1}) }

func (n *echo) Receive(c sim.Conn, f *sim.Frame) { n.e.Send(n.id, c, *f) }

// BenchmarkEvent is the least that an event costs: one is pending, or two frames,
// and a node answers each with the next. No decision is drawn.
func BenchmarkEvent(b *testing.B) {
	for _, c := range []struct {
		name  string
		begin func(e *sim.Engine, n sim.NodeID)
	}{
		{"timer", func(e *sim.Engine, n sim.NodeID) { e.After(n, 0, 0, 0) }},
		{"datagram", func(e *sim.Engine, n sim.NodeID) { e.SendTo(n, n, sim.Frame{Kind: 1, Size: 100, ID: 1}) }},
		{"frame", func(e *sim.Engine, n sim.NodeID) {
			peer := &echo{e: e}
			peer.id = e.AddNode("peer", peer)
			e.Open(n, peer.id, 0)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := sim.New(1, sim.Limits{})
			e.SetLatency(sim.Constant(int64(sim.Microsecond)))
			n := &echo{e: e}
			n.id = e.AddNode("node", n)
			c.begin(e, n.id)
			e.Step(100)
			b.ReportAllocs()
			b.ResetTimer()
			start := peak.Processor()
			if e.Step(b.N); e.Pending() == 0 {
				b.Fatal("nothing is pending")
			}
			b.ReportMetric(float64((peak.Processor()-start).Nanoseconds())/float64(b.N), "processor-ns/op")
		})
	}
}
