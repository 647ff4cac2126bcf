package checker

import (
	"cmp"
	"slices"

	"orderlab/model/history"
)

const none = int32(-1)

// index is what one pass over a history finds, by message and in order of time.
type index struct {
	// By message: rows of the first operation of a kind, or none.
	send, ack, store, deliver []int32
	sent, acked               []int64 // begin of the send, end of the ack
	// group is the message's producer session and key, seq its number in the
	// order of sending there.
	group, seq []int32
	groups     int
	// Rows in order of time.
	applies  []int32
	delivers []int32
	disposes []int32
	polls    []int32
	stores   []int32
	sinks    []history.Symbol

	sessions map[session]int32
	table    []int32 // group by key and session
	next     []int32 // by group: the next seq
	sends    []int32
}

type session struct {
	process history.Process
	number  uint16
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
	n := h.Messages()
	x.send, x.ack = resize(x.send, n, none), resize(x.ack, n, none)
	x.store, x.deliver = resize(x.store, n, none), resize(x.deliver, n, none)
	x.sent, x.acked = resize(x.sent, n, 0), resize(x.acked, n, 0)
	x.group, x.seq = resize(x.group, n, none), resize(x.seq, n, none)
	x.applies, x.delivers, x.disposes = x.applies[:0], x.delivers[:0], x.disposes[:0]
	x.polls, x.stores, x.sinks, x.sends = x.polls[:0], x.stores[:0], x.sinks[:0], x.sends[:0]
	for i := range h.Len() {
		x.add(h, int32(i))
	}
	x.sort(h)
	x.rank(h)
}

func (x *index) add(h *history.History, row int32) {
	switch h.Kind(int(row)) {
	case history.KindSend:
		x.sends = append(x.sends, row)
	case history.KindAck:
		op := h.Op(int(row))
		if m := op.Message; op.Outcome == history.OK && x.ack[m] == none {
			x.ack[m], x.acked[m] = row, op.End
		}
	case history.KindStore:
		x.stores = append(x.stores, row)
		if m := h.Op(int(row)).Message; x.store[m] == none {
			x.store[m] = row
		}
	case history.KindDeliver:
		x.delivers = append(x.delivers, row)
	case history.KindApply:
		op := h.Op(int(row))
		if op.Outcome != history.OK || op.End == history.Pending {
			return // its effect is not known to have taken place
		}
		x.applies = append(x.applies, row)
		if !slices.Contains(x.sinks, op.Detail) {
			x.sinks = append(x.sinks, op.Detail)
		}
	case history.KindDispose:
		x.disposes = append(x.disposes, row)
	case history.KindPoll:
		x.polls = append(x.polls, row)
	}
}

// sort puts the rows in order of time, where a history that was not simulated
// has them in another.
func (x *index) sort(h *history.History) {
	byEnd := func(row int32) int64 { return h.Op(int(row)).End }
	sortRows(x.applies, byEnd)
	sortRows(x.delivers, byEnd)
	sortRows(x.sends, func(row int32) int64 { return h.Op(int(row)).Begin })
	for _, row := range x.delivers {
		if m := h.Op(int(row)).Message; x.deliver[m] == none {
			x.deliver[m] = row
		}
	}
}

// sortRows sorts by time and then by row, and costs one pass when that is the
// order already.
func sortRows(rows []int32, at func(int32) int64) {
	last := int64(-1 << 63)
	for _, row := range rows {
		t := at(row)
		if t < last {
			slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a, b)) })
			return
		}
		last = t
	}
}

// rank numbers the messages of each producer session and key.
func (x *index) rank(h *history.History) {
	if x.sessions == nil {
		x.sessions = make(map[session]int32)
	}
	clear(x.sessions)
	last, lastID := session{}, none
	ids := make([]int32, 0, len(x.sends))
	for _, row := range x.sends {
		op := h.Op(int(row))
		s := session{op.Process, op.Session}
		if lastID == none || s != last {
			id, ok := x.sessions[s]
			if !ok {
				id = int32(len(x.sessions))
				x.sessions[s] = id
			}
			last, lastID = s, id
		}
		ids = append(ids, lastID)
	}
	x.groups = 0
	x.next = x.next[:0]
	width := len(x.sessions)
	lookup := x.lookup(h.Keys()*width, len(x.sends))
	for i, row := range x.sends {
		op := h.Op(int(row))
		m := op.Message
		if x.send[m] != none {
			continue
		}
		x.send[m], x.sent[m] = row, op.Begin
		key := h.Message(m).Key
		if key == history.NoKey {
			continue
		}
		g := lookup(int(key)*width + int(ids[i]))
		x.group[m], x.seq[m] = g, x.next[g]
		x.next[g]++
	}
}

// lookup returns a function from key and session to group: over a dense table
// where that is not much larger than the messages, else over a map.
func (x *index) lookup(size, messages int) func(int) int32 {
	fresh := func() int32 {
		x.next = append(x.next, 0)
		x.groups++
		return int32(x.groups - 1)
	}
	if size <= 8*messages+4096 {
		x.table = resize(x.table, size, none)
		return func(i int) int32 {
			if x.table[i] == none {
				x.table[i] = fresh()
			}
			return x.table[i]
		}
	}
	sparse := make(map[int]int32)
	return func(i int) int32 {
		g, ok := sparse[i]
		if !ok {
			g = fresh()
			sparse[i] = g
		}
		return g
	}
}
