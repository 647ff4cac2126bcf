package sim

import (
	"fmt"
	"os"
	"testing"
)

// chatter is a node of a small system that does its best under any faults: it
// keeps a connection to each peer, sends a numbered frame over it every so often,
// and opens it anew when it was closed or nothing was heard for too long. It also
// sends datagrams, works on its CPU and writes to its disk.
type chatter struct {
	w       *chatWorld
	id      NodeID
	name    string
	conns   []chat // to each node
	heard   []Time // of each node: when something of it came last
	cpu     ServerID
	file    File
	synced  int64 // what a completed sync has promised
	appends int64
	worked  Time // when its CPU did something last
}

// chat is a connection as its client sees it.
type chat struct {
	conn   Conn
	open   bool
	number uint32 // of the next frame
	opened ID
	answer Time // when the last answer came
}

// chatWorld holds what the test knows and no node does.
type chatWorld struct {
	t      testing.TB
	e      *Engine
	nodes  []*chatter
	next   [][2]uint32 // by slot: the connection's generation and the next number on it
	events int
}

const (
	chatTick Kind = iota
	chatWork
	chatWritten
	chatSynced
	chatEvery   = 50 * Millisecond
	chatPatient = 3 * Second
)

// newChatWorld builds the world on a new engine. Every other seed permutes ties.
func newChatWorld(t testing.TB, seed uint64, nodes int) *chatWorld {
	e := New(seed, Limits{Events: 2_000_000})
	if seed%2 == 0 {
		e.PermuteTies(seed)
	}
	return chatWorldOn(t, e, nodes)
}

// chatWorldOn builds the world on an engine that was used before.
func chatWorldOn(t testing.TB, e *Engine, nodes int) *chatWorld {
	w := &chatWorld{t: t, e: e}
	w.e.SetLatency(LogNormal(int64(30*Millisecond), 500_000))
	w.e.SetBandwidth(10_000_000, 100_000)
	for i := range nodes {
		c := &chatter{w: w, name: fmt.Sprintf("n%d", i)}
		c.id = w.e.AddNode(c.name, c)
		c.cpu = w.e.AddServer(c.id, ServerSettings{Workers: 2, Capacity: 100})
		disk := w.e.AddDisk(c.id, "disk", DiskSettings{Write: Constant(1000), Sync: Exponential(int64(5 * Millisecond)),
			Bandwidth: 100_000_000, Flush: Second, Torn: 50 * Percent})
		c.file = w.e.AddFile(disk, "log")
		w.nodes = append(w.nodes, c)
	}
	for _, c := range w.nodes {
		c.heard = make([]Time, nodes)
		c.Restarted()
	}
	return w
}

func (c *chatter) Restarted() {
	if size := c.w.e.Size(c.file); size < c.synced || size > c.appends {
		c.w.t.Errorf("%s: the file has %d bytes after %d were synced and %d appended", c.name, size, c.synced, c.appends)
	}
	c.appends = c.w.e.Size(c.file)
	c.synced = min(c.synced, c.appends)
	c.conns = make([]chat, len(c.w.nodes))
	c.w.e.After(c.id, chatEvery, chatTick, 0)
}

func (c *chatter) Timer(kind Kind, arg uint64) {
	e := c.w.e
	switch kind {
	case chatTick:
		e.After(c.id, chatEvery, chatTick, arg+1)
		for to := range c.conns {
			if NodeID(to) != c.id {
				c.talk(NodeID(to), arg)
			}
		}
		e.Serve(c.cpu, 10*Millisecond, chatWork, arg)
	case chatWork:
		c.worked = e.Now()
		if end, ok := e.Append(c.file, 700, IO{Kind: chatWritten}); ok {
			c.appends = end
			e.Sync(c.file, IO{Kind: chatSynced, Arg: uint64(end)})
		}
	case chatSynced:
		c.synced = max(c.synced, int64(arg))
		if e.Point(c.id, "synced") {
			return
		}
	}
}

// talk sends a frame to a peer, and a datagram.
func (c *chatter) talk(to NodeID, tick uint64) {
	e, k := c.w.e, &c.conns[to]
	switch {
	case k.conn == NoConn:
		k.opened++
		k.conn, k.number, k.answer = e.Open(c.id, to, Identity(k.opened, ID(e.Now()))), 0, e.Now()
	case e.Now()-k.answer > chatPatient:
		e.Close(c.id, k.conn)
		*k = chat{opened: k.opened}
	case k.open:
		for range 1 + tick%4 {
			id := Identity(ID(c.id), ID(to), ID(k.number), ID(e.Now()))
			e.Send(c.id, k.conn, Frame{Kind: 1, Size: 500, Body: k.number, ID: id})
			k.number++
		}
	}
	e.SendTo(c.id, to, Frame{Kind: 2, Size: 300, Body: uint32(tick), ID: Identity(ID(c.id), ID(to), ID(tick))})
}

