package checker_test

import (
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// logSearch tries all linearizations of one place.
type logSearch struct {
	w       *world
	appends []logAppend // acked, so that they must happen
	reads   []logRead
	sent    map[history.Message]int // how often
	begun   map[history.Message]int64
}

type logAppend struct {
	message    history.Message
	position   int64
	begin, end int64
}

type logRead struct {
	length     int64
	begin, end int64
	contents   []history.Op // deliveries
}

// somebody stands at a position of which nothing is known.
const somebody = history.NoMessage

// logState is a log while it grows. Done says which appends, then which reads
// have taken effect.
type logState struct {
	entries []history.Message
	done    []bool
}

func newLogSearch(w *world, place history.Place) *logSearch {
	s := &logSearch{w: w, sent: map[history.Message]int{}, begun: map[history.Message]int64{}}
	for _, e := range w.sends {
		if s.sent[e.Message]++; s.sent[e.Message] == 1 {
			s.begun[e.Message] = e.Begin
		}
	}
	for _, e := range w.acks {
		if e.Place != place || e.Position == history.NoPosition {
			continue
		}
		a := logAppend{e.Message, e.Position, e.Begin, e.End}
		if s.sent[a.message] > 1 { // any of the sends may have appended it
			a.begin = min(a.begin, s.begun[a.message])
		}
		i := slices.IndexFunc(s.appends, func(b logAppend) bool { return b.message == a.message && b.position == a.position })
		if i < 0 {
			s.appends = append(s.appends, a)
			continue
		}
		s.appends[i].begin, s.appends[i].end = min(s.appends[i].begin, a.begin), min(s.appends[i].end, a.end)
	}
	h := w.h
	for i := range h.Len() {
		op := h.Op(i)
		if op.Kind != history.KindPoll || op.Place != place || h.SymbolName(op.Detail) != "end" {
			continue
		}
		r := logRead{op.Position, op.Begin, op.End, nil}
		for j := i + 1; j < h.Len(); j++ {
			d := h.Op(j)
			if d.Kind != history.KindDeliver || d.Process != op.Process || d.Place != place {
				break
			}
			r.contents = append(r.contents, d)
		}
		s.reads = append(s.reads, r)
	}
	return s
}

// may says whether an operation that began then can be the next: whether nothing
// that is still to come ended before.
func (s *logSearch) may(st *logState, begin int64) bool {
	for i, done := range st.done {
		end := int64(0)
		if i < len(s.appends) {
			end = s.appends[i].end
		} else {
			end = s.reads[i-len(s.appends)].end
		}
		if !done && end < begin {
			return false
		}
	}
	return true
}

// grow fills the log up to a length with somebody's messages.
func grow(entries []history.Message, length int64) []history.Message {
	out := slices.Clone(entries)
	for int64(len(out)) < length {
		out = append(out, somebody)
	}
	return out
}

func (s *logSearch) linearizable(st logState) bool {
	if !slices.Contains(st.done, false) {
		return true
	}
	for i, done := range st.done {
		if done {
			continue
		}
		next := logState{done: slices.Clone(st.done)}
		next.done[i] = true
		if i < len(s.appends) {
			a := &s.appends[i]
			if !s.may(&st, a.begin) || int64(len(st.entries)) > a.position || !s.room(&st, a.message) {
				continue
			}
			next.entries = append(grow(st.entries, a.position), a.message)
		} else {
			r := &s.reads[i-len(s.appends)]
			if !s.may(&st, r.begin) || int64(len(st.entries)) > r.length {
				continue
			}
			entries, ok := s.read(grow(st.entries, r.length), r)
			if !ok {
				continue
			}
			next.entries = entries
		}
		if s.linearizable(next) {
			return true
		}
	}
	return s.unacked(&st)
}

// room says whether a message may be appended (once more).
func (s *logSearch) room(st *logState, m history.Message) bool {
	return s.sent[m] > 1 || !slices.Contains(st.entries, m)
}

// read matches what a read returned. A message of which nothing else is known is
// one of somebody's.
func (s *logSearch) read(entries []history.Message, r *logRead) (_ []history.Message, ok bool) {
	for _, d := range r.contents {
		p, m := d.Position, d.Message
		switch {
		case entries[p] == m:
		case entries[p] != somebody || s.sent[m] > 0 || slices.Contains(entries, m) || s.acked(m):
			return nil, false
		default:
			entries[p] = m
		}
	}
	return entries, true
}

func (s *logSearch) acked(m history.Message) bool {
	return slices.ContainsFunc(s.appends, func(a logAppend) bool { return a.message == m })
}

// unacked tries to append a message that was sent and perhaps not acked.
func (s *logSearch) unacked(st *logState) bool {
	longest := int64(0)
	for _, r := range s.reads {
		longest = max(longest, r.length)
	}
	for m := range history.Message(s.w.h.Messages()) {
		if s.sent[m] == 0 || s.sent[m] == 1 && s.acked(m) || !s.may(st, s.begun[m]) || !s.room(st, m) {
			continue
		}
		for p := int64(len(st.entries)); p < longest; p++ {
			next := logState{append(grow(st.entries, p), m), st.done}
			if s.linearizable(next) {
				return true
			}
		}
	}
	return false
}

// drawLog draws sends, answers and reads of two logs, legal or not: a legal log
// first, then small lies about times and positions.
func drawLog(t *rapid.T) *history.History {
	n := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	lie := func() int64 { return int64(max(0, n("lie", -9, 2))) }
	h := new(history.History)
	places := []history.Place{h.AddPlace("x"), h.AddPlace("y")}
	p, q, end := h.AddProcess("p"), h.AddProcess("q"), h.AddSymbol("end")
	logs := map[history.Place][]history.Message{}
	now := int64(10)
	var recorded []bool // by message: its sends are
	for i := range n("operations", 1, 6) {
		now += int64(n("step", 0, 2))
		place := places[max(0, n("place", -5, 1))]
		log := logs[place]
		begin, stop := now-int64(n("before", 0, 4)), now+int64(n("after", 0, 4))
		if n("kind", 0, 2) == 0 {
			length := max(0, int64(len(log))-lie())
			h.Append(history.Op{Kind: history.KindPoll, Process: q, Message: history.NoMessage, Place: place,
				Position: length, Begin: begin, End: stop, Detail: end})
			for from := n("from", 0, 5); from < len(log); from++ {
				at := int64(from) + lie()
				if at >= length {
					break
				}
				h.Append(history.Op{Kind: history.KindDeliver, Process: q, Message: log[from], Place: place, Position: at,
					Begin: stop, End: stop})
			}
			continue
		}
		m := history.Message(h.Messages())
		if m > 0 && n("again", 0, 7) == 0 {
			m = history.Message(n("which", 0, int(m)-1))
		} else {
			h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: p, Index: uint32(i)})
			recorded = append(recorded, n("recorded", 0, 9) > 0)
		}
		begin -= lie()
		send := history.Op{Kind: history.KindSend, Process: p, Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: begin + lie(), End: begin}
		send.End = send.Begin
		if recorded[m] {
			h.Append(send)
		}
		if n("stored", 0, 5) > 0 {
			logs[place] = append(log, m)
		}
		if n("acked", 0, 3) == 0 {
			continue
		}
		ack := history.Op{Kind: history.KindAck, Process: p, Message: m, Place: place, Position: int64(len(log)) + lie(),
			Begin: send.Begin, End: max(send.Begin, stop-lie()), Outcome: history.Outcome(max(0, n("outcome", -6, 2)))}
		h.Append(ack)
	}
	return h
}

