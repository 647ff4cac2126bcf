package sim_test

import (
	"fmt"

	"orderlab/sim"
)

// gossip is the small world of many tests: members pass rumours on to a random
// other member over connections and datagrams, give up waiting for answers, and
// one of them crashes and comes back. It has something of everything that the
// order of events depends on.
type gossip struct {
	e       *sim.Engine
	members []*member
	bodies  sim.Pool[rumour]
}

type rumour struct{ id, hops uint32 }

type member struct {
	w             *gossip
	id            sim.NodeID
	conns         []sim.Conn
	patience      sim.TimerID
	heard, missed uint64
}

const (
	timerRumour   sim.Kind = iota // a new rumour; arg is its number
	timerPatience                 // no answer came
)

const (
	frameRumour = 1
	frameAnswer = 2
)

var (
	decideWhom = sim.NewDecision("gossip.whom")
)

const members, rumours = 5, 8

// newGossip builds the world on an engine that was reset, with a crash.
func newGossip(e *sim.Engine) *gossip {
	w := calmGossip(e, rumours)
	e.At(9*sim.Millisecond, func() {
		e.Note("crash of member-3")
		e.Crash(w.members[3].id)
		e.Restart(w.members[3].id, 4*sim.Millisecond)
	})
	return w
}

// calmGossip builds the world without a crash, and with one rumour masked.
func calmGossip(e *sim.Engine, masked uint64) *gossip {
	w := &gossip{e: e}
	e.SetLatency(sim.Exponential(int64(300 * sim.Microsecond)))
	for i := range members {
		m := &member{w: w}
		m.id = e.AddNode(fmt.Sprintf("member-%d", i), m)
		w.members = append(w.members, m)
	}
	for i, m := range w.members {
		for k := range i {
			e.Open(m.id, w.members[k].id, 0)
		}
	}
	for i := range uint64(rumours) {
		if i != masked {
			e.After(w.members[i%members].id, sim.Time(i)*sim.Millisecond, timerRumour, i)
		}
	}
	return w
}

func (m *member) Timer(kind sim.Kind, arg uint64) {
	if kind == timerPatience {
		m.missed++
		m.patience = sim.NoTimer
		return
	}
	m.pass(rumour{id: uint32(arg)})
}

// pass sends a rumour on, over a connection or as a datagram.
func (m *member) pass(r rumour) {
	if r.hops == 40 {
		return
	}
	e := m.w.e
	id := sim.Identity(sim.ID(r.id), sim.ID(r.hops))
	slot, body := m.w.bodies.Take()
	*body = rumour{r.id, r.hops + 1}
	f := sim.Frame{Kind: frameRumour, Size: 100, Body: slot, ID: id}
	if n := len(m.conns); n > 0 && r.hops%3 > 0 {
		e.Send(m.id, m.conns[e.Choose(decideWhom, id, n)], f)
	} else {
		e.SendTo(m.id, m.w.members[e.Choose(decideWhom, id, members)].id, f)
	}
	e.Cancel(m.patience)
	m.patience = e.After(m.id, sim.Millisecond, timerPatience, 0)
}

func (m *member) Receive(c sim.Conn, f *sim.Frame) {
	if f.Kind == frameAnswer {
		m.w.e.Cancel(m.patience)
		return
	}
	m.w.e.Send(m.id, c, sim.Frame{Kind: frameAnswer, Size: 10})
	m.hear(f)
}

func (m *member) Datagram(_ sim.NodeID, f *sim.Frame) { m.hear(f) }

func (m *member) hear(f *sim.Frame) {
	r := *m.w.bodies.At(f.Body)
	m.w.bodies.Put(f.Body)
	m.heard++
	m.pass(r)
}

func (m *member) Opened(c sim.Conn) { m.conns = append(m.conns, c) }

func (m *member) Closed(c sim.Conn, _ sim.Closing) {
	for i := range m.conns {
		if m.conns[i] == c {
			m.conns = append(m.conns[:i], m.conns[i+1:]...)
			return
		}
	}
}

func (m *member) Crashed() { m.conns, m.patience = m.conns[:0], sim.NoTimer }

func (m *member) Restarted() {
	for _, other := range m.w.members {
		if other != m {
			m.w.e.Open(m.id, other.id, 1)
		}
	}
}

func (m *member) Digest(d *sim.Digest) {
	d.Uint(m.heard)
	d.Uint(m.missed)
	d.Int(int64(len(m.conns)))
}

// runGossip executes everything and returns the world.
func runGossip(e *sim.Engine) *gossip {
	w := newGossip(e)
	for e.Step(1000) == sim.Running {
	}
	return w
}
