package sim

// link is one direction between two nodes. Every pair of nodes that asks for
// nothing else shares the link 0, the common one.
type link struct {
	latency Sampler
	// The latency and the bandwidth of a link may be its own or the common ones.
	ownLatency, ownBandwidth bool

	from, to NodeID
	// impaired says that the link does more than delay by its latency.
	impaired bool
	// blocked and clogged count the faults that hold the link.
	blocked, clogged int16

	slow      slowness // of the latency
	added     addition
	bandwidth int64 // bytes per second; 0 is no limit
	throttle  int64 // bytes per second by a fault; 0 is no limit
	queue     int64 // bytes that wait or are being sent; 0 is no limit
	busy      Time  // when the last byte of what was sent has left
	noise     Noise
	faulty    Noise // by faults, on top

	first, last uint32 // what is clogged, as slots from 1
}

// addition is a time that a model sets and faults add to.
type addition struct{ set, faults Time }

func (a addition) total() Time { return max(0, a.set+a.faults) }

// linkTable finds the link of a pair of nodes.
type linkTable struct {
	list []link // link 0 is the common one
	rows [][]uint32
	// each says that every pair needs a link of its own, to have its own queue.
	each bool
}

func (t *linkTable) reset() {
	t.list = append(t.list[:0], link{latency: Constant(0)})
	for i := range t.rows {
		clear(t.rows[i])
	}
	t.each = false
}

// between returns the index of the link from one node to another.
func (t *linkTable) between(from, to NodeID) uint32 {
	if len(t.list) == 1 && !t.each {
		return 0
	}
	return t.find(from, to)
}

func (t *linkTable) find(from, to NodeID) uint32 {
	if int(from) < len(t.rows) && int(to) < len(t.rows[from]) {
		if i := t.rows[from][to]; i != 0 {
			return i
		}
	}
	if t.each {
		return t.make(from, to)
	}
	return 0
}

// make makes the link of a pair that has none.
func (t *linkTable) make(from, to NodeID) uint32 {
	for int(from) >= len(t.rows) {
		t.rows = append(t.rows, nil)
	}
	for int(to) >= len(t.rows[from]) {
		t.rows[from] = append(t.rows[from], 0)
	}
	l := link{latency: t.list[0].latency, bandwidth: t.list[0].bandwidth, queue: t.list[0].queue, from: from, to: to}
	l.judge()
	t.list = append(t.list, l)
	t.rows[from][to] = uint32(len(t.list) - 1)
	return t.rows[from][to]
}

// judge decides whether the link is impaired.
func (l *link) judge() {
	l.impaired = l.blocked > 0 || l.clogged > 0 || l.speed() > 0 || l.added.total() > 0 ||
		l.slow.factor() != Whole || l.noise != Noise{} || l.faulty != Noise{}
}

// ownLink returns the link from one node to another, which has its own state from
// now on. Connections that are open change over to it.
func (e *Engine) ownLink(from, to NodeID) *link {
	t := &e.net.links
	i := t.between(from, to)
	if i == 0 {
		i = t.make(from, to)
		e.net.relink(from, to, i)
	}
	return &t.list[i]
}

func (n *network) relink(from, to NodeID, i uint32) {
	for k := range n.conns {
		x := &n.conns[k]
		for side := range x.ends {
			if x.live && x.ends[side].node == to && x.ends[1-side].node == from {
				x.ends[side].link = i
			}
		}
	}
}

// changed tells the connections that a link changed.
func (e *Engine) changed(l *link) {
	l.judge()
	e.relook()
}

// relook looks at all connections anew.
func (e *Engine) relook() {
	for k := range e.net.conns {
		if x := &e.net.conns[k]; x.live {
			e.look(x, 0)
			e.look(x, 1)
		}
	}
}

// SetLatency sets the one-way latency of every link that has none of its own.
func (e *Engine) SetLatency(s Sampler) {
	for i := range e.net.links.list {
		if l := &e.net.links.list[i]; !l.ownLatency {
			l.latency = s
		}
	}
}

// SetLinkLatency sets the one-way latency from one node to another.
func (e *Engine) SetLinkLatency(from, to NodeID, s Sampler) {
	l := e.ownLink(from, to)
	l.latency, l.ownLatency = s, true
}

