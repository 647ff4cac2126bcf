package sim

// world is what a run has besides events and frames: the nodes' pauses, clocks
// and speeds, servers, disks, and the faults.
type world struct {
	halted  int // nodes that are down or paused
	nodes   []nodeWorld
	notices Pool[notice]
	servers []server
	jobs    Pool[job]
	disks   []disk
	files   []file
	faults  director
}

// nodeWorld is what is rarely needed of a node.
type nodeWorld struct {
	paused int // how many pauses last
	held   heldLine
	slow   slowness // of its CPU
	clock  clock
	downs  int // how many faults keep it down
	// How a process that passed a point where it crashes will end.
	dyingMachine bool
	dyingCause   ID
}

func (w *world) reset() {
	w.halted = 0
	w.nodes = w.nodes[:0]
	w.notices.Reset()
	w.servers = w.servers[:0]
	w.jobs.Reset()
	w.disks = w.disks[:0]
	w.files = w.files[:0]
	w.faults.reset()
}

func (w *world) addNode() { w.nodes = append(w.nodes, nodeWorld{}) }

// The kinds of events of the world. kindFault and kindHeal belong to nobody.
const (
	kindWorld    Kind = kindEngine + 0x40 + iota
	kindAccepted      // a paused server hears of a connection; arg is it
	kindNotice        // a paused node hears of a closing; arg is its slot
	kindDatagram      // a datagram arrives; arg is its slot
	kindProbe         // a machine tries to send again; arg is the connection
	kindDrain         // a node that was paused handles the next event that was held
	kindDie           // a node that passed its point of crashing is dead
	kindServed        // a job is done; arg is its slot
	kindFlush         // dirty data is due to be written back; arg is the file
	kindNTP           // a clock is compared with the true time
	kindTrigger       // a fault's trigger goes off; arg is its entry
	kindHeal          // a fault's time is over; arg is its firing and entry
	kindTurn          // the next turn of a fault that has some; arg likewise
)

var worldTexts = [...]string{"", "the opening of a connection", "the closing of a connection", "a datagram",
	"another try to send", "a held event", "the end of a process", "the end of a job", "a flush",
	"a correction of the clock", "a fault", "the end of a fault", "the next turn of a fault"}

// happen executes an event of the world.
func (e *Engine) happen(ev *Event) {
	switch ev.Kind {
	case kindAccepted:
		e.net.accepted(e, Conn(ev.Arg))
	case kindNotice:
		e.noticed(ev.Node, uint32(ev.Arg))
	case kindDatagram:
		e.datagram(ev.Node, uint32(ev.Arg))
	case kindProbe:
		e.probe(ev.Node, Conn(ev.Arg))
	case kindDrain:
		e.drain(ev.Node)
	case kindDie:
		e.die(ev.Node)
	case kindServed:
		e.served(uint32(ev.Arg))
	case kindFlush:
		e.flush(File(ev.Arg))
	case kindNTP:
		e.correct(ev.Node)
	case kindTrigger:
		e.fire(int(ev.Arg))
	case kindHeal:
		e.healDue(ev.Arg)
	case kindTurn:
		e.turnDue(ev.Arg)
	}
}

// ofCode says whether an event is handled by a node's own code, which a pause
// stops; the rest is done by its machine.
func ofCode(k Kind) bool {
	switch k {
	case kindFrame, kindOpened, kindRefused, kindAccepted, kindNotice, kindDatagram:
		return true
	}
	return k < kindEngine
}
