package kafka

import (
	"math"
	"testing"

	"orderlab/model"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// javaRate is Kafka's own way, in floating point: SampledStat, Rate and QuotaUtils.
type javaRate struct {
	samples []javaSample
	current int
}

type javaSample struct{ start, last, value float64 }

func (r *javaRate) throttle(n int, window, quota, value, now float64) float64 {
	if len(r.samples) == 0 {
		r.samples = append(r.samples, javaSample{now, now, 0})
	}
	if now-r.samples[r.current].start >= window {
		r.current = (r.current + 1) % (n + 1)
		if r.current >= len(r.samples) {
			r.samples = append(r.samples, javaSample{now, now, 0})
		} else {
			r.samples[r.current] = javaSample{now, now, 0}
		}
	}
	r.samples[r.current].value += value
	r.samples[r.current].last = now
	sum, oldest := 0.0, now
	for i := range r.samples {
		if now-r.samples[i].last >= float64(n)*window {
			r.samples[i] = javaSample{now, now, 0}
		}
		sum += r.samples[i].value
		oldest = min(oldest, r.samples[i].start)
	}
	elapsed := now - oldest
	if full := math.Floor(elapsed / window); full < float64(n-1) {
		elapsed += (float64(n-1) - full) * window
	}
	elapsed = max(elapsed, 1)
	observed := sum / (elapsed / 1000)
	if observed <= quota {
		return 0
	}
	return (observed - quota) / quota * elapsed
}

// The throttle times are those of Kafka's own arithmetic, to the millisecond.
func TestRateProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quotaConfig{samples: rapid.IntRange(1, 12).Draw(t, "num"), window: 1000 * rapid.Int64Range(1, 3).Draw(t, "size")}
		quota := rapid.Int64Range(1, 5000).Draw(t, "quota")
		var ours rate
		var theirs javaRate
		now := rapid.Int64Range(0, 1<<40).Draw(t, "start")
		for range rapid.IntRange(1, 40).Draw(t, "records") {
			now += rapid.SampledFrom([]int64{0, 1, 7, 300, 999, 1000, 2500, 30_000}).Draw(t, "on")
			value := rapid.Int64Range(-100, 20_000).Draw(t, "value")
			got := ours.throttle(&q, quota, value, now)
			want := theirs.throttle(q.samples, float64(q.window), float64(quota), float64(value), float64(now))
			if math.Abs(float64(got)-want) > 0.5+1e-3 {
				t.Fatalf("at %d the throttle time is %d, want %v", now, got, want)
			}
		}
	})
}

// quotaWorld has a probe in the place of producer-0 and billing-0, which have a quota
// of 100 bytes a second.
func quotaWorld(t *testing.T) (*bench, *probe) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s")
	s.brokers, s.consumers = 1, 1
	quota := model.Values{}.Set("producer_byte_rate", model.SizeValue(100)).Set("consumer_byte_rate", model.SizeValue(100))
	s.quotas = map[string]model.Values{"producer-0": quota, quotaDefault: quota}
	b := s.build(t)
	b.silence()
	b.run(50 * sim.Millisecond)
	return b, b.probe()
}

// A request above the quota is answered at once, with the time for which nothing more
// is read from its connection. Other connections go on.
func TestProduceQuota(t *testing.T) {
	b, p := quotaWorld(t)
	l, other := p.dial(0), p.dial(0)
	for i := range 10 { // 1,000 bytes are what 10 s are good for
		l.postProduce(-1, 0, 0, 1)
		if body := b.w.arena.bodies.produce.At(l.wait().Body); body.throttle != 0 {
			t.Fatalf("request %d is throttled for %v", i, body.throttle)
		}
	}
	start := b.sim.Now()
	l.postProduce(-1, 0, 0, 1)
	l.postProduce(-1, 0, 0, 1)
	throttle := b.w.arena.bodies.produce.At(l.wait().Body).throttle
	if took := b.sim.Now() - start; took != 2*sim.Millisecond || throttle < 950*sim.Millisecond || throttle > sim.Second {
		t.Errorf("the answer came after %v and tells of %v", took, throttle)
	}
	if pb := other.produce(-1, 0, 0, 1); pb.err != errNone || b.sim.Now()-start > 10*sim.Millisecond {
		t.Errorf("another connection: %v after %v", pb.err, b.sim.Now()-start)
	}
	l.wait()
	if took := b.sim.Now() - start; took != throttle+2*sim.Millisecond {
		t.Errorf("the next request was answered after %v, of which %v are for the quota", took, throttle)
	}
}

