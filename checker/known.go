package checker

import (
	"cmp"
	"math"
	"slices"

	"orderlab/model/history"
)

// known are the acks of messages by the position at which they stand in a place. In a
// log nearly every position is that of an acked message, so they lie in a table; where
// positions are far apart or twice taken they are sorted.
type known struct {
	acks   []int32 // rows, by place; in a table none where nothing is known
	places []knownPlace
	rows   []int32 // scratch
}

// knownPlace is where the acks of a place lie.
type knownPlace struct {
	from, to int
	// count, least and most are how many there are, and between which positions.
	count       int
	least, most int64
	table       bool
}

// sparse is how many positions a table may have for each of its acks.
const sparse = 4

// collect finds the acks.
func (k *known) collect(x *index) {
	h := x.h
	k.places = resize(k.places, h.Places(), knownPlace{least: math.MaxInt64, most: -1})
	k.rows = k.rows[:0]
	for _, row := range x.ack {
		if row == none || !placed(h, int(row)) {
			continue
		}
		p, position := &k.places[h.PlaceAt(int(row))], h.PositionAt(int(row))
		p.count++
		p.least, p.most = min(p.least, position), max(p.most, position)
		k.rows = append(k.rows, row)
	}
	size := 0
	for i := range k.places {
		p := &k.places[i]
		p.from = size
		if p.table = p.count > 0 && (p.most-p.least)/sparse < int64(p.count); p.table {
			size += int(p.most - p.least + 1)
		} else {
			size += p.count
		}
		p.to = size
	}
	k.acks = resize(k.acks, size, none)
	twice := false
	for i := range k.places {
		k.places[i].count = 0
	}
	for _, row := range k.rows {
		p := &k.places[h.PlaceAt(int(row))]
		at := p.from + p.count
		if p.table {
			at = p.from + int(h.PositionAt(int(row))-p.least)
			twice = twice || k.acks[at] != none
		}
		k.acks[at] = row
		p.count++
	}
	if twice {
		k.sortAll(h)
		return
	}
	for i := range k.places {
		if p := &k.places[i]; !p.table {
			k.sort(h, p)
		}
	}
}

// sortAll does without tables.
func (k *known) sortAll(h *history.History) {
	size := 0
	for i := range k.places {
		p := &k.places[i]
		p.table, p.from, p.to = false, size, size
		size += p.count
	}
	k.acks = resize(k.acks, size, none)
	for _, row := range k.rows {
		p := &k.places[h.PlaceAt(int(row))]
		k.acks[p.to] = row
		p.to++
	}
	for i := range k.places {
		k.sort(h, &k.places[i])
	}
}

func (k *known) sort(h *history.History, p *knownPlace) {
	slices.SortFunc(k.acks[p.from:p.to], func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.PositionAt(int(a)), h.PositionAt(int(b))), byTime(h.EndAt, a, b))
	})
}

// between returns the acks of a place with positions in [from, to), and none for
// some of the positions of which nothing is known.
func (k *known) between(h *history.History, place history.Place, from, to int64) []int32 {
	p := &k.places[place]
	if from = max(from, p.least); from >= to || p.count == 0 {
		return nil
	}
	acks := k.acks[p.from:p.to]
	if p.table {
		if to = min(to, p.most+1); from >= to {
			return nil
		}
		return acks[from-p.least : to-p.least]
	}
	at := func(position int64) int {
		i, _ := slices.BinarySearchFunc(acks, position, func(row int32, p int64) int {
			return cmp.Compare(h.PositionAt(int(row)), p)
		})
		return i
	}
	return acks[at(from):at(to)]
}
