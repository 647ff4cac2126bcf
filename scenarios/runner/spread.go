package runner

import (
	"strings"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/sim"
)

// spread follows how a difference between two runs of one seed spreads from node to
// node. Both runs go on in step, the second a little ahead. What a node sees is
// sorted into streams: the timers of a kind, the frames of a kind from one other
// node. The streams are compared one by one, without their times, because a
// difference elsewhere moves times a little everywhere. A node differs from the
// first thing on that the other run does not have in the same place of its stream.
type spread struct {
	a, b    *Runner
	reader  model.FrameReader // of a's world; nil where the system has none
	streams map[streamKey]*stream
	order   []*stream
	nodes   []departure // by node
	seen    bool        // the event at hand was a frame that was received
}

// streamKey names a stream. From is -1 for what is no frame.
type streamKey struct {
	node, from sim.NodeID
	kind       sim.Kind
	frame      uint16
}

// stream is what one run has seen and the other has not yet.
type stream struct {
	key   streamKey
	mine  []thing // of a
	other []thing // of b
}

// thing is what a node saw.
type thing struct {
	at      sim.Time
	content uint64
	arg     uint64 // of the event; of b
	text    string // of a
	links   []hop
}

// hop is a node that an event came by, on its way from its cause.
type hop struct {
	node sim.NodeID
	at   sim.Time
}

// departure is the first thing at a node that the other run does not have, or of
// which the other run has more.
type departure struct {
	found bool
	at    sim.Time
	text  string
	links []hop
}

const (
	// shiftMost is how much earlier or later the same thing may happen in the other
	// run: more is a difference.
	shiftMost = 500 * sim.Millisecond
	// silence is how many things in a row a stream of the other run may have more,
	// before the missing ones count as a difference, which bounds the memory.
	silence = 1 << 12
	// spreadBudget is how much of the past is kept to find what an event came by,
	// in bytes: about 20,000 events.
	spreadBudget = 2 << 20
	// hopsKept is how many of them are kept.
	hopsKept = 16
)

// spread makes the run and the other one in step up to a time.
func (x *explainer) spread(other *scenarios.Case, end sim.Time) (*spread, error) {
	s := &spread{a: x.r, b: New(x.r.reg), streams: make(map[streamKey]*stream)}
	s.a.causes = spreadBudget
	run, err := x.start(s.a, x.c)
	s.a.causes = 0
	if err != nil {
		return nil, err
	}
	if _, err := x.start(s.b, other); err != nil {
		return nil, err
	}
	s.reader, _ = run.world.(model.FrameReader)
	s.nodes = make([]departure, s.a.sim.Nodes())
	s.a.sim.Arrived, s.b.sim.Arrived = s.received, s.receivedByOther
	for n := 1; s.a.sim.Now() < end && s.a.sim.Status() == sim.Running; n++ {
		s.step()
		if n%stepEvents == 0 && x.ctx.Err() != nil {
			return nil, x.ctx.Err()
		}
	}
	s.catchUp(end + shiftMost)
	s.settle(end)
	return s, nil
}

// step makes one event of the run.
func (s *spread) step() {
	e := s.a.sim
	s.seen = false
	before := e.Events()
	if e.Step(1); e.Events() == before || s.seen || e.Last().Node < 0 {
		return
	}
	s.catchUp(e.Now())
	ev := e.Last()
	s.saw(streamKey{node: ev.Node, from: -1, kind: ev.Kind}, contentOf(e, ev), nil)
}

// catchUp takes the other run past a time.
func (s *spread) catchUp(t sim.Time) {
	for e := s.b.sim; e.Now() <= t && e.Status() == sim.Running; {
		s.seen = false
		before := e.Events()
		if e.Step(1); e.Events() > before && !s.seen && e.Last().Node >= 0 {
			ev := e.Last()
			s.otherSaw(streamKey{node: ev.Node, from: -1, kind: ev.Kind}, contentOf(e, ev), ev.Arg)
		}
	}
	s.seen = true
}

// contentOf is what events that are no frames are compared by: the words for a
// timer, because its argument may be a number that means nothing elsewhere.
func contentOf(e *sim.Engine, ev sim.Event) uint64 {
	if ev.Class() != sim.TimerFires {
		return 0
	}
	return uint64(sim.Named(e.DescribeKind(ev)))
}

// frameKey names the stream of the frame that an engine hands to a node, and says
// what it is compared by.
func frameKey(e *sim.Engine, from, to sim.NodeID, f *sim.Frame) (streamKey, uint64) {
	return streamKey{node: to, from: from, kind: e.Last().Kind, frame: f.Kind}, uint64(sim.Identity(f.ID, sim.ID(f.Size)))
}

// received is a frame that a node of the run receives.
func (s *spread) received(from, to sim.NodeID, f *sim.Frame) {
	s.catchUp(s.a.sim.Now())
	key, content := frameKey(s.a.sim, from, to, f)
	s.saw(key, content, f)
}

func (s *spread) receivedByOther(from, to sim.NodeID, f *sim.Frame) {
	s.seen = true
	key, content := frameKey(s.b.sim, from, to, f)
	s.otherSaw(key, content, s.b.sim.Last().Arg)
}

