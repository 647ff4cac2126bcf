package sim

import "slices"

// Digest returns the digest of the whole state: every node, the world of links,
// connections, servers, disks and faults, and everything that is pending. Times
// count from the present, so a state that comes again later has the same digest.
// Of a frame on its way it has what the engine knows, and what the engine's
// DigestBody adds.
func (e *Engine) Digest() [16]byte {
	var d Digest
	for i := range e.nodes {
		d.String(e.nodes[i].name)
		e.nodes[i].impl.Digest(&d)
	}
	e.digestWorld(&d)
	e.digestPending(&d)
	return d.Sum()
}

// digestPending feeds the pending events in the order in which they will come.
func (e *Engine) digestPending(d *Digest) {
	var order []int32
	e.q.each(func(slot int32, _ *item) { order = append(order, slot) })
	slices.SortStableFunc(order, func(a, b int32) int {
		return int(min(1, max(-1, e.q.items[a].at-e.q.items[b].at)))
	})
	for _, slot := range order {
		it := &e.q.items[slot]
		d.Int(int64(it.at - e.now))
		e.digestItem(d, it)
	}
}

// digestItem feeds an event without its time. The numbers of slots and of
// connections are no part of it: they tell what happened before.
func (e *Engine) digestItem(d *Digest, it *item) {
	ev := e.detailed(it)
	ev.At = 0
	ev.feed(d)
	d.Uint(uint64(e.class(it)))
	if k := it.tag.kind(); k == kindFrame || k == kindDatagram {
		e.net.digested = e.net.frames.At(uint32(it.arg)).frame()
		e.digestBody(d, &e.net.digested)
	}
}

func (e *Engine) digestBody(d *Digest, f *Frame) {
	d.Int(int64(f.Size))
	if e.DigestBody != nil && f.Kind < frameRefuse {
		e.DigestBody(d, f)
	}
}
