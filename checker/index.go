package checker

import (
	"cmp"
	"math"
	"slices"

	"orderlab/model/history"
)

// none stands for no row, no group and no number.
const none = int32(-1)

// effect is a message that took effect at a sink.
type effect struct {
	message history.Message
	row     int32
	again   bool // the sink applied it before
	doubt   bool // the sink may have applied it at another time as well
}

// sink is a place of effects, with its effects in order of time.
type sink struct {
	name    history.Symbol
	effects []effect
}

// line is a message's place in the order of sending of a producer session and a
// key: group names the two, seq counts from 0.
type line struct {
	group, seq int32
}

// sending is an order of sending, of every group its own.
type sending struct {
	// By message: its place in the order of the session that sent it first; and
	// where other sessions sent it again, its places in all of them.
	line  []line
	again map[history.Message][]line
	size  []int32 // by group: how many messages it has
}

// index is what all guarantees need to know of a history: by message, and in
// order of time. It keeps its memory from one history to the next.
type index struct {
	h      *history.History
	rows   history.ByKind
	sorted bool // rows are those of the history
	// By message: the row of its first send, of its first ok answer, or none.
	send, ack []int32
	times     []times // by message: when these were
	keyed     sending // by session and key
	whole     sending // by session alone; only when wholeDone
	wholeDone bool
	resent    map[history.Message]bool // messages with more than one send
	sinks     []sink
	oneSink   bool
	// disposals are rows, doubts the rows of effects that may have taken place.
	disposals, doubts []int32

	sends  []int32  // rows, in order of time
	all    []effect // of all sinks, in order of time
	rank   ranking
	resort []int32 // memory of sends that are not in order of time
	picked []int32 // scratch
}

// times says when a message was sent first and when it was first acked: since ever and
// never where it was not, so that neither comes behind or before anything.
type times struct{ sent, acked int64 }

const (
	notSent  = math.MinInt64
	notAcked = history.Pending
)

// of returns the rows of a kind, in order.
func (x *index) of(k history.Kind) []int32 {
	if !x.sorted {
		x.rows.Sort(x.h, sortedKinds...)
		x.sorted = true
	}
	return x.rows.Of(k)
}

// sortedKinds are those that checks look for.
var sortedKinds = []history.Kind{history.KindSend, history.KindAck, history.KindDeliver, history.KindApply,
	history.KindDispose, history.KindPoll, history.KindSubscribe, history.KindAssign, history.KindRebalance,
	history.KindFault}

// timely returns rows in the order of a time, at one instant by row: themselves where
// they are in that order already, which is mostly so, or else a copy in other memory.
func timely(rows []int32, memory *[]int32, at func(int) int64) []int32 {
	last := int64(math.MinInt64)
	for _, row := range rows {
		t := at(int(row))
		if t < last {
			*memory = append((*memory)[:0], rows...)
			slices.SortFunc(*memory, func(a, b int32) int { return byTime(at, a, b) })
			return *memory
		}
		last = t
	}
	return rows
}

// resize returns s with n elements, all set to v, keeping its memory.
func resize[T any](s []T, n int, v T) []T {
	s = slices.Grow(s[:0], n)[:n]
	for i := range s {
		s[i] = v
	}
	return s
}

// build reads the history.
func (x *index) build(h *history.History) {
	x.h, x.wholeDone = h, false
	x.send, x.ack = resize(x.send, h.Messages(), none), resize(x.ack, h.Messages(), none)
	x.times = resize(x.times, h.Messages(), times{notSent, notAcked})
	x.disposals, x.doubts = x.disposals[:0], x.doubts[:0]
	x.sends = timely(x.of(history.KindSend), &x.resort, h.BeginAt)
	x.acks()
	x.effects()
	for _, row := range x.of(history.KindDispose) {
		if h.OutcomeAt(int(row)) == history.OK {
			x.disposals = append(x.disposals, row)
		}
	}
	x.split()
	x.rank.build(x)
}

// acks finds the first ack of every message.
func (x *index) acks() {
	for b, rows := range x.h.BlocksOf(x.of(history.KindAck)) {
		for _, row := range rows {
			i := int(row) - b.First
			if b.OutcomeAt(i) != history.OK {
				continue
			}
			m, at := b.MessageAt(i), b.EndAt(i)
			if x.ack[m] == none || at < x.times[m].acked {
				x.ack[m], x.times[m].acked = row, at
			}
		}
	}
}

