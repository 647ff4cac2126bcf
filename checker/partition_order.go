package checker

import (
	"fmt"
	"iter"

	"orderlab/model/history"
)

func partitionOrder() Guarantee {
	return Guarantee{
		ID: PartitionOrder,
		Holds: "Every consumer is delivered the messages of a partition or queue in the order in which they are stored. " +
			"Only first deliveries count: not those that say that they are redeliveries, nor what the consumer was " +
			"delivered from there before.",
		Order:  true,
		decide: (*Checker).partitionOrder,
	}
}

// deliveries is what partition-order keeps in memory. A stream is what a consumer is
// delivered from a place.
type deliveries struct {
	rows    []int32 // in order of time
	resort  []int32 // memory of rows that are not so in the history
	streams numbering
	seen    []int32 // by message: the stream of its first delivery, or none
	more    map[redelivery]bool
	highest []int64 // by stream: the largest position so far
}

// redelivery is a message that came by another stream before.
type redelivery struct {
	stream  int32
	message history.Message
}

// partitionOrder compares every first delivery with the largest position before.
func (c *Checker) partitionOrder(*Options) Verdict {
	x, d := &c.ix, &c.s.deliveries
	h := x.h
	c.begin()
	d.rows = timely(x.of(history.KindDeliver), &d.resort, h.EndAt)
	d.reset(h)
	c.s.late.reset(0)
	d.highest = d.highest[:0]
	var t tally
	for b, rows := range h.BlocksOf(d.rows) {
		for _, row := range rows {
			i := int(row) - b.First
			stream := d.first(h, &b, i)
			if stream == none {
				continue
			}
			for int(stream) >= len(d.highest) {
				d.highest = append(d.highest, -1)
			}
			position, highest := b.PositionAt(i), d.highest[stream]
			if highest >= 0 {
				t.verdict.Decided++
			}
			if position < highest {
				c.s.late.grow(len(d.highest))
				c.s.late.add(stream)
				c.count(&t.verdict, b.MessageAt(i))
			}
			d.highest[stream] = max(highest, position)
		}
	}
	if t.verdict.Violations > 0 {
		c.s.late.grow(len(d.highest))
		c.sequences(&t, c.s.late.sort(), d.lateOnes(h, c.s.late.number))
	}
	c.conclude(&t.verdict)
	if t.best.found {
		t.verdict.LostAt = HopDelivered
		t.verdict.Witness = x.deliveryWitness(t.best)
	}
	if t.verdict.Decided == 0 {
		return vacuous("no consumer was delivered two messages of one place for the first time")
	}
	return t.verdict
}

// reset forgets all deliveries.
func (d *deliveries) reset(h *history.History) {
	d.streams.reset(len(d.rows))
	if d.more == nil {
		d.more = make(map[redelivery]bool)
	}
	clear(d.more)
	d.seen = resize(d.seen, h.Messages(), none)
}

// first returns the stream of a delivery that is neither called a redelivery nor one,
// or none.
func (d *deliveries) first(h *history.History, b *history.Block, i int) int32 {
	if !placedIn(b, i) {
		return none
	}
	stream := d.streams.of(int(b.ProcessAt(i))*h.Places() + int(b.PlaceAt(i)))
	m := b.MessageAt(i)
	if before := d.seen[m]; before == none {
		d.seen[m] = stream
	} else {
		id := redelivery{stream, m}
		if stream == before || d.more[id] {
			return none
		}
		d.more[id] = true
	}
	if b.AttemptAt(i) > 1 {
		return none
	}
	return stream
}

// lateOnes gives the first deliveries of the streams that are late.
func (d *deliveries) lateOnes(h *history.History, late []int32) iter.Seq2[int32, item] {
	return func(yield func(int32, item) bool) {
		d.reset(h)
		for b, rows := range h.BlocksOf(d.rows) {
			for _, row := range rows {
				i := int(row) - b.First
				stream, position := d.first(h, &b, i), b.PositionAt(i)
				if stream != none && late[stream] != none && !yield(late[stream], item{position, position, row}) {
					return
				}
			}
		}
	}
}

func (x *index) deliveryWitness(pair inversion) *Witness {
	h, late, early := x.h, int(pair.overtaken), int(pair.overtaker)
	w := x.witness([]history.Message{h.MessageAt(late), h.MessageAt(early)}, pair.overtaken, pair.overtaker)
	w.Text = fmt.Sprintf("%s at position %d of %s was delivered to %s after position %d",
		h.MessageName(h.MessageAt(late)), h.PositionAt(late), h.PlaceName(h.PlaceAt(late)),
		h.ProcessName(h.ProcessAt(late)), h.PositionAt(early))
	return w
}
