package sim_test

import (
	"fmt"

	"orderlab/sim"
)

// watcher sends its peer a heartbeat every second, as a datagram, and suspects it
// after three seconds of silence.
type watcher struct {
	sim.Node // the methods that it does not need
	e        *sim.Engine
	id, peer sim.NodeID
	silence  sim.TimerID
	suspects bool
}

const (
	beat sim.Kind = iota
	silent
)

func (w *watcher) Timer(kind sim.Kind, _ uint64) {
	if kind == silent {
		w.suspects = true
		fmt.Printf("%-6v %s suspects %s\n", w.e.Now(), w.e.NodeName(w.id), w.e.NodeName(w.peer))
		return
	}
	w.e.SendTo(w.id, w.peer, sim.Frame{Kind: 1, Size: 40})
	w.e.After(w.id, sim.Second, beat, 0)
}

// Datagram implements [sim.DatagramReceiver].
func (w *watcher) Datagram(from sim.NodeID, _ *sim.Frame) {
	if w.suspects {
		w.suspects = false
		fmt.Printf("%-6v %s hears %s again\n", w.e.Now(), w.e.NodeName(w.id), w.e.NodeName(from))
	}
	w.e.Cancel(w.silence)
	w.silence = w.e.After(w.id, 3*sim.Second, silent, 0)
}

// A partitioned pair: two nodes watch each other by heartbeats over a link that
// is cut, first in both directions, then in one.
func Example_partitionedPair() {
	e := sim.New(1, sim.Limits{Time: 60 * sim.Second})
	a, b := &watcher{e: e}, &watcher{e: e}
	a.id, b.id = e.AddNode("ann", a), e.AddNode("bob", b)
	a.peer, b.peer = b.id, a.id
	e.SetLatency(sim.Constant(int64(10 * sim.Millisecond)))
	faults, err := sim.ParseSchedule(`
		cut:  at 10s partition ann | bob for 8s
		deaf: at 30s partition bob > ann for 8s`)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := e.Install(faults); err != nil {
		fmt.Println(err)
		return
	}
	e.Faulted = func(ev sim.FaultEvent, n *sim.Entry) {
		if ev.Healed {
			fmt.Printf("%-6v the end of %s\n", ev.At, n.Name)
		} else {
			fmt.Printf("%-6v %s: %v\n", ev.At, n.Name, n.Fault)
		}
	}
	e.After(a.id, 0, beat, 0)
	e.After(b.id, 0, beat, 0)
	for e.Step(1000) == sim.Running {
	}
	fmt.Println("lost:", e.Counts().Lost)
	// Output:
	// 10s    cut: partition ann | bob
	// 12.01s bob suspects ann
	// 12.01s ann suspects bob
	// 18s    the end of cut
	// 18.01s bob hears ann again
	// 18.01s ann hears bob again
	// 30s    deaf: partition bob > ann
	// 32.01s ann suspects bob
	// 38s    the end of deaf
	// 38.01s ann hears bob again
	// lost: 24
}
