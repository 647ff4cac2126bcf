package checker_test

import (
	"slices"

	"orderlab/model/history"
)

// reading is a read of a place by a session: how far it got, and the deliveries
// that it showed.
type reading struct {
	event
	end   int64
	shown []event
	lone  bool // a delivery without a poll
}

func at(e event) bool {
	return e.Outcome == history.OK && e.Place != history.NoPlace && e.Position != history.NoPosition
}

func sameSession(a, b event) bool { return a.Process == b.Process && a.Session == b.Session }

// readings returns what every session read of every place, in order of time. Where
// something moved the session, another sequence begins.
func (w *world) readings() (out [][]reading) {
	var reads []reading
	var moves []event
	for i := 0; i < w.h.Len(); i++ {
		switch e := (event{w.h.Op(i), i}); {
		case e.Kind == history.KindPoll && at(e):
			r := reading{event: e, end: e.Position}
			for i+1 < w.h.Len() {
				d := event{w.h.Op(i + 1), i + 1}
				if d.Kind != history.KindDeliver || d.Process != e.Process || d.Place != e.Place {
					break
				}
				if i++; at(d) {
					r.shown = append(r.shown, d)
				}
			}
			reads = append(reads, r)
		case e.Kind == history.KindDeliver && at(e):
			reads = append(reads, reading{e, e.Position + 1, []event{e}, true})
		case e.Outcome != history.OK:
		case e.Kind == history.KindSubscribe, e.Place != history.NoPlace &&
			(e.Kind == history.KindAssign || e.Kind == history.KindRebalance):
			moves = append(moves, e)
		}
	}
	slices.SortFunc(reads, func(a, b reading) int { return order(a.End, b.End, a.event, b.event) })
	done := map[int]bool{}
	for _, first := range reads {
		if done[first.row] {
			continue
		}
		var list []reading
		polls := false
		for _, r := range reads {
			if sameSession(r.event, first.event) && r.Place == first.Place {
				done[r.row] = true
				list = append(list, r)
				polls = polls || !r.lone
			}
		}
		var sequence []reading
		for _, r := range list {
			if polls && r.lone {
				continue
			}
			if len(sequence) > 0 && slices.ContainsFunc(moves, func(m event) bool {
				last := sequence[len(sequence)-1]
				return sameSession(m, r.event) && (m.Kind == history.KindSubscribe || m.Place == r.Place) &&
					order(last.End, m.End, last.event, m) < 0 && order(m.End, r.End, m, r.event) < 0
			}) {
				out = append(out, sequence)
				sequence = nil
			}
			sequence = append(sequence, r)
		}
		out = append(out, sequence)
	}
	return out
}

func (w *world) brokeAt(f *found, m history.Message, row int) {
	if m == history.NoMessage {
		f.violations++
	} else {
		f.broke(w, m)
	}
	f.closer(w, 1, row, row)
}

func (w *world) monotonicReads() (f found) {
	for _, sequence := range w.readings() {
		sequence = slices.DeleteFunc(sequence, func(r reading) bool { return r.lone && r.Attempt > 1 })
		for i, r := range sequence {
			if i == 0 {
				continue
			}
			f.decided++
			reached := sequence[i-1].end
			back := slices.IndexFunc(r.shown, func(d event) bool { return d.Position < reached && d.Attempt <= 1 })
			switch {
			case r.Position < reached:
				w.brokeAt(&f, r.Message, r.row)
			case back >= 0:
				w.brokeAt(&f, r.shown[back].Message, r.row)
			}
		}
	}
	return f
}

func (w *world) consistentPrefix() (f found) {
	for _, sequence := range w.readings() {
		reached, any := int64(0), false
		for _, r := range sequence {
			if r.lone && r.Attempt > 1 && any && r.Position < reached {
				continue
			}
			var shown []int64
			for _, d := range r.shown {
				if d.Position < r.end {
					shown = append(shown, d.Position)
				}
			}
			from, judged := reached, any
			if !any && !r.lone && len(shown) > 0 {
				from, judged = slices.Min(shown), true
			}
			if judged {
				f.decided++
				for m := range history.Message(w.h.Messages()) {
					i := slices.IndexFunc(w.acks, func(a event) bool { return a.Message == m })
					if i < 0 || !at(w.acks[i]) || w.acks[i].Place != r.Place {
						continue
					}
					if p := w.acks[i].Position; p >= from && p < r.end && !slices.Contains(shown, p) {
						w.brokeAt(&f, m, r.row)
					}
				}
			}
			reached, any = r.end, true
		}
	}
	return f
}

func (w *world) readYourWrites() (f found) {
	for i := range w.h.Len() {
		e := event{w.h.Op(i), i}
		if e.Kind != history.KindPoll || !at(e) || w.h.SymbolName(e.Detail) != "end" {
			continue
		}
		highest := event{row: -1}
		for _, a := range w.acks {
			if at(a) && a.Place == e.Place && sameSession(a, e) && a.End < e.Begin &&
				(highest.row < 0 || a.Position > highest.Position) {
				highest = a
			}
		}
		if highest.row < 0 {
			continue
		}
		f.decided++
		if e.Position <= highest.Position {
			f.broke(w, highest.Message)
		}
	}
	f.overtaken = unnamed
	return f
}

// positioned returns the ack of a message that was sent once, with its position.
func (w *world) positioned(m history.Message) (event, bool) {
	sends := 0
	for _, s := range w.sends {
		if s.Message == m {
			sends++
		}
	}
	i := slices.IndexFunc(w.acks, func(a event) bool { return a.Message == m })
	if i < 0 || sends != 1 || !at(w.acks[i]) {
		return event{}, false
	}
	return w.acks[i], true
}

func (w *world) monotonicWrites() (f found) {
	for i, s := range w.sends {
		mine, ok := w.positioned(s.Message)
		if !ok {
			continue
		}
		before, above := false, false
		for _, o := range w.sends[:i] {
			other, ok := w.positioned(o.Message)
			if ok && sameSession(o, s) && other.Place == mine.Place {
				before, above = true, above || other.Position >= mine.Position
			}
		}
		if before {
			f.decided++
		}
		if above {
			w.brokeAt(&f, s.Message, s.row)
		}
	}
	return f
}

func (w *world) writesFollowReads() (f found) {
	for _, s := range w.sends {
		mine, ok := w.positioned(s.Message)
		if !ok {
			continue
		}
		before, above := false, false
		for _, d := range w.delivers {
			if at(d) && sameSession(d, s) && d.Place == mine.Place && order(d.End, s.Begin, d, s) < 0 {
				before, above = true, above || d.Position >= mine.Position
			}
		}
		if before {
			f.decided++
		}
		if above {
			w.brokeAt(&f, s.Message, s.row)
		}
	}
	return f
}
