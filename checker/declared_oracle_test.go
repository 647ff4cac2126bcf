package checker_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// declared are the guarantees on what a design declares.
var declared = []string{checker.Conservation, checker.UnreadExact, checker.TimerOrder, checker.Bounded,
	checker.Progress}

// drawDeclared draws a small history with delays, faults and samples.
func drawDeclared(t *rapid.T) *history.History {
	c := &chaos{t: t, h: new(history.History)}
	for i := range c.n("messages", 0, 5) {
		key := history.NoKey
		if k := c.n("key", 0, 2); k > 0 {
			key = c.h.AddKey([]string{"a", "b"}[k-1])
		}
		c.timed(c.h.AddMessage(history.MessageInfo{Key: key, Producer: c.h.AddProcess("p"), Index: uint32(i)}), int64(i))
	}
	plain := func(k history.Kind) history.Op {
		op := history.Op{Kind: k, Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition,
			Process: c.h.AddProcess([]string{"p", "q", "c"}[c.n("who", 0, 2)]), Begin: c.time()}
		op.End = op.Begin
		return op
	}
	for range c.n("faults", -2, 2) {
		op := plain(history.KindFault)
		op.End += int64(c.n("lasts", 0, 5))
		if c.n("heals", 0, 9) == 0 {
			op.End, op.Outcome = history.Pending, history.Unknown
		}
		c.add(op)
	}
	for range c.n("commits", 0, 2) {
		op := plain(history.KindCommit)
		op.Place, op.Position = c.h.AddPlace("x"), int64(c.n("position", 0, 5))
		c.add(op)
	}
	for range c.n("samples", 0, 7) {
		op := plain(history.KindSample)
		metrics := []string{checker.MetricUnread, checker.MetricUnread, "lag", "balance", "balance"}
		op.Detail = c.h.AddSymbol(metrics[c.n("metric", 0, 4)])
		op.Position = int64(c.n("value", 0, 2))
		if c.often("placed") {
			op.Place = c.h.AddPlace("x")
		}
		c.add(op)
	}
	for _, u := range rapid.Permutation(c.units).Draw(t, "rows") {
		c.h.Append(u[0])
	}
	return c.h
}

// timed draws what happens to a message: each position of the place x has one.
func (c *chaos) timed(m history.Message, position int64) {
	op := history.Op{Message: m, Place: history.NoPlace, Position: history.NoPosition}
	at := func(k history.Kind) history.Op {
		o := op
		o.Kind, o.Begin = k, c.time()
		o.End = o.Begin
		return o
	}
	send := at(history.KindSend)
	send.Process = c.h.AddProcess([]string{"p", "q"}[c.n("producer", 0, 1)])
	if c.n("delayed", 0, 2) > 0 {
		send.Position = int64(c.n("due", 0, 12))
	}
	if c.often("sent") {
		c.add(send)
	}
	if c.often("answered") {
		ack := at(history.KindAck)
		ack.Process, ack.End = send.Process, max(ack.End, send.Begin)
		ack.Begin = send.Begin
		if ack.Outcome = history.Outcome(max(0, c.n("outcome", -4, 2))); ack.Outcome == history.OK {
			ack.Place, ack.Position = c.h.AddPlace("x"), position
		}
		c.add(ack)
	}
	if c.n("stored", 0, 3) == 0 {
		store := at(history.KindStore)
		store.Process, store.Place, store.Position = c.h.AddProcess("broker"), c.h.AddPlace("x"), position
		c.add(store)
	}
	for range c.n("deliveries", 0, 2) {
		o := at(history.KindDeliver)
		o.Process = c.h.AddProcess("c")
		c.add(o)
	}
	for range c.n("effects", 0, 2) {
		o := at(history.KindApply)
		o.Process, o.Detail = c.h.AddProcess("c"), c.h.AddSymbol("s")
		o.Outcome = history.Outcome(max(0, c.n("effect", -5, 2)))
		c.add(o)
	}
	if c.n("disposed", 0, 4) == 0 {
		o := at(history.KindDispose)
		o.Process, o.Detail = c.h.AddProcess("c"), c.h.AddSymbol([]string{"dead-letter", "expired"}[c.n("reason", 0, 1)])
		c.add(o)
	}
}

// recount is what the definitions say.
type recount struct {
	decided, violations, unknown int
	keys                         map[history.Key]bool
}

