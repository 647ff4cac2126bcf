package checker

import (
	"math"
	"slices"

	"orderlab/model/history"
)

// streams numbers what each session does at each place, in the order of first
// use.
type streams struct {
	sessions []sessions // by process
	width    int        // sessions in all
	places   int
	numbers  numbering // by session and place
}

// reset prepares for a history.
func (s *streams) reset(h *history.History) {
	s.sessions = slices.Grow(s.sessions[:0], h.Processes())[:h.Processes()]
	for i := range s.sessions {
		s.sessions[i].last = none
		clear(s.sessions[i].more)
	}
	s.width, s.places = 0, h.Places()
	s.numbers.reset(h.Len())
}

// session returns the number of a process's session.
func (s *streams) session(process history.Process, number uint16) int32 {
	p := &s.sessions[process]
	if p.last == int32(number) {
		return p.id
	}
	id, ok := p.more[number]
	if !ok {
		id = int32(s.width)
		s.width++
		if p.more == nil {
			p.more = make(map[uint16]int32)
		}
		p.more[number] = id
	}
	p.last, p.id = int32(number), id
	return id
}

// at returns the number of a session and of a place, which has to exist.
func (s *streams) at(session int32, place history.Place) int32 {
	return s.numbers.of(int(session)*s.places + int(place))
}

// placed says whether a row took place at a known position.
func placed(h *history.History, row int) bool {
	return h.OutcomeAt(row) == history.OK && h.PlaceAt(row) != history.NoPlace && h.PositionAt(row) != history.NoPosition
}

// placedIn is placed for the i-th row of a block.
func placedIn(b *history.Block, i int) bool {
	return b.OutcomeAt(i) == history.OK && b.PlaceAt(i) != history.NoPlace && b.PositionAt(i) != history.NoPosition
}

// sortRows sorts rows by a time, and at one instant by row; mostly they are.
func sortRows(rows []int32, at func(int) int64) {
	last := int64(math.MinInt64)
	for _, row := range rows {
		t := at(int(row))
		if t < last {
			slices.SortFunc(rows, func(a, b int32) int { return byTime(at, a, b) })
			return
		}
		last = t
	}
}