func (s *spread) stream(key streamKey) *stream {
	t := s.streams[key]
	if t == nil {
		t = &stream{key: key}
		s.streams[key] = t
		s.order = append(s.order, t)
	}
	return t
}

// saw compares what a node of the run sees with what the other run has in its
// place, or lets it wait until that has something.
func (s *spread) saw(key streamKey, content uint64, f *sim.Frame) {
	t, found := s.stream(key), s.nodes[key.node].found
	if found && len(t.other) == 0 {
		return // what comes later is of no interest
	}
	now := thing{at: s.a.sim.Now(), content: content}
	if len(t.mine) == 0 && len(t.other) > 0 {
		first := t.other[0]
		t.other = t.other[1:]
		if now.same(&first) {
			return
		}
		s.tell(&now, key, f)
		s.depart(key.node, &now)
		return
	}
	if !found {
		if len(t.mine) == 0 {
			s.tell(&now, key, f)
		}
		t.mine = append(t.mine, now)
	}
}

// otherSaw takes in what a node of the other run sees.
func (s *spread) otherSaw(key streamKey, content, arg uint64) {
	t := s.stream(key)
	now := thing{at: s.b.sim.Now(), content: content, arg: arg}
	switch {
	case len(t.mine) > 0:
		first := t.mine[0]
		if t.mine = t.mine[1:]; !first.same(&now) {
			s.depart(key.node, &first)
		}
	case !s.nodes[key.node].found:
		if t.other = append(t.other, now); len(t.other) > silence {
			s.miss(t)
		}
	}
}

func (a *thing) same(b *thing) bool {
	return a.content == b.content && a.at-b.at <= shiftMost && b.at-a.at <= shiftMost
}

// tell describes the event at hand and notes what it came by.
func (s *spread) tell(t *thing, key streamKey, f *sim.Frame) {
	e := s.a.sim
	chain := e.Why(e.Events())
	ev := chain.Links[0].Event
	name := e.NodeName(key.node)
	switch {
	case f != nil && s.reader != nil:
		what, text := s.reader.ReadFrame(f)
		t.text = what + " " + text + " from " + e.NodeName(key.from) + " reaches " + name
	case f != nil || ev.Class() == sim.ConnectionTurns:
		t.text = e.DescribeKind(ev) + " from " + sender(e, ev) + " reaches " + name
	default:
		t.text = e.DescribeKind(ev) + " at " + name
	}
	for _, l := range chain.Links[1:] {
		t.links = append(t.links, hop{l.Event.Node, l.Event.At})
		if len(t.links) == hopsKept {
			break
		}
	}
}

// depart notes that a node sees what the other run does not have.
func (s *spread) depart(n sim.NodeID, t *thing) {
	if d := &s.nodes[n]; !d.found || t.at < d.at {
		*d = departure{true, t.at, t.text, t.links}
	}
}

// miss notes that a node does not see what it sees in the other run.
func (s *spread) miss(t *stream) {
	e, first := s.b.sim, t.other[0]
	what := e.DescribeKind(sim.Event{Node: t.key.node, Kind: t.key.kind, Arg: first.arg,
		Frame: t.key.frame, From: t.key.from})
	from := ""
	if t.key.from >= 0 {
		from = e.NodeName(t.key.from)
	}
	first.text = absence(e.NodeName(t.key.node), what, from)
	s.depart(t.key.node, &first)
	t.other = nil
}

// absence says what would have come to a node, from the node from if it is not empty.
func absence(node, what, from string) string {
	timer, isTimer := strings.CutPrefix(what, "timer ")
	switch {
	case isTimer:
		return "without the fault, a timer would have run out at " + node + ": " + timer
	case strings.HasPrefix(what, "frame "), strings.HasPrefix(what, "datagram "):
		what = "a " + what
	}
	if from == "" {
		return "without the fault, there would have been " + what + " at " + node
	}
	return "without the fault, " + what + " from " + from + " would have reached " + node
}

// settle counts what was left without its counterpart when the runs came to an end.
func (s *spread) settle(end sim.Time) {
	for _, t := range s.order {
		switch {
		case len(t.mine) > 0:
			s.depart(t.key.node, &t.mine[0])
		case len(t.other) > 0 && t.other[0].at <= end-shiftMost:
			s.miss(t)
		}
	}
}

// back tells how a difference came to a node that shows it at a time, back from
// node to node: what departed there first, and then at the node that brought it.
func (s *spread) back(node string, at sim.Time) []string {
	n, ok := s.a.sim.NodeByName(node)
	var out []string
	for ok && len(out) < chainLines {
		d := &s.nodes[n]
		if !d.found || d.at > at {
			break
		}
		out = append(out, moment(int64(d.at))+d.text)
		ok = false
		for _, h := range d.links {
			if h.node < 0 || h.node == n {
				continue
			}
			if m := &s.nodes[h.node]; m.found && m.at <= h.at {
				n, at, ok = h.node, h.at, true
				break
			}
		}
	}
	return out
}
