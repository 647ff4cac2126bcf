package checker

import (
	"math"
	"slices"

	"orderlab/model/history"
)

// trail is where a message was on its way to a sink.
type trail struct {
	message history.Message
	stores  []int32 // rows of its copies that stayed in a log or queue
	deliver int32   // its first delivery, or none
}

// lostAt returns the first hop at which the order of two effects was lost, given
// their rows: the late one, of the message that should have been first, and the
// early one. Split says that the two messages went to different places.
func (x *index) lostAt(late, early int32) (hop Hop, split bool) {
	older, newer := x.trails(late, early)
	a, b := x.where(&older), x.where(&newer)
	split = a.place != b.place && a.place != history.NoPlace && b.place != history.NoPlace
	switch {
	case !split && a.position > b.position && b.position != history.NoPosition:
		return HopStored, false
	case older.deliver != none && newer.deliver != none && x.earlier(newer.deliver, older.deliver):
		return HopDelivered, split
	}
	return HopApplied, split
}

// lostAgainAt is lostAt for an effect that came again: the first hop at which the
// old message stands behind the newer one once more. That may be the first of all,
// when the application sent it again.
func (x *index) lostAgainAt(again, newerEffect int32) (hop Hop, split bool) {
	older, newer := x.trails(again, newerEffect)
	a, b := x.where(&older), x.where(&newer)
	split = a.place != b.place && a.place != history.NoPlace && b.place != history.NoPlace
	h := x.h
	if x.sentAgain(older.message, newer.message, h.EndAt(int(again))) {
		return HopSent, split
	}
	for _, row := range older.stores {
		if h.PlaceAt(int(row)) == b.place && h.PositionAt(int(row)) > b.position && b.position != history.NoPosition {
			return HopStored, split
		}
	}
	if newer.deliver == none {
		return HopApplied, split
	}
	serves := x.servers(h.DetailAt(int(again)))
	for i := range h.Len() {
		row := int32(i)
		if h.Kind(i) == history.KindDeliver && h.MessageAt(i) == older.message && serves.may(h.ProcessAt(i)) &&
			x.earlier(newer.deliver, row) && h.EndAt(i) <= h.EndAt(int(again)) {
			return HopDelivered, split
		}
	}
	return HopApplied, split
}

// sentAgain says whether a message was sent a second time after the first send of a
// newer one, up to a time.
func (x *index) sentAgain(older, newer history.Message, until int64) bool {
	first, behind := true, false
	for _, row := range x.sends { // in order of time
		if x.h.BeginAt(int(row)) > until {
			return false
		}
		switch x.h.MessageAt(int(row)) {
		case newer:
			behind = true
		case older:
			if behind && !first {
				return true
			}
			first = false
		}
	}
	return false
}

// trails follows the messages of two effects at one sink.
func (x *index) trails(a, b int32) (p, q trail) {
	h := x.h
	p, q = trail{message: h.MessageAt(int(a)), deliver: none}, trail{message: h.MessageAt(int(b)), deliver: none}
	serves := x.servers(h.DetailAt(int(a)))
	for b := range h.Blocks() {
		for i := range b.Len {
			switch b.MessageAt(i) { // of all rows few are about the two
			case p.message:
				x.follow(&p, b.First+i, serves)
			case q.message:
				x.follow(&q, b.First+i, serves)
			}
		}
	}
	x.overwritten(&p, &q)
	return p, q
}

// follow takes a row about the message of a trail.
func (x *index) follow(t *trail, i int, serves servers) {
	h, row := x.h, int32(i)
	switch k := h.Kind(i); {
	case h.OutcomeAt(i) != history.OK:
	case k == history.KindStore:
		t.stores = append(t.stores, row)
	case k == history.KindDeliver && serves.may(h.ProcessAt(i)) && (t.deliver == none || x.earlier(row, t.deliver)):
		t.deliver = row
	}
}

// overwritten drops copies whose position was given to another message later, as
// happens when a log is truncated.
func (x *index) overwritten(trails ...*trail) {
	h := x.h
	// By spot of a copy and by trail: the last store there of another message.
	last := make(map[spot][]int32)
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, t := range trails {
		for _, row := range t.stores {
			at := spot{h.PlaceAt(int(row)), h.PositionAt(int(row))}
			least, most = min(least, at.position), max(most, at.position)
			last[at] = resize(last[at], len(trails), none)
		}
	}
	for b := range h.Blocks() {
		x.picked = b.Pick(storeKind, x.picked)
		for _, i := range x.picked {
			at := b.PositionAt(int(i))
			if at < least || at > most || b.OutcomeAt(int(i)) != history.OK {
				continue
			}
			row := int32(b.First) + i
			for j, before := range last[spot{b.PlaceAt(int(i)), at}] {
				if b.MessageAt(int(i)) != trails[j].message && (before == none || x.earlier(before, row)) {
					last[spot{b.PlaceAt(int(i)), at}][j] = row
				}
			}
		}
	}
	for j, t := range trails {
		t.stores = slices.DeleteFunc(t.stores, func(row int32) bool {
			by := last[spot{h.PlaceAt(int(row)), h.PositionAt(int(row))}][j]
			return by != none && x.earlier(row, by)
		})
	}
}

var storeKind = history.KindsOf(history.KindStore)

// spot is where a message lies.
type spot struct {
	place    history.Place
	position int64
}

// where returns the spot of a message: that of the copy that was stored first,
// or where its first delivery came from when no store was recorded.
func (x *index) where(t *trail) spot {
	first := none
	for _, row := range t.stores {
		if first == none || x.earlier(row, first) {
			first = row
		}
	}
	if first == none {
		first = t.deliver
	}
	if first == none {
		return spot{history.NoPlace, history.NoPosition}
	}
	return spot{x.h.PlaceAt(int(first)), x.h.PositionAt(int(first))}
}

// servers are the processes that may work for a sink: all of them, or with
// several sinks those that do not work for another one alone. Deliveries to the
// others say nothing about the sink's order.
type servers []uint8

const (
	servesSink uint8 = 1 << iota
	servesOther
)

func (x *index) servers(sink history.Symbol) servers {
	if len(x.sinks) < 2 {
		return nil
	}
	s := make(servers, x.h.Processes())
	for _, e := range x.all {
		if x.h.DetailAt(int(e.row)) == sink {
			s[x.h.ProcessAt(int(e.row))] |= servesSink
		} else {
			s[x.h.ProcessAt(int(e.row))] |= servesOther
		}
	}
	return s
}

func (s servers) may(p history.Process) bool { return s == nil || s[p] != servesOther }
