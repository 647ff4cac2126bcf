package checker

import (
	"cmp"
	"math"
	"slices"

	"orderlab/model/history"
)

// denseLogs finds logs right in one pass, without the index and without sorting:
// where the positions have few holes, a table by position puts the operations in
// order. It never says that anything is wrong. What it cannot take in (two answers
// to one message, two messages at one position, large holes, an operation that
// ended too early) it leaves to the exact way, which also finds the witness.
type denseLogs struct {
	end   history.Symbol // the word that says that a read found the end
	logs  []denseLog     // by place
	seen  []bool         // by message: it has a position
	shown []int32        // rows of deliveries that show what no answer did so far
	poll  densePoll      // the read of the end that the rows before belong to

	picked, polls []int32 // scratch
}

// denseLog is one log. A position of which nothing is known has a span of all
// time, which contradicts nothing.
type denseLog struct {
	base     int64 // the position of the first entry
	spans    []denseSpan
	messages []history.Message
	appends  int
	reads    []denseRead // by position
	found    int         // reads before those of one position were put together
	unsorted bool
}

type denseSpan struct{ begin, end int64 }

// denseRead is the latest begin and the earliest end of the reads that found the
// end at a position.
type denseRead struct {
	position int64
	denseSpan
}

type densePoll struct {
	open     bool
	process  history.Process
	place    history.Place
	position int64
}

// Holes of a log are entries of its table, up to this many beside those for what
// is known.
const (
	denseSlack = 1024
	denseRatio = 4
)

// unknownSpan is that of an append of which nothing is known.
var unknownSpan = denseSpan{math.MinInt64, history.Pending}

// right says whether every log of the history has a linearization, as far as this
// way can tell, and how many operations were decided.
func (d *denseLogs) right(h *history.History) (decided int, ok bool) {
	d.reset(h)
	for b := range h.Blocks() {
		if !d.take(&b) {
			return 0, false
		}
	}
	if !d.takeShown(h) {
		return 0, false
	}
	for i := range d.logs {
		l := &d.logs[i]
		n := l.appends + l.found
		if n < 2 {
			continue
		}
		if !l.right() {
			return 0, false
		}
		decided += n
	}
	return decided, true
}

func (d *denseLogs) reset(h *history.History) {
	d.end = history.NoSymbol
	for s := range h.Symbols() {
		if h.SymbolName(history.Symbol(s+1)) == "end" {
			d.end = history.Symbol(s + 1)
		}
	}
	d.logs = slices.Grow(d.logs[:0], h.Places())[:h.Places()]
	for i := range d.logs {
		l := &d.logs[i]
		l.spans, l.messages, l.reads = l.spans[:0], l.messages[:0], l.reads[:0]
		l.appends, l.found, l.unsorted = 0, 0, false
	}
	d.seen = resize(d.seen, h.Messages(), false)
	d.shown, d.poll.open = d.shown[:0], false
}

// denseKinds are the kinds of operations that say something of a log by themselves.
var denseKinds = history.KindsOf(history.KindAck, history.KindPoll)

// take takes in a block of rows: first the answers to sends, so that little of what
// reads returned is left to look at again.
func (d *denseLogs) take(b *history.Block) bool {
	d.picked = b.Pick(denseKinds, d.picked)
	if !d.appends(b) {
		return false
	}
	d.answer(b, 0) // to the last poll of the block before
	for _, row := range d.polls {
		if i := int(row); b.DetailAt(i) == d.end {
			if !d.read(b, i) {
				return false
			}
			d.answer(b, i+1)
		}
	}
	return true
}

// appends takes in the answers to sends that were picked, and leaves the polls.
func (d *denseLogs) appends(b *history.Block) bool {
	logs, seen, ends := d.logs, d.seen, d.end != history.NoSymbol
	d.polls = d.polls[:0]
	for _, row := range d.picked {
		i := int(row)
		if b.Kind(i) == history.KindPoll {
			if ends {
				d.polls = append(d.polls, row)
			}
			continue
		}
		place, position := b.PlaceAt(i), b.PositionAt(i)
		if b.OutcomeAt(i) != history.OK || place == history.NoPlace || position == history.NoPosition {
			continue
		}
		m, s := b.MessageAt(i), denseSpan{b.BeginAt(i), b.EndAt(i)}
		if seen[m] || s.end < s.begin {
			return false
		}
		seen[m] = true
		l := &logs[place]
		if at := uint64(position - l.base); at < uint64(len(l.messages)) && at < uint64(len(l.spans)) &&
			l.messages[at] == history.NoMessage {
			l.spans[at], l.messages[at] = s, m
			l.appends++
		} else if !l.put(position, m, s) {
			return false
		}
	}
	return true
}

// answer notes the deliveries that a read of the end returned, from a row of a block on,
// but for those which an answer to a send has shown before.
func (d *denseLogs) answer(b *history.Block, i int) {
	p := &d.poll
	if !p.open {
		return
	}
	l := &d.logs[p.place]
	for ; i < b.Len; i++ {
		if b.Kind(i) != history.KindDeliver || b.ProcessAt(i) != p.process || b.PlaceAt(i) != p.place {
			p.open = false
			return
		}
		position := b.PositionAt(i)
		if position != history.NoPosition && position < p.position && b.OutcomeAt(i) == history.OK &&
			!l.holds(position, b.MessageAt(i)) {
			d.shown = append(d.shown, int32(b.First+i))
		}
	}
}

