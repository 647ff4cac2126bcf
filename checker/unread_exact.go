package checker

import (
	"fmt"
	"math"
	"slices"

	"orderlab/model/history"
)

func unreadExact() Guarantee {
	return Guarantee{
		ID: UnreadExact,
		Holds: "Whenever a place is settled, a sample of the metric unread is the number of messages that are stored " +
			"there, were not sent by the process itself, and lie at or behind the position that it committed last.",
		decide: (*Checker).unreadExact,
	}
}

// shelf is what lies at a place: positions in order, each with the row that shows it.
type shelf struct {
	positions []int64
	rows      []int32
}

// unread is the state of all places at a moment.
type unread struct {
	all     map[history.Place]*shelf
	own     map[member]*shelf // what a member sent itself
	marks   map[member]int64  // the position that it committed last
	touched map[history.Place]int64
}

// member is a process that reads a place.
type member struct {
	process history.Process
	place   history.Place
}

// unreadExact goes through stores, acks and commits in order of time and judges the
// samples in between of which the place was settled: no send was under way or
// without a known outcome, and nothing happened to the place for the declared time.
func (c *Checker) unreadExact(opt *Options) Verdict {
	x := &c.ix
	h := x.h
	samples := x.samples(MetricUnread)
	if len(samples) == 0 {
		return vacuous("no unread count is recorded")
	}
	c.begin()
	u := unread{make(map[history.Place]*shelf), make(map[member]*shelf), make(map[member]int64),
		make(map[history.Place]int64)}
	events := x.unreadEvents()
	begins, ends := c.underWay()
	var v Verdict
	next := 0
	for _, row := range samples {
		begin, end := h.BeginAt(int(row)), h.EndAt(int(row))
		for ; next < len(events) && x.earlier(events[next], row) && h.EndAt(int(events[next])) <= begin; next++ {
			u.take(x, events[next])
		}
		place := h.PlaceAt(int(row))
		if place == history.NoPlace || countUpTo(begins, end) != countBelow(ends, begin) ||
			!u.quiet(place, begin, opt.Quiet) || changes(x, events[next:], place, row) {
			continue
		}
		v.Decided++
		if want := u.count(member{h.ProcessAt(int(row)), place}); want != h.PositionAt(int(row)) {
			v.Violations++
			if v.Witness == nil {
				v.Witness = x.unreadWitness(&u, row, want)
			}
		}
	}
	if v.Decided == 0 {
		return vacuous("no unread count was recorded while its place was settled")
	}
	return v
}

// unreadEvents returns the rows that change what is unread, in order of time.
func (x *index) unreadEvents() (rows []int32) {
	for i := range x.h.Len() {
		switch k := x.h.Kind(i); {
		case k != history.KindStore && k != history.KindAck && k != history.KindCommit:
		case placed(x.h, i):
			rows = append(rows, int32(i))
		}
	}
	sortRows(rows, x.h.EndAt)
	return rows
}

// underWay returns the begins and the ends of all sends, each in order; the end of
// one that may or may not be stored is the end of time.
func (c *Checker) underWay() (begins, ends []int64) {
	x := &c.ix
	for _, row := range x.sends {
		m := x.h.MessageAt(int(row))
		begins = append(begins, x.h.BeginAt(int(row)))
		end := int64(math.MaxInt64)
		if acked, ok := x.acked(m); ok {
			end = acked
		} else if c.failed(m) {
			end = x.h.EndAt(int(c.answered()[m].fail))
		}
		ends = append(ends, end)
	}
	slices.Sort(ends)
	return begins, ends
}

func countUpTo(sorted []int64, at int64) int {
	n, _ := slices.BinarySearch(sorted, after(at, 1))
	return n
}

func countBelow(sorted []int64, at int64) int {
	n, _ := slices.BinarySearch(sorted, at)
	return n
}

// changes says whether one of the next events changes a place before a sample ends.
func changes(x *index, events []int32, place history.Place, sample int32) bool {
	for _, row := range events {
		if !x.earlier(row, sample) {
			return false
		}
		if x.h.PlaceAt(int(row)) == place {
			return true
		}
	}
	return false
}

func (u *unread) take(x *index, row int32) {
	h := x.h
	place, position := h.PlaceAt(int(row)), h.PositionAt(int(row))
	u.touched[place] = h.EndAt(int(row))
	if h.Kind(int(row)) == history.KindCommit {
		u.marks[member{h.ProcessAt(int(row)), place}] = position
		return
	}
	put(u.all, place, position, row)
	if m := h.MessageAt(int(row)); x.send[m] != none {
		put(u.own, member{h.ProcessAt(int(x.send[m])), place}, position, row)
	}
}

func put[K comparable](of map[K]*shelf, key K, position int64, row int32) {
	s := of[key]
	if s == nil {
		s = new(shelf)
		of[key] = s
	}
	i, found := slices.BinarySearch(s.positions, position)
	if !found {
		s.positions = slices.Insert(s.positions, i, position)
		s.rows = slices.Insert(s.rows, i, row)
	}
}

// from returns the rows at and behind a position.
func (s *shelf) from(position int64) []int32 {
	if s == nil {
		return nil
	}
	i, _ := slices.BinarySearch(s.positions, position)
	return s.rows[i:]
}

func (u *unread) quiet(place history.Place, at, duration int64) bool {
	last, ok := u.touched[place]
	return !ok || after(last, duration) <= at
}

func (u *unread) count(who member) int64 {
	mark := u.marks[who]
	return int64(len(u.all[who.place].from(mark)) - len(u.own[who].from(mark)))
}

// unreadWitness shows the sample and, where it says too little, one unread message
// more than it says.
func (x *index) unreadWitness(u *unread, sample int32, want int64) *Witness {
	h := x.h
	who := member{h.ProcessAt(int(sample)), h.PlaceAt(int(sample))}
	said := h.PositionAt(int(sample))
	rows, messages := []int32{sample}, []history.Message(nil)
	for _, row := range u.all[who.place].from(u.marks[who]) {
		if int64(len(messages)) > said || want < said {
			break
		}
		m := h.MessageAt(int(row))
		if x.send[m] != none && h.ProcessAt(int(x.send[m])) == who.process {
			continue
		}
		rows, messages = append(rows, row), append(messages, m)
	}
	w := x.witness(messages, rows...)
	w.Text = fmt.Sprintf("%s counted %d unread messages, and there were %d", x.holder(sample), said, want)
	return w
}
