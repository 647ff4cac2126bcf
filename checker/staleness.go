package checker

import (
	"cmp"
	"math"
	"slices"

	"orderlab/model/history"
)

// settle finds the messages that no reader and no sink has to show: those that were
// disposed for a reason that is allowed.
func (m *measuring) settle(x *index, opt *Options) {
	m.settled = resize(m.settled, x.h.Messages(), false)
	for _, row := range x.disposals {
		if opt.allows(x.h.SymbolName(x.h.DetailAt(int(row)))) {
			m.settled[x.h.MessageAt(int(row))] = true
		}
	}
}

// write says whether a message is one that a reader of its key has to see some day.
func (m *measuring) write(x *index, msg history.Message) bool {
	return x.ack[msg] != none && x.send[msg] != none && !m.settled[msg] && x.h.KeyOf(msg) != history.NoKey
}

// sort lays the writes of each key side by side, in order of a time.
func (m *measuring) sort(x *index, at func(history.Message) int64) {
	h := x.h
	m.from = resize(m.from, h.Keys()+1, 0)
	for msg := range h.Messages() {
		if m.write(x, history.Message(msg)) {
			m.from[h.KeyOf(history.Message(msg))+1]++
		}
	}
	for k := range h.Keys() {
		m.from[k+1] += m.from[k]
	}
	m.writes = resize(m.writes, int(m.from[h.Keys()]), 0)
	m.next = append(m.next[:0], m.from[:h.Keys()]...)
	for msg := range h.Messages() {
		if m.write(x, history.Message(msg)) {
			k := h.KeyOf(history.Message(msg))
			m.writes[m.next[k]] = int32(msg)
			m.next[k]++
		}
	}
	byTime := func(a, b int32) int { return cmp.Compare(at(history.Message(a)), at(history.Message(b))) }
	for k := range h.Keys() {
		if of := m.of(history.Key(k)); !slices.IsSortedFunc(of, byTime) {
			slices.SortFunc(of, byTime)
		}
	}
}

// of returns the writes of a key.
func (m *measuring) of(k history.Key) []int32 { return m.writes[m.from[k]:m.from[k+1]] }

// reads judges what is read of states: a read of a key shows a message, or none. It
// lacks a write that was sent after that one was acked, and was acked before the
// read began. Writes are in the order of sending.
func (m *measuring) reads(x *index, s *Staleness) {
	h := x.h
	m.earlier = resize(m.earlier, len(m.writes), 0)
	for k := range h.Keys() {
		first := int64(math.MaxInt64)
		for i := m.from[k+1] - 1; i >= m.from[k]; i-- {
			first = min(first, h.EndAt(int(x.ack[m.writes[i]])))
			m.earlier[i] = first
		}
	}
	for i := range h.Len() {
		if h.Kind(i) != history.KindRead || h.OutcomeAt(i) != history.OK {
			continue
		}
		key := h.PositionAt(i)
		if key < 0 || key >= int64(h.Keys()) {
			continue
		}
		at := m.from[key]
		if shown := h.MessageAt(i); shown != history.NoMessage {
			if x.ack[shown] == none || h.KeyOf(shown) != history.Key(key) {
				continue
			}
			acked := h.EndAt(int(x.ack[shown]))
			at += int32(firstAbove(m.of(history.Key(key)), acked, func(w int32) int64 { return h.BeginAt(int(x.send[w])) }))
		}
		s.Judged++
		if at < m.from[key+1] {
			s.lacks(m.earlier[at], h.BeginAt(i))
		}
	}
}

// firstAbove returns the place of the first write with a time above another one.
func firstAbove(writes []int32, bound int64, at func(int32) int64) int {
	i, _ := slices.BinarySearchFunc(writes, bound, func(w int32, bound int64) int {
		if at(w) <= bound {
			return -1
		}
		return 1
	})
	return i
}

// lacks notes a write that was acked at one time and that something at another time
// does not show.
func (s *Staleness) lacks(acked, at int64) {
	if acked >= at {
		return
	}
	by := between(acked, at)
	s.Stale++
	s.Max = max(s.Max, by)
	s.Total = after(s.Total, by)
}

// applies judges first effects: at that moment the sink shows the message, and lacks
// a write that was acked before the message was sent and that it has not applied.
// Writes are in the order of their acks, so the first that is missing is the oldest.
func (m *measuring) applies(x *index, number int, s *Staleness) {
	h, at := x.h, &x.sinks[number]
	if number == 0 {
		m.next = append(m.next[:0], m.from[:h.Keys()]...)
		m.seen = resize(m.seen, h.Messages(), false)
	} else {
		m.forget(x, &x.sinks[number-1])
	}
	for _, row := range x.doubts {
		if h.DetailAt(int(row)) == at.name {
			m.seen[h.MessageAt(int(row))] = true
		}
	}
	for _, e := range at.effects {
		key := h.KeyOf(e.message)
		sent, ok := x.sent(e.message)
		m.seen[e.message] = true
		if e.again || !ok || key == history.NoKey {
			continue
		}
		s.Judged++
		for m.next[key] < m.from[key+1] && m.seen[m.writes[m.next[key]]] {
			m.next[key]++
		}
		if m.next[key] == m.from[key+1] {
			continue
		}
		if acked := h.EndAt(int(x.ack[m.writes[m.next[key]]])); acked < sent {
			s.lacks(acked, h.EndAt(int(e.row)))
		}
	}
}

// forget takes back what a sink changed: not all there is, because sinks may be many.
func (m *measuring) forget(x *index, at *sink) {
	for _, e := range at.effects {
		m.seen[e.message] = false
		if key := x.h.KeyOf(e.message); key != history.NoKey {
			m.next[key] = m.from[key]
		}
	}
	for _, row := range x.doubts {
		m.seen[x.h.MessageAt(int(row))] = false
	}
}
