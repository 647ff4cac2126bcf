package checker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// drawReads adds reads of keys to a history.
func drawReads(t *rapid.T, h *history.History) {
	for range rapid.IntRange(0, 4).Draw(t, "reads") {
		if h.Keys() == 0 {
			return
		}
		op := history.Op{Kind: history.KindRead, Process: h.AddProcess("reader"), Place: history.NoPlace,
			Position: int64(rapid.IntRange(0, h.Keys()-1).Draw(t, "key")), Message: history.NoMessage,
			Begin: int64(rapid.IntRange(0, 20).Draw(t, "begin"))}
		op.End = op.Begin + int64(rapid.IntRange(0, 3).Draw(t, "takes"))
		if m := rapid.IntRange(-1, h.Messages()-1).Draw(t, "shown"); m >= 0 {
			op.Message = history.Message(m)
		}
		op.Outcome = history.Outcome(max(0, rapid.IntRange(-5, 2).Draw(t, "outcome")))
		h.Append(op)
	}
}

// repeats counts from a list of how often something happened to each message.
func repeats(r *checker.Repeats, list []event) {
	for _, e := range list {
		n := 0
		for _, other := range list {
			if other.Message == e.Message {
				n++
			}
		}
		r.Most = max(r.Most, n)
		if first := slices.IndexFunc(list, func(o event) bool { return o.Message == e.Message }); list[first].row == e.row {
			r.Times[min(n, checker.RepeatsApart)-1]++
		}
	}
}

// writes are the messages that have to show some day: sent, acked, with a key, and
// not put away; each with its ack.
func (w *world) writes(opt *checker.Options) (out []event) {
	for m := range history.Message(w.h.Messages()) {
		acked := slices.IndexFunc(w.acks, func(e event) bool { return e.Message == m })
		if _, sent := w.firstSend(m); !sent || acked < 0 || w.h.KeyOf(m) == history.NoKey {
			continue
		}
		if !slices.ContainsFunc(w.disposals, func(e event) bool {
			return e.Message == m && (opt.Disposals == nil || slices.Contains(opt.Disposals, w.h.SymbolName(e.Detail)))
		}) {
			out = append(out, w.acks[acked])
		}
	}
	return out
}

// lookedAt takes one view in: the acks of what it lacks, and its moment.
func lookedAt(s *checker.Staleness, lacking []event, at int64) {
	s.Judged++
	oldest := int64(0)
	for _, ack := range lacking {
		oldest = max(oldest, at-ack.End)
	}
	if oldest > 0 {
		s.Stale++
		s.Max = max(s.Max, oldest)
		s.Total += oldest
	}
}

func (w *world) staleReads(opt *checker.Options) (s checker.Staleness) {
	for _, r := range w.rows(history.KindRead) {
		key, shown := history.Key(r.Position), r.Message
		if r.Outcome != history.OK || shown != history.NoMessage && (w.h.KeyOf(shown) != key ||
			!slices.ContainsFunc(w.acks, func(e event) bool { return e.Message == shown })) {
			continue
		}
		var lacking []event
		for _, ack := range w.writes(opt) {
			if w.h.KeyOf(ack.Message) == key && (shown == history.NoMessage || w.lead(shown, ack.Message) > 0) {
				lacking = append(lacking, ack)
			}
		}
		lookedAt(&s, lacking, r.Begin)
	}
	return s
}

func (w *world) staleApplies(opt *checker.Options) (s checker.Staleness) {
	for _, sink := range w.sinks {
		here := func(e event) bool { return e.Detail == sink }
		list := slices.DeleteFunc(slices.Clone(w.effects), func(e event) bool { return !here(e) })
		for i, e := range list {
			_, sent := w.firstSend(e.Message)
			first := slices.IndexFunc(list, func(o event) bool { return o.Message == e.Message }) == i
			if !sent || !first || w.h.KeyOf(e.Message) == history.NoKey {
				continue
			}
			var lacking []event
			for _, ack := range w.writes(opt) {
				same := func(o event) bool { return o.Message == ack.Message && here(o) }
				if w.lead(ack.Message, e.Message) > 0 && !slices.ContainsFunc(list[:i], same) &&
					!slices.ContainsFunc(w.doubts, same) {
					lacking = append(lacking, ack)
				}
			}
			lookedAt(&s, lacking, e.End)
		}
	}
	return s
}

func (w *world) disorder(opt *checker.Options) (d checker.Disorder) {
	repeats(&d.Delivered, w.delivers)
	for _, sink := range w.sinks {
		repeats(&d.Applied, slices.DeleteFunc(slices.Clone(w.effects), func(e event) bool { return e.Detail != sink }))
	}
	d.StaleReads, d.StaleApplies = w.staleReads(opt), w.staleApplies(opt)
	return d
}

// The measures are what their definitions say, on thousands of random histories.
func TestMeasuresAgreeWithTheDefinitions(t *testing.T) {
	c := checker.New()
	several, reads, applies := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawChaos(t)
		drawReads(t, h)
		opt := checker.Options{}
		if rapid.Bool().Draw(t, "strict") {
			opt.Disposals = []string{"dead-letter"}
		}
		c.Check(h, nil, opt)
		got, want := c.Disorder(opt), newWorld(h).disorder(&opt)
		if got != want {
			t.Fatalf("%+v, want\n%+v in\n%s", got, want, text(h))
		}
		several += min(1, got.Delivered.Times[2])
		reads += min(1, got.StaleReads.Stale)
		applies += min(1, got.StaleApplies.Stale)
	})
	if !testing.Short() && min(several, reads, applies) < 100 {
		t.Errorf("histories with three deliveries %d, stale reads %d, stale effects %d", several, reads, applies)
	}
}

// What happens more often than is kept apart is counted together, and the largest
// number is told.
func TestManyRepeats(t *testing.T) {
	var h history.History
	m := h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: h.AddProcess("p")})
	for i := range int64(20) {
		h.Append(history.Op{Kind: history.KindDeliver, Message: m, Place: h.AddPlace("x"), Begin: i, End: i})
	}
	c := checker.New()
	c.Check(&h, nil, checker.Options{})
	want := checker.Repeats{Most: 20}
	want.Times[checker.RepeatsApart-1] = 1
	if got := c.Disorder(checker.Options{}).Delivered; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// disorderText writes the measures in the short form, for testdata/verdicts.
func disorderText(d *checker.Disorder) string {
	var b strings.Builder
	for _, r := range []struct {
		name string
		of   checker.Repeats
	}{{"delivered", d.Delivered}, {"applied", d.Applied}} {
		if r.of.Most > 0 {
			fmt.Fprintf(&b, "%s %v, at most %d\n", r.name, r.of.Times, r.of.Most)
		}
	}
	for _, s := range []struct {
		name string
		of   checker.Staleness
	}{{"reads", d.StaleReads}, {"effects", d.StaleApplies}} {
		if s.of.Judged > 0 {
			fmt.Fprintf(&b, "stale %s: %d of %d, up to %d ns, %d ns in all\n", s.name, s.of.Stale, s.of.Judged, s.of.Max, s.of.Total)
		}
	}
	return b.String()
}
