package determinism_test

import (
	"fmt"
	"testing"

	"orderlab/sim"
)

// world is a run of the engine without a model: peers that wait for times of
// every distribution, talk over connections, break them, crash and restart; and
// where faults are wanted, a schedule of every kind of fault, drawn from the seed.
type world struct {
	name   string
	ties   uint64 // permutes the events of one instant when not 0
	peers  int
	faults bool
	sim    *sim.Engine
	all    []*peer
	// draws sums up every value that was drawn.
	draws sim.Digest
}

func worlds() []*world {
	return []*world{
		{name: "peers", peers: 12},
		{name: "peers, ties permuted", peers: 12, ties: 7},
		{name: "many peers", peers: 300},
		{name: "peers under faults", peers: 5, faults: true},
	}
}

const worldEvents = 60_000

// line makes the run and says what it was.
func (w *world) line(t *testing.T) string {
	t.Helper()
	w.sim = sim.New(seed, sim.Limits{Events: worldEvents})
	w.sim.SetLatency(sim.LogNormal(int64(sim.Millisecond), 800_000))
	w.sim.SetBandwidth(1_000_000, 100_000)
	if w.ties != 0 {
		w.sim.PermuteTies(w.ties)
	}
	for i := range w.peers {
		w.all = append(w.all, newPeer(w, i))
	}
	if w.faults {
		if err := w.sim.Install(w.schedule(t)); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range w.all {
		p.Restarted()
	}
	status := w.sim.Step(worldEvents + 1)
	return fmt.Sprintf("sim %s: %v at %v, trace %x, state %x, draws %x",
		w.name, status, w.sim.Now(), w.sim.Hash(), w.sim.Digest(), w.draws.Sum())
}

// schedule draws faults of every kind.
func (w *world) schedule(t *testing.T) sim.Schedule {
	t.Helper()
	r := sim.Ranges{Classes: sim.AllFaults, Choices: sim.DefaultChoices(),
		Begin: sim.Range{Max: 2 * sim.Second},
		Last:  sim.Range{Min: 10 * sim.Millisecond, Max: 500 * sim.Millisecond}}
	for _, p := range w.all {
		r.Nodes = append(r.Nodes, w.sim.NodeName(p.node))
	}
	s, err := r.Draw(sim.Random{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	w.draws.String(s.String())
	return s
}
