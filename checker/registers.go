package checker

import (
	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

// registers holds effects and reads as writes and reads of registers, one for
// each key at each sink. A value is a message there; the value before the first
// write is one of its own.
type registers struct {
	sinks    []int32 // by symbol: its number, or none
	values   pairs   // by sink and message (or, after those, key)
	keys     pairs   // by sink and key
	zones    []linear.Zone
	messages []history.Message // by value: NoMessage for the one before the first write
	written  []int64           // by value: the begin of its write, Never without one
	state    []register
	ends     []int32 // by register: where its rows end in list
	list     []int32
}

// register is a key at a sink.
type register struct {
	sink       history.Symbol
	key        history.Key
	ops, reads int32
	twice      bool // a message may have been written twice
	ghost      bool // a read returned what was never written to it
	wrong      linear.Conflict
}

// collect reads the history.
func (r *registers) collect(h *history.History) {
	r.sinks = resize(r.sinks, h.Symbols()+1, none)
	r.zones, r.written, r.messages, r.state = r.zones[:0], r.written[:0], r.messages[:0], r.state[:0]
	sinks := r.count(h)
	rows := h.Count(history.KindApply) + h.Count(history.KindRead)
	r.values.clear(sinks, h.Messages()+h.Keys(), rows)
	r.keys.clear(sinks, h.Keys(), rows)
	for b := range h.Blocks() {
		r.take(h, &b)
	}
	for v := range r.zones {
		// A read that ended before the write began, or for which there is none.
		if z := &r.zones[v]; z.First < r.written[v] {
			r.state[z.Group].ghost = true
		}
	}
}

// take reads a block of the history.
func (r *registers) take(h *history.History, b *history.Block) {
	for i := range b.Len {
		switch b.Kind(i) {
		case history.KindApply:
			r.write(h, b, i)
		case history.KindRead:
			if b.OutcomeAt(i) == history.OK {
				r.read(h, b, i)
			}
		}
	}
}

// count numbers the sinks.
func (r *registers) count(h *history.History) int {
	n := int32(0)
	last := history.NoSymbol
	if len(r.sinks) > 0 {
		r.sinks[last], n = 0, 1
	}
	for b := range h.Blocks() {
		for i := range b.Len {
			if k := b.Kind(i); k != history.KindApply && k != history.KindRead {
				continue
			}
			if s := b.DetailAt(i); s != last {
				if last = s; r.sinks[s] == none {
					r.sinks[s] = n
					n++
				}
			}
		}
	}
	return int(n)
}

// register returns the number of a key at a sink.
func (r *registers) register(sink history.Symbol, key history.Key) int32 {
	g, added := r.keys.number(int(r.sinks[sink]), int(key))
	if added {
		r.state = append(r.state, register{sink: sink, key: key, wrong: linear.Conflict{A: none, B: none}})
	}
	return g
}

// value returns the number of a value.
func (r *registers) value(h *history.History, sink history.Symbol, n int, g int32) int32 {
	v, added := r.values.number(int(r.sinks[sink]), n)
	if added {
		r.zones = append(r.zones, linear.Zone{First: linear.Never, Last: linear.Ever, Group: g})
		r.written = append(r.written, linear.Never)
		m := history.NoMessage
		if n < h.Messages() {
			m = history.Message(n)
		}
		r.messages = append(r.messages, m)
	}
	return v
}

func (r *registers) write(h *history.History, b *history.Block, i int) {
	m, outcome := b.MessageAt(i), b.OutcomeAt(i)
	key := h.KeyOf(m)
	if key == history.NoKey || outcome == history.Fail {
		return
	}
	sink := b.DetailAt(i)
	g := r.register(sink, key)
	v := r.value(h, sink, int(m), g)
	s := &r.state[g]
	s.ops++
	if r.written[v] != linear.Never {
		s.twice = true
	}
	begin := b.BeginAt(i)
	r.written[v] = begin
	z := &r.zones[v]
	z.Last = max(z.Last, begin)
	if outcome == history.OK {
		z.First = min(z.First, b.EndAt(i))
	}
}

func (r *registers) read(h *history.History, b *history.Block, i int) {
	m, key, sink := b.MessageAt(i), history.Key(b.PositionAt(i)), b.DetailAt(i)
	if b.PositionAt(i) == history.NoPosition {
		return
	}
	g := r.register(sink, key)
	s := &r.state[g]
	s.ops++
	s.reads++
	var v int32
	switch {
	case m == history.NoMessage:
		v = r.value(h, sink, h.Messages()+int(key), g)
		r.written[v], r.zones[v].First = linear.Ever, linear.Ever
	case h.KeyOf(m) != key:
		s.ghost = true
		return
	default:
		v = r.value(h, sink, int(m), g)
	}
	z := &r.zones[v]
	z.First, z.Last = min(z.First, b.EndAt(i)), max(z.Last, b.BeginAt(i))
}

// pairs numbers pairs of small numbers in the order of first use: in a dense
// table where that is not much larger than what may be put in.
type pairs struct {
	width  int
	dense  []int32
	sparse map[int]int32
	n      int32
}

func (p *pairs) clear(height, width, most int) {
	p.width, p.n, p.sparse, p.dense = width, 0, nil, p.dense[:0]
	if size := height * width; size <= 8*most+4096 {
		p.dense = resize(p.dense, size, none)
	} else {
		p.sparse = make(map[int]int32)
	}
}

// number returns the number of a pair, and whether it is new.
func (p *pairs) number(a, b int) (n int32, added bool) {
	i := a*p.width + b
	if p.sparse == nil {
		if n = p.dense[i]; n == none {
			n, added = p.n, true
			p.dense[i] = n
		}
	} else if m, ok := p.sparse[i]; ok {
		n = m
	} else {
		n, added = p.n, true
		p.sparse[i] = n
	}
	if added {
		p.n++
	}
	return n, added
}
