package sim_test

import (
	"fmt"
	"math"
	"math/bits"
	"testing"

	"orderlab/sim"

	"gonum.org/v1/gonum/stat/distuv"
)

// chiSquare fails when counts that should be equal are too uneven.
func chiSquare(t *testing.T, what string, counts []int) {
	t.Helper()
	n, chi := 0, 0.0
	for _, c := range counts {
		n += c
	}
	want := float64(n) / float64(len(counts))
	for _, c := range counts {
		chi += (float64(c) - want) * (float64(c) - want) / want
	}
	if limit := (distuv.ChiSquared{K: float64(len(counts) - 1)}).Quantile(1 - 1e-6); chi > limit {
		t.Errorf("%s: chi-square is %.1f, above %.1f", what, chi, limit)
	}
}

// identities are what models make identities of: small numbers, alone and in
// pairs, and names. A weak mixture would show on them first.
var identities = map[string]func(i int) sim.ID{
	"numbers": func(i int) sim.ID { return sim.ID(i) },
	"steps":   func(i int) sim.ID { return sim.ID(i) << 20 },
	"high":    func(i int) sim.ID { return sim.ID(i) << 44 },
	"pairs":   func(i int) sim.ID { return sim.Identity(sim.ID(i%300), sim.ID(i/300)) },
	"nested":  func(i int) sim.ID { return sim.Identity(sim.Identity(1, sim.ID(i%300)), 7, sim.ID(i/300)) },
	"names":   func(i int) sim.ID { return sim.Named(fmt.Sprint("node-", i)) },
}

func TestChoicesAreUniform(t *testing.T) {
	const draws = 90_000
	for name, identity := range identities {
		for _, n := range []int{2, 3, 10, 256, 1000} {
			byID, pairs := make([]int, n), make([]int, 16)
			last := 0
			for i := range draws {
				c := sim.Random{Seed: 1}.Choose(sim.NewDecision("a"), identity(i), n)
				if c < 0 || c >= n {
					t.Fatalf("%s: choice %d of %d", name, c, n)
				}
				byID[c]++
				quarter := c * 4 / n
				pairs[last*4+quarter]++
				last = quarter
			}
			chiSquare(t, fmt.Sprintf("%s, one of %d", name, n), byID)
			if n%4 == 0 {
				chiSquare(t, fmt.Sprintf("%s, one of %d after another", name, n), pairs)
			}
		}
	}
	bySeed, byDecision := make([]int, 100), make([]int, 100)
	for i := range 20_000 {
		bySeed[sim.Random{Seed: uint64(i)}.Choose(sim.NewDecision("a"), 5, 100)]++
		byDecision[sim.Random{Seed: 1}.Choose(sim.NewDecision(fmt.Sprint("decision ", i)), 5, 100)]++
	}
	chiSquare(t, "over seeds", bySeed)
	chiSquare(t, "over decisions", byDecision)
}

// Each bit of the seed and of the identity changes each bit of the answer in
// half of the cases.
func TestBitsAvalanche(t *testing.T) {
	const rounds = 4000
	d := sim.NewDecision("a")
	for in := range 128 {
		var flips [64]int
		for i := range uint64(rounds) {
			seed, id := i, sim.ID(i*i)
			before := sim.Random{Seed: seed}.Bits(d, id)
			if in < 64 {
				seed ^= 1 << in
			} else {
				id ^= 1 << (in - 64)
			}
			for v := before ^ (sim.Random{Seed: seed}.Bits(d, id)); v != 0; v &= v - 1 {
				flips[bits.TrailingZeros64(v)]++
			}
		}
		for out, n := range flips {
			if sigma := math.Abs(float64(n)-rounds/2) / math.Sqrt(rounds/4); sigma > 6 {
				t.Errorf("bit %d changes bit %d in %d of %d cases", in, out, n, rounds)
			}
		}
	}
}

func TestIdentitiesDiffer(t *testing.T) {
	seen := map[sim.ID]string{}
	add := func(id sim.ID, what string) {
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s are one identity", what, other)
		}
		seen[id] = what
	}
	for i := range 300 {
		add(sim.Identity(sim.ID(i)), fmt.Sprint(i))
		for k := range 300 {
			add(sim.Identity(sim.ID(i), sim.ID(k)), fmt.Sprint(i, k))
			add(sim.Identity(sim.ID(i), sim.ID(k), 0), fmt.Sprint(i, k, 0))
			add(sim.Identity(sim.Identity(sim.ID(i)), sim.ID(k+1)<<32), fmt.Sprint("nested ", i, k))
		}
	}
}

// Decisions depend on the seed, the name and the identity, and on nothing else:
// not on the engine, the time or what was asked before.
func TestDecisionsHaveNoState(t *testing.T) {
	a, b := sim.NewDecision("a"), sim.NewDecision("b")
	e := sim.New(5, sim.Limits{})
	first := e.Bits(a, 1)
	e.Bits(b, 1)
	e.Choose(a, 2, 10)
	e.At(sim.Second, func() {
		if e.Bits(a, 1) != first || sim.New(5, sim.Limits{}).Bits(sim.NewDecision("a"), 1) != first {
			t.Error("the same question has two answers")
		}
	})
	e.Step(1)
	if e.Bits(b, 1) == first || e.Bits(a, 2) == first || sim.New(6, sim.Limits{}).Bits(a, 1) == first {
		t.Error("two different questions have the same answer")
	}
	if got := panicOf(func() { e.Choose(a, 1, 0) }); got != "sim: there is nothing to choose from for a" {
		t.Errorf("a choice without alternatives: %q", got)
	}
	s := sim.Constant(7)
	e.SetSource(sim.NewReplay(nil, nil)) // which would panic when asked
	if e.Draw(a, 1, &s) != 7 {
		t.Error("a constant was drawn")
	}
}

// Taking one rumour out of a world leaves all that is decided about the others
// as it was, because no identity holds an ordinal of the run. Frames without an
// identity have the weather of the millisecond in which they are sent; that is
// left out here, because times may move a little.
func TestMaskingLeavesTheRest(t *testing.T) {
	answers := func(masked uint64) map[sim.Answer]bool {
		e := sim.New(8, sim.Limits{})
		r := sim.Record(sim.Random{Seed: 8})
		e.SetSource(r)
		calmGossip(e, masked)
		for e.Step(1000) == sim.Running {
		}
		all := map[sim.Answer]bool{}
		for _, a := range r.Answers() {
			if a.Decision != "link.weather" {
				all[a] = true
			}
		}
		return all
	}
	whole := answers(rumours)
	for masked := range uint64(rumours) {
		rest := answers(masked)
		for a := range rest {
			if !whole[a] {
				t.Errorf("without rumour %d: %v was not asked or answered so before", masked, a)
			}
		}
		if len(rest) > len(whole)*15/16 || len(rest) < len(whole)*13/16 {
			t.Errorf("without rumour %d there are %d decisions of %d", masked, len(rest), len(whole))
		}
	}
}

func BenchmarkDecision(b *testing.B) {
	e := sim.New(1, sim.Limits{})
	d := sim.NewDecision("a")
	b.Run("bits", func(b *testing.B) {
		for i := range b.N {
			sink += int64(e.Bits(d, sim.ID(i)))
		}
	})
	b.Run("identity-of-3", func(b *testing.B) {
		for i := range b.N {
			sink += int64(sim.Identity(1, 2, sim.ID(i)))
		}
	})
}
