package kafka

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The hashes of other clients: CRC-32 and FNV-1a have published check values, and
// each client takes the remainder in its own way.
func TestOtherClientsHashers(t *testing.T) {
	for _, c := range []struct {
		name, key string
		hash      uint32
		of        map[int]int // the partition, by their number
	}{
		{consistentRandom, "123456789", 0xcbf43926, map[int]int{3: 2, 10: 2}},
		{consistentRandom, "", 0, map[int]int{5: 0}},
		{fnvRandom, "a", 0xe40c292c, map[int]int{3: 0, 10: 6}},      // -468965076 as a signed number
		{fnvRandom, "foobar", 0xbf9cf968, map[int]int{10: 6, 7: 4}}, // -1080231576,
		{murmurRandom, "foobar", uint32(math.MaxUint32 - 790332482 + 1), map[int]int{3: 0, 8: 6}},
	} {
		if got := hashOf(c.name, []byte(c.key)); got != c.hash {
			t.Errorf("%s of %q is %#x, want %#x", c.name, c.key, got, c.hash)
		}
		h := hashing{name: c.name}
		for count, want := range c.of {
			if got := h.of(c.hash, count); got != want {
				t.Errorf("%s: %q is of partition %d of %d, want %d", c.name, c.key, got, count, want)
			}
		}
	}
}

// Two producers that hash in different ways split a key.
func TestMixedClients(t *testing.T) {
	s := newSetup().must("topic", "partitions", "3").must("producer", "linger.ms", "0s")
	s.brokers, s.producers = 1, 2
	s.own = map[string]model.Values{"producer-1": model.Values{}.Set("partitioner", model.TextValue(consistentRandom))}
	b := s.build(t)
	b.run(10 * sim.Millisecond)
	split := 0
	for _, key := range keyNames {
		b.send(0, key)
		b.send(1, key)
		m := model.Message{Key: history.Key(split)}
		if java, other := b.w.producers[0].choose(&m), b.w.producers[1].choose(&m); java != other {
			split++
		}
	}
	if split == 0 {
		t.Error("no key has two partitions")
	}
	s.own = map[string]model.Values{"producer-7": nil}
	if _, err := s.tryBuild(t); err == nil || !strings.Contains(err.Error(), "producers.producer-7") {
		t.Errorf("settings of a producer that does not exist: %v", err)
	}
}

// Where keys are ignored, records stick to a partition until it has a batch.
func TestSticky(t *testing.T) {
	const three = batchOverhead + 3*(100+recordOverhead)
	b := producerWorld(t, "partitioner.ignore.keys", "true", "linger.ms", "50ms", "batch.size", fmt.Sprint(three),
		"partitioner.adaptive.partitioning.enable", "false")
	b.sim.SetSource(sim.Random{Seed: 3})
	var at []int
	p := b.w.producers[0]
	for range 30 {
		b.send(0, of0)
		at = append(at, p.sticky)
		b.run(sim.Millisecond)
	}
	changes, seen := 0, map[int]bool{}
	for i, x := range at {
		seen[x] = true
		if i > 0 && x != at[i-1] {
			changes++
		}
	}
	if len(seen) != 3 || changes > 10 || changes < 4 {
		t.Errorf("the sticky partitions are %v", at)
	}
}

// The next sticky partition is drawn by the queues, when each has had a batch and
// they differ: the longest has a weight of 1.
func TestAdaptiveSticky(t *testing.T) {
	b := producerWorld(t, "partitioner.ignore.keys", "true")
	b.sim.SetSource(sim.Random{Seed: 1})
	p := b.w.producers[0]
	draw := func() (counts [3]int) {
		for i := range uint32(6000) {
			counts[p.nextSticky(&model.Message{Index: i})]++
		}
		return counts
	}
	even := func(c [3]int) bool { return c[0] > 1800 && c[1] > 1800 && c[2] > 1800 }
	p.parts[0].queue = []uint32{0, 0, 0}
	if c := draw(); !even(c) {
		t.Errorf("before each partition has had a batch: %v", c)
	}
	for i := range p.parts {
		p.parts[i].used = true
	}
	// Weights 1, 4, 4.
	if c := draw(); c[0] < 500 || c[0] > 830 || c[1] < 2400 || c[2] < 2400 {
		t.Errorf("with queues of 3, 0 and 0: %v", c)
	}
	p.cfg.adaptive = false
	if c := draw(); !even(c) {
		t.Errorf("not adaptive: %v", c)
	}
	p.parts[0].queue = nil
}