func (j *recount) wrong(w *world, m history.Message) {
	j.violations++
	if m != history.NoMessage && w.h.KeyOf(m) != history.NoKey {
		if j.keys == nil {
			j.keys = map[history.Key]bool{}
		}
		j.keys[w.h.KeyOf(m)] = true
	}
}

func (w *world) rows(k history.Kind) (out []event) {
	for i := range w.h.Len() {
		if op := w.h.Op(i); op.Kind == k {
			out = append(out, event{op, i})
		}
	}
	slices.SortFunc(out, func(a, b event) int { return order(a.End, b.End, a, b) })
	return out
}

func (w *world) progress(opt *checker.Options) (j recount) {
	healed, last := int64(math.MinInt64), int64(math.MinInt64)
	for i := range w.h.Len() {
		op := w.h.Op(i)
		if op.Kind == history.KindFault && op.End == history.Pending {
			return j
		}
		if op.Kind == history.KindFault {
			healed = max(healed, op.End)
		}
		if op.End != history.Pending {
			last = max(last, op.End)
		}
	}
	for m := range history.Message(w.h.Messages()) {
		i := slices.IndexFunc(w.acks, func(a event) bool { return a.Message == m })
		if i < 0 {
			continue
		}
		j.decided++
		due := max(w.acks[i].End, healed) + opt.ProgressWithin
		inTime := func(e event) bool { return e.Message == m && e.Outcome == history.OK && e.End <= due }
		put := func(e event) bool {
			return inTime(e) && (opt.Disposals == nil || slices.Contains(opt.Disposals, w.h.SymbolName(e.Detail)))
		}
		switch {
		case slices.ContainsFunc(w.rows(history.KindApply), inTime), slices.ContainsFunc(w.rows(history.KindDispose), put):
		case slices.ContainsFunc(w.doubts, func(e event) bool { return e.Message == m }), last <= due:
			j.unknown++
		default:
			j.wrong(w, m)
		}
	}
	return j
}

func (w *world) timerOrder(opt *checker.Options) (j recount) {
	type firing struct {
		event
		due int64
	}
	var fired []firing
	for m := range history.Message(w.h.Messages()) {
		about := func(e event) bool { return e.Message == m && e.Outcome == history.OK }
		delayed := slices.IndexFunc(w.sends, func(e event) bool { return e.Message == m && e.Position >= 0 })
		deliveries, effects := w.rows(history.KindDeliver), w.rows(history.KindApply)
		i, k := slices.IndexFunc(deliveries, about), slices.IndexFunc(effects, about)
		switch {
		case delayed < 0:
		case i >= 0:
			fired = append(fired, firing{deliveries[i], w.sends[delayed].Position})
		case k >= 0:
			fired = append(fired, firing{effects[k], w.sends[delayed].Position})
		}
	}
	tick := max(1, opt.Tick)
	for _, a := range fired {
		j.decided++
		overtaken := slices.ContainsFunc(fired, func(b firing) bool {
			return order(b.End, a.End, b.event, a.event) < 0 && b.due/tick > a.due/tick
		})
		if a.End < a.due || opt.Tick > 0 && a.End > a.due+opt.Tick || overtaken {
			j.wrong(w, a.Message)
		}
	}
	return j
}

// metric returns the samples of a metric.
func (w *world) metric(name string) []event {
	return slices.DeleteFunc(w.rows(history.KindSample), func(e event) bool { return w.h.SymbolName(e.Detail) != name })
}

func (w *world) bounded(opt *checker.Options) (j recount) {
	for _, b := range opt.Bounds {
		for _, e := range w.metric(b.Metric) {
			j.decided++
			if e.Position > b.Most {
				j.violations++
			}
		}
	}
	return j
}

func (w *world) conservation(opt *checker.Options) (j recount) {
	for _, name := range opt.Conserved {
		begin, end, once := int64(0), int64(0), false
		for _, e := range w.metric(name) {
			mine := slices.DeleteFunc(w.metric(name), func(o event) bool { return o.Process != e.Process || o.Place != e.Place })
			once = once || len(mine) == 1
			if len(mine) > 1 && mine[0].row == e.row {
				j.decided++
				begin, end = begin+e.Position, end+mine[len(mine)-1].Position
			}
		}
		switch {
		case once:
			j.unknown++
		case begin != end:
			j.violations++
		}
	}
	return j
}

