package checker

import (
	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

// What is known of the enqueue of a message.
const (
	queueSent      uint8 = 1 << iota // a send, or an answer, says that it was tried
	queueCalled                      // a send does
	queueSentAgain                   // it was sent twice, and may be there twice
	queueAcked                       // it took place
	queueFailed                      // it did not take place
	queueNamed                       // the answer names the queue
	queueStored                      // a queue took it in, whatever was told of the send
	queueOpen                        // an answer left open whether it took place
)

// queues holds messages as values of queues: by value, of which the first are
// the messages by their numbers. A message that several queues hold, as behind an
// exchange, is a value of its own in each.
type queues struct {
	values   []linear.Value
	flags    []uint8
	enq, deq []int32 // rows, or none
	where    []int32 // the number of the place, or none
	messages []history.Message
	more     map[copyOf]int32 // further copies
	empties  []queuePoll      // polls that found the queue empty
	open     []queuePoll      // dequeues of which nobody knows what they took
	doubles  []queueFault     // second dequeues
	late     bool             // a message was dequeued before all was known of its enqueue
	faults   []queueFault     // by place: the first thing that is wrong with one value
	taken    []int32          // by place: dequeues
	// repeated are, by place, the enqueues of messages that were sent more than once.
	repeated map[int32][]searchOp
	ends     []int32 // by place: where its values end in ids
	ids      []int32 // values, by place
	// backwards is an operation that ends before it begins, or none.
	backwards int32
}

// copyOf names what a queue holds of a message.
type copyOf struct {
	message history.Message
	place   int32
}

// queuePoll is a dequeue without a message, or with many a poll of which nobody
// knows how many messages it took.
type queuePoll struct {
	place int32
	row   int32
	many  bool
}

// queueFault is a value that is wrong by itself: it was dequeued twice, or never
// enqueued.
type queueFault struct {
	value  int32 // or none
	again  int32 // the row of the second dequeue, or none
	failed int32 // the row that says that it was not enqueued there, or none
	call   int64 // when the second dequeue began
}

var noFault = queueFault{value: none, again: none, failed: none}

// number returns the number of a place; what names no place is a queue of its own.
func (q *queues) number(h *history.History, p history.Place) int32 {
	if p == history.NoPlace {
		return int32(h.Places())
	}
	return int32(p)
}

// collect reads the history.
func (q *queues) collect(h *history.History) {
	n, places := h.Messages(), h.Places()+1
	q.values = resize(q.values, n, linear.Value{EnqCall: linear.Never, EnqRet: linear.Never,
		DeqCall: linear.Never, DeqRet: linear.Never})
	q.flags, q.enq, q.deq = resize(q.flags, n, 0), resize(q.enq, n, none), resize(q.deq, n, none)
	q.where = resize(q.where, n, none)
	q.messages, q.more = q.messages[:0], nil
	q.empties, q.open, q.doubles = q.empties[:0], q.open[:0], q.doubles[:0]
	q.faults = resize(q.faults, places, noFault)
	q.taken = resize(q.taken, places, 0)
	q.late, q.backwards = false, none
	q.read(h, true)
	if q.late {
		q.dequeueAll(h)
	}
	q.check(h)
}

// dequeueAll reads the dequeues once more, now that all enqueues are known.
func (q *queues) dequeueAll(h *history.History) {
	n := h.Messages()
	q.values, q.flags, q.enq, q.deq, q.where = q.values[:n], q.flags[:n], q.enq[:n], q.deq[:n], q.where[:n]
	q.messages, q.more = q.messages[:0], nil
	for v := range q.values {
		q.values[v].DeqCall, q.values[v].DeqRet, q.deq[v] = linear.Never, linear.Never, none
		if q.flags[v]&queueNamed == 0 {
			q.where[v] = none
		}
	}
	for p := range q.faults {
		q.faults[p], q.taken[p] = noFault, 0
	}
	q.open, q.empties, q.doubles = q.open[:0], q.empties[:0], q.doubles[:0]
	q.read(h, false)
}

// read goes through the history, for the dequeues and, if wanted, the enqueues.
func (q *queues) read(h *history.History, enqueues bool) {
	poll := none // the poll that the rows before this one belong to
	for i := range h.Len() {
		switch k := h.Kind(i); k {
		case history.KindSend, history.KindAck, history.KindStore:
			if enqueues {
				q.enqueue(h, i, k)
			}
			poll = none
		case history.KindDeliver:
			if poll != none && (h.ProcessAt(int(poll)) != h.ProcessAt(i) || h.PlaceAt(int(poll)) != h.PlaceAt(i)) {
				poll = none
			}
			q.dequeue(h, i, poll)
		case history.KindPoll:
			poll = q.poll(h, i)
		default:
			poll = none
		}
	}
}

func (q *queues) enqueue(h *history.History, i int, k history.Kind) {
	m, outcome := h.MessageAt(i), h.OutcomeAt(i)
	v, f := &q.values[m], q.flags[m]
	switch {
	case k == history.KindSend:
		if f&queueCalled != 0 {
			f |= queueSentAgain
		}
		if f&(queueAcked|queueCalled) == 0 {
			v.EnqCall = h.BeginAt(i)
			if f&queueFailed == 0 {
				q.enq[m] = int32(i)
			}
		}
		f |= queueSent | queueCalled
	case k == history.KindStore:
		f |= queueStored
	case outcome == history.OK:
		if f&(queueAcked|queueOpen) != 0 {
			f |= queueSentAgain
		}
		q.validate(h, i)
		v.EnqCall, v.EnqRet, q.enq[m] = h.BeginAt(i), h.EndAt(i), int32(i)
		f |= queueSent | queueAcked
	case outcome == history.Fail:
		if f&(queueAcked|queueOpen) == 0 {
			q.enq[m] = int32(i)
		}
		f |= queueSent | queueFailed
	default:
		if f&(queueAcked|queueOpen) != 0 {
			f |= queueSentAgain
		}
		if f&(queueCalled|queueAcked|queueOpen) == 0 {
			v.EnqCall, q.enq[m] = h.BeginAt(i), int32(i)
		}
		f |= queueSent | queueOpen
	}
	if p := h.PlaceAt(i); k == history.KindAck && p != history.NoPlace && outcome != history.Fail {
		q.late = q.late || q.where[m] != none && q.where[m] != int32(p)
		q.where[m] = int32(p)
		f |= queueNamed
	}
	q.flags[m] = f
	q.late = q.late || q.more != nil
}

// poll notes a dequeue that found nothing, or of which nothing is known; it
// returns the row of a poll that deliveries may follow.
func (q *queues) poll(h *history.History, i int) int32 {
	p := queuePoll{q.number(h, h.PlaceAt(i)), int32(i), h.OutcomeAt(i) == history.Unknown}
	q.validate(h, i)
	switch h.OutcomeAt(i) {
	case history.Unknown:
		q.open = append(q.open, p)
		return none
	case history.Fail:
		return none
	}
	if h.SymbolName(h.DetailAt(i)) == "empty" {
		q.empties = append(q.empties, p)
		q.taken[p.place]++
		return none
	}
	return int32(i)
}

// dequeue notes a delivery. It began with the poll that brought it.
func (q *queues) dequeue(h *history.History, i int, poll int32) {
	m, place := h.MessageAt(i), h.PlaceAt(i)
	if h.OutcomeAt(i) != history.OK {
		if h.OutcomeAt(i) == history.Unknown {
			q.open = append(q.open, queuePoll{q.number(h, place), int32(i), false})
		}
		return
	}
	q.validate(h, i)
	begin := h.BeginAt(i)
	if poll != none {
		begin = min(begin, h.BeginAt(int(poll)))
	}
	v := q.valueAt(h, m, place)
	p := q.where[v]
	q.taken[p]++
	if q.deq[v] != none {
		q.doubles = append(q.doubles, queueFault{v, int32(i), none, begin})
		return
	}
	q.values[v].DeqCall, q.values[v].DeqRet, q.deq[v] = begin, h.EndAt(i), int32(i)
}

// valueAt returns the value of a message in the queue that it was dequeued from.
func (q *queues) valueAt(h *history.History, m history.Message, place history.Place) int32 {
	p, v := q.number(h, place), int32(m)
	switch {
	case q.where[v] == p:
		return v
	case q.where[v] == none:
		q.where[v] = p
		return v
	case place == history.NoPlace:
		return v // the answer says which queue it was
	}
	if c, ok := q.more[copyOf{m, p}]; ok {
		return c
	}
	c := int32(len(q.values))
	if q.more == nil {
		q.more = make(map[copyOf]int32)
	}
	q.more[copyOf{m, p}] = c
	value := q.values[v]
	value.DeqCall, value.DeqRet = linear.Never, linear.Never
	q.values = append(q.values, value)
	q.flags, q.enq = append(q.flags, q.flags[v]), append(q.enq, q.enq[v])
	q.deq, q.where = append(q.deq, none), append(q.where, p)
	q.messages = append(q.messages, m)
	return c
}

// validate notes an operation that ends before it begins.
func (q *queues) validate(h *history.History, i int) {
	if q.backwards == none && h.EndAt(i) < h.BeginAt(i) {
		q.backwards = int32(i)
	}
}

// message returns the message of a value.
func (q *queues) message(h *history.History, v int32) history.Message {
	if n := int32(h.Messages()); v >= n {
		return q.messages[v-n]
	}
	return history.Message(v)
}

func (q *queues) fault(place int32, f queueFault) {
	if q.faults[place].value == none {
		q.faults[place] = f
	}
}

// check looks at each value by itself: whether it was enqueued at all.
func (q *queues) check(h *history.History) {
	for _, d := range q.doubles {
		if q.flags[d.value]&queueSentAgain == 0 {
			q.fault(q.where[d.value], d)
		}
	}
	for v := range q.values {
		f := q.flags[v]
		switch {
		case f&(queueStored|queueSent) == queueStored:
			q.values[v].EnqCall = linear.Ever // by somebody who was not recorded
		case q.deq[v] == none:
		case f&queueSent == 0:
			q.fault(q.where[v], queueFault{value: int32(v), again: none, failed: none})
		case q.refused(h, v):
			q.fault(q.where[v], queueFault{value: int32(v), again: none, failed: q.enq[v]})
		}
	}
}

// refused says whether a value, sent once, was certainly not put into its queue:
// its send failed, or the answer names another queue.
func (q *queues) refused(h *history.History, v int) bool {
	f := q.flags[v]
	return f&(queueFailed|queueAcked|queueOpen|queueSentAgain) == queueFailed ||
		v >= h.Messages() && f&(queueNamed|queueSentAgain) == queueNamed
}
