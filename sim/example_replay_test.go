package sim_test

import (
	"fmt"

	"orderlab/sim"
)

// dice is a node that throws a die every second, and once more after a six.
type dice struct {
	sim.Node // the methods that it does not need
	e        *sim.Engine
	id       sim.NodeID
	sum      int
}

var decideThrow = sim.NewDecision("dice.throw")

func (d *dice) Timer(_ sim.Kind, round uint64) {
	for again := sim.ID(0); ; again++ {
		eyes := 1 + d.e.Choose(decideThrow, sim.Identity(sim.ID(round), again), 6)
		d.sum += eyes
		if eyes < 6 {
			break
		}
	}
	if round < 4 {
		d.e.After(d.id, sim.Second, 0, round+1)
	}
}

// play makes a run from a source and returns the sum of all eyes.
func play(e *sim.Engine, from sim.Source) int {
	e.Reset(0, sim.Limits{})
	e.SetSource(from)
	d := &dice{e: e}
	d.id = e.AddNode("dice", d)
	e.After(d.id, 0, 0, 1)
	for e.Step(100) == sim.Running {
	}
	return d.sum
}

// A seeded replay: what a seed decided is written down, and played again from
// the list, where an answer can be changed.
func ExampleReplay() {
	e := sim.New(0, sim.Limits{})
	recording := sim.Record(sim.Random{Seed: 11})
	sum, hash := play(e, recording), e.Hash()
	for _, a := range recording.Answers() {
		fmt.Println(a)
	}
	fmt.Println("sum", sum)

	again := play(e, sim.NewReplay(recording.Answers(), sim.Random{Seed: 99}))
	fmt.Println("again", again, e.Hash() == hash)

	edited := append([]sim.Answer(nil), recording.Answers()...)
	edited[0].Value = 5 // a six in the first round
	replay := sim.NewReplay(edited, sim.Random{Seed: 99})
	fmt.Println("with a six", play(e, replay), "and", len(replay.Missing()), "throw that nobody had made")
	// Output:
	// dice.throw of a4a994b72761e9b9: 3 of 6
	// dice.throw of 7e75560714504a02: 3 of 6
	// dice.throw of dd640693d20ed886: 1 of 6
	// dice.throw of aa0f277e6073da2d: 4 of 6
	// sum 15
	// again 15 true
	// with a six 21 and 1 throw that nobody had made
}

// An enumeration goes through everything that can happen in a small world: here
// two throws of a die, until the sum is seven or more.
func ExampleEnumeration() {
	x := sim.NewEnumeration()
	ways := map[int]int{}
	for x.Next() {
		sum := 0
		for throw := sim.ID(0); sum < 7 && throw < 2; throw++ {
			sum += 1 + x.Choose(decideThrow, throw, 6)
		}
		ways[sum]++
	}
	fmt.Println(x.Runs(), "ways, of which", ways[7], "make seven")
	// Output: 36 ways, of which 6 make seven
}
