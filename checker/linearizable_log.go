package checker

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"orderlab/model/history"
)

func linearizableLog() Guarantee {
	return Guarantee{
		ID: LinearizableLog,
		Holds: "The acked sends to one partition and the reads that reached its end have a linearization as one " +
			"append-only log: each takes effect at one moment between its begin and its end, an append at the position " +
			"that it was told, a read when the log ended at the position that it reached.",
		alone:  true,
		decide: (*Checker).linearizableLog,
	}
}

// logOp is an operation on one place seen as an append-only log: the append of a
// message at a position, or a read that found the end of the log there.
type logOp struct {
	position int64
	read     bool
	message  history.Message
	begin    int64
	end      int64
	row      int32 // of the answer, the poll, or the delivery that shows an append
	poll     int32 // of the read that shows an append, or none
}

// evidence are the rows that show the operation.
func (op *logOp) evidence() []int32 {
	if op.poll != none {
		return []int32{op.poll, op.row}
	}
	return []int32{op.row}
}

// linearizableLog decides each place on its own. What is known of a log are the
// appends that were acked with a position, and those of whatever outcome that a
// read up to the end returned. A position of which neither is known was filled by
// somebody (an unknown send, another producer, a marker) at any time; so an
// unknown send that was not seen may be in the log or not.
//
// What is right is mostly found so in one pass. What is not, or not found so, is
// decided by the windows of its operations, in the order of positions.
func (c *Checker) linearizableLog(*Options) Verdict {
	if n, ok := c.s.dense.right(c.ix.h); ok {
		if n == 0 {
			return vacuous(noLogs)
		}
		return Verdict{Decided: n}
	}
	return c.exactLog()
}

// exactLog decides logs of any kind, and finds witnesses.
func (c *Checker) exactLog() Verdict {
	c.needIndex()
	x, l := &c.ix, &c.s.logs
	c.begin()
	l.collect(x)
	if row := l.backwards(); row != none {
		return x.backwards(row)
	}
	var v Verdict
	for place := range x.h.Places() {
		ops := l.of(place)
		if len(ops) < 2 {
			continue
		}
		v.Decided += len(ops)
		if w := c.judgeLog(ops); w != nil {
			v.Violations++
			for _, m := range w.Messages {
				if key := x.h.KeyOf(m); key != history.NoKey {
					c.s.broken[key] = true
				}
			}
			if v.Witness == nil {
				v.Witness = w
			}
		}
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous(noLogs)
	}
	return v
}

const noLogs = "no place has two operations with a known position"

// judgeLog returns what shows that a place has no linearization, or nil.
func (c *Checker) judgeLog(ops []logOp) *Witness {
	if w := c.ix.window(ops); w != nil {
		return w
	}
	return c.conflict(ops)
}

// backwards returns the row of an operation that ended before it began, or none.
func (l *logs) backwards() int32 {
	for i := range l.ops {
		if l.ops[i].end < l.ops[i].begin {
			return l.ops[i].row
		}
	}
	return none
}

// logs holds the operations of all places.
type logs struct {
	ops  []logOp
	ends []int32 // by place
	at   []int32 // by message: the index of its append in its place, or none
}

func (l *logs) of(place int) []logOp {
	from := int32(0)
	if place > 0 {
		from = l.ends[place-1]
	}
	return l.ops[from:l.ends[place]]
}

// collect finds the operations, by place and position; at one position a read of
// the end comes before the append, and what says the same as another is dropped.
func (l *logs) collect(x *index) {
	places := x.h.Places()
	l.ends = resize(l.ends, places+1, 0)
	for place := range x.logOps() {
		l.ends[place+1]++
	}
	for p := range places {
		l.ends[p+1] += l.ends[p]
	}
	l.ops = resize(l.ops, int(l.ends[places]), logOp{})
	for place, op := range x.logOps() {
		l.ops[l.ends[place]] = op
		l.ends[place]++
	}
	l.at = resize(l.at, x.h.Messages(), none)
	to, from := int32(0), int32(0)
	for p := range places {
		ops := l.ops[from:l.ends[p]]
		from = l.ends[p]
		if !slices.IsSortedFunc(ops, compareOps) {
			slices.SortFunc(ops, compareOps)
		}
		for i := range ops {
			if i > 0 && l.ops[to-1].absorb(&ops[i]) {
				continue
			}
			l.ops[to] = ops[i]
			to++
		}
		l.ends[p] = to
	}
}

