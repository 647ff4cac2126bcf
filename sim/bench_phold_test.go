package sim

import (
	"container/heap"
	"testing"
)

// PHOLD: jobs wander over nodes. A job that arrives at a node leaves it at once:
// one in ten stays there and wakes after an exponential time, the others travel
// to a peer over a link whose latency is exponential. The decisions are named:
// a job's hop is (job, number of the hop).
const (
	pholdNodes   = 1000
	pholdJobs    = 16 // of each node at the start
	pholdPeers   = 8  // connections that each node opens
	pholdMean    = int64(Millisecond)
	pholdOneIn   = 10 // hops that stay
	pholdHeating = 200_000
)

var (
	pholdWhere = NewDecision("phold.where")
	pholdPeer  = NewDecision("phold.peer")
	pholdSleep = NewDecision("phold.sleep")
)

// pholdTarget returns the k-th node that node i opens a connection to.
func pholdTarget(i, k int) int { return (i + 1 + 61*k) % pholdNodes }

// pholdWorld is the model on the engine.
type pholdWorld struct {
	e     *Engine
	sleep Sampler
	hops  []uint32 // by job
	nodes [pholdNodes]pholdNode
	sum   Digest
	check bool
}

type pholdNode struct {
	w     *pholdWorld
	id    NodeID
	peers []Conn
}

func newPHOLD(hashing bool) *pholdWorld {
	w := &pholdWorld{e: New(1, Limits{}), sleep: Exponential(pholdMean), hops: make([]uint32, pholdNodes*pholdJobs)}
	w.e.SetHashing(hashing)
	w.e.SetLatency(Exponential(pholdMean))
	for i := range w.nodes {
		n := &w.nodes[i]
		n.w, n.id = w, w.e.AddNode(pholdName(i), n)
	}
	for i := range w.nodes {
		for k := range pholdPeers {
			w.e.Open(NodeID(i), NodeID(pholdTarget(i, k)), ID(k))
		}
		for j := range pholdJobs {
			w.e.After(NodeID(i), Second, 0, uint64(i*pholdJobs+j))
		}
	}
	return w
}

func pholdName(i int) string {
	return "node-" + string([]byte{'0' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10)})
}

func (n *pholdNode) Timer(_ Kind, job uint64) { n.move(uint32(job)) }

func (n *pholdNode) Receive(_ Conn, f *Frame) { n.move(f.Body) }

func (n *pholdNode) move(job uint32) {
	w := n.w
	w.hops[job]++
	if w.check {
		w.sum.Int(int64(w.e.Now()))
		w.sum.Uint(uint64(n.id)<<32 | uint64(job))
	}
	id := Identity(ID(job), ID(w.hops[job]))
	if w.e.Choose(pholdWhere, id, pholdOneIn) == 0 {
		w.e.After(n.id, Time(w.e.Draw(pholdSleep, id, &w.sleep)), 0, uint64(job))
		return
	}
	c := n.peers[w.e.Choose(pholdPeer, id, len(n.peers))]
	w.e.Send(n.id, c, Frame{Kind: 1, Size: 100, Body: job, ID: id})
}

func (n *pholdNode) Opened(c Conn)        { n.peers = append(n.peers, c) }
func (n *pholdNode) Closed(Conn, Closing) {}
func (n *pholdNode) Crashed()             {}
func (n *pholdNode) Restarted()           {}
func (n *pholdNode) Digest(*Digest)       {}

// naivePHOLD is the same model as one writes it first: container/heap of
// pointers to events that are closures.
type naivePHOLD struct {
	now    Time
	events heapQueue
	seq    uint64
	nodes  [pholdNodes]*naiveNode
	hops   []uint32
	source Random
	sleep  Sampler
	wire   Sampler
	sum    Digest
	check  bool
}

type naiveNode struct {
	id    int
	name  ID
	peers []*naiveLink
}

