package checker

import (
	"fmt"
	"slices"

	"orderlab/model/history"
)

// orderScratch is the memory of the order checks.
type orderScratch struct {
	newest []int32 // by group: the largest seq applied so far
	first  []int32 // by message: the row of its first effect at the sink
	broken []bool  // by group
	keys   []bool  // by key
	send   []int64 // by key: the latest send among what was applied
	late   []history.Message
}

// perKeyOrder decides per-key-order, sink by sink.
func (c *Checker) perKeyOrder(h *history.History) Verdict {
	var v Verdict
	x, s := &c.ix, &c.order
	s.keys = resize(s.keys, h.Keys(), false)
	best := pair{gap: -1}
	for _, sink := range x.sinks {
		s.newest = resize(s.newest, x.groups, none)
		s.first = resize(s.first, h.Messages(), none)
		s.broken = resize(s.broken, x.groups, false)
		found := false
		for _, row := range x.applies {
			op := h.Op(int(row))
			m := op.Message
			if op.Detail != sink || s.first[m] != none {
				continue
			}
			s.first[m] = row
			g := x.group[m]
			if g == none {
				continue
			}
			if s.newest[g] != none {
				v.Decided++
			}
			if x.seq[m] < s.newest[g] {
				v.Violations++
				s.broken[g], found = true, true
				s.keys[h.Message(m).Key] = true
				continue
			}
			s.newest[g] = x.seq[m]
		}
		if found {
			c.measure(h, sink, &v, &best)
		}
	}
	if v.Decided == 0 {
		return vacuous("no two messages of one key and producer session were applied")
	}
	c.concludeOrder(h, &v, best)
	return v
}

// pair is the best witness so far: older was sent before newer, gap messages of
// the group earlier, and had its effect after it.
type pair struct {
	older, newer           history.Message
	olderApply, newerApply int32
	gap                    int32
}

// measure looks at the broken groups of a sink again: how far messages were
// displaced, and which pair was sent closest together.
func (c *Checker) measure(h *history.History, sink history.Symbol, v *Verdict, best *pair) {
	x, s := &c.ix, &c.order
	lists := make(map[int32][]history.Message)
	var groups []int32
	for _, row := range x.applies {
		op := h.Op(int(row))
		g := x.group[op.Message]
		if op.Detail != sink || g == none || !s.broken[g] || s.first[op.Message] != row {
			continue
		}
		if lists[g] == nil {
			groups = append(groups, g)
		}
		lists[g] = append(lists[g], op.Message)
	}
	for _, g := range groups {
		list := lists[g]
		v.MaxDisplacement = max(v.MaxDisplacement, displacement(list, x.seq, int(x.next[g])))
		closest(list, x.seq, int(x.next[g]), func(older, newer history.Message) {
			gap := x.seq[newer] - x.seq[older]
			if best.gap < 0 || gap < best.gap || (gap == best.gap && s.first[older] < best.olderApply) {
				*best = pair{older, newer, s.first[older], s.first[newer], gap}
			}
		})
	}
}

// displacement returns the largest number of messages that were sent after one
// and applied before it, by a Fenwick tree over the order of sending.
func displacement(list []history.Message, seq []int32, n int) int {
	tree := make([]int32, n+1)
	most, seen := 0, 0
	for _, m := range list {
		at := int(seq[m]) + 1
		before := 0 // applied so far and sent no later
		for i := at; i > 0; i -= i & -i {
			before += int(tree[i])
		}
		most = max(most, seen-before)
		for i := at; i <= n; i += i & -i {
			tree[i]++
		}
		seen++
	}
	return most
}

// closest calls found for every overtaken message with the message sent next
// after it of those that were applied before it. It takes the messages out of a
// list in order of sending, the last applied first.
func closest(list []history.Message, seq []int32, n int, found func(older, newer history.Message)) {
	at := make([]int32, n) // by seq: index into list, or none
	next, prev := make([]int32, n+1), make([]int32, n+1)
	for i := range at {
		at[i] = none
	}
	for i, m := range list {
		at[seq[m]] = int32(i)
	}
	last := int32(n) // the end of the list
	for i := n - 1; i >= 0; i-- {
		if at[i] != none {
			next[i], prev[last] = last, int32(i)
			last = int32(i)
		}
	}
	prev[last] = none
	for i := len(list) - 1; i >= 0; i-- {
		s := seq[list[i]]
		if next[s] != int32(n) {
			found(list[i], list[at[next[s]]])
		}
		if prev[s] != none {
			next[prev[s]] = next[s]
		}
		prev[next[s]] = prev[s]
	}
}

// concludeOrder fills in what all orders have: keys, witness and hop.
func (c *Checker) concludeOrder(h *history.History, v *Verdict, p pair) {
	for _, broken := range c.order.keys {
		if broken {
			v.Keys++
		}
	}
	if v.Violations == 0 {
		return
	}
	x := &c.ix
	rows := []int{int(x.send[p.older]), int(x.send[p.newer]), int(p.newerApply), int(p.olderApply)}
	v.Witness = &Witness{Rows: rows, Messages: []history.Message{p.older, p.newer},
		Text: fmt.Sprintf("%s was sent before %s, both of key %s, and took effect after it",
			message(h, p.older), message(h, p.newer), h.KeyName(h.Message(p.older).Key))}
	slices.Sort(v.Witness.Rows)
	v.LostAt, v.KeySplit = c.lostAt(h, p.older, p.newer)
}