// The checker finds a linearization exactly when trying all of them does, in the
// fast way and in the exact one.
func TestLogsAgreeWithTryingAllLinearizations(t *testing.T) {
	c := checker.New()
	legal, illegal, fast := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawLog(t)
		w := newWorld(h)
		violations := 0
		for place := range history.Place(h.Places()) {
			s := newLogSearch(w, place)
			if !s.linearizable(logState{done: make([]bool, len(s.appends)+len(s.reads))}) {
				violations++
			}
		}
		for _, v := range []checker.Verdict{
			c.Check(h, []string{checker.LinearizableLog}, checker.Options{})[0], checker.ExactLog(c, h),
		} {
			if v.Violations != violations || (v.Status == checker.Violated) != (violations > 0) {
				t.Fatalf("%+v, want %d violations in\n%s", v, violations, text(h))
			}
			if v.Status == checker.Violated {
				minimal(t, h, &v, checker.Options{})
			}
		}
		if n, ok := checker.FastLog(c, h); ok {
			fast++
			if v := checker.ExactLog(c, h); n != v.Decided {
				t.Fatalf("the fast way decided %d operations, the exact one %d, of\n%s", n, v.Decided, text(h))
			}
		}
		if violations > 0 {
			illegal++
		} else {
			legal++
		}
	})
	if !testing.Short() && (min(legal, illegal) < 100 || fast < legal/2) {
		t.Errorf("%d legal logs, of which %d were found so in the fast way, and %d illegal ones", legal, fast, illegal)
	}
	t.Logf("%d legal logs, of which %d were found so in the fast way, and %d illegal ones", legal, fast, illegal)
}
