package checker

import (
	"slices"

	"orderlab/model/history"
)

// ranking numbers the messages of each producer session and key in the order of
// sending.
type ranking struct {
	sessions []sessions
	groups   numbering // of sessions and keys
	width    int       // sessions in all
	ids      []int32   // by send: its session
	scratch  []int32   // by message
}

// sessions are the numbers of a process's sessions. Nearly always there is one.
type sessions struct {
	last, id int32 // the session that was looked up last
	more     map[uint16]int32
}

// build finds the first send of every message, the session of every send, and the order
// of sending of an index whose sends are sorted.
func (r *ranking) build(x *index) {
	h := x.h
	r.sessions = slices.Grow(r.sessions[:0], h.Processes())[:h.Processes()]
	for i := range r.sessions {
		r.sessions[i].last = none
		clear(r.sessions[i].more)
	}
	r.ids, r.width, x.resent = resize(r.ids, len(x.sends), 0), 0, nil
	r.groups.reset(len(x.sends))
	x.keyed.reset(h)
	ids := r.ids
	for b, rows := range h.BlocksOf(x.sends) {
		r.take(x, &b, rows, ids)
		ids = ids[len(rows):]
	}
}

// take takes sends of one block, and fills in their sessions.
func (r *ranking) take(x *index, b *history.Block, rows, ids []int32) {
	h := x.h
	keys := h.Keys()
	for n, row := range rows {
		i := int(row) - b.First
		m := b.MessageAt(i)
		if x.send[m] == none {
			x.send[m], x.times[m].sent = row, b.BeginAt(i)
		} else {
			x.noteResent(m)
		}
		p := &r.sessions[b.ProcessAt(i)]
		if s := b.SessionAt(i); int32(s) != p.last {
			r.lookup(p, s)
		}
		ids[n] = p.id
		if key := h.KeyOf(m); key != history.NoKey {
			x.keyed.take(m, r.groups.of(int(p.id)*keys+int(key)))
		}
	}
}

// whole numbers the messages of each session, whatever their keys.
func (r *ranking) whole(x *index, o *sending) {
	o.reset(x.h)
	for i, row := range x.sends {
		o.take(x.h.MessageAt(int(row)), r.ids[i])
	}
}

func (o *sending) reset(h *history.History) {
	o.line = resize(o.line, h.Messages(), line{none, none})
	o.again, o.size = nil, o.size[:0]
}

// take puts a message at the end of a group, if it is new there.
func (o *sending) take(m history.Message, group int32) {
	for int(group) >= len(o.size) {
		o.size = append(o.size, 0)
	}
	l := line{group, o.size[group]}
	if o.line[m].group == none {
		o.line[m] = l
	} else if !o.sendAgain(m, l) {
		return
	}
	o.size[group]++
}

func (x *index) noteResent(m history.Message) {
	if x.resent == nil {
		x.resent = make(map[history.Message]bool)
	}
	x.resent[m] = true
}

// sendAgain notes a message that was sent before; it says whether it is new to
// the group.
func (o *sending) sendAgain(m history.Message, l line) bool {
	for _, old := range o.lines(m) {
		if old.group == l.group {
			return false
		}
	}
	if o.again == nil {
		o.again = make(map[history.Message][]line)
	}
	o.again[m] = append(slices.Clone(o.lines(m)), l)
	return true
}

// lookup makes a session the last one of its process.
func (r *ranking) lookup(p *sessions, s uint16) {
	id, ok := p.more[s]
	if !ok {
		id = int32(r.width)
		r.width++
		if p.more == nil {
			p.more = make(map[uint16]int32)
		}
		p.more[s] = id
	}
	p.last, p.id = int32(s), id
}

// sender returns the number of the session of a row, if it sent something, or none.
func (r *ranking) sender(h *history.History, row int32) int32 {
	p, number := &r.sessions[h.ProcessAt(int(row))], h.SessionAt(int(row))
	if p.last == int32(number) {
		return p.id
	}
	if id, ok := p.more[number]; ok {
		p.last, p.id = int32(number), id
		return id
	}
	return none
}
