package checker

import (
	"fmt"
	"iter"
	"slices"

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

// delivery is a first delivery, with the number of its consumer and place.
type delivery struct {
	row, stream int32
}

// deliveries is what partition-order keeps in memory.
type deliveries struct {
	rows    []int32
	firsts  []delivery
	seen    []int32 // by message: its first delivery, or none
	more    map[redelivery]bool
	streams map[stream]int32
	last    stream
	number  int32
	highest []int64 // by stream: the largest position so far
}

// stream is what a consumer is delivered from a place.
type stream struct {
	process history.Process
	place   history.Place
}

type redelivery struct {
	stream
	message history.Message
}

// partitionOrder compares every first delivery with the largest position before.
func (c *Checker) partitionOrder(*Options) Verdict {
	x, d := &c.ix, &c.s.deliveries
	h := x.h
	c.begin()
	d.collect(h)
	c.s.late = resize(c.s.late, len(d.streams), false)
	d.highest = resize(d.highest, len(d.streams), -1)
	var t tally
	for _, f := range d.firsts {
		position, highest := h.PositionAt(int(f.row)), &d.highest[f.stream]
		if *highest >= 0 {
			t.verdict.Decided++
		}
		if position < *highest {
			c.s.late[f.stream] = true
			c.count(&t.verdict, h.MessageAt(int(f.row)))
		}
		*highest = max(*highest, position)
	}
	if t.verdict.Violations > 0 {
		c.sequences(&t, len(d.streams), d.lateOnes(h, c.s.late))
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

// collect finds the first deliveries, in order of time.
func (d *deliveries) collect(h *history.History) {
	d.rows = slices.Grow(d.rows[:0], h.Count(history.KindDeliver))
	sorted, last := true, int64(0)
	for b := range h.Blocks() {
		for i := range b.Len {
			if b.Kind(i) != history.KindDeliver || b.OutcomeAt(i) != history.OK ||
				b.PositionAt(i) == history.NoPosition || b.PlaceAt(i) == history.NoPlace {
				continue
			}
			at := b.EndAt(i)
			sorted = sorted && (len(d.rows) == 0 || at >= last)
			last = at
			d.rows = append(d.rows, int32(b.First+i))
		}
	}
	if !sorted {
		slices.SortFunc(d.rows, func(a, b int32) int { return byTime(h.EndAt, a, b) })
	}
	if d.streams == nil {
		d.streams, d.more = make(map[stream]int32), make(map[redelivery]bool)
	}
	clear(d.streams)
	clear(d.more)
	d.firsts, d.number = d.firsts[:0], none
	d.seen = resize(d.seen, h.Messages(), none)
	for _, row := range d.rows {
		s := stream{h.ProcessAt(int(row)), h.PlaceAt(int(row))}
		if d.first(h, s, row) {
			d.firsts = append(d.firsts, delivery{row, d.numberOf(s)})
		}
	}
}

// first says whether a delivery is neither called a redelivery nor one.
func (d *deliveries) first(h *history.History, s stream, row int32) bool {
	m := h.MessageAt(int(row))
	before := d.seen[m]
	if before == none {
		d.seen[m] = row
	} else {
		id := redelivery{s, m}
		old := int(before)
		if d.more[id] || s == (stream{h.ProcessAt(old), h.PlaceAt(old)}) {
			return false
		}
		d.more[id] = true
	}
	return h.AttemptAt(int(row)) <= 1
}

func (d *deliveries) numberOf(s stream) int32 {
	if d.number != none && s == d.last {
		return d.number
	}
	n, ok := d.streams[s]
	if !ok {
		n = int32(len(d.streams))
		d.streams[s] = n
	}
	d.last, d.number = s, n
	return n
}

// lateOnes gives the first deliveries of the streams that are late.
func (d *deliveries) lateOnes(h *history.History, late []bool) iter.Seq2[int32, item] {
	return func(yield func(int32, item) bool) {
		for _, f := range d.firsts {
			position := h.PositionAt(int(f.row))
			if late[f.stream] && !yield(f.stream, item{position, position, f.row}) {
				return
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
