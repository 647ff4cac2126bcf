package checker_test

import (
	"cmp"
	"slices"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

// chaos draws a small history in which anything may happen to a message: it is
// sent twice or never, stored at two places, delivered and applied in any order,
// at few moments, so that many coincide. Rows are in order of time or in none.
type chaos struct {
	t     *rapid.T
	h     *history.History
	units [][]history.Op // rows that stay together
}

func (c *chaos) n(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(c.t, name) }

// often is true in most cases.
func (c *chaos) often(name string) bool { return c.n(name, 0, 5) > 0 }

func (c *chaos) time() int64 { return int64(c.n("time", 0, 12)) }

func drawChaos(t *rapid.T) *history.History {
	c := &chaos{t: t, h: new(history.History)}
	for i := range c.n("messages", 1, 6) {
		key := history.NoKey
		if k := c.n("key", 0, 6); k > 0 {
			key = c.h.AddKey([]string{"a", "a", "a", "a", "b", "b"}[k-1])
		}
		m := c.h.AddMessage(history.MessageInfo{Key: key, Producer: c.h.AddProcess("p"), Index: uint32(i)})
		c.producer(m)
		c.consumer(m)
	}
	c.readers()
	if c.often("sorted") {
		slices.SortStableFunc(c.units, func(a, b []history.Op) int { return cmp.Compare(when(a[0]), when(b[0])) })
	} else {
		c.units = rapid.Permutation(c.units).Draw(t, "rows")
	}
	for _, u := range c.units {
		for _, op := range u {
			c.h.Append(op)
		}
	}
	return c.h
}

func when(op history.Op) int64 {
	if op.End == history.Pending {
		return op.Begin
	}
	return op.End
}

func (c *chaos) add(op history.Op) { c.units = append(c.units, []history.Op{op}) }

// producer draws sends and answers.
func (c *chaos) producer(m history.Message) {
	op := history.Op{Kind: history.KindSend, Message: m, Place: history.NoPlace, Position: history.NoPosition}
	first := int64(0)
	for i := range []int{1, 1, 1, 1, 1, 1, 0, 2, 2}[c.n("sends", 0, 8)] {
		op.Process = c.h.AddProcess([]string{"p", "p", "q"}[c.n("producer", 0, 2)])
		op.Session = uint16(c.n("session", 0, 1))
		op.Begin = c.time()
		op.End, op.Attempt = op.Begin, uint16(i+1)
		if i == 0 || op.Begin < first {
			first = op.Begin
		}
		c.add(op)
	}
	for range []int{0, 1, 1, 1, 2}[c.n("acks", 0, 4)] {
		op.Kind, op.Attempt = history.KindAck, 0
		op.Outcome = history.Outcome(max(0, c.n("outcome", -3, 2)))
		op.Begin = first
		op.End = first + int64(c.n("answer", 0, 6))
		if op.Outcome == history.OK {
			op = c.spot(op)
		}
		c.add(op)
		op.Place, op.Position = history.NoPlace, history.NoPosition
	}
}

// spot puts an operation at a place, mostly.
func (c *chaos) spot(op history.Op) history.Op {
	op.Place, op.Position = history.NoPlace, history.NoPosition
	if c.often("placed") {
		op.Place = c.h.AddPlace([]string{"x", "x", "y"}[c.n("place", 0, 2)])
		op.Position = int64(c.n("position", 0, 5))
	}
	return op
}

// readers draws polls with their answers, and what moves a reader.
func (c *chaos) readers() {
	reader := func(k history.Kind) history.Op {
		op := history.Op{Kind: k, Message: history.NoMessage, Begin: c.time()}
		op.End = op.Begin + int64(c.n("wait", 0, 2))
		op.Process = c.h.AddProcess([]string{"c", "p", "q"}[c.n("reader", 0, 2)])
		op.Session = uint16(max(0, c.n("session", -2, 1)))
		return c.spot(op)
	}
	for range c.n("polls", 0, 4) {
		poll := reader(history.KindPoll)
		if c.n("end", 0, 1) == 1 {
			poll.Detail = c.h.AddSymbol("end")
		}
		unit := []history.Op{poll}
		for range c.n("answers", 0, 2) {
			op := poll
			op.Kind, op.Detail, op.Begin = history.KindDeliver, history.NoSymbol, op.End
			op.Message = history.Message(c.n("delivered", 0, c.h.Messages()-1))
			op.Position = int64(c.n("shown", 0, 5))
			op.Attempt = uint16(c.n("attempt", 0, 2))
			if op.Place != history.NoPlace {
				unit = append(unit, op)
			}
		}
		c.units = append(c.units, unit)
	}
	if kind := c.n("moved", 0, 8); kind < 3 {
		op := reader([]history.Kind{history.KindAssign, history.KindSubscribe, history.KindRebalance}[kind])
		op.Position = history.NoPosition
		c.add(op)
	}
}

// consumer draws stores, deliveries, effects and disposals.
func (c *chaos) consumer(m history.Message) {
	at := func(k history.Kind) history.Op {
		t := c.time()
		return history.Op{Kind: k, Message: m, Begin: t, End: t}
	}
	for range c.n("stores", 0, 2) {
		op := c.spot(at(history.KindStore))
		op.Process = c.h.AddProcess("broker")
		if op.Place != history.NoPlace {
			c.add(op)
		}
	}
	for range c.n("deliveries", 0, 3) {
		op := c.spot(at(history.KindDeliver))
		op.Process = c.h.AddProcess([]string{"c", "c", "d", "p", "q"}[c.n("consumer", 0, 4)])
		op.Attempt = uint16(c.n("attempt", 0, 2))
		if name := c.h.ProcessName(op.Process); name == "p" || name == "q" { // a producer that reads
			op.Session = uint16(c.n("session", 0, 1))
		}
		c.add(op)
	}
	for range c.n("effects", 0, 3) {
		op := c.spot(at(history.KindApply))
		op.Process = c.h.AddProcess([]string{"c", "d"}[c.n("worker", 0, 1)])
		op.Detail = c.h.AddSymbol([]string{"s", "s", "r"}[c.n("sink", 0, 2)])
		op.Begin -= int64(c.n("work", 0, 3))
		op.Epoch = uint16(c.n("epoch", 0, 2))
		switch c.n("effect", 0, 25) {
		case 0:
			op.Outcome = history.Unknown
		case 1:
			op.Outcome, op.End = history.Unknown, history.Pending
		case 2:
			op.Outcome = history.Fail
		}
		c.add(op)
	}
	if c.n("disposed", 0, 4) == 0 {
		op := at(history.KindDispose)
		op.Place, op.Position = history.NoPlace, history.NoPosition
		op.Process, op.Detail = c.h.AddProcess("c"), c.h.AddSymbol([]string{"dead-letter", "expired"}[c.n("reason", 0, 1)])
		c.add(op)
	}
}
