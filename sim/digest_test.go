package sim_test

import (
	"fmt"
	"math"
	"math/bits"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// feeds are the ways to feed one value.
var feeds = []func(d *sim.Digest, v uint64){
	func(d *sim.Digest, v uint64) { d.Uint(v) },
	func(d *sim.Digest, v uint64) { d.Int(int64(v)) },
	func(d *sim.Digest, v uint64) { d.String(fmt.Sprint(v)) },
}

// Two lists have one digest exactly when they are the same list.
func TestDigestIsOfTheList(t *testing.T) {
	list := rapid.SliceOfN(rapid.Uint64Range(0, 3), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		a, b := list.Draw(t, "a"), list.Draw(t, "b")
		for i, feed := range feeds {
			var x, y sim.Digest
			for _, v := range a {
				feed(&x, v)
			}
			for _, v := range b {
				feed(&y, v)
			}
			if (x.Sum() == y.Sum()) != (fmt.Sprint(a) == fmt.Sprint(b)) {
				t.Fatalf("way %d: %v and %v", i, a, b)
			}
		}
	})
}

func TestDigestsDiffer(t *testing.T) {
	digest := func(feed func(d *sim.Digest)) string {
		var d sim.Digest
		feed(&d)
		return hex(d.Sum())
	}
	seen := map[string]bool{}
	for i, d := range []string{
		digest(func(*sim.Digest) {}),
		digest(func(d *sim.Digest) { d.Uint(0) }),
		digest(func(d *sim.Digest) { d.Uint(0); d.Uint(0) }),
		digest(func(d *sim.Digest) { d.Bool(true) }),
		digest(func(d *sim.Digest) { d.Bool(false) }),
		digest(func(d *sim.Digest) { d.String("") }),
		digest(func(d *sim.Digest) { d.String("a"); d.String("b") }),
		digest(func(d *sim.Digest) { d.String("ab"); d.String("") }),
		digest(func(d *sim.Digest) { d.String(""); d.String("ab") }),
		digest(func(d *sim.Digest) { d.Int(-1) }),
	} {
		if seen[d] {
			t.Errorf("digest %d came before", i)
		}
		seen[d] = true
	}
}

// Sum reads the digest and leaves it as it is.
func TestDigestGoesOn(t *testing.T) {
	var a, b sim.Digest
	for i := range uint64(10) {
		a.Uint(i)
		b.Uint(i)
		a.Sum()
	}
	if a.Sum() != b.Sum() {
		t.Error("Sum changed the digest")
	}
}

// Each bit of a value that was fed changes each bit of the sum in half of the
// cases, also when other values followed.
func TestDigestAvalanche(t *testing.T) {
	const rounds = 2000
	for _, after := range []int{0, 1, 5} {
		for in := range 64 {
			var flips [128]int
			for i := range uint64(rounds) {
				var x, y sim.Digest
				x.Uint(i)
				y.Uint(i ^ 1<<in)
				for k := range uint64(after) {
					x.Uint(k)
					y.Uint(k)
				}
				p, q := x.Sum(), y.Sum()
				for k := range p {
					for v := p[k] ^ q[k]; v != 0; v &= v - 1 {
						flips[8*k+bits.TrailingZeros8(v)]++
					}
				}
			}
			for out, n := range flips {
				if sigma := math.Abs(float64(n)-rounds/2) / math.Sqrt(rounds/4); sigma > 6 {
					t.Errorf("%d after it: bit %d changes bit %d in %d of %d cases", after, in, out, n, rounds)
				}
			}
		}
	}
}

func TestDigestGolden(t *testing.T) {
	var d sim.Digest
	d.Uint(1)
	d.Int(-2)
	d.Bool(true)
	d.String("orderlab")
	if got, want := hex(d.Sum()), "57a16837d0172de36fbc4840c268948d"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
