package anomalies

import (
	"cmp"
	"slices"

	"orderlab/model/history"
)

// moment is an invocation or a completion.
type moment struct {
	time  int64
	row   int32
	draft int32
	done  bool
}

// write numbers the events and writes the operations in order of their invocations.
// At one instant invocations come first: what ends when another begins is not before
// it.
func (c *converter) write() {
	moments := make([]moment, 0, 2*len(c.drafts))
	for i := range c.drafts {
		d := &c.drafts[i].op
		moments = append(moments, moment{d.Begin, d.Line, int32(i), false})
		if d.Type != Pending {
			moments = append(moments, moment{d.End, d.EndLine, int32(i), true})
		}
	}
	slices.SortFunc(moments, func(x, y moment) int {
		switch {
		case x.time != y.time:
			return cmp.Compare(x.time, y.time)
		case x.done != y.done && x.done:
			return 1
		case x.done != y.done:
			return -1
		}
		return cmp.Or(cmp.Compare(x.row, y.row), cmp.Compare(x.draft, y.draft))
	})
	order := make([]int32, 0, len(c.drafts))
	for n, m := range moments {
		if m.done {
			c.drafts[m.draft].op.Completed = int32(n)
			continue
		}
		c.drafts[m.draft].op.Invoked = int32(n)
		order = append(order, m.draft)
	}
	values := newPairs(c)
	for _, i := range order {
		d := &c.drafts[i]
		n := c.out.Begin(d.op)
		for j := d.first; j != none; j = c.items[j].next {
			it := &c.items[j]
			if it.void {
				continue
			}
			place := it.place
			if place == history.NoPlace {
				place = c.at[it.message]
			}
			switch {
			case place == history.NoPlace: // it was never seen anywhere
			case it.send:
				c.out.Send(n, values.of(it.message, place), it.offset)
			default:
				c.out.Read(n, values.of(it.message, place), it.offset)
			}
		}
		for _, k := range d.keys {
			c.out.List(n, k)
		}
	}
}

// pairs numbers the messages of each place. Nearly every message has one place.
type pairs struct {
	c     *converter
	first []Value // by message, for the place where it was seen first
	other map[pair]Value
}

type pair struct {
	message history.Message
	place   history.Place
}

func newPairs(c *converter) *pairs {
	p := &pairs{c, make([]Value, c.h.Messages()), make(map[pair]Value)}
	for m := range p.first {
		p.first[m] = Value(none)
	}
	return p
}

func (p *pairs) of(m history.Message, place history.Place) Value {
	if place != p.c.at[m] {
		v, ok := p.other[pair{m, place}]
		if !ok {
			v = p.add(m, place)
			p.other[pair{m, place}] = v
		}
		return v
	}
	if p.first[m] == Value(none) {
		p.first[m] = p.add(m, place)
	}
	return p.first[m]
}

func (p *pairs) add(m history.Message, place history.Place) Value {
	p.c.out.messages = append(p.c.out.messages, m)
	return p.c.out.AddValue(Key(place), "")
}
