package kafka

import (
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// pipelined has a probe send four produce requests over one connection, on each of which
// a broker works for 100 ms; what close does during the first is up to the test. It
// returns how many of them are stored in the end.
func pipelined(t *testing.T, acks string, close func(b *bench, l *line)) int64 {
	s := newSetup().must("topic", "partitions", "1").must("top", "processor.handler.request", "100ms")
	s.producers, s.consumers = 0, 0
	b := s.build(t)
	b.run(2 * sim.Second)
	leader := b.w.controller.leaders[0]
	l := b.probe().dial(int(leader))
	for i := range 4 {
		id, body := b.w.arena.bodies.produce.Take()
		*body = produceBody{pid: -1, txn: -1, acks: acks, timeout: 2 * sim.Minute,
			batches: []produceBatch{{sequence: -1, records: []history.Message{b.messagesToSend(1)[0]}}}}
		l.send(sim.Frame{Kind: frameProduce, Body: id, Size: 100, ID: sim.ID(i)})
	}
	b.run(50 * sim.Millisecond)
	close(b, l)
	b.run(2 * sim.Second)
	if n := len(b.w.brokers[leader].leaving); n > 0 {
		t.Errorf("%d connections are not forgotten", n)
	}
	return b.w.brokers[leader].leading(0).log.end
}

// A broker that works on a request while the client closes the connection goes on with
// the next: its answer to the first can still be written, and the one after it cannot.
// Where the network broke the connection, the first cannot. Without answers all that was
// received is worked on.
func TestRequestsOfClosedConnection(t *testing.T) {
	closed := func(b *bench, l *line) { b.sim.Close(l.p.node, l.conn) }
	broken := func(b *bench, l *line) { b.sim.Break(l.conn) }
	open := func(*bench, *line) {}
	for _, c := range []struct {
		name, acks string
		close      func(*bench, *line)
		want       int64
	}{
		{"open", "all", open, 4}, {"closed", "all", closed, 2}, {"broken", "all", broken, 1},
		{"open", "1", open, 4}, {"closed", "1", closed, 2}, {"broken", "1", broken, 1},
		{"open", "0", open, 4}, {"closed", "0", closed, 4}, {"broken", "0", broken, 4},
	} {
		if got := pipelined(t, c.acks, c.close); got != c.want {
			t.Errorf("%s, acks=%s: %d of 4 requests are stored, want %d", c.name, c.acks, got, c.want)
		}
	}
}
