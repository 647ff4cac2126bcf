package determinism_test

import (
	"fmt"
	"math/bits"

	"orderlab/sim"
)

// world is a run of the engine without a model: peers that wait for times of
// every distribution, talk over connections, break them, crash and restart.
type world struct {
	name  string
	ties  uint64 // permutes the events of one instant when not 0
	peers int
	sim   *sim.Engine
	all   []*peer
	// draws sums up every value that was drawn.
	draws sim.Digest
}

func worlds() []*world {
	return []*world{
		{name: "peers", peers: 12},
		{name: "peers, ties permuted", peers: 12, ties: 7},
		{name: "many peers", peers: 300},
	}
}

const worldEvents = 60_000

// line makes the run and says what it was.
func (w *world) line() string {
	w.sim = sim.New(seed, sim.Limits{Events: worldEvents})
	w.sim.SetLatency(sim.LogNormal(int64(sim.Millisecond), 800_000))
	if w.ties != 0 {
		w.sim.PermuteTies(w.ties)
	}
	for i := range w.peers {
		p := &peer{w: w, id: sim.ID(i), conns: make([]sim.Conn, 3)}
		p.node = w.sim.AddNode(fmt.Sprintf("peer-%d", i), p)
		w.all = append(w.all, p)
	}
	for _, p := range w.all {
		p.Restarted()
	}
	status := w.sim.Step(worldEvents + 1)
	return fmt.Sprintf("sim %s: %v at %v, trace %x, state %x, draws %x",
		w.name, status, w.sim.Now(), w.sim.Hash(), w.sim.Digest(), w.draws.Sum())
}

// peer is a node.
type peer struct {
	w     *world
	node  sim.NodeID
	id    sim.ID
	turn  uint64
	heard uint64
	conns []sim.Conn
}

var (
	decideWait = sim.NewDecision("peer.wait")
	decideWhat = sim.NewDecision("peer.what")
	decideWhom = sim.NewDecision("peer.whom")
)

// waits are distributions of every kind, around a millisecond.
func waits() []sim.Sampler {
	return []sim.Sampler{
		sim.Constant(int64(sim.Millisecond)),
		sim.Uniform(0, 2*int64(sim.Millisecond)),
		sim.Exponential(int64(sim.Millisecond)),
		sim.LogNormal(int64(sim.Millisecond), 1_500_000),
		sim.Zipf(1000, 1_100_000),
	}
}

var samplers = waits()

// draw draws a wait for the peer's turn, of the distribution whose turn it is.
func (p *peer) draw() sim.Time {
	v := p.w.sim.Draw(decideWait, sim.Identity(p.id, sim.ID(p.turn)), &samplers[p.turn%uint64(len(samplers))])
	p.w.draws.Int(v)
	return sim.Time(v)
}

// Timer implements sim.Node: the peer takes a turn.
func (p *peer) Timer(_ sim.Kind, _ uint64) {
	p.turn++
	id := sim.Identity(p.id, sim.ID(p.turn))
	slot := int(p.turn % uint64(len(p.conns)))
	switch what := p.w.sim.Choose(decideWhat, id, 100); {
	case what < 1:
		p.w.sim.Restart(p.node, p.draw())
		p.w.sim.Crash(p.node)
		return
	case what < 4 && p.conns[slot] != sim.NoConn:
		p.w.sim.Break(p.conns[slot])
		p.conns[slot] = sim.NoConn
	case p.conns[slot] == sim.NoConn:
		whom := p.w.all[p.w.sim.Choose(decideWhom, id, len(p.w.all))]
		if whom != p {
			p.conns[slot] = p.w.sim.Open(p.node, whom.node, id)
		}
	default:
		frame := sim.Frame{Kind: uint16(what % 3), Size: int32(what), Body: uint32(p.turn)}
		if what%2 == 0 {
			frame.ID = id // a data frame; the others have the weather of their link
		}
		p.w.sim.Send(p.node, p.conns[slot], frame)
	}
	p.w.sim.After(p.node, p.draw(), 1, p.turn)
}

// Opened implements sim.Node.
func (p *peer) Opened(sim.Conn) { p.heard++ }

// Closed implements sim.Node.
func (p *peer) Closed(c sim.Conn, why sim.Closing) {
	for i := range p.conns {
		if p.conns[i] == c {
			p.conns[i] = sim.NoConn
		}
	}
	p.heard = bits.RotateLeft64(p.heard, 5) ^ uint64(why)
}

// Receive implements sim.Node: every third frame is answered.
func (p *peer) Receive(c sim.Conn, f *sim.Frame) {
	p.heard = bits.RotateLeft64(p.heard, 5) ^ uint64(f.Body)
	if f.Body%3 == 0 && f.Kind != 9 {
		p.w.sim.Send(p.node, c, sim.Frame{Kind: 9, Size: 8, Body: f.Body, ID: f.ID})
	}
}

// Crashed implements sim.Node.
func (p *peer) Crashed() { clear(p.conns) }

// Restarted implements sim.Node.
func (p *peer) Restarted() { p.w.sim.After(p.node, p.draw(), 1, p.turn) }

// Digest implements sim.Node.
func (p *peer) Digest(d *sim.Digest) {
	d.Uint(p.turn)
	d.Uint(p.heard)
	for _, c := range p.conns {
		d.Uint(uint64(c))
	}
}
