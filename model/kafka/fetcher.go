package kafka

import (
	"slices"

	"orderlab/sim"
)

const (
	// replicaFetchMax is the most bytes that a follower fetches at once.
	//
	// Reference: Kafka, replica.fetch.response.max.bytes, default 10 MiB.
	replicaFetchMax = 10 * mib
	// replicaBackoff is how long a follower leaves a partition alone that
	// answered with an error, or a leader that it cannot reach.
	//
	// Reference: Kafka, replica.fetch.backoff.ms, default 1000.
	replicaBackoff = sim.Second
	// replicaTimeout is how long a follower waits for an answer.
	//
	// Reference: Kafka, replica.socket.timeout.ms, default 30000.
	replicaTimeout = 30 * sim.Second
)

// fetcher replicates the partitions that another broker leads: one request at a
// time, the next as soon as the answer is there.
//
// Reference: Kafka, AbstractFetcherThread with num.replica.fetchers 1.
type fetcher struct {
	conn     sim.Conn
	open     bool
	busy     bool
	watched  bool     // timerAnswer is set
	flushing bool     // its thread waits for a sync
	free     sim.Time // when its thread has worked through the last answer
	sent     sim.Time // when the request went out
	attempts int      // how often it was connected
	timer    sim.TimerID
	parts    []followed
}

// followed is a partition of a fetcher.
type followed struct {
	partition int32
	delayed   sim.Time // not to be fetched before
	// truncating says that the leader has to be asked first where the log is the
	// same; only before KIP-320.
	truncating bool
}

// lose forgets a connection that is gone.
func (f *fetcher) lose() { f.conn, f.open, f.busy = sim.NoConn, false, false }

// fetcherOf returns the leader whose fetcher has the connection, or -1.
func (b *broker) fetcherOf(c sim.Conn) int {
	for i := range b.fetchers {
		if b.fetchers[i].conn == c {
			return i
		}
	}
	return -1
}

// follow adds a partition to the fetcher of its leader. A fetch that is parked
// goes on; the partition is in the next one.
func (b *broker) follow(leader int, p followed) {
	f := &b.fetchers[leader]
	f.parts = append(f.parts, p)
	if f.conn == sim.NoConn {
		b.connect(leader)
		return
	}
	b.fetch(leader)
}

// unfollow takes a partition from the fetcher of its leader.
func (b *broker) unfollow(leader int8, partition int32) {
	if leader == noLeader {
		return
	}
	f := &b.fetchers[leader]
	f.parts = slices.DeleteFunc(f.parts, func(p followed) bool { return p.partition == partition })
}

// connect opens the connection of a fetcher that has something to fetch. The
// process and the number of the attempt are its cause.
func (b *broker) connect(leader int) {
	f := &b.fetchers[leader]
	if f.conn != sim.NoConn || len(f.parts) == 0 {
		return
	}
	cause := sim.Named("replica-fetcher")
	if f.attempts > 0 || b.incarnation > 0 {
		cause = sim.Identity(cause, sim.ID(b.incarnation), sim.ID(f.attempts))
	}
	f.attempts++
	f.conn = b.w.sim.Open(b.node, b.w.brokers[leader].node, cause)
}

// fetch sends the next fetch of the fetcher, if it has none out and anything to
// ask for.
func (b *broker) fetch(leader int) {
	f := &b.fetchers[leader]
	if !f.open || f.busy || f.flushing || b.ask(leader) {
		return
	}
	id, body := b.bodies().fetch.Take()
	body.follower, body.maxWait, body.incarnation = b.index, b.w.cfg.replicaWait, b.incarnation
	body.minBytes, body.partMax, body.max = 1, b.w.cfg.replicaMaxBytes, replicaFetchMax
	body.parts = body.parts[:0]
	now, next := b.w.sim.Now(), sim.Time(0)
	for i := range f.parts {
		p := &f.parts[i]
		if p.delayed > now {
			if next == 0 || p.delayed < next {
				next = p.delayed
			}
			continue
		}
		if p.truncating {
			continue
		}
		r := b.replicas[p.partition]
		body.parts = append(body.parts, fetchPart{partition: p.partition, offset: r.log.end,
			leaderEpoch: r.epoch, lastEpoch: r.log.lastEpoch()})
	}
	if len(body.parts) == 0 {
		b.bodies().fetch.Put(id)
		if f.timer == sim.NoTimer && next > now {
			f.timer = b.w.sim.After(b.node, next-now, timerFetcher, uint64(leader))
		}
		return
	}
	b.request(leader, sim.Frame{Kind: frameFetch, Body: id, Size: 64 + 16*int32(len(body.parts))})
}