// lostAt returns the first hop at which older, which was sent first, stands
// behind newer.
func (c *Checker) lostAt(h *history.History, older, newer history.Message) (hop Hop, split bool) {
	x := &c.ix
	if a, b := x.store[older], x.store[newer]; a != none && b != none {
		p, q := h.Op(int(a)), h.Op(int(b))
		switch {
		case p.Place != q.Place:
			split = true
		case p.Position > q.Position:
			return HopStored, false
		}
	}
	if a, b := x.deliver[older], x.deliver[newer]; a != none && b != none {
		p, q := h.Op(int(a)), h.Op(int(b))
		if p.End > q.End || (p.End == q.End && a > b) {
			return HopDelivered, split
		}
	}
	return HopApplied, split
}

// noRegression decides no-regression: effects of a message that had its effect
// before, after one of a later message.
func (c *Checker) noRegression(h *history.History) Verdict {
	var v Verdict
	x, s := &c.ix, &c.order
	s.keys = resize(s.keys, h.Keys(), false)
	var rows []int
	var older, newer history.Message
	for _, sink := range x.sinks {
		s.newest = resize(s.newest, x.groups, none)
		s.first = resize(s.first, h.Messages(), none)
		newestRow := make([]int32, x.groups)
		for _, row := range x.applies {
			op := h.Op(int(row))
			m := op.Message
			g := x.group[m]
			if op.Detail != sink || g == none {
				continue
			}
			again := s.first[m] != none
			if !again {
				s.first[m] = row
			}
			if s.newest[g] != none {
				v.Decided++
			}
			switch {
			case x.seq[m] > s.newest[g]:
				s.newest[g], newestRow[g] = x.seq[m], row
			case again && x.seq[m] < s.newest[g]:
				v.Violations++
				s.keys[h.Message(m).Key] = true
				if rows == nil {
					older, newer = m, h.Op(int(newestRow[g])).Message
					rows = []int{int(x.send[m]), int(x.send[newer]), int(s.first[m]), int(newestRow[g]), int(row)}
				}
			}
		}
	}
	if v.Decided == 0 {
		return vacuous("no two messages of one key and producer session were applied")
	}
	for _, broken := range s.keys {
		if broken {
			v.Keys++
		}
	}
	if rows != nil {
		slices.Sort(rows)
		v.Witness = &Witness{Rows: rows, Messages: []history.Message{older, newer},
			Text: fmt.Sprintf("%s of key %s was applied again after the later %s", message(h, older),
				h.KeyName(h.Message(older).Key), message(h, newer))}
		v.LostAt, v.KeySplit = c.lostAt(h, older, newer)
	}
	return v
}

// realtimeOrder decides per-key-realtime-order. A message was overtaken when
// something of its key was applied before it that was sent after its ack; the
// latest send among what was applied decides that.
func (c *Checker) realtimeOrder(h *history.History) Verdict {
	var v Verdict
	x, s := &c.ix, &c.order
	s.keys = resize(s.keys, h.Keys(), false)
	best := pair{gap: -1}
	closeness := int64(0)
	latest := make([]history.Message, h.Keys())
	for _, sink := range x.sinks {
		s.send = resize(s.send, h.Keys(), -1<<63)
		s.first = resize(s.first, h.Messages(), none)
		for _, row := range x.applies {
			op := h.Op(int(row))
			m := op.Message
			key := h.Message(m).Key
			if op.Detail != sink || s.first[m] != none || key == history.NoKey || x.send[m] == none {
				continue
			}
			s.first[m] = row
			if x.ack[m] != none && s.send[key] != -1<<63 {
				v.Decided++
				if late := s.send[key] - x.acked[m]; late > 0 {
					v.Violations++
					s.keys[key] = true
					if best.gap < 0 || late < closeness {
						n := latest[key]
						best, closeness = pair{m, n, row, s.first[n], 0}, late
					}
				}
			}
			if x.sent[m] > s.send[key] {
				s.send[key], latest[key] = x.sent[m], m
			}
		}
	}
	if v.Decided == 0 {
		return vacuous("no acked message was applied after another of its key")
	}
	c.concludeOrder(h, &v, best)
	if v.Witness != nil {
		v.Witness.Rows = []int{int(x.ack[best.older]), int(x.send[best.newer]), int(best.newerApply), int(best.olderApply)}
		slices.Sort(v.Witness.Rows)
		v.Witness.Text = fmt.Sprintf("%s was acked before %s was sent, both of key %s, and took effect after it",
			message(h, best.older), message(h, best.newer), h.KeyName(h.Message(best.older).Key))
	}
	return v
}