func (w *world) unreadExact(opt *checker.Options) (j recount) {
	for _, e := range w.metric(checker.MetricUnread) {
		if e.Place == history.NoPlace || !w.settledAt(e, opt.Quiet) {
			continue
		}
		j.decided++
		mark, there := int64(0), map[int64]bool{}
		for _, k := range []history.Kind{history.KindStore, history.KindAck, history.KindCommit} {
			for _, o := range w.rows(k) {
				if !at(o) || o.Place != e.Place || order(o.End, e.End, o, e) > 0 {
					continue
				}
				s, sent := w.firstSend(o.Message)
				switch {
				case k == history.KindCommit && o.Process == e.Process:
					mark = o.Position
				case k != history.KindCommit && (!sent || s.Process != e.Process):
					there[o.Position] = true
				}
			}
		}
		count := int64(0)
		for p := range there {
			if p >= mark {
				count++
			}
		}
		if count != e.Position {
			j.violations++
		}
	}
	return j
}

// settledAt says whether nothing is under way at a sample.
func (w *world) settledAt(e event, quiet int64) bool {
	for _, s := range w.sends {
		if s.Begin > e.End {
			continue
		}
		known := func(a event) bool { return a.Message == s.Message && a.End < e.Begin }
		failed := w.failed(s.Message) && slices.ContainsFunc(w.rows(history.KindAck), known)
		if !slices.ContainsFunc(w.acks, known) && !failed {
			return false
		}
	}
	for _, k := range []history.Kind{history.KindStore, history.KindAck, history.KindCommit} {
		for _, o := range w.rows(k) {
			if at(o) && o.Place == e.Place && order(o.End, e.End, o, e) < 0 && o.End > e.Begin-quiet {
				return false
			}
		}
	}
	return true
}

// The checker says what the definitions say, and its witnesses are minimal.
func TestDeclaredAgreeWithTheDefinitions(t *testing.T) {
	c := checker.New()
	statuses := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawDeclared(t)
		opt := checker.Options{Declared: checker.Declared{
			ProgressWithin: rapid.Int64Range(1, 4).Draw(t, "within"), Tick: rapid.Int64Range(0, 4).Draw(t, "tick"),
			Bounds:    []checker.Bound{{Metric: "lag", Most: rapid.Int64Range(0, 2).Draw(t, "most")}},
			Conserved: []string{"balance"}, Quiet: rapid.Int64Range(0, 2).Draw(t, "quiet"),
		}}
		if rapid.Bool().Draw(t, "strict") {
			opt.Disposals = []string{"dead-letter"}
		}
		w := newWorld(h)
		for i, v := range c.Check(h, declared, opt) {
			j := [...]func(*checker.Options) recount{func(o *checker.Options) recount { return w.conservation(o) },
				w.unreadExact, w.timerOrder, w.bounded, w.progress}[i](&opt)
			want := "holds"
			switch {
			case j.violations > 0:
				want = "violated"
			case j.unknown > 0:
				want = "unknown"
			case j.decided == 0:
				want = "vacuous"
			}
			got := string(v.Status)
			if v.Vacuous {
				got = "vacuous"
			}
			if got != want || v.Violations != j.violations || v.Decided != j.decided || v.Keys != len(j.keys) {
				t.Fatalf("%s: %+v, want %s %+v in\n%s", v.Guarantee, v, want, j, text(h))
			}
			if v.Status == checker.Violated {
				minimal(t, h, &v, opt)
			}
			statuses[fmt.Sprint(v.Guarantee, " ", got)]++
		}
	})
	for _, id := range declared {
		for _, status := range []string{"holds", "vacuous", "violated"} {
			if n := statuses[id+" "+status]; n < 5 && !testing.Short() {
				t.Errorf("only %d histories with %s %s", n, id, status)
			}
		}
	}
}

// Without a declaration there is nothing to decide.
func TestNothingDeclared(t *testing.T) {
	h := readFile(t, "testdata/arbiters/01-in-order.jsonl")
	for _, v := range checker.New().Check(h, declared, checker.Options{}) {
		if !v.Vacuous || v.Reason == "" {
			t.Errorf("%+v", v)
		}
	}
}
