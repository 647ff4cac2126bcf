package sim_test

import (
	"strings"

	"orderlab/sim"
)

// actor is a node that does what the script says and tells what it hears.
type actor struct {
	s     *stage
	id    sim.NodeID
	name  string
	conns map[string][]sim.Conn // by the peer's name, in the order of their opening
	files map[string]sim.File
	disk  sim.DiskID
	cpu   sim.ServerID
}

const (
	timerBell sim.Kind = iota
	timerWritten
	timerSynced
	timerServed
)

// do is one verb of a script:
//
//	open b             opens a connection; from now on "b" means the newest to b
//	send b 1 2 3       sends messages over it; "b.1" is the first that was opened
//	close b            closes it
//	post b 1 2 3       sends datagrams
//	bell 5ms 7         sets a timer with a number
//	clock              tells the wall and the monotonic clock
//	disk W S TORN      adds a disk with times for write and sync, a share of torn crashes
//	file log           adds a file
//	append log 100     appends bytes;  sync log;  size log
//	cpu 2 5            adds a CPU with workers and a capacity
//	serve 10ms 1       asks it for work, with a number
//	point some name    passes a point of its code, and goes on to send nothing if it lives
//	step-clock, ntp, drift
func (a *actor) do(words []string) {
	s, e := a.s, a.s.e
	switch words[0] {
	case "open":
		peer := words[1]
		a.conns[peer] = append(a.conns[peer], e.Open(a.id, s.find(peer).id, sim.ID(len(a.conns[peer])+1)))
	case "send":
		for _, m := range words[2:] {
			e.Send(a.id, a.conn(words[1]), a.frame(m))
		}
	case "close":
		e.Close(a.id, a.conn(words[1]))
	case "post":
		for _, m := range words[2:] {
			e.SendTo(a.id, s.find(words[1]).id, a.frame(m))
		}
	case "bell":
		e.After(a.id, s.time(words[1]), timerBell, uint64(s.number(words[2])))
	case "clock":
		s.say(a.name, "clock %v, monotonic %v", e.Clock(a.id), e.Monotonic(a.id))
	case "set-clock":
		e.SetClock(a.id, s.time(words[1]), s.number(words[2]))
	case "ntp":
		e.SetNTP(a.id, sim.NTP{Every: s.time(words[1]), StepAbove: s.time(words[2]), Slew: s.number(words[3])})
	case "cpu":
		a.cpu = e.AddServer(a.id, sim.ServerSettings{Workers: int(s.number(words[1])), Capacity: int(s.number(words[2]))})
	case "serve":
		if !e.Serve(a.cpu, s.time(words[1]), timerServed, uint64(s.number(words[2]))) {
			s.say(a.name, "job %s is turned away", words[2])
		}
	case "point":
		if name := strings.Join(words[1:], " "); e.Point(a.id, name) {
			s.say(a.name, "dies %s", name)
		} else {
			s.say(a.name, "passes %s", name)
		}
	default:
		a.io(words)
	}
}

// io is a verb about disks.
func (a *actor) io(words []string) {
	s, e := a.s, a.s.e
	switch words[0] {
	case "disk":
		torn, err := sim.ParseShare(words[3])
		s.must(words[3], err)
		set := sim.DiskSettings{Write: s.sampler(words[1:2]), Sync: s.sampler(words[2:3]), Torn: torn}
		if len(words) > 4 {
			set.Flush, set.Capacity, set.Bandwidth = s.time(words[4]), s.number(words[5]), s.number(words[6])
		}
		a.disk = e.AddDisk(a.id, "disk", set)
	case "file":
		a.files[words[1]] = e.AddFile(a.disk, words[1])
	case "append":
		bytes := s.number(words[2])
		end, ok := e.Append(a.files[words[1]], bytes, sim.IO{Kind: timerWritten, Arg: uint64(bytes)})
		if ok {
			s.say(a.name, "appends up to %d", end)
		} else {
			s.say(a.name, "the disk is full at %d", end)
		}
	case "sync":
		e.Sync(a.files[words[1]], sim.IO{Kind: timerSynced})
	case "size":
		f := a.files[words[1]]
		s.say(a.name, "%s has %d bytes, %d of them durable", words[1], e.Size(f), e.Durable(f))
	default:
		s.t.Fatalf("node %s cannot %s", a.name, words[0])
	}
}

func (a *actor) frame(m string) sim.Frame {
	n := a.s.number(m)
	return sim.Frame{Kind: 1, Size: 1000, Body: uint32(n), ID: sim.Identity(sim.Named(a.name), sim.ID(n))}
}

// conn finds a connection: "b" is the newest with b, "b.1" the first.
func (a *actor) conn(label string) sim.Conn {
	peer, number, ok := strings.Cut(label, ".")
	list := a.conns[peer]
	if ok {
		return list[a.s.number(number)-1]
	}
	if len(list) == 0 {
		return sim.NoConn
	}
	return list[len(list)-1]
}

// label is the inverse of conn.
func (a *actor) label(c sim.Conn) string {
	for _, other := range a.s.actors {
		for i, x := range a.conns[other.name] {
			if x == c {
				return other.name + "." + string(rune('1'+i))
			}
		}
	}
	return "?"
}

// Opened implements [sim.Node].
func (a *actor) Opened(c sim.Conn) {
	if a.label(c) == "?" {
		n, _ := a.s.e.Peer(a.id, c)
		peer := a.s.e.NodeName(n)
		a.conns[peer] = append(a.conns[peer], c)
		a.s.say(a.name, "accepts %s", a.label(c))
		return
	}
	a.s.say(a.name, "has opened %s", a.label(c))
}

// Closed implements [sim.Node].
func (a *actor) Closed(c sim.Conn, why sim.Closing) {
	a.s.say(a.name, "hears that %s is %v", a.label(c), why)
}

// Receive implements [sim.Node].
func (a *actor) Receive(c sim.Conn, f *sim.Frame) {
	a.s.say(a.name, "receives %d on %s", f.Body, a.label(c))
}

// Datagram implements [sim.DatagramReceiver].
func (a *actor) Datagram(from sim.NodeID, f *sim.Frame) {
	a.s.say(a.name, "gets datagram %d from %s", f.Body, a.s.e.NodeName(from))
}

// Timer implements [sim.Node].
func (a *actor) Timer(kind sim.Kind, arg uint64) {
	what := [...]string{"hears bell", "has written", "has synced", "has done job"}[kind]
	if kind == timerSynced {
		a.s.say(a.name, "%s up to %d", what, a.s.e.Durable(a.files["log"]))
		return
	}
	a.s.say(a.name, "%s %d", what, arg)
}

// Crashed implements [sim.Node].
func (a *actor) Crashed() { a.s.say(a.name, "crashes") }

// Restarted implements [sim.Node].
func (a *actor) Restarted() { a.s.say(a.name, "starts again") }

// Digest implements [sim.Node].
func (a *actor) Digest(*sim.Digest) {}
