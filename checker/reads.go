package checker

import (
	"math"
	"slices"

	"orderlab/model/history"
)

// reads is what sessions read of places, in order of time. A session that polls a
// place reads it with its polls, whose answers are the deliveries that follow
// them; of one of which no poll is recorded every delivery is a read.
type reads struct {
	streams streams
	ready   bool // the events are those of the history
	events  []readEvent
	polled  []bool // by stream
	sorted  bool   // the events are in order of time; the last one was at last
	last    int64
	resets  []int32 // by session: how often it subscribed so far
	fronts  []front // by stream
	known   known
	isKnown bool    // known is that of the history
	shown   []int64 // scratch: the positions of an answer

	deliveries, moves []int32 // scratch: rows
}

// readEvent is a row that shows a read, or that moves a session; of a poll the deliveries
// that are its answer end before a row. A whole answer has every position from its first
// one up to that which the poll reached, one after the other.
type readEvent struct {
	row, end int32
	whole    bool
}

// again says whether a read is a delivery that says that it is a redelivery.
func (e readEvent) again(h *history.History) bool {
	return h.Kind(int(e.row)) == history.KindDeliver && h.AttemptAt(int(e.row)) > 1
}

// first returns the first position that a read shows, which is the one that it reached
// where it shows none; whole is false when what it shows may have holes.
func (e readEvent) first(h *history.History) (position int64, whole bool) {
	position = h.PositionAt(int(e.row))
	if h.Kind(int(e.row)) == history.KindPoll {
		return position - int64(e.end-e.row-1), e.whole
	}
	return position, true
}

// front is how far a session has read a place: to position, as the row shows.
type front struct {
	position int64 // or NoPosition
	row      int32
	resets   int32 // the count of its session then
}

// move notes a read.
func (f *front) move(h *history.History, row int32) { f.position, f.row = next(h, row), row }

// collect finds the reads, and what makes a session read from another position.
func (r *reads) collect(x *index) {
	r.fronts, r.resets = r.fronts[:0], r.resets[:0]
	if r.ready {
		return
	}
	h := x.h
	r.ready, r.isKnown = true, false
	r.streams.reset(h)
	r.events, r.polled = r.events[:0], r.polled[:0]
	r.sorted, r.last = true, math.MinInt64
	r.deliveries, r.moves = x.of(history.KindDeliver), r.moves[:0]
	for _, k := range []history.Kind{history.KindSubscribe, history.KindAssign, history.KindRebalance} {
		for _, row := range x.of(k) {
			if h.OutcomeAt(int(row)) == history.OK && moves(k, h.PlaceAt(int(row))) {
				r.moves = append(r.moves, row)
			}
		}
	}
	slices.Sort(r.moves)
	moved := r.moves
	for _, poll := range x.of(history.KindPoll) {
		moved = r.upTo(h, poll, moved)
		if placed(h, int(poll)) {
			r.poll(h, poll)
		}
	}
	r.upTo(h, math.MaxInt32, moved)
	if !r.sorted {
		slices.SortFunc(r.events, func(a, b readEvent) int { return byTime(h.EndAt, a.row, b.row) })
	}
}

// upTo takes the deliveries without a poll and the moves that stand before a row, and
// returns the moves behind it.
func (r *reads) upTo(h *history.History, row int32, moved []int32) []int32 {
	for len(r.deliveries) > 0 && r.deliveries[0] < row {
		for len(moved) > 0 && moved[0] < r.deliveries[0] {
			r.add(h, readEvent{row: moved[0], end: moved[0] + 1})
			moved = moved[1:]
		}
		if d := r.deliveries[0]; placed(h, int(d)) {
			r.add(h, readEvent{row: d, end: d + 1})
		}
		r.deliveries = r.deliveries[1:]
	}
	for len(moved) > 0 && moved[0] < row {
		r.add(h, readEvent{row: moved[0], end: moved[0] + 1})
		moved = moved[1:]
	}
	return moved
}

func (r *reads) add(h *history.History, e readEvent) {
	at := h.EndAt(int(e.row))
	r.sorted, r.last = r.sorted && r.last <= at, at
	r.events = append(r.events, e)
}

// poll takes a poll with the deliveries that are its answer: those that follow it row by
// row.
func (r *reads) poll(h *history.History, poll int32) {
	process, place := h.ProcessAt(int(poll)), h.PlaceAt(int(poll))
	e, next := readEvent{row: poll, end: poll + 1, whole: true}, int64(0)
	n := 0
	for ; n < len(r.deliveries) && r.deliveries[n] == e.end; n++ {
		i := int(e.end)
		if h.ProcessAt(i) != process || h.PlaceAt(i) != place {
			break
		}
		at := h.PositionAt(i)
		if n > 0 && at != next || at == history.NoPosition || h.OutcomeAt(i) != history.OK {
			e.whole = false
		}
		e.end, next = e.end+1, at+1
	}
	r.deliveries = r.deliveries[n:]
	e.whole = e.whole && (n == 0 || next == h.PositionAt(int(poll)))
	r.add(h, e)
	s := r.streams.at(r.streams.session(process, h.SessionAt(int(poll))), place)
	r.polled = atLeast(r.polled, s)
	r.polled[s] = true
}

// acked finds the acks of the history by their positions, once.
func (r *reads) acked(x *index) *known {
	if !r.isKnown {
		r.isKnown = true
		r.known.collect(x)
	}
	return &r.known
}

// moves says whether after an operation a session may read from anywhere.
func moves(k history.Kind, place history.Place) bool {
	return k == history.KindSubscribe ||
		(k == history.KindAssign || k == history.KindRebalance) && place != history.NoPlace
}

// atLeast returns s with at least i+1 elements.
func atLeast[T any](s []T, i int32) []T {
	var zero T
	for int(i) >= len(s) {
		s = append(s, zero)
	}
	return s
}

// front returns how far the session of a read had read the place before, or nil
// when the row is no read: a delivery that no poll shows where others do, or
// something that moves the session.
func (r *reads) front(h *history.History, row int32) *front {
	k := h.Kind(int(row))
	session := r.streams.session(h.ProcessAt(int(row)), h.SessionAt(int(row)))
	r.resets = atLeast(r.resets, session)
	if k == history.KindSubscribe {
		r.resets[session]++
		return nil
	}
	s := r.streams.at(session, h.PlaceAt(int(row)))
	for int(s) >= len(r.fronts) {
		r.fronts = append(r.fronts, front{position: history.NoPosition})
	}
	f := &r.fronts[s]
	switch {
	case moves(k, h.PlaceAt(int(row))):
		f.position = history.NoPosition
		return nil
	case k == history.KindDeliver && int(s) < len(r.polled) && r.polled[s]:
		return nil
	case f.resets != r.resets[session]:
		f.position, f.resets = history.NoPosition, r.resets[session]
	}
	return f
}

// next is the position of the next message after a read.
func next(h *history.History, row int32) int64 {
	if h.Kind(int(row)) == history.KindPoll {
		return h.PositionAt(int(row))
	}
	return h.PositionAt(int(row)) + 1
}