// request sends a request to a leader and sees to it that it is answered.
func (b *broker) request(leader int, frame sim.Frame) {
	f := &b.fetchers[leader]
	f.busy, f.sent = true, b.w.sim.Now()
	if !f.watched {
		f.watched = true
		b.w.sim.After(b.node, replicaTimeout, timerAnswer, uint64(leader))
	}
	b.w.sim.SendAfter(b.node, f.conn, frame, max(0, f.free-f.sent))
}

// unanswered closes the connection when its request has gone without an answer
// for too long.
func (b *broker) unanswered(leader int) {
	f := &b.fetchers[leader]
	f.watched = false
	if !f.busy {
		return
	}
	if left := f.sent + replicaTimeout - b.w.sim.Now(); left > 0 {
		f.watched = true
		b.w.sim.After(b.node, left, timerAnswer, uint64(leader))
		return
	}
	b.w.sim.Close(b.node, f.conn)
	f.lose()
	b.w.sim.After(b.node, replicaBackoff, timerReconnect, uint64(leader))
}

// fetched appends what a leader answered, and takes its high watermark over as
// far as the own log reaches: a follower's lags by one fetch. What is not about
// the present state of a partition is dropped.
//
// Reference: Kafka, AbstractFetcherThread.processFetchRequest and
// ReplicaFetcherThread.processPartitionData.
func (b *broker) fetched(c sim.Conn, id uint32) {
	a := b.w.arena
	leader := b.fetcherOf(c)
	if leader < 0 {
		a.bodies.fetched.Put(id)
		return
	}
	f := &b.fetchers[leader]
	body := a.bodies.fetched.At(id)
	now := b.w.sim.Now()
	for i := range body.parts {
		p := &body.parts[i]
		if r := b.replicas[p.partition]; f.has(p.partition) && r.log.end == p.offset && (r.epoch == p.asked || !b.fences()) {
			b.take(f, r, p, body.refs[p.from:p.to], now)
		}
	}
	f.free = now + b.work(b.w.cfg.processing.replica, body.size)
	a.bodies.fetched.Put(id)
	f.busy = false
	if b.disk.free > now && !f.flushing {
		f.flushing = true
		b.w.sim.After(b.node, b.disk.free-now, timerFlushed, uint64(leader))
	}
	b.fetch(leader)
}

// take handles one partition's answer.
func (b *broker) take(f *fetcher, r *replica, p *fetchedPart, refs []uint32, now sim.Time) {
	switch {
	case p.err == errOffsetOutOfRange:
		b.outOfRange(r, p)
	case p.err != errNone:
		f.delay(p.partition, now+replicaBackoff)
	case p.diverges:
		b.truncateTo(r, p)
	default:
		if len(refs) > 0 && b.noRoom() {
			return
		}
		before := r.log.end
		for _, ref := range refs {
			r.log.append(b.w.arena, ref)
			r.filed(&b.w.arena.batches[ref], &b.w.cfg.retention)
		}
		if len(refs) > 0 {
			if r.wrote(before, now, b.w.cfg.replication.flushEvery) {
				b.writeBack(r, refs[len(refs)-1])
			}
		}
		if low := min(p.watermark, r.log.end); low != r.watermark {
			r.mark(low, now)
		}
	}
}

// outOfRange cuts the log where the leader's ends before it, or begins it anew where
// the leader's does behind it.
//
// Reference: Kafka, AbstractFetcherThread.fetchOffsetAndTruncate.
func (b *broker) outOfRange(r *replica, p *fetchedPart) {
	if p.start > r.log.end {
		r.restartAt(p.start, b.w.sim.Now())
		return
	}
	b.truncate(r, p.end)
}

func (f *fetcher) has(partition int32) bool {
	return slices.ContainsFunc(f.parts, func(p followed) bool { return p.partition == partition && !p.truncating })
}

func (f *fetcher) delay(partition int32, until sim.Time) {
	for i := range f.parts {
		if f.parts[i].partition == partition {
			f.parts[i].delayed = until
		}
	}
}
