package kafka

import (
	"math"

	"orderlab/sim"
)

// noPercentage is the request_percentage of a client without a quota.
//
// Reference: Kafka, QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG
// (Integer.MAX_VALUE).
const noPercentage = math.MaxInt32

// threadTime is how many nanoseconds of a thread a request_percentage allows in a
// second. What more than 10,000 threads could do is no bound.
func threadTime(percentage int64) int64 {
	if percentage >= 1_000_000 {
		return math.MaxInt64
	}
	return percentage * int64(sim.Second) / 100
}

// throttleWork counts the threads' work on a request to its client, a number of
// [quotaConfig.work], and returns for how long that client has to wait: no longer than
// a window. The network thread's part is counted when the answer is written, and so
// for the next request. The size is the answer's.
//
// Reference: Kafka, ClientRequestQuotaManager.maybeRecordAndGetThrottleTimeMs,
// throttleTime; RequestChannel.Request.requestThreadTimeNanos, updateRequestMetrics.
func (b *broker) throttleWork(c sim.Conn, client int, size int32) sim.Time {
	q := &b.w.cfg.quotas
	if client < 0 || client >= len(q.work) || c.Slot() >= len(b.conns) || b.conns[c.Slot()].id != c {
		return 0
	}
	s, r, now := &b.conns[c.Slot()], &b.rates.worked[client], b.millis()
	ms := min(r.throttle(q, q.work[client], int64(s.handled), now), q.window)
	r.record(q, int64(s.read+b.work(b.w.cfg.processing.network, size)), now)
	return sim.Time(ms) * sim.Millisecond
}

// clientOf returns the number in [quotaConfig.work] of whose connection it is, -1 for
// a broker's.
func (b *broker) clientOf(c sim.Conn) int {
	peer, ok := b.w.sim.Peer(b.node, c)
	if !ok {
		return -1
	}
	for i, p := range b.w.producers {
		if p.node == peer {
			return i
		}
	}
	for i, c := range b.w.consumers {
		if c.node == peer {
			return len(b.w.producers) + i
		}
	}
	return -1
}

// throttleOther is [broker.throttleWork] for a request that is neither a produce nor a
// fetch. (Its client is not told, so that its next request waits at the broker.)
//
// Reference: Kafka, RequestHandlerHelper.sendMaybeThrottle.
func (b *broker) throttleOther(c sim.Conn, size int32) sim.Time {
	if len(b.w.cfg.quotas.work) == 0 {
		return 0
	}
	return b.throttleWork(c, b.clientOf(c), size)
}