// The epoch of a producer: an older one is refused, a newer begins with 0, and what
// is remembered is of the epoch.
func TestProducerEpochRules(t *testing.T) {
	b := producerWorld(t)
	r, a := b.w.leader(0), b.w.arena
	s := r.state(9, 0, 60*sim.Minute)
	if err := s.check(4, 17); err != errNone {
		t.Errorf("an unknown producer begins at 17: %v", err)
	}
	a.batches = append(a.batches, batch{sequence: 17, count: 2})
	s.remember(uint32(len(a.batches)-1), 4, 17, 2, 0)
	for _, c := range []struct {
		epoch int16
		first int32
		want  errorCode
	}{
		{4, 19, errNone}, {4, 20, errOutOfOrderSequence}, {3, 19, errInvalidProducerEpoch},
		{5, 0, errNone}, {5, 19, errOutOfOrderSequence},
	} {
		if got := s.check(c.epoch, c.first); got != c.want {
			t.Errorf("epoch %d, sequence %d: %v, want %v", c.epoch, c.first, got, c.want)
		}
	}
	if _, ok := s.duplicate(a, 4, 17, 2); !ok {
		t.Error("the last batch is not known")
	}
	if _, ok := s.duplicate(a, 5, 17, 2); ok {
		t.Error("a batch of another epoch is taken for it")
	}
	s.last = math.MaxInt32
	if err := s.check(4, 0); err != errNone {
		t.Errorf("after the largest sequence comes 0: %v", err)
	}
}

// A producer id without a record for long enough is forgotten, at the next time
// that the broker looks, every ten minutes.
func TestProducerExpiration(t *testing.T) {
	r := &replica{}
	s := r.state(9, 0, 60*sim.Minute)
	s.remember(0, 0, 5, 1, 3*sim.Minute)
	if got := r.state(9, 69*sim.Minute, 60*sim.Minute); got.count != 1 {
		t.Error("forgotten before the broker looked")
	}
	if got := r.state(9, 70*sim.Minute, 60*sim.Minute); got.count != 0 || got.check(0, 77) != errNone {
		t.Error("not forgotten")
	}
}

// What single settings of a producer cannot tell.
func TestProducerChecks(t *testing.T) {
	ms := func(n int64) model.Value { return model.DurationValue(n * int64(sim.Millisecond)) }
	short := model.Values{}.Set("delivery.timeout.ms", ms(30_000))
	expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "producer", Values: short}),
		"producer.delivery.timeout.ms: delivery.timeout.ms is 30s and linger.ms and request.timeout.ms together are 30.005s")
	own := model.ConfigSection{Name: "producers", Entries: []model.ConfigEntry{{Name: "producer-1", Values: short}}}
	expectProblem(t, checked(topicSection(nil), own), "producers.producer-1.delivery.timeout.ms: ")
	none := model.Values{}.Set("retries", model.IntegerValue(0))
	expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "producer", Values: none}), "")
	if resolveProducer(model.Resolve(producerSettings("kafka-4.0"), none)).idempotent {
		t.Error("without retries the producer is idempotent")
	}
	none = none.Set("enable.idempotence", model.BooleanValue(true))
	expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "producer", Values: none}),
		"producer.enable.idempotence: enable.idempotence needs retries")
	long := model.Values{}.Set("request.timeout.ms", ms(300_000))
	p := resolveProducer(model.Resolve(producerSettings("kafka-4.0"), long))
	if p.deliveryTimeout != 300*sim.Second+5*sim.Millisecond {
		t.Errorf("the default of delivery.timeout.ms gives way to %v", p.deliveryTimeout)
	}
}

// Which errors leave open whether the batch is stored.
func TestDefiniteErrors(t *testing.T) {
	for _, c := range []struct {
		err  errorCode
		acks string
		want bool
	}{
		{errNetworkException, "1", false}, {errRequestTimedOut, "all", false},
		{errNotEnoughReplicasAfterAppend, "all", false}, {errNotEnoughReplicas, "all", true},
		{errNotLeaderOrFollower, "all", false}, {errNotLeaderOrFollower, "1", true},
		{errMessageTooLarge, "all", true}, {errOutOfOrderSequence, "all", true},
	} {
		if got := c.err.definite(c.acks); got != c.want {
			t.Errorf("%v with acks=%s is definite: %v, want %v", c.err, c.acks, got, c.want)
		}
	}
}
