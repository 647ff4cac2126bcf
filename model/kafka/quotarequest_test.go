package kafka

import (
	"testing"

	"orderlab/model"
	"orderlab/sim"
)

// workWorld has a probe in the place of producer-0 and billing-0, which may take one
// percent of a thread: 100 ms in the 10 s over which that is measured at the least.
func workWorld(t *testing.T, top ...string) (*bench, *probe) {
	s := costing(1, "1", top...).must("topic", "partitions", "1")
	s.consumers = 1
	s.quotas = map[string]model.Values{quotaDefault: model.Values{}.Set("request_percentage", model.IntegerValue(1))}
	b := s.build(t)
	b.run(2 * sim.Second)
	b.silence()
	b.sim.Crash(b.w.producers[0].node)
	b.run(20 * sim.Second)
	b.w.brokers[0].startRates()
	return b, b.probe()
}

// throttles sends requests one after another and returns for how long each was
// throttled.
func throttles(b *bench, l *line, acks string, requests int) (out []sim.Time) {
	for range requests {
		l.postProduce(-1, 0, 0, 1)
		out = append(out, b.w.arena.bodies.produce.At(l.wait().Body).throttle)
	}
	return out
}

// What the handler threads do for a client counts, to the millisecond as in Kafka's own
// arithmetic, and no wait is longer than a window.
func TestRequestQuota(t *testing.T) {
	b, p := workWorld(t, "processor.handler.request", "10ms")
	l := p.dial(0)
	var theirs javaRate
	waited := 0
	for i := range 40 {
		l.postProduce(-1, 0, 0, 1)
		answered := b.w.arena.bodies.produce.At(l.wait().Body).throttle
		now := float64(b.w.brokers[0].millis() - 1) // the way back took one
		want := min(theirs.throttle(11, 1000, 1, 1, now), 1000)
		if got := float64(answered / sim.Millisecond); got < want-1 || got > want+1 {
			t.Errorf("request %d is throttled for %v, want %v ms", i, answered, want)
		}
		if answered > 0 {
			waited++
		}
	}
	if waited < 25 {
		t.Errorf("only %d of 40 requests were throttled", waited)
	}
}

// What the network threads do counts when the next request is answered.
func TestRequestQuotaOfNetwork(t *testing.T) {
	b, p := workWorld(t, "processor.network.request", "60ms")
	l := p.dial(0)
	if got := throttles(b, l, "1", 4); got[0] != 0 || got[1] != 0 || got[2] < 100*sim.Millisecond || got[3] != sim.Second {
		t.Errorf("throttled for %v", got)
	}
}

// A fetch that took too much work is answered with nothing; other requests are held
// back at the broker; a request without an answer does not count.
func TestRequestQuotaOfOthers(t *testing.T) {
	b, p := workWorld(t, "processor.handler.request", "60ms")
	l := p.dial(0)
	for i, want := range []int{1, 0} {
		if i == 0 {
			throttles(b, l, "1", 1)
			b.w.brokers[0].startRates()
		}
		got := l.fetch(0, mib, mib, at(0, 0)...)
		if len(got.refs) != want || (got.throttle > 0) != (want == 0) {
			t.Errorf("fetch %d gave %d batches, throttled for %v", i, len(got.refs), got.throttle)
		}
	}
	b.w.brokers[0].startRates()
	b.sim.Restart(b.w.producers[0].node, 0)
	b.until("the producer has metadata", func() bool { return b.w.producers[0].fresh })
	r, once := b.w.brokers[0].rates.worked[0], int64(60*sim.Millisecond)
	if len(r.samples) == 0 || r.samples[r.current].value != once {
		t.Errorf("its request for metadata counts %v", r.samples)
	}
	conn := b.w.producers[0].peers[0].conn
	other := b.w.brokers[0]
	if got := other.throttleOther(conn, 0); got == 0 || other.clientOf(l.conn) != -1 {
		t.Errorf("the next is held back for %v, and the probe is client %d", got, other.clientOf(l.conn))
	}
	b.w.cfg.producer.acks = "0"
	other.startRates()
	b.send(0, "a")
	b.run(sim.Second)
	if r := other.rates.worked[0]; len(r.samples) != 0 {
		t.Errorf("a request without an answer counts %v", r.samples)
	}
}
