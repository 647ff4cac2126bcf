package sim

import "fmt"

// Enumeration is a source that goes through all answers: each question is a
// branch of a tree, each run a path from its root to a leaf, and run after run
// every path is taken once, depth first.
//
//	x := sim.NewEnumeration()
//	for x.Next() {
//		e.Reset(0, limits)
//		e.SetSource(x)
//		... build the world, run it, look at it
//	}
//
// It is for small worlds: the paths are as many as the product of the branches.
type Enumeration struct {
	words  map[uint64][]uint64 // for Bits, by decision
	path   []branch            // the answers of this run in the order of first asking
	fixed  int                 // how many of them come from the run before
	used   int                 // how many of them this run has asked for
	known  map[question]uint64 // the answers of this run
	runs   int
	states map[[16]byte]struct{}
}

type branch struct {
	question question
	name     string
	value    int
	count    int
}

// median is the word that stands in the middle of every distribution.
const median = 1 << 63

// NewEnumeration returns the enumeration of all [Engine.Choose]. Draws of
// distributions are not branches: they give the median, unless [Enumeration.Branch]
// says otherwise.
func NewEnumeration() *Enumeration {
	return &Enumeration{words: make(map[uint64][]uint64), known: make(map[question]uint64),
		states: make(map[[16]byte]struct{})}
}

// Branch makes the draws of a decision branch over the given words, 64 bits of
// which a sampler makes a value: 0, 1<<63 and 1<<64-1 are the ends and the middle
// of most distributions. It is called before the first run.
func (x *Enumeration) Branch(d Decision, words ...uint64) { x.words[d.hash] = words }

// Next begins the next run, and says whether there is one.
func (x *Enumeration) Next() bool {
	if x.runs > 0 {
		x.path = x.path[:x.used]
		for len(x.path) > 0 && x.path[len(x.path)-1].value == x.path[len(x.path)-1].count-1 {
			x.path = x.path[:len(x.path)-1]
		}
		if len(x.path) == 0 {
			return false
		}
		x.path[len(x.path)-1].value++
	}
	x.runs++
	x.fixed, x.used = len(x.path), 0
	clear(x.known)
	return true
}

// Runs returns how many runs were begun.
func (x *Enumeration) Runs() int { return x.runs }

// States returns how many states [Enumeration.Seen] has seen.
func (x *Enumeration) States() int { return len(x.states) }

// Seen says whether a state, by its [Engine.Digest], was met before, in this run
// or an earlier one. What follows from it has then been enumerated or will be, so
// the run may end here: two paths that lead to one state are followed as one.
// This supposes that what follows depends on the state alone: the model's
// digests are complete, and no question is asked again whose answer they do not
// show. While the run still repeats an earlier one, every state is new.
func (x *Enumeration) Seen(state [16]byte) bool {
	if x.used < x.fixed {
		return false
	}
	_, ok := x.states[state]
	x.states[state] = struct{}{}
	return ok
}

// Answers returns the answers of the run, in the order of first asking.
func (x *Enumeration) Answers() []Answer {
	out := make([]Answer, 0, x.used)
	for _, b := range x.path[:x.used] {
		a := Answer{b.name, b.question.id, b.question.n, uint64(b.value)}
		if a.N == 0 {
			a.Value = x.known[b.question]
		}
		out = append(out, a)
	}
	return out
}

// Bits implements [Source].
func (x *Enumeration) Bits(d Decision, id ID) uint64 {
	words := x.words[d.hash]
	if len(words) == 0 {
		return median
	}
	q := question{d.hash, id, 0}
	v, ok := x.known[q]
	if !ok {
		v = words[x.branch(d, q, len(words))]
		x.known[q] = v
	}
	return v
}

// Choose implements [Source].
func (x *Enumeration) Choose(d Decision, id ID, n int) int {
	q := question{d.hash, id, n}
	v, ok := x.known[q]
	if !ok {
		v = uint64(x.branch(d, q, n))
		x.known[q] = v
	}
	return int(v)
}

// branch answers a question that is new in this run.
func (x *Enumeration) branch(d Decision, q question, n int) int {
	if n < 1 {
		panic("sim: there is nothing to choose from for " + d.name)
	}
	if x.used == len(x.path) {
		x.path = append(x.path, branch{question: q, name: d.name, count: n})
	}
	b := &x.path[x.used]
	if b.question != q || b.count != n {
		panic(fmt.Sprintf("sim: the model is not deterministic: decision %d of a run was %s of %x and is now %s of %x",
			x.used+1, b.name, uint64(b.question.id), d.name, uint64(q.id)))
	}
	x.used++
	return b.value
}
