package determinism_test

import (
	"fmt"
	"math/bits"

	"orderlab/sim"
)

// peer is a node.
type peer struct {
	w     *world
	node  sim.NodeID
	id    sim.ID
	turn  uint64
	heard uint64
	conns []sim.Conn
	cpu   sim.ServerID
	file  sim.File
}

// The timers of a peer.
const (
	takeTurn sim.Kind = iota
	served
	written
	synced
)

func newPeer(w *world, i int) *peer {
	p := &peer{w: w, id: sim.ID(i), conns: make([]sim.Conn, 3)}
	p.node = w.sim.AddNode(fmt.Sprintf("peer-%d", i), p)
	p.cpu = w.sim.AddServer(p.node, sim.ServerSettings{Workers: 2, Capacity: 20})
	disk := w.sim.AddDisk(p.node, "disk", sim.DiskSettings{Write: sim.Constant(1000),
		Sync:      sim.Exponential(int64(sim.Millisecond)),
		Bandwidth: 100_000_000, Flush: sim.Second / 10, Torn: 50 * sim.Percent})
	p.file = w.sim.AddFile(disk, "log")
	w.sim.SetClock(p.node, sim.Time(i)*sim.Millisecond, int64(i)*10_000)
	return p
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

// Timer implements sim.Node.
func (p *peer) Timer(kind sim.Kind, arg uint64) {
	switch kind {
	case takeTurn:
		p.act()
	case served:
		end, ok := p.w.sim.Append(p.file, int64(1+arg%900), sim.IO{Kind: written, Arg: arg})
		p.hear(uint64(end))
		if ok && arg%4 == 0 {
			p.w.sim.Sync(p.file, sim.IO{Kind: synced, Arg: arg})
		}
	case written, synced:
		p.hear(arg ^ uint64(p.w.sim.Durable(p.file)))
	}
}

// act is a turn of the peer.
func (p *peer) act() {
	p.turn++
	id := sim.Identity(p.id, sim.ID(p.turn))
	slot := int(p.turn % uint64(len(p.conns)))
	whom := p.w.all[p.w.sim.Choose(decideWhom, id, len(p.w.all))]
	switch what := p.w.sim.Choose(decideWhat, id, 100); {
	case what < 1:
		p.w.sim.Restart(p.node, p.draw())
		p.w.sim.Crash(p.node)
		return
	case what < 4 && p.conns[slot] != sim.NoConn:
		p.w.sim.Break(p.conns[slot])
		p.conns[slot] = sim.NoConn
	case what < 20 && whom != p:
		p.w.sim.SendTo(p.node, whom.node, sim.Frame{Kind: 8, Size: 200, Body: uint32(p.turn), ID: id})
	case what < 40:
		p.w.sim.Serve(p.cpu, p.draw(), served, p.turn)
	case p.conns[slot] == sim.NoConn && whom != p:
		p.conns[slot] = p.w.sim.Open(p.node, whom.node, id)
	default:
		frame := sim.Frame{Kind: uint16(what % 3), Size: int32(what), Body: uint32(p.turn)}
		if what%2 == 0 {
			frame.ID = id // a data frame; the others have the weather of their link
		}
		p.w.sim.Send(p.node, p.conns[slot], frame)
	}
	p.hear(uint64(p.w.sim.Clock(p.node)))
	p.w.sim.After(p.node, p.draw(), takeTurn, p.turn)
}

// hear takes in what happened, so that the order of what happens counts.
func (p *peer) hear(what uint64) { p.heard = bits.RotateLeft64(p.heard, 5) ^ what }

// Opened implements sim.Node.
func (p *peer) Opened(sim.Conn) { p.heard++ }

// Closed implements sim.Node.
func (p *peer) Closed(c sim.Conn, why sim.Closing) {
	for i := range p.conns {
		if p.conns[i] == c {
			p.conns[i] = sim.NoConn
		}
	}
	p.hear(uint64(why))
}

// Receive implements sim.Node: every third frame is answered.
func (p *peer) Receive(c sim.Conn, f *sim.Frame) {
	p.hear(uint64(f.Body))
	if f.Body%3 == 0 && f.Kind != 9 {
		p.w.sim.Send(p.node, c, sim.Frame{Kind: 9, Size: 8, Body: f.Body, ID: f.ID})
	}
}

// Datagram implements sim.DatagramReceiver.
func (p *peer) Datagram(from sim.NodeID, f *sim.Frame) { p.hear(uint64(from)<<32 | uint64(f.Body)) }

// Crashed implements sim.Node.
func (p *peer) Crashed() { clear(p.conns) }

// Restarted implements sim.Node.
func (p *peer) Restarted() { p.w.sim.After(p.node, p.draw(), takeTurn, p.turn) }

// Digest implements sim.Node.
func (p *peer) Digest(d *sim.Digest) {
	d.Uint(p.turn)
	d.Uint(p.heard)
	for _, c := range p.conns {
		d.Uint(uint64(c))
	}
}
