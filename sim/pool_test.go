package sim_test

import (
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// A pool against a map: a number that was taken is nobody else's until it is
// given back, and its value stays where it is and as it is.
func TestPoolMatchesMap(t *testing.T) {
	type value struct {
		n    int
		list []int
	}
	rapid.Check(t, func(t *rapid.T) {
		var p sim.Pool[value]
		taken := map[uint32]*value{}
		var order []uint32
		count := 0
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				for range rapid.IntRange(1, 50).Draw(t, "times") {
					i, v := p.Take()
					if taken[i] != nil {
						t.Fatalf("%d was taken twice", i)
					}
					count++
					*v = value{count, append(v.list[:0], count)}
					taken[i] = v
					order = append(order, i)
				}
			},
			"put": func(t *rapid.T) {
				if len(order) == 0 {
					return
				}
				k := rapid.IntRange(0, len(order)-1).Draw(t, "which")
				p.Put(order[k])
				delete(taken, order[k])
				order = append(order[:k], order[k+1:]...)
			},
			"reset": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "rarely") == 0 {
					p.Reset()
					clear(taken)
					order = order[:0]
					if i, _ := p.Take(); i != 0 {
						t.Fatalf("after Reset the first is %d", i)
					}
					p.Put(0)
				}
			},
			"": func(t *rapid.T) {
				if p.InUse() != len(taken) {
					t.Fatalf("%d in use, want %d", p.InUse(), len(taken))
				}
				for i, v := range taken {
					if p.At(i) != v || v.list[0] != v.n {
						t.Fatalf("value %d moved or changed: %v", i, *v)
					}
				}
			},
		})
	})
}

// What a value holds is kept for the next who takes it.
func TestPoolKeepsMemory(t *testing.T) {
	var p sim.Pool[[]int]
	i, v := p.Take()
	*v = make([]int, 0, 100)
	p.Put(i)
	if _, again := p.Take(); cap(*again) != 100 {
		t.Error("the slice of the last user is gone")
	}
	work := func() {
		var got [200]uint32
		for k := range got {
			got[k], _ = p.Take()
		}
		for _, k := range got {
			p.Put(k)
		}
	}
	work()
	if n := testing.AllocsPerRun(10, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
