package checker

import (
	"iter"
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
	dense    []int32 // stream by session and place, where that table is small
	sparse   map[int]int32
	count    int
}

// reset prepares for a history. The table is dense while it is not much larger
// than the number of operations.
func (s *streams) reset(h *history.History) {
	s.sessions = slices.Grow(s.sessions[:0], h.Processes())[:h.Processes()]
	for i := range s.sessions {
		s.sessions[i].last = none
		clear(s.sessions[i].more)
	}
	s.width, s.places, s.count = 0, h.Places(), 0
	s.dense, s.sparse = s.dense[:0], nil
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

// of returns the number of a row's session and of a place, which has to exist.
func (s *streams) of(h *history.History, row int32, place history.Place) int32 {
	i := int(s.session(h.ProcessAt(int(row)), h.SessionAt(int(row))))*s.places + int(place)
	if i >= 8*h.Len()+4096 {
		return s.far(i)
	}
	if i >= len(s.dense) {
		n := len(s.dense)
		s.dense = slices.Grow(s.dense, i+1-n)[:i+1]
		for ; n <= i; n++ {
			s.dense[n] = none
		}
	}
	if s.dense[i] == none {
		s.dense[i] = int32(s.count)
		s.count++
	}
	return s.dense[i]
}

func (s *streams) far(i int) int32 {
	n, ok := s.sparse[i]
	if !ok {
		if s.sparse == nil {
			s.sparse = make(map[int]int32)
		}
		n = int32(s.count)
		s.sparse[i] = n
		s.count++
	}
	return n
}

// rowsOf gives the rows of a kind, in order.
func rowsOf(h *history.History, k history.Kind) iter.Seq[int] {
	return func(yield func(int) bool) {
		left := h.Count(k)
		for b := range h.Blocks() {
			if left == 0 {
				return
			}
			for i := range b.Len {
				if b.Kind(i) != k {
					continue
				}
				if left--; !yield(b.First + i) {
					return
				}
			}
		}
	}
}

// placed says whether a row took place at a known position.
func placed(h *history.History, row int) bool {
	return h.OutcomeAt(row) == history.OK && h.PlaceAt(row) != history.NoPlace && h.PositionAt(row) != history.NoPosition
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