// A fetch is not given more than a consumer may have in all windows but one. One above
// the quota is answered with nothing, at once, and does not count.
func TestFetchQuota(t *testing.T) {
	b, p := quotaWorld(t)
	l, c := p.dial(0), p.dial(0)
	b.w.cfg.quotas.producer = nil
	for range 10 {
		l.produce(-1, 0, 0, 1)
	}
	first := c.fetch(sim.Second, mib, mib, at(0, 0)...)
	if len(first.refs) != 5 || first.throttle != 0 { // of 168 bytes each, within 1,000
		t.Fatalf("the first fetch gave %d batches, throttled for %v", len(first.refs), first.throttle)
	}
	start := b.sim.Now()
	second := c.fetch(sim.Second, mib, mib, at(0, 5)...)
	if len(second.parts) != 0 || second.throttle == 0 || b.sim.Now()-start != 2*sim.Millisecond {
		t.Errorf("the second gave %d partitions after %v, throttled for %v", len(second.parts), b.sim.Now()-start, second.throttle)
	}
	for second.throttle > 0 { // it asks again when it may
		second = c.fetch(sim.Second, mib, mib, at(0, 5)...)
	}
	if took := b.sim.Now() - start; len(second.refs) != 5 || took < 8*sim.Second || took > 20*sim.Second {
		t.Errorf("the other %d batches came after %v", len(second.refs), took)
	}
}

// A producer sends nothing while it is held back, and that time does not count
// against its request time-out; in the end it has sent at the quota's rate.
func TestProducerKeepsQuota(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s").must("producer", "batch.size", "1").
		must("producer", "request.timeout.ms", "300ms").must("producer", "delivery.timeout.ms", "10m")
	s.brokers = 1
	s.quotas = map[string]model.Values{quotaDefault: model.Values{}.Set("producer_byte_rate", model.SizeValue(100))}
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	conn := b.w.producers[0].peers[0].conn
	for range 40 {
		b.send(0, "a")
	}
	start := b.sim.Now()
	for !b.w.producers[0].idle() {
		b.run(10 * sim.Millisecond)
	}
	bytes := int64(0)
	for _, id := range b.w.brokers[0].replicas[0].log.batches {
		bytes += int64(b.w.arena.batches[id].bytes)
	}
	took, want := b.sim.Now()-start, sim.Time(bytes/100)*sim.Second
	if took < want-13*sim.Second || took > want+2*sim.Second {
		t.Errorf("%d bytes took %v", bytes, took)
	}
	if b.w.producers[0].peers[0].conn != conn {
		t.Error("the connection was given up")
	}
	if got := len(b.w.brokers[0].replicas[0].log.batches); got != 40 {
		t.Errorf("%d batches are stored", got)
	}
}

// A consumer that is held back fetches again when it may, and gets everything.
func TestConsumerKeepsQuota(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("producer", "linger.ms", "0s").
		must("consumer", "auto.offset.reset", "earliest")
	s.brokers, s.consumers = 1, 1
	s.quotas = map[string]model.Values{"billing-0": model.Values{}.Set("consumer_byte_rate", model.SizeValue(100))}
	b := s.build(t)
	b.run(5 * sim.Second)
	start := b.sim.Now()
	for range 60 {
		b.send(0, "a")
		b.run(20 * sim.Millisecond)
	}
	for b.rec.Unapplied > 0 && b.sim.Now() < start+10*sim.Minute {
		b.run(sim.Second)
	}
	if took := b.sim.Now() - start; b.rec.Unapplied > 0 || took < sim.Minute {
		t.Errorf("%d records are not applied after %v", b.rec.Unapplied, took)
	}
}