// compareOps orders by position, reads first; an answer comes before the reads
// that return its message.
func compareOps(a, b logOp) int {
	return cmp.Or(cmp.Compare(a.position, b.position), compareReads(a.read, b.read), cmp.Compare(a.message, b.message),
		cmp.Compare(a.poll, b.poll), cmp.Compare(a.row, b.row))
}

// compareReads puts reads first.
func compareReads(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// absorb takes in another operation that shows the same append. A message that
// was sent again may be answered twice with one position; it was appended between
// the first send and the first answer.
func (op *logOp) absorb(other *logOp) bool {
	if op.read || other.read || op.position != other.position || op.message != other.message {
		return false
	}
	if other.poll == none { // an answer; a read does not know when it began
		op.begin = min(op.begin, other.begin)
	}
	if other.end < op.end {
		op.end, op.row = other.end, other.row
	}
	return true
}

// logOps gives the operations of logs, with their places.
func (x *index) logOps() iter.Seq2[history.Place, logOp] {
	h := x.h
	return func(yield func(history.Place, logOp) bool) {
		for i := range h.Len() {
			k := h.Kind(i)
			if k != history.KindAck && k != history.KindPoll || h.OutcomeAt(i) != history.OK ||
				h.PlaceAt(i) == history.NoPlace || h.PositionAt(i) == history.NoPosition {
				continue
			}
			op := logOp{position: h.PositionAt(i), message: h.MessageAt(i), begin: h.BeginAt(i), end: h.EndAt(i),
				row: int32(i), poll: none}
			if k == history.KindPoll {
				if h.SymbolName(h.DetailAt(i)) != "end" {
					continue
				}
				op.read, op.message = true, history.NoMessage
			} else if x.resent[op.message] {
				op.begin = min(op.begin, h.BeginAt(int(x.send[op.message])))
			}
			if !yield(h.PlaceAt(i), op) || op.read && !x.contents(i, yield) {
				return
			}
		}
	}
}

// contents gives the appends that a read returned: its deliveries follow it.
func (x *index) contents(poll int, yield func(history.Place, logOp) bool) bool {
	h := x.h
	for i := poll + 1; i < h.Len() && h.Kind(i) == history.KindDeliver; i++ {
		if h.ProcessAt(i) != h.ProcessAt(poll) || h.PlaceAt(i) != h.PlaceAt(poll) {
			return true
		}
		at := h.PositionAt(i)
		if at == history.NoPosition || at >= h.PositionAt(poll) || h.OutcomeAt(i) != history.OK {
			continue
		}
		m := h.MessageAt(i)
		if ack := int(x.ack[m]); ack >= 0 && h.PositionAt(ack) == at && h.PlaceAt(ack) == h.PlaceAt(i) {
			continue // the answer shows it already
		}
		op := logOp{position: at, message: m, begin: math.MinInt64, end: history.Pending,
			row: int32(i), poll: int32(poll)}
		if sent, ok := x.sent(m); ok {
			op.begin = sent
		}
		if !yield(h.PlaceAt(i), op) {
			return false
		}
	}
	return true
}

// conflict finds what no log can hold: two messages at one position, or one that
// was sent once at two.
func (c *Checker) conflict(ops []logOp) (w *Witness) {
	x, at := &c.ix, c.s.logs.at
	for i := range ops {
		op := &ops[i]
		if op.read {
			continue
		}
		if i > 0 && !ops[i-1].read && ops[i-1].position == op.position && ops[i-1].message != op.message {
			w = x.logWitness(&ops[i-1], op, fmt.Sprintf("position %d of %s holds %s and %s", op.position,
				x.placeOf(op), x.h.MessageName(ops[i-1].message), x.h.MessageName(op.message)))
			break
		}
		if j := at[op.message]; j != none && ops[j].position != op.position && !x.resent[op.message] {
			w = x.logWitness(&ops[j], op, fmt.Sprintf("%s was sent once and stands at positions %d and %d of %s",
				x.h.MessageName(op.message), ops[j].position, op.position, x.placeOf(op)))
			break
		}
		at[op.message] = int32(i)
	}
	for i := range ops {
		if !ops[i].read {
			at[ops[i].message] = none
		}
	}
	return w
}
