package sim

import "slices"

// decideTie is the choice of the next event among those of one instant.
var decideTie = NewDecision("sim.tie")

// ties orders the events of one instant otherwise than by scheduling. Events
// that one would expect in order keep it: those of one class, which is a node's
// timers, or one direction of a connection.
type ties struct {
	e    *Engine
	seed uint64
	// chosen says that the source chooses, and not the seed.
	chosen bool
	// opened is the time whose events were put in order.
	opened Time
	// path is the identity of what was chosen so far at the time at.
	at   Time
	path ID
	// scratch
	keys    []tieKey
	heads   []int32
	classes []ID
}

type tieKey struct {
	key  uint64
	slot int32
}

// PermuteTies orders events of one instant by a hash of the instant and of what
// they belong to, instead of by scheduling. A node's timers keep their order, and
// so do the frames of one direction of a connection. Real systems promise no
// order there, so no finding should depend on it. It is called before the first
// event is scheduled.
func (e *Engine) PermuteTies(seed uint64) { e.q.ties = &ties{e: e, seed: seed, opened: -1, at: -1} }

// ChooseTies makes the order of the events of one instant decisions, so that an
// [Enumeration] goes through all of them. What keeps its order is the same as for
// [Engine.PermuteTies]. A choice is about the instant and what was chosen at it
// before. It costs a pass over the events of the instant for each of them.
func (e *Engine) ChooseTies() { e.q.ties = &ties{e: e, chosen: true, opened: -1, at: -1} }

// first returns the event that goes first of a list of equal times.
func (t *ties) first(q *queue, list int) int32 {
	head := q.lists[list].first
	at := q.items[head].at
	if t.chosen {
		return t.choose(q, head, at)
	}
	if t.opened != at && q.items[head].next != 0 {
		t.opened = at
		t.sort(q, list)
	}
	return q.lists[list].first
}

// sort puts a list in the order of its keys.
func (t *ties) sort(q *queue, list int) {
	t.keys = t.keys[:0]
	for i := q.lists[list].first; i != 0; i = q.items[i].next {
		t.keys = append(t.keys, tieKey{t.key(&q.items[i]), i})
	}
	slices.SortStableFunc(t.keys, func(a, b tieKey) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return 0
	})
	last := int32(0)
	for _, k := range t.keys {
		q.link(list, last, k.slot, 0)
		last = k.slot
	}
}

// neighbours returns the events between which a new one of an opened list
// belongs, 0 being the ends.
func (t *ties) neighbours(q *queue, list int, it *item) (before, after int32) {
	key := t.key(it)
	before = q.lists[list].last
	for before != 0 && t.key(&q.items[before]) > key {
		before, after = q.items[before].prev, before
	}
	return before, after
}

func (t *ties) key(it *item) uint64 { return mix(t.seed^uint64(it.at), uint64(t.e.class(it))) }

// choose asks the source which class goes next.
func (t *ties) choose(q *queue, head int32, at Time) int32 {
	if t.at != at {
		t.at, t.path = at, 0
	}
	t.heads, t.classes = t.heads[:0], t.classes[:0]
	for i := head; i != 0; i = q.items[i].next {
		if c := t.e.class(&q.items[i]); !slices.Contains(t.classes, c) {
			t.heads, t.classes = append(t.heads, i), append(t.classes, c)
		}
	}
	which := 0
	if len(t.heads) > 1 {
		if q.causes != nil {
			q.causes.choosing()
		}
		which = t.e.Choose(decideTie, Identity(ID(at), t.path), len(t.heads))
	}
	t.path = Identity(t.path, t.classes[which])
	return t.heads[which]
}

// class identifies what an event is in order with: the timers of a node, or one
// direction of a connection with its opening. A datagram is in order with nothing.
func (e *Engine) class(it *item) ID {
	n := it.tag.node()
	switch it.tag.kind() {
	case kindFrame:
		f := e.net.frames.At(uint32(it.arg))
		return e.net.stream(f.conn, int(f.to))
	case kindDatagram:
		f := e.net.frames.At(uint32(it.arg))
		return Identity(e.ids[f.conn], e.ids[n], ID(f.kind), f.id)
	case kindAccept, kindAccepted:
		return e.net.stream(Conn(it.arg), 1)
	case kindOpened, kindRefused:
		return e.net.stream(Conn(it.arg), 0)
	}
	if n != noNode {
		return e.ids[n]
	}
	return 0
}

// stream identifies one direction of a connection.
func (n *network) stream(c Conn, to int) ID {
	if x := n.get(c); x != nil {
		return Identity(x.from[to], x.cause)
	}
	return ID(c) // it is gone, and so will be the frame
}
