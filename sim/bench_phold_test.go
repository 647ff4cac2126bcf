package sim

import (
	"container/heap"
	"fmt"
	"testing"
)

// PHOLD: jobs wander over nodes. A node that gets a job lets go of it at once:
// one in ten stays and comes up again after an exponential time, the others go
// to a random other node over a link with an exponential latency. All decisions
// are named: a hop is (job, number of the hop), a frame (from, to, hop).
const (
	pholdNodes   = 1000
	pholdJobs    = 16 // for each node at the start
	pholdMean    = int64(Millisecond)
	pholdStay    = 10 // one hop in so many is not remote
	pholdWarming = 200_000
)

var (
	pholdWhere = NewDecision("phold.where")
	pholdPeer  = NewDecision("phold.peer")
	pholdSleep = NewDecision("phold.sleep")
)

// A token stands for a job and tells how many hops it has made.
const pholdHop = 1 << 14 // jobs are fewer

// pholdWorld is what the nodes share. Its digest is that of all that happened,
// for the comparison of the two engines; measuring goes without.
type pholdWorld struct {
	sleep Sampler
	trace Digest
	check bool
}

func newPHOLDWorld() pholdWorld { return pholdWorld{sleep: Exponential(pholdMean)} }

// hop counts a hop of a job that is at a node now, and returns its identity.
func (w *pholdWorld) hop(now Time, n NodeID, token *uint32) ID {
	*token += pholdHop
	if w.check {
		w.trace.Int(int64(now))
		w.trace.Uint(uint64(n)<<32 | uint64(*token))
	}
	return ID(*token % pholdHop).With(ID(*token / pholdHop))
}

// pholdEngine is the model on the engine.
type pholdEngine struct {
	pholdWorld
	e     *Engine
	nodes [pholdNodes]pholdNode
}

type pholdNode struct {
	w  *pholdEngine
	id NodeID
}

func newPHOLDEngine(hashing bool) *pholdEngine {
	w := &pholdEngine{pholdWorld: newPHOLDWorld(), e: New(1, Limits{})}
	w.e.SetHashing(hashing)
	w.e.SetLatency(Exponential(pholdMean))
	for i := range w.nodes {
		n := &w.nodes[i]
		n.w, n.id = w, w.e.AddNode(fmt.Sprint("node-", i), n)
		for j := range pholdJobs {
			w.e.After(n.id, 0, 0, uint64(i*pholdJobs+j))
		}
	}
	return w
}

func (n *pholdNode) Timer(_ Kind, token uint64)  { n.move(uint32(token)) }
func (n *pholdNode) Datagram(_ NodeID, f *Frame) { n.move(f.Body) }

func (n *pholdNode) move(token uint32) {
	w, e := n.w, n.w.e
	id := w.hop(e.Now(), n.id, &token)
	if e.Choose(pholdWhere, id, pholdStay) == 0 {
		e.After(n.id, Time(e.Draw(pholdSleep, id, &w.sleep)), 0, uint64(token))
		return
	}
	to := pholdOther(n.id, e.Choose(pholdPeer, id, pholdNodes-1))
	e.SendTo(n.id, to, Frame{Kind: 1, Size: 100, Body: token, ID: id})
}

// pholdOther returns the k-th node after a node.
func pholdOther(n NodeID, k int) NodeID { return (n + 1 + NodeID(k)) % pholdNodes }

func (n *pholdNode) Opened(Conn)          {}
func (n *pholdNode) Receive(Conn, *Frame) {}
func (n *pholdNode) Closed(Conn, Closing) {}
func (n *pholdNode) Crashed()             {}
func (n *pholdNode) Restarted()           {}
func (n *pholdNode) Digest(*Digest)       {}

// naiveEngine is an engine as one writes it first: container/heap of pointers to
// events that are closures. Its decisions are those of the other, so that the
// two run the same model.
type naiveEngine struct {
	now     Time
	events  heapQueue
	seq     uint64
	seed    Random
	latency Sampler
	nodes   []*naiveNode
}

func (e *naiveEngine) at(t Time, run func()) {
	e.seq++
	heap.Push(&e.events, &heapEvent{at: t, seq: e.seq, run: run})
}

func (e *naiveEngine) after(n *naiveNode, d Time, token uint64) {
	e.at(e.now+d, func() { n.timer(token) })
}

func (e *naiveEngine) sendTo(from, to *naiveNode, f Frame) {
	id := from.name.With(to.name).With(ID(f.Kind)<<48 ^ f.ID)
	e.at(e.now+Time(e.latency.Sample(e.seed.Bits(decideLatency, id))), func() { to.datagram(from, &f) })
}

func (e *naiveEngine) step(n int) {
	for range n {
		ev := heap.Pop(&e.events).(*heapEvent)
		e.now = ev.at
		ev.run()
	}
}

// naivePHOLD is the model on the naive engine.
type naivePHOLD struct {
	pholdWorld
	naiveEngine
}

type naiveNode struct {
	w    *naivePHOLD
	id   NodeID
	name ID
}

func newNaivePHOLD() *naivePHOLD {
	w := &naivePHOLD{newPHOLDWorld(), naiveEngine{seed: Random{1}, latency: Exponential(pholdMean)}}
	for i := range pholdNodes {
		n := &naiveNode{w, NodeID(i), Named(fmt.Sprint("node-", i))}
		w.nodes = append(w.nodes, n)
		for j := range pholdJobs {
			w.after(n, 0, uint64(i*pholdJobs+j))
		}
	}
	return w
}

func (n *naiveNode) timer(token uint64)              { n.move(uint32(token)) }
func (n *naiveNode) datagram(_ *naiveNode, f *Frame) { n.move(f.Body) }

func (n *naiveNode) move(token uint32) {
	w := n.w
	id := w.hop(w.now, n.id, &token)
	if w.seed.Choose(pholdWhere, id, pholdStay) == 0 {
		w.after(n, Time(w.sleep.Sample(w.seed.Bits(pholdSleep, id))), uint64(token))
		return
	}
	to := pholdOther(n.id, w.seed.Choose(pholdPeer, id, pholdNodes-1))
	w.sendTo(n, w.nodes[to], Frame{Kind: 1, Size: 100, Body: token, ID: id})
}

// The two are the same model: after as many events they have done the same.
func TestPHOLDAgrees(t *testing.T) {
	engine, naive := newPHOLDEngine(true), newNaivePHOLD()
	engine.check, naive.check = true, true
	engine.e.Step(pholdWarming)
	naive.step(pholdWarming)
	if engine.e.Now() != naive.now || engine.trace != naive.trace {
		t.Errorf("the engine is at %v with %x, the naive one at %v with %x",
			engine.e.Now(), engine.trace.Sum(), naive.now, naive.trace.Sum())
	}
}

// BenchmarkPHOLD reports events per second on one core of the model on the engine
// without the trace hash, with it, and on the naive engine.
func BenchmarkPHOLD(b *testing.B) {
	b.Run("engine", func(b *testing.B) {
		w := newPHOLDEngine(false)
		pholdMeasure(b, func(n int) { w.e.Step(n) })
	})
	b.Run("engine-hash", func(b *testing.B) {
		w := newPHOLDEngine(true)
		pholdMeasure(b, func(n int) { w.e.Step(n) })
	})
	b.Run("baseline", func(b *testing.B) { pholdMeasure(b, newNaivePHOLD().step) })
}

func pholdMeasure(b *testing.B, step func(n int)) {
	defer oneCore()()
	step(pholdWarming)
	measured(b, step)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
