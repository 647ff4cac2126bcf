package checker

import (
	"slices"

	"orderlab/model/history"
)

// ranking numbers the messages of each producer session and key in the order of
// sending.
type ranking struct {
	next     []int32 // by group: the next seq
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
	h := x.h
	x.line = resize(x.line, h.Messages(), line{none, none})
	x.again, x.resent = nil, nil
	r.next = r.next[:0]
	r.number(x)
	r.clear(h.Keys()*r.width, len(x.sends))
	for i, row := range x.sends {
		m := h.MessageAt(int(row))
		if x.send[m] == none {
			x.send[m] = row
		} else {
			x.noteResent(m)
		}
		key := h.KeyOf(m)
		if key == history.NoKey {
			continue
		}
		g := r.group(int(key)*r.width + int(r.ids[i]))
		if x.line[m].group == none {
			x.line[m] = line{g, r.next[g]}
		} else if !r.sendAgain(x, m, g) {
			continue
		}
		r.next[g]++
	}
	x.groups = len(r.next)
}

func (x *index) noteResent(m history.Message) {
	if x.resent == nil {
		x.resent = make(map[history.Message]bool)
	}
	x.resent[m] = true
}

// sendAgain notes a message that another session sent before; it says whether
// it is new to the group.
func (r *ranking) sendAgain(x *index, m history.Message, g int32) bool {
	for _, l := range x.lines(m) {
		if l.group == g {
			return false
		}
	}
	if x.again == nil {
		x.again = make(map[history.Message][]line)
	}
	x.again[m] = append(slices.Clone(x.lines(m)), line{g, r.next[g]})
	return true
}

// number finds the session of every send.
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
	r.next = append(r.next, 0)
	return int32(len(r.next) - 1)
}
