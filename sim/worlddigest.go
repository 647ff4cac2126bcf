package sim

// digestWorld feeds what a run remembers besides the nodes' own states and what
// is pending. Times are counted from the present, so that a state that comes
// again later is recognised.
func (e *Engine) digestWorld(d *Digest) {
	for i := range e.nodes {
		w := &e.world.nodes[i]
		d.Uint(uint64(e.nodes[i].flags))
		d.Int(int64(w.paused)<<32 | int64(w.downs))
		for slot := w.held.first; slot != 0; slot = e.q.items[slot].next {
			e.digestItem(d, &e.q.items[slot])
		}
		d.Int(int64(w.slow.factor()))
		if e.nodes[i].flags&nodeDrifts != 0 || w.clock.since != 0 {
			d.Int(int64(e.Clock(NodeID(i)) - e.now))
			d.Int(int64(e.Monotonic(NodeID(i)) - e.now))
			d.Int(w.clock.rate())
			d.Int(int64(max(0, w.clock.slewEnd-e.now)))
		}
	}
	e.net.digest(d, e.now)
	for i := range e.world.servers {
		s := &e.world.servers[i]
		d.Int(int64(s.there)<<32 | int64(s.busy))
		d.Int(int64(s.slow.factor()))
		for k := s.line.first; k != 0; k = e.world.jobs.At(k - 1).next {
			j := e.world.jobs.At(k - 1)
			d.Int(int64(j.work))
			d.Uint(uint64(j.kind)<<48 ^ j.arg)
		}
	}
	for i := range e.world.files {
		f := &e.world.files[i]
		d.Int(f.size)
		d.Int(f.durable)
		d.Int(int64(e.world.disks[f.disk].full))
		d.Int(int64(e.world.disks[f.disk].slow.factor()))
	}
	e.world.faults.digest(d)
}

// digest feeds the connections and the links that are not as they begin.
func (n *network) digest(d *Digest, now Time) {
	for i := range n.conns {
		x := &n.conns[i]
		if !x.live {
			continue
		}
		d.Uint(uint64(x.from[1]))
		d.Uint(uint64(x.cause))
		for k := range x.ends {
			end := &x.ends[k]
			d.Int(int64(max(0, end.last-now)))
			d.Bool(end.open)
			d.Bool(end.gone || x.opening)
			n.digestJam(d, end)
		}
	}
	for i := range n.nics {
		d.Int(int64(max(0, n.nics[i].out-now)))
		d.Int(int64(max(0, n.nics[i].in-now)))
	}
	n.digestLink(d, &n.links.list[0], now)
	for from := range n.links.rows {
		for to, i := range n.links.rows[from] {
			if l := &n.links.list[i]; i != 0 && (l.impaired || l.busy > now) {
				d.Int(int64(from)<<32 | int64(to))
				n.digestLink(d, l, now)
			}
		}
	}
}

func (n *network) digestLink(d *Digest, l *link, now Time) {
	d.Int(int64(l.blocked)<<16 | int64(l.clogged))
	d.Int(int64(l.slow.factor()))
	d.Int(int64(l.added.total()))
	d.Int(l.speed())
	d.Int(l.queue)
	d.Int(int64(max(0, l.busy-now)))
	noise := l.noisy()
	for _, p := range [...]Share{noise.Loss, noise.Duplicate, noise.Corrupt, noise.Reorder, Share(noise.Window)} {
		d.Int(int64(p))
	}
	n.digestLine(d, l.first)
}

func (n *network) digestJam(d *Digest, end *end) {
	if end.jam == 0 {
		return
	}
	j := n.jams.At(end.jam - 1)
	d.Uint(uint64(j.tries)<<16 | uint64(j.stalled))
	d.Bool(j.dropped)
	n.digestLine(d, j.first)
}

func (n *network) digestLine(d *Digest, first uint32) {
	for k := first; k != 0; {
		f := n.frames.At(k - 1)
		d.Uint(uint64(f.id) ^ uint64(f.kind)<<48)
		k = f.next
	}
}

func (c *director) digest(d *Digest) {
	for i := range c.state {
		st := &c.state[i]
		d.Uint(uint64(st.firing)<<32 | uint64(st.turn))
		d.Uint(st.passed)
		d.Bool(st.armed)
		d.Bool(st.active)
		d.Bool(st.blocking)
	}
}
