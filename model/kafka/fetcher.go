package kafka

import "orderlab/sim"

const (
	// replicaFetchMax is the most bytes that a follower fetches at once.
	//
	// Reference: Kafka, replica.fetch.response.max.bytes, default 10 MiB.
	replicaFetchMax = 10 * mib
	// replicaBackoff is how long a follower leaves a partition alone that
	// answered with an error.
	//
	// Reference: Kafka, replica.fetch.backoff.ms, default 1000.
	replicaBackoff = sim.Second
)

// fetcher replicates the partitions that another broker leads: one request at a
// time, the next as soon as the answer is there.
//
// Reference: Kafka, AbstractFetcherThread with num.replica.fetchers 1.
type fetcher struct {
	conn  sim.Conn
	open  bool
	busy  bool
	timer sim.TimerID
	parts []followed
}

// followed is a partition of a fetcher.
type followed struct {
	partition int32
	delayed   sim.Time // not to be fetched before
}

// follow adds a partition to the fetcher of its leader. A fetch that is parked
// goes on; the partition is in the next one.
func (b *broker) follow(leader int, partition int32) {
	f := &b.fetchers[leader]
	f.parts = append(f.parts, followed{partition: partition})
	if f.conn == sim.NoConn {
		f.conn = b.w.sim.Open(b.node, b.w.brokers[leader].node, sim.Named("replica-fetcher"))
		return
	}
	b.fetch(leader)
}

// fetch sends the next fetch of the fetcher, if it has none out and anything to
// ask for.
func (b *broker) fetch(leader int) {
	f := &b.fetchers[leader]
	if !f.open || f.busy {
		return
	}
	id, body := b.bodies().fetch.Take()
	body.follower, body.maxWait = b.index, b.w.cfg.replicaWait
	body.partMax, body.max = b.w.cfg.replicaMaxBytes, replicaFetchMax
	body.parts = body.parts[:0]
	now, next := b.w.sim.Now(), sim.Time(0)
	for _, p := range f.parts {
		if p.delayed > now {
			next = p.delayed
			continue
		}
		body.parts = append(body.parts, fetchPart{p.partition, b.replicas[p.partition].log.end})
	}
	if len(body.parts) == 0 {
		b.bodies().fetch.Put(id)
		if f.timer == sim.NoTimer && next > now {
			f.timer = b.w.sim.After(b.node, next-now, timerFetcher, uint64(leader))
		}
		return
	}
	f.busy = true
	b.w.sim.Send(b.node, f.conn, sim.Frame{Kind: frameFetch, Body: id, Size: 64 + 16*int32(len(body.parts))})
}

// fetched appends what a leader answered, and takes its high watermark over as
// far as the own log reaches: a follower's lags by one fetch.
//
// Reference: Kafka, ReplicaFetcherThread.processPartitionData.
func (b *broker) fetched(c sim.Conn, id uint32) {
	a := b.w.arena
	body := a.bodies.fetched.At(id)
	leader := 0
	for b.fetchers[leader].conn != c {
		leader++
	}
	f := &b.fetchers[leader]
	for i := range body.parts {
		p := &body.parts[i]
		if p.err != errNone {
			f.delay(p.partition, b.w.sim.Now()+replicaBackoff)
			continue
		}
		r := b.replicas[p.partition]
		for _, ref := range body.refs[p.from:p.to] {
			r.log.append(a, ref)
		}
		r.watermark = min(p.watermark, r.log.end)
	}
	a.bodies.fetched.Put(id)
	f.busy = false
	b.fetch(leader)
}

func (f *fetcher) delay(partition int32, until sim.Time) {
	for i := range f.parts {
		if f.parts[i].partition == partition {
			f.parts[i].delayed = until
		}
	}
}