func (c *chatter) Opened(conn Conn) {
	for i := range c.conns {
		if c.conns[i].conn == conn {
			c.conns[i].open = true
			c.conns[i].answer = c.w.e.Now()
			return
		}
	}
	for conn.Slot() >= len(c.w.next) {
		c.w.next = append(c.w.next, [2]uint32{})
	}
	c.w.next[conn.Slot()] = [2]uint32{uint32(conn >> 32), 0}
}

func (c *chatter) Closed(conn Conn, _ Closing) {
	for i := range c.conns {
		if c.conns[i].conn == conn {
			c.conns[i] = chat{opened: c.conns[i].opened}
		}
	}
}

// Receive checks that a connection is first in, first out without a gap.
func (c *chatter) Receive(conn Conn, f *Frame) {
	e := c.w.e
	peer, _ := e.Peer(c.id, conn)
	if f.Kind == 3 {
		for i := range c.conns {
			if c.conns[i].conn == conn {
				c.conns[i].answer = e.Now()
			}
		}
		return
	}
	next := &c.w.next[conn.Slot()]
	if next[0] != uint32(conn>>32) || next[1] != f.Body {
		c.w.t.Errorf("%v: %s received frame %d of %s, and %d was next", e.Now(), c.name, f.Body, e.NodeName(peer), next[1])
	}
	next[1]++
	c.heard[peer] = e.Now()
	e.Send(c.id, conn, Frame{Kind: 3, Size: 50})
}

func (c *chatter) Datagram(NodeID, *Frame) { c.w.events++ }

func (c *chatter) Crashed() { c.conns = nil }

func (c *chatter) Digest(d *Digest) { d.Int(c.synced) }

func (w *chatWorld) run(until Time) {
	for w.e.Step(1) == Running && w.e.Now() < until {
		if w.e.last.Kind < kindEngine && w.e.world.nodes[w.e.last.Node].paused > 0 {
			w.t.Fatalf("a paused node handled %s", w.e.Describe(w.e.last))
		}
	}
}

// chaosSchedule draws faults of every kind over the first 30 s, some of which a
// point of the code sets off.
func chaosSchedule(t testing.TB, w *chatWorld, seed uint64) Schedule {
	r := Ranges{Begin: Range{Second, 25 * Second}, Last: Range{50 * Millisecond, 8 * Second}, Classes: AllFaults,
		Choices: DefaultChoices(), HealAt: 30 * Second}
	for _, c := range w.nodes {
		r.Nodes = append(r.Nodes, c.name)
	}
	s, err := r.Draw(Random{seed})
	if err != nil {
		t.Fatal(err)
	}
	s = append(s, Entry{Name: "point", When: Trigger{Kind: AtPoint, Node: "n1", Name: "synced", Count: 100},
		Fault: Fault{Kind: CrashMachine, Nodes: []string{"n1"}}, Until: Until{Kind: ForTime, For: Second}})
	return s
}

// Whatever faults come, a connection stays first in, first out, what was synced
// stays, a paused node handles nothing; once everything is healed every node hears
// every other again; and no frame, job or notice is left behind.
func TestChaos(t *testing.T) {
	seeds := uint64(25)
	if os.Getenv("ORDERLAB_LONG") != "" {
		seeds = 2000
	}
	for seed := range seeds {
		w := newChatWorld(t, seed, 4)
		s := chaosSchedule(t, w, seed)
		if err := w.e.Install(s); err != nil {
			t.Fatal(err)
		}
		w.run(60 * Second)
		for _, c := range w.nodes {
			if c.worked < 55*Second {
				t.Errorf("seed %d: %s has done no work since %v\n%v", seed, c.name, c.worked, s)
			}
			for from, at := range c.heard {
				if NodeID(from) != c.id && at < 55*Second {
					t.Errorf("seed %d: %s has heard nothing of %s since %v\n%v", seed, c.name, w.nodes[from].name, at, s)
				}
			}
		}
		w.leaks(t, seed)
		if t.Failed() {
			return
		}
	}
}

// leaks lets everything that lasts run out and looks for what is left.
func (w *chatWorld) leaks(t *testing.T, seed uint64) {
	for _, c := range w.nodes {
		w.e.Crash(c.id)
	}
	w.e.limits.Events = w.e.events + 200_000
	w.e.bounds = boundsOf(w.e.limits)
	for w.e.Step(1<<10) == Running {
	}
	live := 0
	for i := range w.e.net.conns {
		if w.e.net.conns[i].live {
			live++
		}
	}
	frames, jams := w.e.net.frames.InUse(), w.e.net.jams.InUse()
	left := [...]int{live, frames, jams, w.e.world.jobs.InUse(), w.e.world.notices.InUse(), w.e.q.pending}
	if left != [6]int{} {
		t.Errorf("seed %d: left are connections, frames, jams, jobs, notices, events: %v", seed, left)
	}
}

// InUse returns how many frames are on their way.
func (s *frameSlab) InUse() int {
	n := len(s.list)
	for slot := s.free; slot != 0; slot = s.list[slot-1].next {
		n--
	}
	return n
}
