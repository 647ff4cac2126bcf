package kafka

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// completed is a fetched piece of a partition that poll has not returned yet.
type completed struct {
	partition int32
	offset    int64
	refs      []uint32
	at        int      // the batch in refs that offset is in
	asked     sim.Time // when the fetch was sent
	end       bool     // it reached the high watermark
	// aborted are the aborted transactions that begin in what is left, and dead the
	// producers that are inside of one.
	aborted []abortedTxn
	dead    []int32
}

// take moves records of one piece to the answer; it says whether it is used up.
func (c *consumer) take(f *completed) (usedUp bool) {
	p := c.part(f.partition)
	a := c.w.arena
	place := c.w.places[f.partition]
	first := len(c.records)
	for ; f.at < len(f.refs) && len(c.records) < c.cfg.maxPoll; f.at++ {
		b := &a.batches[f.refs[f.at]]
		if b.transactional && f.skips(b) {
			f.offset = b.next()
			continue
		}
		for f.offset < b.next() && len(c.records) < c.cfg.maxPoll {
			m := a.records[int64(b.first)+f.offset-b.base]
			c.records = append(c.records, model.Record{
				Message: m, Place: place, Position: f.offset, Attempt: c.w.attempt(m),
				Epoch: uint16(c.member.generation),
			})
			f.offset++
		}
		if f.offset < b.next() {
			break
		}
	}
	p.consumed = f.offset
	usedUp = f.at == len(f.refs)
	c.notePoll(place, f.offset, f.asked, usedUp && f.end)
	for i := range c.records[first:] {
		c.w.rec.Deliver(&c.records[first+i], c.process, c.session)
	}
	return usedUp
}

// notePoll writes a read of a partition to the history: it saw everything below
// next at some moment since it was asked for.
func (c *consumer) notePoll(place history.Place, next int64, asked sim.Time, end bool) {
	op := history.Op{Kind: history.KindPoll, Process: c.process, Session: c.session, Message: history.NoMessage,
		Place: place, Position: next, Epoch: uint16(c.member.generation), Begin: int64(asked), End: int64(c.w.sim.Now())}
	if end {
		op.Detail = c.w.symEnd
	}
	c.w.rec.Record(op)
}

// release drops the i-th piece of the buffer.
func (c *consumer) release(i int) {
	f := c.buffer[i]
	if p := c.part(f.partition); p != nil {
		p.buffered--
	}
	c.buffer = append(c.buffer[:i], c.buffer[i+1:]...)
	c.spare = append(c.spare, f)
}

// keep puts a piece into the buffer.
func (c *consumer) keep(p *owned, f *fetchedPart, body *fetchedBody, asked sim.Time) {
	refs := body.refs[f.from:f.to]
	if len(refs) == 0 {
		c.notePoll(c.w.places[f.partition], p.position, asked, p.position == f.watermark)
		return
	}
	var piece completed
	if n := len(c.spare); n > 0 {
		piece = c.spare[n-1]
		c.spare = c.spare[:n-1]
	}
	p.position = c.w.arena.batches[refs[len(refs)-1]].next()
	p.buffered++
	c.buffer = append(c.buffer, completed{partition: f.partition, offset: f.offset,
		refs: append(piece.refs[:0], refs...), asked: asked, end: p.position == f.watermark,
		aborted: append(piece.aborted[:0], body.aborted[f.fromAborted:f.toAborted]...), dead: piece.dead[:0]})
}

// drop forgets partitions that were taken away, with what is buffered of them.
func (c *consumer) drop(gone []int32) {
	for _, partition := range gone {
		for i := 0; i < len(c.buffer); {
			if c.buffer[i].partition == partition {
				c.release(i)
			} else {
				i++
			}
		}
		for i := range c.parts {
			if c.parts[i].partition == partition {
				c.parts = append(c.parts[:i], c.parts[i+1:]...)
				break
			}
		}
	}
}