// effects finds the effects that took place and those that may have.
func (x *index) effects() {
	h, all := x.h, x.of(history.KindApply)
	x.all = slices.Grow(x.all[:0], len(all))
	sorted, last := true, int64(math.MinInt64)
	x.oneSink = true
	for b, rows := range h.BlocksOf(all) {
		for _, row := range rows {
			i := int(row) - b.First
			at, outcome := b.EndAt(i), b.OutcomeAt(i)
			switch {
			case outcome == history.Fail:
			case outcome == history.Unknown || at == history.Pending:
				x.doubts = append(x.doubts, row)
			default:
				sorted, last = sorted && last <= at, at
				x.all = append(x.all, effect{message: b.MessageAt(i), row: row})
				x.oneSink = x.oneSink && b.DetailAt(i) == h.DetailAt(int(x.all[0].row))
			}
		}
	}
	if !sorted {
		slices.SortFunc(x.all, func(a, b effect) int { return byTime(h.EndAt, a.row, b.row) })
	}
}

// byTime compares two rows by a time, and at one instant by row.
func byTime(at func(int) int64, a, b int32) int {
	return cmp.Or(cmp.Compare(at(int(a)), at(int(b))), cmp.Compare(a, b))
}

// earlier says whether the moment of row a came before that of row b.
func (x *index) earlier(a, b int32) bool { return byTime(x.h.EndAt, a, b) < 0 }

// split gives every sink its effects, and marks those that are not the first of
// their message there and those in doubt. Sinks are in order of their first
// effect.
func (x *index) split() {
	x.sinks = x.sinks[:0]
	h, all := x.h, x.all
	if len(all) == 0 {
		return
	}
	if x.oneSink {
		x.sinks = append(x.sinks, sink{h.DetailAt(int(all[0].row)), all})
	} else {
		number := make(map[history.Symbol]int)
		for _, e := range all {
			s := h.DetailAt(int(e.row))
			i, ok := number[s]
			if !ok {
				i = len(x.sinks)
				number[s] = i
				x.sinks = append(x.sinks, sink{name: s})
			}
			x.sinks[i].effects = append(x.sinks[i].effects, e)
		}
	}
	seen := resize(x.rank.scratch, h.Messages(), none)
	x.rank.scratch = seen
	for i := range x.sinks {
		x.mark(&x.sinks[i], int32(i), seen)
	}
}

// mark sets again and doubt. Seen holds, by message, the number of the sink at
// which it was seen last.
func (x *index) mark(s *sink, number int32, seen []int32) {
	for i := range s.effects {
		e := &s.effects[i]
		e.again = seen[e.message] == number
		seen[e.message] = number
	}
	if len(x.doubts) == 0 {
		return
	}
	doubtful := make(map[history.Message]bool)
	for _, row := range x.doubts {
		if x.h.DetailAt(int(row)) == s.name {
			doubtful[x.h.MessageAt(int(row))] = true
		}
	}
	for i := range s.effects {
		s.effects[i].doubt = doubtful[s.effects[i].message]
	}
}

// sent returns when a message was sent first; ok is false when it was not.
func (x *index) sent(m history.Message) (at int64, ok bool) {
	return x.times[m].sent, x.send[m] != none
}

// acked returns when a message was acked; ok is false when it was not.
func (x *index) acked(m history.Message) (at int64, ok bool) {
	return x.times[m].acked, x.ack[m] != none
}

// lines returns the places of a message in orders of sending: nearly always one,
// more when sessions sent it again, or one with group none.
func (o *sending) lines(m history.Message) []line {
	if o.again != nil {
		if all := o.again[m]; all != nil {
			return all
		}
	}
	return o.line[m : m+1]
}

// before says whether one group has a before b.
func (o *sending) before(a, b history.Message) bool {
	for _, p := range o.lines(a) {
		for _, q := range o.lines(b) {
			if p.group != none && p.group == q.group && p.seq < q.seq {
				return true
			}
		}
	}
	return false
}

// bySession returns the order of sending of whole sessions, whatever the key.
func (x *index) bySession() *sending {
	if !x.wholeDone {
		x.rank.whole(x, &x.whole)
		x.wholeDone = true
	}
	return &x.whole
}

// timeOrder says whether a was acked before b was sent, for the same key.
func (x *index) timeOrder(a, b history.Message) bool {
	acked, ok := x.acked(a)
	sent, ok2 := x.sent(b)
	key := x.h.KeyOf(a)
	return ok && ok2 && acked < sent && key != history.NoKey && key == x.h.KeyOf(b)
}
