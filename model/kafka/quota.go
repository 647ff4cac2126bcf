package kafka

import (
	"math"

	"orderlab/model"
	"orderlab/sim"
)

// quotaDefault is the entry of the clients that have no quota of their own.
//
// Reference: Kafka, ConfigEntityName.DEFAULT (kafka-configs --entity-default).
const quotaDefault = "default"

// quotaSettings are the quotas of a client, by its client id.
func quotaSettings() []model.Setting {
	rate := func(name, doc string) model.Setting {
		return model.Setting{Name: name, Type: model.Size, Default: model.SizeValue(math.MaxInt64), Min: 1,
			Max: math.MaxInt64, Doc: doc, Source: fromQuotas}
	}
	return []model.Setting{
		rate("producer_byte_rate", "How much a producer may send to one broker in a second."),
		rate("consumer_byte_rate", "How much a consumer may fetch from one broker in a second."),
		{Name: "request_percentage", Type: model.Integer, Default: model.IntegerValue(noPercentage),
			Min: 1, Max: noPercentage, Source: fromQuotas,
			Doc: "How much of one thread of a broker the requests of a client may take, in percent."},
	}
}

// quotaConfig are the quotas of the clients in bytes a second, by their number; empty
// without any. A rate is measured over samples windows. Work is in nanoseconds a second,
// first of the producers and then of the consumers.
type quotaConfig struct {
	samples                  int
	window                   int64 // ms
	producer, consumer, work []int64
}

// resolveQuotas fills in the quotas of every client.
func resolveQuotas(plan *model.Plan, b model.Resolver) quotaConfig {
	q := quotaConfig{samples: int(b.Int("quota.window.num")), window: b.Int("quota.window.size.seconds") * 1000}
	entries := plan.Config.Section("quotas").Entries
	if len(entries) == 0 {
		return q
	}
	of := func(client, name string) int64 {
		var own, all model.Values
		for _, e := range entries {
			switch e.Name {
			case client:
				own = e.Values
			case quotaDefault:
				all = e.Values
			}
		}
		return model.Resolve(quotaSettings(), own, all).Int(name)
	}
	for _, name := range plan.Producers {
		q.producer = append(q.producer, of(name, "producer_byte_rate"))
		q.work = append(q.work, threadTime(of(name, "request_percentage")))
	}
	for _, name := range model.Numbered(plan.Consumers.Group, plan.Consumers.Members) {
		q.consumer = append(q.consumer, of(name, "consumer_byte_rate"))
		q.work = append(q.work, threadTime(of(name, "request_percentage")))
	}
	return q
}

// rate measures how much there was in a second, over the last few windows. A window
// begins with the first record in it; one that reaches into the measured time counts
// whole. The time never is less than all windows but one.
//
// Reference: Kafka, Rate and SampledStat.
type rate struct {
	samples []sample
	current int
}

// sample is a window: when it began, when the last was recorded, and how much.
type sample struct{ start, last, value int64 }

// record adds an amount at a time in ms.
//
// Reference: Kafka, SampledStat.record, advance.
func (r *rate) record(q *quotaConfig, value, now int64) {
	if len(r.samples) == 0 {
		r.samples = append(r.samples, sample{start: now})
	}
	if now-r.samples[r.current].start >= q.window {
		if r.current = (r.current + 1) % (q.samples + 1); r.current == len(r.samples) {
			r.samples = append(r.samples, sample{})
		}
		r.samples[r.current] = sample{start: now}
	}
	s := &r.samples[r.current]
	s.value += value
	s.last = now
}

// measure returns how much there was, and over what time in ms. What was not added to
// for all windows is forgotten.
//
// Reference: Kafka, SampledStat.purgeObsoleteSamples, Rate.windowSize.
func (r *rate) measure(q *quotaConfig, now int64) (sum, elapsed int64) {
	oldest := now
	for i := range r.samples {
		s := &r.samples[i]
		if now-s.last >= int64(q.samples)*q.window {
			*s = sample{start: now, last: now}
		}
		sum += s.value
		oldest = min(oldest, s.start)
	}
	elapsed = now - oldest
	if full := elapsed / q.window; full < int64(q.samples-1) {
		elapsed += (int64(q.samples-1) - full) * q.window
	}
	return sum, max(elapsed, 1)
}

