package sim_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

func ranges() *sim.Ranges {
	return &sim.Ranges{
		Begin: sim.Range{Min: sim.Second, Max: 30 * sim.Second},
		Last:  sim.Range{Min: 100 * sim.Millisecond, Max: 5 * sim.Second},
		Nodes: []string{"a", "b", "c", "d"}, Classes: sim.AllFaults, Choices: sim.DefaultChoices(), HealAt: 40 * sim.Second,
	}
}

func drawn(t interface{ Fatal(...any) }, r *sim.Ranges, seed uint64) sim.Schedule {
	s, err := r.Draw(sim.Random{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A drawn schedule lies within its ranges, reads as it prints, and is the same
// for the same seed.
func TestDraw(t *testing.T) {
	seen := map[sim.FaultKind]int{}
	for seed := range uint64(300) {
		r := ranges()
		s := drawn(t, r, seed)
		again, err := sim.ParseSchedule(s.String())
		if err != nil || !reflect.DeepEqual(s, again) || !reflect.DeepEqual(s, drawn(t, r, seed)) {
			t.Fatalf("seed %d: %v\n%v", seed, err, s)
		}
		for _, n := range s {
			seen[n.Fault.Kind]++
			if n.Fault.Kind == sim.HealEverything {
				continue
			}
			if at := n.When.Time; at < r.Begin.Min || at > r.Begin.Max {
				t.Errorf("seed %d: %v begins outside of %v", seed, n, r.Begin)
			}
			if u := n.Until; u.Kind == sim.ForTime && (u.For < r.Last.Min || u.For > r.Last.Max) {
				t.Errorf("seed %d: %v lasts outside of %v", seed, n, r.Last)
			}
		}
	}
	for k := sim.Partition; k <= sim.SlowDisk; k++ {
		if seen[k] < 50 {
			t.Errorf("%v came %d times in 300 seeds", k, seen[k])
		}
	}
}

// Classes are on or off as a whole, and a swarm switches them by a draw.
func TestDrawClasses(t *testing.T) {
	for class := sim.NetworkFaults; class <= sim.DiskFaults; class <<= 1 {
		r := ranges()
		r.Classes = class
		for seed := range uint64(20) {
			for _, n := range drawn(t, r, seed) {
				if n.Fault.Kind.Class() != class && n.Fault.Kind != sim.HealEverything {
					t.Errorf("class %b alone gave %v", class, n)
				}
			}
		}
	}
	r := ranges()
	r.Swarm = true
	without := 0
	for seed := range uint64(100) {
		clocks := false
		for _, n := range drawn(t, r, seed) {
			clocks = clocks || n.Fault.Kind.Class() == sim.ClockFaults
		}
		if !clocks {
			without++
		}
	}
	// Half of the swarms have no clock faults, and of the others those that drew
	// none of either kind: 1/2 + 1/2 * 1/9.
	if without < 40 || without > 72 {
		t.Errorf("%d of 100 swarms have no clock faults", without)
	}
}

// What is drawn about a fault depends on its name alone: leaving out kinds, more
// of others, or a node that it does not hit changes nothing about it.
func TestDrawIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		before := drawn(t, ranges(), seed)
		r := ranges()
		gone := rapid.SampledFrom(r.Nodes).Draw(t, "node")
		out := rapid.IntRange(0, len(r.Choices)-1).Draw(t, "choice")
		kind := r.Choices[out].Kind
		r.Choices = append(append([]sim.Choice{}, r.Choices[:out]...), r.Choices[out+1:]...)
		kept := r.Nodes[:0]
		for _, n := range r.Nodes {
			if n != gone {
				kept = append(kept, n)
			}
		}
		r.Nodes = kept
		after := map[string]sim.Entry{}
		for _, n := range drawn(t, r, seed) {
			after[n.Name] = n
		}
		for _, n := range before {
			if n.Fault.Kind == kind || hits(n, gone) {
				continue
			}
			if got := after[n.Name]; !reflect.DeepEqual(got, n) {
				t.Fatalf("without %v and node %s, %v became %v", kind, gone, n, got)
			}
		}
	})
}

func hits(n sim.Entry, node string) bool {
	for _, name := range append(append([]string{}, n.Fault.Nodes...), n.Fault.Peers...) {
		if name == node {
			return true
		}
	}
	return false
}

// What is drawn in a run holds no ordinals of it: nodes, connections, files and
// faults that come before and have nothing to do with it change nothing.
func TestDrawsHoldNoOrdinals(t *testing.T) {
	const script = `
latency exponential 10ms
0ms a disk 1ms 10ms 50%
0ms a file log
fault half: at 100ms split a,b,c for 200ms
fault loose: at 400ms flap a | b up 10ms..30ms down 10ms..30ms for 300ms
fault gone: at 805ms drop a | b late 0s..100ms
fault bad: at 0s noisy a | c loss 20% duplicate 20% corrupt 5% reorder 20% window 50ms for ever
fault dark: at 2s crash-machine a for 100ms
0ms a open b
120ms a post c 1 2 3 4 5 6
120ms b post c 7 8
420ms a post b 11
430ms a post b 12
440ms a post b 13
450ms a post b 14
800ms a send b 21 22 23 24
801ms a send b 25 26 27
1000ms a post c 31 32 33 34 35 36 37 38 39
1500ms a append log 10000
2500ms a size log
`
	const before = `
nodes x y
0ms x disk 1ms 10ms 50%
0ms x file log
fault other: at 50ms partition x | y for 1s
fault swap: at 50ms split x,y for 1s
fault off: at 60ms crash-machine x for 10ms
0ms x open y
0ms y open x
1ms x open y
10ms x send y 1 2 3
10ms y post x 1 2 3
`
	told := func(text string) string {
		var lines []string
		for _, line := range strings.Split((&stage{t: t}).play(text).out.String(), "\n") {
			if f := strings.Fields(line); len(f) > 1 && strings.Contains("a b c", f[1]) {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n")
	}
	for seed := range 20 {
		head := fmt.Sprintf("seed %d\n", seed)
		alone, among := told(head+"nodes a b c\n"+script), told(head+before+"nodes a b c\n"+script)
		if alone != among {
			t.Fatalf("seed %d: alone\n%s\nand after others\n%s", seed, alone, among)
		}
	}
}
