package sim_test

import (
	"fmt"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// crossing is a node that notes when frames arrive.
type crossing struct {
	idle
	e       *sim.Engine
	arrived []sim.Time // by frame
}

func (c *crossing) Receive(_ sim.Conn, f *sim.Frame) { c.arrived[f.Body] = c.e.Now() }

// The interfaces of a sender and a receiver carry what their bandwidth says, by a
// slow count of the bytes: what arrives has waited for all that was before it at
// either, and for nothing else. A wait before a frame is a later sending.
func TestInterfaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const latency = sim.Millisecond
		senders := rapid.IntRange(1, 3).Draw(t, "senders")
		speed := rapid.SampledFrom([]int64{0, 1_000_000, 125_000_000})
		speeds := rapid.SliceOfN(speed, senders+1, senders+1).Draw(t, "speeds")
		e := sim.New(1, sim.Limits{})
		e.SetLatency(sim.Constant(int64(latency)))
		c := &crossing{e: e}
		nodes, conns := make([]sim.NodeID, senders+1), make([]sim.Conn, senders+1)
		for i := range nodes {
			nodes[i] = e.AddNode(fmt.Sprintf("node-%d", i), c)
			e.SetNodeBandwidth(nodes[i], speeds[i])
		}
		for i := 1; i <= senders; i++ {
			conns[i] = e.Open(nodes[i], nodes[0], 0)
		}
		free, last, want := make([]sim.Time, senders+1), make([]sim.Time, senders+1), []sim.Time{}
		at := 10 * sim.Millisecond
		for i := range rapid.IntRange(1, 20).Draw(t, "frames") {
			at += sim.Time(rapid.Int64Range(0, int64(2*sim.Millisecond)).Draw(t, "gap"))
			from, size := rapid.IntRange(1, senders).Draw(t, "from"), rapid.Int32Range(0, 3000).Draw(t, "size")
			wait := sim.Time(rapid.SampledFrom([]int64{0, 0, 700_000}).Draw(t, "wait"))
			e.At(at, func() {
				e.SendAfter(nodes[from], conns[from], sim.Frame{Kind: 1, Size: size, Body: uint32(i), ID: sim.ID(i + 1)}, wait)
			})
			left := at + wait
			for _, n := range []int{from, 0} {
				if speeds[n] > 0 && size > 0 {
					free[n] = max(free[n], at+wait) + sim.Time(int64(size)*int64(sim.Second)/speeds[n])
					left = max(left, free[n])
				}
			}
			last[from] = max(last[from], left+latency)
			want = append(want, last[from])
		}
		c.arrived = make([]sim.Time, len(want))
		for e.Step(1000) == sim.Running {
		}
		for i, got := range c.arrived {
			if got != want[i] {
				t.Fatalf("frame %d arrived at %v, want %v", i, got, want[i])
			}
		}
	})
}
