package sim_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"orderlab/sim"
)

// The fates of datagrams and the sides of a split are decisions like any other:
// an enumeration goes through all of them, each once.
func TestFaultsCanBeEnumerated(t *testing.T) {
	x := sim.NewEnumeration()
	x.Branch(sim.NewDecision("datagram.loss"), 0, math.MaxUint64)
	x.Branch(sim.NewDecision("datagram.duplicate"), 0, math.MaxUint64)
	var got []string
	e := sim.New(0, sim.Limits{})
	for x.Next() {
		e.Reset(0, sim.Limits{})
		e.SetSource(x)
		h := &ear{e: e}
		a, b := e.AddNode("a", &idle{}), e.AddNode("b", h)
		e.SetNoise(a, b, sim.Noise{Loss: sim.Percent, Duplicate: sim.Percent})
		e.SendTo(a, b, message("a", 1))
		e.SendTo(a, b, message("a", 2))
		for e.Step(10) == sim.Running {
		}
		got = append(got, fmt.Sprint(h.heard))
	}
	// Each datagram comes never, once or twice.
	if slices.Sort(got); len(got) != 9 || len(slices.Compact(got)) != 9 {
		t.Errorf("%d runs: %q", len(got), got)
	}
}

func TestSplitsCanBeEnumerated(t *testing.T) {
	x := sim.NewEnumeration()
	seen := map[string]int{}
	e := sim.New(0, sim.Limits{})
	runs := 0
	for ; x.Next(); runs++ {
		e.Reset(0, sim.Limits{})
		e.SetSource(x)
		ears := [3]*ear{}
		for i := range ears {
			ears[i] = &ear{e: e}
			e.AddNode(fmt.Sprint("n", i), ears[i])
		}
		s, err := sim.ParseSchedule("half: at 0s split n0,n1,n2 for ever")
		if err != nil || e.Install(s) != nil {
			t.Fatal(err)
		}
		e.At(sim.Second, func() {
			for from := range sim.NodeID(3) {
				for to := range sim.NodeID(3) {
					if from != to {
						e.SendTo(from, to, message("n", int(from)))
					}
				}
			}
		})
		for e.Step(10) == sim.Running {
		}
		seen[fmt.Sprint(ears[0].heard, ears[1].heard, ears[2].heard)]++
	}
	// Of three nodes one is alone. Two of the eight combinations of sides put all
	// on one side, and there one more draw says which of the three is alone.
	if len(seen) != 3 || runs != 6+2*3 {
		t.Errorf("%d runs, %d splits: %v", runs, len(seen), seen)
	}
}

// FuzzParseSchedule reads any text, and what it can read it prints and reads
// again.
func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"", "cut: at 5s partition a | b for 10s", `p: point b "x y" pass 3 crash-machine b for ever`,
		"n: every 30s from 10s times 3 noisy a > * loss 1% reorder 2.5% window 3ms until phase settle"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sim.ParseSchedule(text)
		if err != nil {
			return
		}
		again, err := sim.ParseSchedule(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q prints as %q, and is read as %q, %v", text, s.String(), again.String(), err)
		}
	})
}
