package checker

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// repeat finds the enqueues of messages that were sent more than once, by queue.
// Each is in the queue that its answer names, or else in all those from which the
// message was delivered. Queues that delivered such a message are there in any case.
func (q *queues) repeat(h *history.History) {
	q.repeated = nil
	if !slices.ContainsFunc(q.flags, func(f uint8) bool { return f&queueSentAgain != 0 }) {
		return
	}
	q.repeated = make(map[int32][]searchOp)
	from := make(map[history.Message][]int32) // the queues that a message was delivered from
	for v, f := range q.flags {
		m := q.message(h, int32(v))
		if f&queueSentAgain != 0 && q.deq[v] != none && !slices.Contains(from[m], q.where[v]) {
			from[m] = append(from[m], q.where[v])
			q.repeated[q.where[v]] = nil // perhaps it was put into none that is known
		}
	}
	entered := make(map[copyOf]bool)
	for _, o := range q.enqueues(h) {
		places := from[o.message]
		if p := h.PlaceAt(int(o.row)); h.Kind(int(o.row)) == history.KindAck && p != history.NoPlace {
			places = []int32{int32(p)}
		} else if len(places) == 0 {
			places = []int32{int32(h.Places())}
		}
		for _, p := range places {
			q.repeated[p] = append(q.repeated[p], o)
			entered[copyOf{o.message, p}] = true
		}
	}
	for v, f := range q.flags {
		if f&queueSentAgain != 0 && q.deq[v] != none && !entered[copyOf{q.message(h, int32(v)), q.where[v]}] {
			q.fault(q.where[v], queueFault{value: int32(v), again: none, failed: q.enq[v]})
		}
	}
}

// answersTo returns the answers to the sends of a message.
func answersTo(h *history.History, m history.Message) (rows []int32) {
	for i := range h.Len() {
		if h.Kind(i) == history.KindAck && h.MessageAt(i) == m {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// enqueues returns the sends of messages that were sent more than once, each from
// its begin to its answer. An answer that says that nothing happened takes its send
// away. One whose send cannot be told takes the latest before it.
func (q *queues) enqueues(h *history.History) (out []searchOp) {
	sends := make(map[history.Message][]int32)
	var answers []int32
	for i := range h.Len() {
		k := h.Kind(i)
		if k != history.KindSend && k != history.KindAck || q.flags[h.MessageAt(i)]&queueSentAgain == 0 {
			continue
		}
		if k == history.KindSend {
			sends[h.MessageAt(i)] = append(sends[h.MessageAt(i)], int32(i))
		} else {
			answers = append(answers, int32(i))
		}
	}
	slices.SortStableFunc(answers, func(a, b int32) int { return cmp.Compare(h.BeginAt(int(a)), h.BeginAt(int(b))) })
	for _, row := range answers {
		m := h.MessageAt(int(row))
		sends[m] = withoutSend(h, sends[m], row)
		if h.OutcomeAt(int(row)) != history.Fail {
			out = append(out, enqueueOf(h, row))
		}
	}
	for i := range h.Len() { // in the order of the history
		if h.Kind(i) == history.KindSend && slices.Contains(sends[h.MessageAt(i)], int32(i)) {
			out = append(out, enqueueOf(h, int32(i)))
		}
	}
	return out
}

// withoutSend returns sends but for the one that an answer is to.
func withoutSend(h *history.History, sends []int32, answer int32) []int32 {
	at, best := -1, linear.Ever
	for i, s := range sends {
		begin := h.BeginAt(int(s))
		if begin <= h.BeginAt(int(answer)) && (at < 0 || begin > best) {
			at, best = i, begin
		}
	}
	if at < 0 {
		return sends
	}
	return slices.Delete(sends, at, at+1)
}

// enqueueOf returns a send without an answer, or an answer, as an operation.
func enqueueOf(h *history.History, row int32) searchOp {
	o := searchOp{do: doEnqueue, message: h.MessageAt(int(row)), event: none,
		begin: h.BeginAt(int(row)), end: linear.Never, row: row}
	if h.Kind(int(row)) == history.KindAck && h.OutcomeAt(int(row)) == history.OK {
		o.end = h.EndAt(int(row))
	}
	return o
}

// search returns the search for a linearization of a queue, with the messages that
// were sent more than once.
func (q *queues) search(h *history.History, place int32, budget Budget) search {
	ops, name := q.operations(h, place), queueName(h, place)
	return search{ops: ops, model: queueModel(), budget: budget, what: "a FIFO queue", name: name}
}

// operations returns all operations on a queue.
func (q *queues) operations(h *history.History, place int32) []searchOp {
	ops := slices.Clone(q.repeated[place])
	add := func(do doing, m history.Message, begin, end int64, row int32) {
		ops = append(ops, searchOp{do: do, message: m, event: none, begin: begin, end: end, row: row})
	}
	for v := range q.values {
		value, m := &q.values[v], q.message(h, int32(v))
		if q.where[v] != place {
			continue
		}
		if q.flags[v]&queueSentAgain == 0 && q.there(v) && !q.refused(h, v) {
			add(doEnqueue, m, value.EnqCall, value.EnqRet, q.enq[v])
		}
		if q.deq[v] != none {
			add(doDequeue, m, value.DeqCall, value.DeqRet, q.deq[v])
		}
	}
	for _, d := range q.doubles {
		if q.where[d.value] == place {
			add(doDequeue, q.message(h, d.value), d.call, h.EndAt(int(d.again)), d.again)
		}
	}
	for _, e := range q.empties {
		if e.place == place {
			add(doEmpty, history.NoMessage, h.BeginAt(int(e.row)), h.EndAt(int(e.row)), e.row)
		}
	}
	most := 0
	for i := range ops {
		if ops[i].do == doEnqueue {
			most++
		}
	}
	for _, o := range q.open {
		if o.place != place && int(o.place) != h.Places() {
			continue
		}
		n := 1
		if o.many {
			n = most
		}
		for range n {
			add(doOpen, history.NoMessage, h.BeginAt(int(o.row)), linear.Never, o.row)
		}
	}
	return ops
}

// queueValue is how many bytes of a queue's state stand for a message.
const queueValue = 4

// queueMessage returns the first message of a queue that holds some.
func queueMessage(s string) history.Message {
	return history.Message(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
}

// queueModel is a FIFO queue as porcupine sees it. The state is what it holds.
func queueModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return "" },
		Step: func(state, input, _ any) (bool, any) {
			s, o := state.(string), input.(*searchOp)
			switch o.do {
			case doEnqueue:
				var value [queueValue]byte
				binary.LittleEndian.PutUint32(value[:], uint32(o.message))
				return true, s + string(value[:])
			case doEmpty:
				return s == "", s
			case doDequeue:
				if s == "" || queueMessage(s) != o.message {
					return o.end == linear.Never, s
				}
			}
			return true, s[min(len(s), queueValue):]
		},
		Equal: func(a, b any) bool { return a == b },
		Hash: func(s any) uint64 {
			sum := fnv.New64a()
			sum.Write([]byte(s.(string)))
			return sum.Sum64()
		},
	}
}
