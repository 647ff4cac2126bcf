package kafka

import (
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// probe is a client by hand: it opens connections to brokers, sends what a test
// tells it to, and keeps the answers.
type probe struct {
	b     *bench
	node  sim.NodeID
	lines []*line
}

// line is one connection of a probe.
type line struct {
	p       *probe
	conn    sim.Conn
	open    bool
	answers []sim.Frame
}

func (b *bench) probe() *probe {
	p := &probe{b: b}
	p.node = b.sim.AddNode("probe", p)
	return p
}

// dial opens a connection to a broker.
func (p *probe) dial(broker int) *line {
	l := &line{p: p}
	p.lines = append(p.lines, l)
	l.conn = p.b.sim.Open(p.node, p.b.w.brokers[broker].node, sim.ID(len(p.lines)))
	p.b.until("the connection is open", func() bool { return l.open })
	return l
}

// coordinator opens a connection to the group's coordinator.
func (p *probe) coordinator() *line { return p.dial(p.b.w.controller.coordinator) }

func (l *line) send(f sim.Frame) { l.p.b.sim.Send(l.p.node, l.conn, f) }

// take returns the oldest answer, or false when there is none.
func (l *line) take() (f sim.Frame, ok bool) {
	if len(l.answers) == 0 {
		return sim.Frame{}, false
	}
	f = l.answers[0]
	l.answers = l.answers[1:]
	return f, true
}

// wait runs the world until an answer is there.
func (l *line) wait() sim.Frame {
	l.p.b.tb.Helper()
	l.p.b.until("there is an answer", func() bool { return len(l.answers) > 0 })
	f, _ := l.take()
	return f
}

// silent says that no answer comes for a while.
func (l *line) silent(d sim.Time) bool {
	l.p.b.run(d)
	return len(l.answers) == 0
}

func (p *probe) Opened(c sim.Conn) { p.line(c).open = true }

func (p *probe) Receive(c sim.Conn, f *sim.Frame) {
	l := p.line(c)
	l.answers = append(l.answers, *f)
}

func (p *probe) line(c sim.Conn) *line {
	for _, l := range p.lines {
		if l.conn == c {
			return l
		}
	}
	return nil
}

func (p *probe) Timer(sim.Kind, uint64)       {}
func (p *probe) Closed(sim.Conn, sim.Closing) {}
func (p *probe) Crashed()                     {}
func (p *probe) Restarted()                   {}
func (p *probe) Digest(*sim.Digest)           {}

// silence kills the consumers, so that the probe has the group for itself.
func (b *bench) silence() {
	for _, c := range b.w.consumers {
		b.sim.Crash(c.node)
	}
}

// The requests of the group protocol, of member i.

func member(i int) membership { return membership{consumer: int32(i), session: 9} }

func (l *line) group(kind uint16, i int, generation int32, fill func(*groupBody)) {
	id, body := l.p.b.w.arena.bodies.group.Take()
	*body = groupBody{member: member(i), generation: generation, named: true, ownedGeneration: generation}
	if fill != nil {
		fill(body)
	}
	l.send(sim.Frame{Kind: kind, Body: id})
}

// askGroup sends a request and returns the answer.
func (l *line) askGroup(kind uint16, i int, generation int32, fill func(*groupBody)) groupBody {
	l.p.b.tb.Helper()
	l.group(kind, i, generation, fill)
	return l.waitGroup()
}

func (l *line) waitGroup() groupBody {
	l.p.b.tb.Helper()
	return *l.p.b.w.arena.bodies.group.At(l.wait().Body)
}

// unnamed makes a join one of a member without an id.
func unnamed(body *groupBody) { body.named = false }

// owning makes a join one of a member that owns partitions.
func owning(partitions ...int32) func(*groupBody) {
	return func(body *groupBody) { body.owned = partitions }
}

// assigning makes a sync one of the leader.
func assigning(members ...groupMember) func(*groupBody) {
	return func(body *groupBody) { body.members = members }
}

// commit sends positions and returns the error.
func (l *line) commit(i int, generation int32, partition int32, offset int64) errorCode {
	l.p.b.tb.Helper()
	id, body := l.p.b.w.arena.bodies.offsets.Take()
	*body = offsetsBody{group: member(i), generation: generation, parts: at(int64(partition), offset)}
	l.send(sim.Frame{Kind: frameCommit, Body: id})
	return l.p.b.w.arena.bodies.offsets.At(l.wait().Body).err
}

// register has member i given its id, and joins with it: the join is parked.
func (l *line) register(tb testing.TB, i int) {
	tb.Helper()
	if body := l.askGroup(frameJoin, i, -1, unnamed); body.err != errMemberIDRequired {
		tb.Fatalf("a member without an id joined: %v", body.err)
	}
	l.group(frameJoin, i, -1, nil)
}

// The requests of producers and followers.

// messagesToSend names messages.
func (b *bench) messagesToSend(count int) (out []history.Message) {
	for range count {
		out = append(out, b.rec.Arrive(history.MessageInfo{}))
	}
	return out
}

// produce sends one batch of count messages and returns the answer.
func (l *line) produce(pid, partition, sequence int32, count int) produceBatch {
	l.p.b.tb.Helper()
	l.postProduce(pid, partition, sequence, count)
	return l.p.b.w.arena.bodies.produce.At(l.wait().Body).batches[0]
}

func (l *line) postProduce(pid, partition, sequence int32, count int) {
	b := l.p.b
	id, body := b.w.arena.bodies.produce.Take()
	*body = produceBody{pid: pid, txn: -1, acks: "all", timeout: 2 * sim.Minute}
	pb := produceBatch{partition: partition, sequence: sequence}
	for range count {
		pb.records = append(pb.records, b.rec.Arrive(history.MessageInfo{}))
	}
	body.batches = append(body.batches, pb)
	l.send(sim.Frame{Kind: frameProduce, Body: id, Size: 100})
}

// fetch sends a consumer's fetch and returns the answer.
func (l *line) fetch(wait sim.Time, partMax, most int32, parts ...fetchPart) fetchedBody {
	l.p.b.tb.Helper()
	id, body := l.p.b.w.arena.bodies.fetch.Take()
	*body = fetchBody{follower: -1, minBytes: 1, parts: parts, maxWait: wait, partMax: partMax, max: most}
	l.send(sim.Frame{Kind: frameFetch, Body: id})
	return *l.p.b.w.arena.bodies.fetched.At(l.wait().Body)
}
