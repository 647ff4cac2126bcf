package checker

import (
	"fmt"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

func linearizableQueue() Guarantee {
	return Guarantee{
		ID: LinearizableQueue,
		Holds: "The sends to one queue and the deliveries from it have a linearization as one FIFO queue: each takes effect " +
			"at one moment between its begin and its end, a send puts its message last, a delivery takes the first one, and " +
			"a poll that found the queue empty does so when nothing is in it.",
		Strict: true,
		alone:  true,
		decide: (*Checker).linearizableQueue,
	}
}

// linearizableQueue decides each queue on its own. Messages that were sent more
// than once may be in it more than once, and are left out at first: what is wrong
// without them is wrong with them. Where nothing is, porcupine searches with them.
func (c *Checker) linearizableQueue(opt *Options) Verdict {
	h, q := c.ix.h, &c.s.linear.queues
	c.begin()
	q.collect(h)
	if q.backwards != none {
		return c.ix.backwards(q.backwards)
	}
	q.group(h)
	q.repeat(h)
	var v Verdict
	var open undecided
	for place := range q.taken {
		if q.taken[place] == 0 {
			continue
		}
		ids := q.of(place)
		enqueues, repeated := q.repeated[int32(place)]
		v.Decided += len(ids) + len(enqueues) + int(q.taken[place])
		w := q.faultWitness(&c.ix, int32(place))
		if w == nil {
			w = c.judgeQueue(int32(place), ids)
		}
		if w == nil && repeated {
			find, unknown := q.search(h, int32(place), opt.Budget.orDefault()), ""
			if w, unknown = find.judge(&c.ix); unknown != "" {
				open.note(find.name, unknown)
			}
		}
		c.found(&v, w)
	}
	c.conclude(&v)
	if v.Violations == 0 && open.count == 0 && v.Decided == 0 {
		return vacuous("nothing was delivered, and no poll found a queue empty")
	}
	return open.verdict(v)
}

// found counts what has no linearization, and keeps the first witness.
func (c *Checker) found(v *Verdict, w *Witness) {
	if w == nil {
		return
	}
	v.Violations++
	for _, m := range w.Messages {
		if key := c.ix.h.KeyOf(m); key != history.NoKey {
			c.s.broken[key] = true
		}
	}
	if v.Witness == nil {
		v.Witness = w
	}
}

// judgeQueue returns what shows that a queue has no linearization, or nil.
func (c *Checker) judgeQueue(place int32, ids []int32) *Witness {
	h, s := c.ix.h, &c.s.linear
	q := &s.queues
	values := q.values
	if len(ids) != len(values) {
		s.values = grow(s.values, len(ids))
		for i, v := range ids {
			s.values[i] = q.values[v]
		}
		values = s.values
	}
	s.empties, s.emptyRows = s.empties[:0], s.emptyRows[:0]
	for _, e := range q.empties {
		if e.place == place {
			s.empties = append(s.empties, linear.Span{Call: h.BeginAt(int(e.row)), Ret: h.EndAt(int(e.row))})
			s.emptyRows = append(s.emptyRows, e.row)
		}
	}
	s.open, s.openRows = s.open[:0], s.openRows[:0]
	for _, o := range q.open {
		if o.place == place || int(o.place) == h.Places() { // or nobody knows of which queue it was
			s.open = append(s.open, linear.Open{Call: h.BeginAt(int(o.row)), Many: o.many})
			s.openRows = append(s.openRows, o.row)
		}
	}
	f := s.queue.Check(values, s.empties, s.open)
	if f == nil {
		return nil
	}
	return c.queueWitness(place, ids, s.queue.Explain(f, values, s.empties, s.open))
}

// queueWitness turns a fault into the rows that show it.
func (c *Checker) queueWitness(place int32, ids []int32, f *linear.Fault) *Witness {
	x, s := &c.ix, &c.s.linear
	q, h := &s.queues, x.h
	var rows []int32
	var messages []history.Message
	for _, i := range f.Values {
		v := ids[i]
		messages = append(messages, q.message(h, v))
		rows = append(rows, q.enq[v])
		if q.deq[v] != none {
			rows = append(rows, q.deq[v])
			if poll := pollOf(h, int(q.deq[v])); poll != none && f.Kind == linear.FaultEmpty && len(f.Values) > 1 {
				rows = append(rows, poll) // until it began, the message was there
			}
		}
	}
	for _, i := range f.Open {
		rows = append(rows, s.openRows[i])
	}
	name := func(i int32) string { return h.MessageName(q.message(h, ids[i])) }
	in := queueName(h, place)
	var text string
	switch {
	case f.Kind == linear.FaultEarly:
		text = fmt.Sprintf("%s was delivered from %s before it was sent", name(f.B), in)
	case f.Kind == linear.FaultEmpty && len(f.Values) == 1 && len(f.Open) == 0:
		text = fmt.Sprintf("a poll found %s empty while %s was in it", in, name(f.Values[0]))
	case f.Kind == linear.FaultEmpty:
		text = fmt.Sprintf("a poll found %s empty while one or another of %s was in it", in, plural(len(f.Values), "message"))
	case len(f.Open) > 0:
		text = fmt.Sprintf("%s was delivered from %s before %s put into it earlier, which %s without an answer cannot "+
			"have taken", name(f.B), in, plural(len(f.Values)-1, "message"), plural(len(f.Open), "dequeue"))
	case q.deq[ids[f.A]] == none:
		text = fmt.Sprintf("%s was put into %s before %s, which was delivered, and never came out", name(f.A), in, name(f.B))
	default:
		text = fmt.Sprintf("%s was put into %s before %s and delivered after it", name(f.A), in, name(f.B))
	}
	if f.Kind == linear.FaultEmpty {
		rows = append(rows, s.emptyRows[f.Empty])
	}
	w := x.witness(messages, rows...)
	w.Text = text
	return w
}

// pollOf returns the poll that brought a delivery, or none.
func pollOf(h *history.History, row int) int32 {
	for i := row - 1; i >= 0 && h.ProcessAt(i) == h.ProcessAt(row) && h.PlaceAt(i) == h.PlaceAt(row); i-- {
		switch k := h.Kind(i); {
		case k == history.KindPoll && h.OutcomeAt(i) == history.OK && h.SymbolName(h.DetailAt(i)) != "empty":
			return int32(i)
		case k != history.KindDeliver:
			return none
		}
	}
	return none
}

// faultWitness shows a value that is wrong by itself, or returns nil.
func (q *queues) faultWitness(x *index, place int32) *Witness {
	f, h := q.faults[place], x.h
	if f.value == none {
		return nil
	}
	m, in := q.message(h, f.value), queueName(h, place)
	name := h.MessageName(m)
	rows, text := []int32{q.deq[f.value]}, ""
	switch {
	case f.again != none:
		rows, text = append(rows, f.again), fmt.Sprintf("%s was delivered from %s twice", name, in)
	case f.failed == none:
		text = fmt.Sprintf("%s was delivered from %s, and nothing says that it was sent", name, in)
	case h.OutcomeAt(int(f.failed)) == history.Fail:
		rows, text = append(rows, f.failed), fmt.Sprintf("%s was delivered from %s although its send failed", name, in)
	default:
		rows = append(rows, f.failed)
		text = fmt.Sprintf("%s was delivered from %s, and was put into %s", name, in,
			queueName(h, q.number(h, h.PlaceAt(int(f.failed)))))
	}
	if f.again == none && q.flags[f.value]&queueSentAgain != 0 {
		rows = append(rows, answersTo(h, m)...)
	}
	w := x.witness([]history.Message{m}, rows...)
	w.Text = text
	return w
}

// queueName returns the name of a queue; "the queue" where none is named.
func queueName(h *history.History, place int32) string {
	if int(place) == h.Places() {
		return "the queue"
	}
	return h.PlaceName(history.Place(place))
}
