package sim_test

import (
	"fmt"
	"testing"

	"orderlab/sim"
)

// crowd is a world in which nearly everything happens at one instant: all nodes
// send numbered frames to one, with timers, at the same times. It returns what
// the receiver got, and fails when an order is broken that is promised.
func crowd(t *testing.T, set func(e *sim.Engine)) string {
	t.Helper()
	e := sim.New(1, sim.Limits{})
	set(e)
	e.SetLatency(sim.Constant(int64(sim.Millisecond)))
	e.Dropped = func(f sim.Frame) { t.Errorf("frame %d was dropped", f.ID) }
	var got string
	last := map[sim.Conn]sim.ID{}
	receiver := e.AddNode("receiver", &scripted{receive: func(c sim.Conn, f *sim.Frame) {
		if f.ID != last[c]+1 {
			t.Errorf("a connection delivered %d after %d", f.ID, last[c])
		}
		last[c] = f.ID
		got += fmt.Sprint(" ", c.Slot(), ".", f.ID)
	}})
	for i := range 4 {
		s := &scripted{}
		id := e.AddNode(fmt.Sprint("sender-", i), s)
		timers := uint64(0)
		s.timer = func(_ sim.Kind, arg uint64) {
			if arg != timers {
				t.Errorf("timer %d came after %d", arg, timers)
			}
			timers++
		}
		s.opened = func(c sim.Conn) { // at once, so the last answer may be on its way
			for k := range 4 {
				e.Send(id, c, sim.Frame{Kind: 1, ID: sim.ID(k + 1)})
				e.After(id, sim.Millisecond, 0, uint64(k))
			}
		}
		e.Open(id, receiver, 0)
	}
	e.Step(1000)
	if len(last) != 4 {
		t.Errorf("%d connections delivered, want 4", len(last))
	}
	return got
}

// Permuted ties give many orders, each of them kept by its seed, and all of them
// with the order inside of a connection and of a node's timers.
func TestPermutedTies(t *testing.T) {
	fifo := crowd(t, func(*sim.Engine) {})
	orders := map[string]bool{}
	for seed := range uint64(40) {
		permuted := func(e *sim.Engine) { e.PermuteTies(seed) }
		order := crowd(t, permuted)
		if again := crowd(t, permuted); again != order {
			t.Errorf("seed %d gave%s and%s", seed, order, again)
		}
		orders[order] = true
	}
	if len(orders) < 15 || orders[fifo] && len(orders) == 1 {
		t.Errorf("40 seeds gave %d orders", len(orders))
	}
}

// Chosen ties come from the source: with the seed they are random orders too.
func TestChosenTies(t *testing.T) {
	orders := map[string]bool{}
	for seed := range uint64(40) {
		orders[crowd(t, func(e *sim.Engine) {
			e.SetSource(sim.Random{Seed: seed})
			e.ChooseTies()
		})] = true
	}
	if len(orders) < 35 {
		t.Errorf("40 seeds gave %d orders", len(orders))
	}
}

// Putting the events of an instant in order does not cost the square of their
// number.
func TestManyTies(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.PermuteTies(1)
	ran := 0
	for i := range 50_000 {
		n := &scripted{timer: func(sim.Kind, uint64) { ran++ }}
		e.After(e.AddNode(fmt.Sprint(i), n), sim.Second, 0, 0)
	}
	for e.Step(10_000) == sim.Running {
	}
	if ran != 50_000 {
		t.Errorf("%d of 50,000 events ran", ran)
	}
}
