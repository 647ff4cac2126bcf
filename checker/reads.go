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
	polled  []bool  // by stream
	resets  []int32 // by session: how often it subscribed so far
	fronts  []front // by stream
	known   known
	shown   []int64 // scratch: the positions of an answer
}

// readEvent is a row that shows a read, or that moves a session; of a poll the deliveries
// that are its answer end before a row.
type readEvent struct{ row, end int32 }

// front is how far a session has read a place: to position, as the row shows.
type front struct {
	position int64 // or NoPosition
	row      int32
	resets   int32 // the count of its session then
}

// collect finds the reads, and what makes a session read from another position.
func (r *reads) collect(h *history.History) {
	r.fronts, r.resets = r.fronts[:0], r.resets[:0]
	if r.ready {
		return
	}
	r.ready = true
	r.streams.reset(h)
	r.events, r.polled = r.events[:0], r.polled[:0]
	sorted, last := true, int64(math.MinInt64)
	add := func(i, end int) {
		at := h.EndAt(i)
		sorted, last = sorted && last <= at, at
		r.events = append(r.events, readEvent{int32(i), int32(end)})
	}
	for i := 0; i < h.Len(); i++ {
		switch k := h.Kind(i); {
		case k == history.KindPoll && placed(h, i):
			end := answer(h, i)
			add(i, end)
			s := r.streams.of(h, int32(i), h.PlaceAt(i))
			r.polled = atLeast(r.polled, s)
			r.polled[s] = true
			i = end - 1
		case k == history.KindDeliver && placed(h, i), h.OutcomeAt(i) == history.OK && moves(k, h.PlaceAt(i)):
			add(i, i+1)
		}
	}
	if !sorted {
		slices.SortFunc(r.events, func(a, b readEvent) int { return byTime(h.EndAt, a.row, b.row) })
	}
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

// answer returns the row behind the deliveries that are the answer to a poll.
func answer(h *history.History, poll int) int {
	process, place, i := h.ProcessAt(poll), h.PlaceAt(poll), poll+1
	for i < h.Len() && h.Kind(i) == history.KindDeliver && h.ProcessAt(i) == process && h.PlaceAt(i) == place {
		i++
	}
	return i
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
	s := r.streams.of(h, row, h.PlaceAt(int(row)))
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