// throttle records an amount and returns for how many ms its client has to wait for
// the rate to be what it may be: the observed rate O over W has to become the quota T
// over W and a delay, which is (O - T) / T * W.
//
// Reference: Kafka, ClientQuotaManager.recordAndGetThrottleTimeMs,
// QuotaUtils.throttleTime.
func (r *rate) throttle(q *quotaConfig, quota, value, now int64) int64 {
	r.record(q, value, now)
	sum, elapsed := r.measure(q, now)
	if quota == math.MaxInt64 || sum*1000 <= quota*elapsed {
		return 0
	}
	over := sum*1000 - quota*elapsed
	return (2*over + quota) / (2 * quota) // rounded, a half up
}

// rates are what a broker measures of the clients that have quotas.
type rates struct{ produced, fetched, worked []rate }

func (b *broker) startRates() {
	q := &b.w.cfg.quotas
	b.rates = rates{make([]rate, len(q.producer)), make([]rate, len(q.consumer)), make([]rate, len(q.work))}
}

func (b *broker) millis() int64 { return int64(b.clock() / sim.Millisecond) }

// throttleProduce returns for how long the producer of a request has to wait.
//
// Reference: Kafka, KafkaApis.handleProduceRequest (the size of the request counts,
// when it is answered).
func (b *broker) throttleProduce(body *produceBody) sim.Time {
	q := &b.w.cfg.quotas
	if len(q.producer) == 0 || body.producer < 0 {
		return 0
	}
	ms := b.rates.produced[body.producer].throttle(q, q.producer[body.producer], int64(body.size), b.millis())
	return sim.Time(ms) * sim.Millisecond
}

// throttleFetch returns for how long a consumer has to wait, and takes back what it
// was to get, which it does not count as its: it is answered with nothing.
//
// Reference: Kafka, KafkaApis.handleFetchRequest, ClientQuotaManager.unrecordQuotaSensor.
func (b *broker) throttleFetch(body *fetchBody, answer *fetchedBody) sim.Time {
	q := &b.w.cfg.quotas
	if len(q.consumer) == 0 || body.follower >= 0 {
		return 0
	}
	r, now := &b.rates.fetched[body.consumer], b.millis()
	throttle := b.throttleWork(body.conn, len(q.producer)+int(body.consumer), answer.size)
	ms := r.throttle(q, q.consumer[body.consumer], int64(answer.size), now)
	if ms > 0 || throttle > 0 {
		r.record(q, -int64(answer.size), now)
		answer.parts, answer.refs, answer.size = answer.parts[:0], answer.refs[:0], emptyFetched
	}
	return max(throttle, sim.Time(ms)*sim.Millisecond)
}

// emptyFetched is the size of an answer without any partition.
const emptyFetched = 64

// fetchLimit is the most that a fetch is given: no more than a consumer may have in
// all windows but one, because more would be held back for ever.
//
// Reference: Kafka, ClientQuotaManager.getMaxValueInQuotaWindow.
func (b *broker) fetchLimit(body *fetchBody) int32 {
	q := &b.w.cfg.quotas
	if len(q.consumer) == 0 || body.follower >= 0 || q.consumer[body.consumer] == math.MaxInt64 {
		return body.max
	}
	window := int64(q.samples-1) * q.window / 1000
	if most := math.MaxInt32 / max(window, 1); q.consumer[body.consumer] > most {
		return body.max
	}
	return min(body.max, int32(q.consumer[body.consumer]*window))
}

// letOn reads on from a connection whose request was answered: at once, or when its
// client has been held back for a while. The answer does not wait for that.
//
// Reference: Kafka, SocketServer.Processor, KafkaChannel.ChannelMuteState (KIP-219).
func (b *broker) letOn(c sim.Conn, throttle sim.Time) {
	if throttle > 0 {
		b.w.sim.After(b.node, throttle, timerUnmute, uint64(c))
		return
	}
	b.unmute(c)
}
