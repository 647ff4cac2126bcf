package checker

import (
	"slices"

	"orderlab/model/history"
)

// ranking numbers the messages of each producer session and key in the order of
// sending.
type ranking struct {
	size     []int32 // by group: how many messages it has so far
	sessions []sessions
	dense    []int32 // group by key and session, where that table is small
	sparse   map[int]int32
	width    int     // sessions in all
	ids      []int32 // by send: its session
	scratch  []int32 // by message
}

// sessions are the numbers of a process's sessions. Nearly always there is one.
type sessions struct {
	last, id int32 // the session that was looked up last
	more     map[uint16]int32
}

// build fills in the order of sending of an index whose sends are sorted.
func (r *ranking) build(x *index) {
	x.resent = nil
	r.number(x)
	r.order(x, &x.keyed, true)
}

// order numbers the messages of each session, or of each session and key.
func (r *ranking) order(x *index, o *sending, byKey bool) {
	h := x.h
	o.line = resize(o.line, h.Messages(), line{none, none})
	o.again, o.size = nil, o.size[:0]
	r.size = o.size
	keys := 1
	if byKey {
		keys = h.Keys()
	}
	r.clear(keys*r.width, len(x.sends))
	for i, row := range x.sends {
		m, key := h.MessageAt(int(row)), history.Key(0)
		if byKey {
			if key = h.KeyOf(m); key == history.NoKey {
				continue
			}
		}
		g := r.group(int(key)*r.width + int(r.ids[i]))
		if o.line[m].group == none {
			o.line[m] = line{g, r.size[g]}
		} else if !o.sendAgain(m, line{g, r.size[g]}) {
			continue
		}
		r.size[g]++
	}
	o.size = r.size
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

// number finds the first send of every message and the session of every send.
func (r *ranking) number(x *index) {
	h := x.h
	r.sessions = slices.Grow(r.sessions[:0], h.Processes())[:h.Processes()]
	for i := range r.sessions {
		r.sessions[i].last = none
		clear(r.sessions[i].more)
	}
	r.ids = resize(r.ids, len(x.sends), 0)
	r.width = 0
	for i, row := range x.sends {
		if m := h.MessageAt(int(row)); x.send[m] == none {
			x.send[m] = row
		} else {
			x.noteResent(m)
		}
		p := &r.sessions[h.ProcessAt(int(row))]
		if s := h.SessionAt(int(row)); int32(s) != p.last {
			r.lookup(p, s)
		}
		r.ids[i] = p.id
	}
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

// find returns the number of a session that sent something, or none.
func (r *ranking) find(process history.Process, number uint16) int32 {
	p := &r.sessions[process]
	if p.last == int32(number) {
		return p.id
	}
	if id, ok := p.more[number]; ok {
		p.last, p.id = int32(number), id
		return id
	}
	return none
}

// clear empties the table of groups: a dense one where that is not much larger
// than the number of sends.
func (r *ranking) clear(size, sends int) {
	r.dense, r.sparse = r.dense[:0], nil
	if size <= 8*sends+4096 {
		r.dense = resize(r.dense, size, none)
	} else {
		r.sparse = make(map[int]int32)
	}
}

// group returns the number of a session and key.
func (r *ranking) group(i int) int32 {
	if r.sparse != nil {
		g, ok := r.sparse[i]
		if !ok {
			g = r.add()
			r.sparse[i] = g
		}
		return g
	}
	if r.dense[i] == none {
		r.dense[i] = r.add()
	}
	return r.dense[i]
}

func (r *ranking) add() int32 {
	r.size = append(r.size, 0)
	return int32(len(r.size) - 1)
}