// put fills the entry of a position, which has to be free.
func (l *denseLog) put(position int64, m history.Message, s denseSpan) bool {
	at := position - l.base
	if uint64(at) >= uint64(len(l.messages)) {
		if !l.grow(position) {
			return false
		}
		at = position - l.base
	}
	if l.messages[at] != history.NoMessage {
		return false
	}
	l.spans[at], l.messages[at] = s, m
	l.appends++
	return true
}

// grow makes entries up to a position and some beyond, if that is not too many.
func (l *denseLog) grow(position int64) bool {
	if len(l.spans) == 0 {
		l.base = max(0, position-denseSlack)
	}
	at, n := position-l.base, len(l.spans)
	if at < 0 || at > int64(n+denseSlack+denseRatio*l.appends) {
		return false
	}
	to := int(at) + denseSlack
	l.spans = slices.Grow(l.spans, to-n)[:to]
	l.messages = slices.Grow(l.messages, to-n)[:to]
	for i := n; i < to; i++ {
		l.spans[i] = unknownSpan
		l.messages[i] = history.NoMessage
	}
	return true
}

// read takes in a poll that found the end.
func (d *denseLogs) read(b *history.Block, i int) bool {
	place, position := b.PlaceAt(i), b.PositionAt(i)
	if b.OutcomeAt(i) != history.OK || place == history.NoPlace || position == history.NoPosition {
		return true
	}
	d.poll = densePoll{true, b.ProcessAt(i), place, position}
	r := denseRead{position, denseSpan{b.BeginAt(i), b.EndAt(i)}}
	if r.end < r.begin {
		return false
	}
	l := &d.logs[place]
	l.found++
	n := len(l.reads)
	if n == 0 || l.reads[n-1].position < position {
		l.reads = append(l.reads, r)
		return true
	}
	l.insert(r)
	return true
}

// insert puts a read before later ones; one that belongs far back waits for a sort.
func (l *denseLog) insert(r denseRead) {
	const far = 64
	n := len(l.reads)
	at := n
	for at > max(0, n-far) && l.reads[at-1].position > r.position {
		at--
	}
	switch {
	case at > 0 && l.reads[at-1].position == r.position:
		l.reads[at-1].join(r)
	case at > 0 && l.reads[at-1].position > r.position:
		l.reads = append(l.reads, r)
		l.unsorted = true
	default:
		l.reads = slices.Insert(l.reads, at, r)
	}
}

func (r *denseRead) join(other denseRead) {
	r.begin, r.end = max(r.begin, other.begin), min(r.end, other.end)
}

// holds says whether a message is known to stand at a position.
func (l *denseLog) holds(position int64, m history.Message) bool {
	at := position - l.base
	return at >= 0 && at < int64(len(l.messages)) && l.messages[at] == m
}

// takeShown takes in the appends that only reads show. They happened at some time
// after the first send.
func (d *denseLogs) takeShown(h *history.History) bool {
	left := d.shown[:0]
	for _, row := range d.shown {
		if !d.logs[h.PlaceAt(int(row))].holds(h.PositionAt(int(row)), h.MessageAt(int(row))) {
			left = append(left, row)
		}
	}
	if d.shown = left; len(left) == 0 {
		return true
	}
	sent := make(map[history.Message]int64)
	for _, row := range left {
		sent[h.MessageAt(int(row))] = history.Pending
	}
	for i := range h.Len() {
		if h.Kind(i) == history.KindSend {
			if at, ok := sent[h.MessageAt(i)]; ok {
				sent[h.MessageAt(i)] = min(at, h.BeginAt(i))
			}
		}
	}
	for _, row := range left {
		m, l, position := h.MessageAt(int(row)), &d.logs[h.PlaceAt(int(row))], h.PositionAt(int(row))
		if l.holds(position, m) {
			continue // another read showed it
		}
		s := denseSpan{sent[m], history.Pending}
		if s.begin == history.Pending {
			s.begin = math.MinInt64 // no send is recorded
		}
		if d.seen[m] || !l.put(position, m, s) {
			return false
		}
		d.seen[m] = true
	}
	return true
}

// right goes through a log by position: nothing may end before something with an
// earlier position began. A read that found the end at a position comes before the
// append there.
func (l *denseLog) right() bool {
	if l.unsorted {
		slices.SortStableFunc(l.reads, func(a, b denseRead) int {
			return cmp.Compare(a.position, b.position)
		})
	}
	late, at := int64(math.MinInt64), 0
	ok := true
	for i := 0; i < len(l.reads); {
		r := l.reads[i]
		for i++; i < len(l.reads) && l.reads[i].position == r.position; i++ {
			r.join(l.reads[i])
		}
		upTo := at
		if r.position > l.base {
			upTo = max(at, int(min(int64(len(l.spans)), r.position-l.base)))
		}
		late, ok = inOrder(l.spans[at:upTo], late)
		if !ok || r.end < late {
			return false
		}
		late, at = max(late, r.begin), upTo
	}
	_, ok = inOrder(l.spans[at:], late)
	return ok
}

// inOrder says whether none of the spans ended before the latest begin so far, and
// returns the latest begin.
func inOrder(spans []denseSpan, late int64) (int64, bool) {
	for i := range spans {
		if spans[i].end < late {
			return late, false
		}
		late = max(late, spans[i].begin)
	}
	return late, true
}
