package sim_test

import (
	"fmt"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// A run that was recorded can be repeated from the list alone, on an engine with
// another seed: the model cannot tell.
func TestReplayReproducesTheHash(t *testing.T) {
	for _, how := range []func(e *sim.Engine){
		func(*sim.Engine) {}, func(e *sim.Engine) { e.PermuteTies(3) }, func(e *sim.Engine) { e.ChooseTies() },
	} {
		e := sim.New(1, sim.Limits{})
		recording := sim.Record(sim.Random{Seed: 1})
		e.SetSource(recording)
		how(e)
		runGossip(e)

		again := sim.New(999, sim.Limits{})
		replay := sim.NewReplay(recording.Answers(), sim.Random{Seed: 1000})
		second := sim.Record(replay)
		again.SetSource(second)
		how(again)
		runGossip(again)
		if again.Hash() != e.Hash() || len(replay.Missing()) != 0 {
			t.Errorf("the replay has the hash %x, want %x, and asked %d new questions", again.Hash(), e.Hash(), len(replay.Missing()))
		}
		if fmt.Sprint(second.Answers()) != fmt.Sprint(recording.Answers()) {
			t.Error("the recording of a replay is another list")
		}
	}
}

// What is not in the list comes from the other source, and is told.
func TestReplayOfAPart(t *testing.T) {
	recording := sim.Record(sim.Random{Seed: 1})
	a, b := sim.NewDecision("a"), sim.NewDecision("b")
	for range 2 {
		recording.Bits(a, 1)
		recording.Choose(a, 1, 10)
		recording.Choose(a, 1, 20)
		recording.Choose(b, 1, 10)
	}
	if n := len(recording.Answers()); n != 4 {
		t.Fatalf("%d answers, want one for each question", n)
	}
	other := sim.Random{Seed: 2}
	r := sim.NewReplay(recording.Answers()[:2], other)
	if r.Bits(a, 1) != (sim.Random{Seed: 1}).Bits(a, 1) || r.Choose(a, 1, 10) != (sim.Random{Seed: 1}).Choose(a, 1, 10) {
		t.Error("an answer of the list was not given")
	}
	if r.Choose(a, 1, 20) != other.Choose(a, 1, 20) || r.Bits(b, 1) != other.Bits(b, 1) {
		t.Error("what is not in the list did not come from the other source")
	}
	want := fmt.Sprint([]sim.Answer{{Decision: "a", ID: 1, N: 20, Value: uint64(other.Choose(a, 1, 20))},
		{Decision: "b", ID: 1, Value: other.Bits(b, 1)}})
	if got := fmt.Sprint(r.Missing()); got != want {
		t.Errorf("missing are %s, want %s", got, want)
	}
	r.Choose(a, 1, 20)
	r.Choose(a, 1, 10)
	if used, missing := r.Used(), len(r.Missing()); used != 2 || missing != 2 {
		t.Errorf("%d answers were used and %d missing, want each question counted once", used, missing)
	}
	edited := sim.NewReplay([]sim.Answer{{Decision: "a", ID: 1, N: 3, Value: 7}}, other)
	if got := edited.Choose(a, 1, 3); got != other.Choose(a, 1, 3) {
		t.Errorf("a list with an impossible answer gave %d", got)
	}
	if edited.Used() != 0 || len(edited.Missing()) != 1 {
		t.Errorf("an impossible answer was used: %d, missing %v", edited.Used(), edited.Missing())
	}
}

// lossy is the toy world: two senders send messages over their connections to
// one receiver, which loses each or not.
type lossy struct {
	e        *sim.Engine
	receiver scripted
	senders  [2]scripted
	got      []string
	sent     [2]uint64
	count    [2]uint64
}

var decideLose = sim.NewDecision("receiver.lose")

// newLossy builds the toy world. In round r each sender sends burst messages at
// once, the second sender lag after the first.
func newLossy(e *sim.Engine, rounds, burst int, lag sim.Time) *lossy {
	w := &lossy{e: e}
	e.SetLatency(sim.Constant(int64(sim.Millisecond)))
	w.receiver.digest = func(d *sim.Digest) { d.Uint(w.count[0]); d.Uint(w.count[1]) }
	receiver := e.AddNode("receiver", &w.receiver)
	conns := map[sim.Conn]int{}
	for i := range w.senders {
		s := &w.senders[i]
		id := e.AddNode(fmt.Sprint("sender-", i), s)
		conn := e.Open(id, receiver, 0)
		conns[conn] = i
		s.timer = func(sim.Kind, uint64) {
			for range burst {
				w.sent[i]++
				e.Send(id, conn, sim.Frame{Kind: 1, ID: sim.ID(w.sent[i])})
			}
		}
		s.digest = func(d *sim.Digest) { d.Uint(w.sent[i]) }
		for r := range rounds {
			e.After(id, sim.Time(r+1)*sim.Second+sim.Time(i)*lag, 0, 0)
		}
	}
	w.receiver.receive = func(c sim.Conn, f *sim.Frame) {
		i := conns[c]
		if e.Choose(decideLose, sim.Identity(sim.ID(i), f.ID), 2) == 0 {
			w.count[i]++
			w.got = append(w.got, fmt.Sprintf("%d.%d", i, f.ID))
		}
	}
	return w
}

// enumerate runs every schedule of a toy world and returns how many there are
// and the ends that they come to.
func enumerate(t *testing.T, rounds, burst int, lag sim.Time, prune bool) (runs int, ends map[string]int) {
	t.Helper()
	x := sim.NewEnumeration()
	ends = map[string]int{}
	schedules := map[string]bool{}
	e := sim.New(0, sim.Limits{})
	for x.Next() {
		e.Reset(0, sim.Limits{})
		e.SetSource(x)
		e.ChooseTies()
		w := newLossy(e, rounds, burst, lag)
		e.At(sim.Millisecond*10, func() {}) // the connections are open
		for e.Now() < sim.Millisecond*10 {
			e.Step(1)
		}
		for e.Step(1) == sim.Running {
			if prune && x.Seen(e.Digest()) {
				e.Halt()
			}
		}
		schedule := fmt.Sprint(x.Answers())
		if schedules[schedule] {
			t.Fatalf("schedule %s was visited twice", schedule)
		}
		schedules[schedule] = true
		if e.Status() == sim.Idle {
			ends[fmt.Sprint(w.got)]++
			if prune {
				ends[fmt.Sprint(w.count)]++
			}
		}
		if x.Runs() > 100_000 {
			t.Fatal("the enumeration does not end")
		}
	}
	if x.Runs() != len(schedules) {
		t.Fatalf("%d runs, %d schedules", x.Runs(), len(schedules))
	}
	return x.Runs(), ends
}

func power(base, n int) int {
	p := 1
	for range n {
		p *= base
	}
	return p
}

func choose(n, k int) int {
	c := 1
	for i := range k {
		c = c * (n - i) / (i + 1)
	}
	return c
}

// Every schedule is visited exactly once, and there are as many as there must be.
func TestEnumerationVisitsEverySchedule(t *testing.T) {
	opening := 2 * 2 // the two requests arrive at one instant, and so do the answers
	for rounds := 1; rounds <= 3; rounds++ {
		// With a lag nothing is left open but the loss of each message.
		runs, ends := enumerate(t, rounds, 1, sim.Microsecond, false)
		if want := opening * power(4, rounds); runs != want || len(ends) != power(4, rounds) {
			t.Errorf("%d rounds with a lag: %d schedules and %d ends, want %d", rounds, runs, len(ends), want)
		}
	}
	for burst := 1; burst <= 3; burst++ {
		// Without a lag: who sends first, every interleaving of the two streams,
		// each of which keeps its order, and the loss of each message.
		runs, _ := enumerate(t, 1, burst, 0, false)
		if want := opening * 2 * choose(2*burst, burst) * power(2, 2*burst); runs != want {
			t.Errorf("bursts of %d: %d schedules, want %d", burst, runs, want)
		}
	}
}

// The ends of the interleavings: with nothing lost, each order of the streams is
// reached that keeps the order of each sender, and no other.
func TestEnumerationKeepsConnectionsInOrder(t *testing.T) {
	_, ends := enumerate(t, 1, 2, 0, false)
	want := []string{"[0.1 0.2 1.1 1.2]", "[0.1 1.1 0.2 1.2]", "[0.1 1.1 1.2 0.2]", "[1.1 0.1 0.2 1.2]",
		"[1.1 0.1 1.2 0.2]", "[1.1 1.2 0.1 0.2]"}
	for _, w := range want {
		if ends[w] == 0 {
			t.Errorf("the order %s was not reached", w)
		}
		delete(ends, w)
	}
	for end := range ends {
		if len(end) >= len(want[0]) {
			t.Errorf("the order %s was reached", end)
		}
	}
}

// Paths that lead to one state are followed as one. The receiver's counts are
// its state, so before message j of a sender there are as many states as there
// are pairs of counts, and each has two branches.
func TestEqualStatesAreRecognised(t *testing.T) {
	for rounds := 1; rounds <= 6; rounds++ {
		runs, ends := enumerate(t, rounds, 1, sim.Microsecond, true)
		want := 1
		for j := 1; j <= rounds; j++ {
			want += j*j + (j+1)*j
		}
		// The order of the openings leads to one state, seen twice.
		if want += 3; runs != want {
			t.Errorf("%d rounds: %d schedules, want %d of %d", rounds, runs, want, 4*power(4, rounds))
		}
		counts := 0
		for a := range rounds + 1 {
			for b := range rounds + 1 {
				if ends[fmt.Sprint([2]uint64{uint64(a), uint64(b)})] > 0 {
					counts++
				}
			}
		}
		if want := (rounds + 1) * (rounds + 1); counts != want {
			t.Errorf("%d rounds: %d pairs of counts were reached at the end, want %d", rounds, counts, want)
		}
	}
}

// Against an oracle: a random tree of questions, where what is asked depends on
// what was answered, is walked by recursion and by the enumeration.
func TestEnumerationMatchesRecursion(t *testing.T) {
	d, word := sim.NewDecision("choice"), sim.NewDecision("word")
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		depth := rapid.IntRange(0, 4).Draw(t, "depth")
		words := []uint64{3, 1 << 63, 9}
		// ask asks along one path; n alternatives depend on the path so far.
		alternatives := func(path []int) int { return 1 + sim.Random{Seed: seed}.Choose(d, sim.ID(hashPath(path)), 3) }
		var want []string
		var walk func(path []int)
		walk = func(path []int) {
			if len(path) == depth {
				want = append(want, fmt.Sprint(path))
				return
			}
			n := alternatives(path)
			if len(path)%2 == 1 {
				n = len(words)
			}
			for v := range n {
				walk(append(path[:len(path):len(path)], v))
			}
		}
		walk(nil)
		x := sim.NewEnumeration()
		x.Branch(word, words...)
		var got []string
		for x.Next() {
			var path []int
			for len(path) < depth {
				id := sim.ID(hashPath(path))
				if len(path)%2 == 1 {
					w := x.Bits(word, id)
					for v := range words {
						if words[v] == w {
							path = append(path, v)
							break
						}
					}
					continue
				}
				n := alternatives(path)
				v := x.Choose(d, id, n)
				if again := x.Choose(d, id, n); again != v {
					t.Fatalf("asked again, %d became %d", v, again)
				}
				path = append(path, v)
			}
			if x.Bits(sim.NewDecision("other"), 1) != 1<<63 {
				t.Fatal("a draw that does not branch is not the median")
			}
			got = append(got, fmt.Sprint(path))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || x.Runs() != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func hashPath(path []int) uint64 {
	h := uint64(len(path))
	for _, v := range path {
		h = h*31 + uint64(v) + 1
	}
	return h
}

// A model that does not do the same after the same answers cannot be enumerated.
func TestEnumerationNoticesNondeterminism(t *testing.T) {
	d := sim.NewDecision("a")
	x := sim.NewEnumeration()
	calls := sim.ID(0)
	got := panicOf(func() {
		for x.Next() {
			calls++
			x.Choose(d, 1, 2)
			x.Choose(d, calls, 2)
			x.Choose(d, 100, 2)
		}
	})
	if want := "sim: the model is not deterministic: decision 2 of a run was a of 64 and is now a of 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
