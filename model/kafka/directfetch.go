package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// A fetch of a [Direct] that waits, over a connection of its own.

// fetchLine is the number of that connection.
const fetchLine = 9

// BatchBytes is the size of a batch of so many messages.
func (d *Direct) BatchBytes(messages int) int32 {
	return batchOverhead + int32(messages)*(d.w.cfg.recordSize+recordOverhead)
}

// StartFetch sends a fetch of a partition that waits until there are so many bytes, or
// its time is over. Its answer is taken with [Direct.Fetched].
func (d *Direct) StartFetch(partition int32, offset int64, least int32, wait sim.Time) error {
	l, err := d.lineOf(fetchLine)
	if err != nil {
		return err
	}
	id, body := d.w.arena.bodies.fetch.Take()
	*body = fetchBody{follower: -1, parts: []fetchPart{{partition: partition, offset: offset}},
		minBytes: least, maxWait: wait, partMax: mib, max: 50 * mib}
	d.sim.Send(d.node, l.conn, sim.Frame{Kind: frameFetch, Body: id, Size: 100})
	return nil
}

// Fetched runs the broker for a while and returns the messages of the answer to a fetch;
// ok is false while there is none.
func (d *Direct) Fetched(within sim.Time) (ms []history.Message, ok bool, err error) {
	l, err := d.lineOf(fetchLine)
	if err != nil {
		return nil, false, err
	}
	limit := d.sim.Now() + within
	d.sim.At(limit, func() {})
	if err := d.until(func() bool { return len(l.answers) > 0 || d.sim.Now() >= limit }); err != nil {
		return nil, false, err
	}
	if len(l.answers) == 0 {
		return nil, false, nil
	}
	a, f := d.w.arena, l.answers[0]
	l.answers = l.answers[1:]
	fetched := a.bodies.fetched.At(f.Body)
	for _, ref := range fetched.refs {
		b := &a.batches[ref]
		ms = append(ms, a.records[b.first:b.first+b.count]...)
	}
	a.bodies.fetched.Put(f.Body)
	return ms, true, nil
}