// SetBandwidth sets what every link that is not set on its own can carry, in
// bytes per second, and how many bytes may wait at its sending end. Each pair of
// nodes has its own link in each direction. A datagram that finds the queue full
// is dropped; a connection's frame waits in the sender's machine, so that
// congestion shows there as delay only. 0 is no limit.
func (e *Engine) SetBandwidth(bytesPerSecond, queue int64) {
	t := &e.net.links
	t.each = true
	t.list[0].bandwidth, t.list[0].queue = bytesPerSecond, queue
	for k := range e.net.conns {
		if x := &e.net.conns[k]; x.live {
			a, b := x.ends[0].node, x.ends[1].node
			e.ownLink(a, b)
			e.ownLink(b, a)
		}
	}
	for i := 1; i < len(t.list); i++ {
		if l := &t.list[i]; !l.ownBandwidth {
			l.bandwidth, l.queue = bytesPerSecond, queue
			l.judge()
		}
	}
	e.relook()
}

// SetLinkBandwidth is SetBandwidth for the link from one node to another.
func (e *Engine) SetLinkBandwidth(from, to NodeID, bytesPerSecond, queue int64) {
	l := e.ownLink(from, to)
	l.bandwidth, l.queue, l.ownBandwidth = bytesPerSecond, queue, true
	e.changed(l)
}

var (
	decideWeather = NewDecision("link.weather")
	decideLatency = NewDecision("link.latency")
	decideResend  = NewDecision("link.resend")
)

// weatherSlot is how long the weather of a link stays the same.
const weatherSlot = Millisecond

// latency draws the time that a frame needs towards end to.
func (e *Engine) latency(c *connection, to int, kind uint16, id ID) Time {
	d := decideLatency
	if id == 0 {
		d, id = decideWeather, ID(e.now/weatherSlot)
	}
	return Time(e.Draw(d, Identity(c.from[to], ID(kind), id), &e.net.links.list[c.ends[to].link].latency))
}

// transit returns when a frame arrives that is sent after a while over an impaired
// link.
func (e *Engine) transit(x *connection, to int, l *link, f Frame, wait Time) Time {
	kind, id := f.Kind, f.ID
	if kind >= frameRefuse && kind <= frameOpen {
		kind, id = 0, x.cause
	}
	at := l.transmit(e.leaves(x, to, e.now+wait, f.Size), f.Size) + l.slowed(e.latency(x, to, kind, id))
	if n := l.noisy(); n.Loss+n.Corrupt > 0 {
		at += e.resends(Identity(x.from[to], ID(kind), id), id == 0, n.Loss+n.Corrupt)
	}
	return at
}

// resends returns how long a frame is delayed by having to be sent again.
func (e *Engine) resends(id ID, weather bool, p Share) Time {
	if weather {
		id = Identity(id, ID(e.now/weatherSlot))
	}
	wait, total := e.net.tcp.Timeout, Time(0)
	for try := range e.net.tcp.Retries {
		if !e.Chance(decideResend, Identity(id, ID(try)), p) {
			break
		}
		e.net.counts.Retried++
		total += wait
		wait = min(2*wait, e.net.tcp.Longest)
	}
	return total
}

// transmit sends bytes over the link after what was sent before, and returns when
// the last of them has left.
func (l *link) transmit(now Time, size int32) Time {
	speed := l.speed()
	if speed <= 0 {
		return now
	}
	l.busy = max(l.busy, now) + Time(mulDiv(int64(size), int64(Second), speed))
	return l.busy
}

// backlog returns how many bytes wait at the sending end or are being sent.
func (l *link) backlog(now Time) int64 {
	speed := l.speed()
	if speed <= 0 || l.busy <= now {
		return 0
	}
	return mulDiv(int64(l.busy-now), speed, int64(Second))
}

func (l *link) slowed(latency Time) Time {
	return latency.scaled(l.slow.factor()) + l.added.total()
}

// speed returns how many bytes per second the link carries, or 0 for any number.
func (l *link) speed() int64 {
	if l.throttle > 0 && (l.bandwidth == 0 || l.throttle < l.bandwidth) {
		return l.throttle
	}
	return l.bandwidth
}

// noisy returns what the link does to packets now.
func (l *link) noisy() Noise {
	n, f := l.noise, l.faulty
	return Noise{Loss: n.Loss + f.Loss, Duplicate: n.Duplicate + f.Duplicate, Corrupt: n.Corrupt + f.Corrupt,
		Reorder: n.Reorder + f.Reorder, Window: n.Window + f.Window}
}