// naiveLink is one direction of a connection.
type naiveLink struct {
	to   *naiveNode
	name ID
	last Time
}

func newNaivePHOLD() *naivePHOLD {
	w := &naivePHOLD{source: Random{1}, sleep: Exponential(pholdMean), wire: Exponential(pholdMean),
		hops: make([]uint32, pholdNodes*pholdJobs)}
	for i := range w.nodes {
		w.nodes[i] = &naiveNode{id: i, name: Named(pholdName(i))}
	}
	for _, n := range w.nodes {
		for k := range pholdPeers {
			w.open(n, w.nodes[pholdTarget(n.id, k)], ID(k))
		}
		for j := range pholdJobs {
			job := uint32(n.id*pholdJobs + j)
			w.at(Second, func() { w.move(n, job) })
		}
	}
	return w
}

func (w *naivePHOLD) at(t Time, run func()) {
	w.seq++
	heap.Push(&w.events, &heapEvent{t, w.seq, run})
}

func (w *naivePHOLD) latency(link ID, kind uint16, id ID) Time {
	d := decideLatency
	if id == 0 {
		d, id = decideWeather, ID(w.now/weatherSlot)
	}
	return Time(w.wire.Sample(w.source.Bits(d, Identity(link, ID(kind), id))))
}

func (w *naivePHOLD) open(a, b *naiveNode, cause ID) {
	there, back := &naiveLink{to: b, name: Identity(a.name, b.name)}, &naiveLink{to: a, name: Identity(b.name, a.name)}
	w.at(w.now+w.latency(there.name, 0, cause), func() {
		b.peers = append(b.peers, back)
		back.last = w.now + w.latency(back.name, 0, cause)
		w.at(back.last, func() { a.peers = append(a.peers, there) })
	})
}

func (w *naivePHOLD) move(n *naiveNode, job uint32) {
	w.hops[job]++
	if w.check {
		w.sum.Int(int64(w.now))
		w.sum.Uint(uint64(n.id)<<32 | uint64(job))
	}
	id := Identity(ID(job), ID(w.hops[job]))
	if w.source.Choose(pholdWhere, id, pholdOneIn) == 0 {
		w.at(w.now+Time(w.sleep.Sample(w.source.Bits(pholdSleep, id))), func() { w.move(n, job) })
		return
	}
	l := n.peers[w.source.Choose(pholdPeer, id, len(n.peers))]
	l.last = max(l.last, w.now+w.latency(l.name, 1, id))
	w.at(l.last, func() { w.move(l.to, job) })
}

func (w *naivePHOLD) step(n int) {
	for range n {
		e := heap.Pop(&w.events).(*heapEvent)
		w.now = e.at
		e.run()
	}
}

// The two are the same model: after as many events they have done the same.
func TestPHOLDAgrees(t *testing.T) {
	engine, naive := newPHOLD(true), newNaivePHOLD()
	engine.check, naive.check = true, true
	engine.e.Step(pholdHeating)
	naive.step(pholdHeating)
	if engine.e.Now() != naive.now || engine.sum != naive.sum {
		t.Errorf("the engine is at %v with %x, the naive model at %v with %x",
			engine.e.Now(), engine.sum.Sum(), naive.now, naive.sum.Sum())
	}
}

// BenchmarkPHOLD reports events per second of the same model on the engine
// without the trace hash, with it, and on container/heap with closures.
func BenchmarkPHOLD(b *testing.B) {
	for name, hashing := range map[string]bool{"engine": false, "engine-hash": true} {
		b.Run(name, func(b *testing.B) {
			w := newPHOLD(hashing)
			pholdMeasure(b, func(n int) { w.e.Step(n) })
		})
	}
	b.Run("baseline", func(b *testing.B) { pholdMeasure(b, newNaivePHOLD().step) })
}

func pholdMeasure(b *testing.B, step func(n int)) {
	step(pholdHeating)
	b.ReportAllocs()
	b.ResetTimer()
	step(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
