package model_test

import (
	"fmt"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// ExampleRecorder follows one message from its arrival to its effect.
func ExampleRecorder() {
	var hist history.History
	var rec model.Recorder
	rec.Reset(sim.New(1, sim.Limits{}), &hist)
	producer, consumer := hist.AddProcess("producer-0"), hist.AddProcess("billing-0")
	place, sink := hist.AddPlace("orders/0"), hist.AddSymbol("sink")

	m := rec.Arrive(history.MessageInfo{Key: hist.AddKey("k"), Producer: producer})
	rec.Send(m, producer, 0)
	fmt.Println("unanswered", rec.Unanswered)
	rec.Store(m, producer, place, 0)
	rec.Ack(m, producer, 0, history.OK, place, 0, history.NoSymbol)
	fmt.Println("unapplied", rec.Unapplied, "lag", rec.Lag(place))
	r := model.Record{Message: m, Place: place, Attempt: 1}
	rec.Deliver(&r, consumer, 0)
	rec.Apply(&r, consumer, 0, sink, 0)
	fmt.Println("unapplied", rec.Unapplied, "lag", rec.Lag(place), "applied", rec.Applied)
	for i := range hist.Len() {
		fmt.Print(hist.Op(i).Kind, " ")
	}
	// Output:
	// unanswered 1
	// unapplied 1 lag 1
	// unapplied 0 lag 0 applied 1
	// send store ack deliver apply
}

// TestRecorderCounts draws what may happen to messages, in any order and more than
// once, and compares the recorder's counts with counting the history.
func TestRecorderCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var hist history.History
		var rec model.Recorder
		rec.Reset(sim.New(1, sim.Limits{}), &hist)
		p, place := hist.AddProcess("p"), hist.AddPlace("orders/0")
		n := rapid.IntRange(1, 5).Draw(t, "messages")
		for range n {
			rec.Send(rec.Arrive(history.MessageInfo{}), p, 0)
		}
		stored := make([]bool, n)
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			m := rapid.IntRange(0, n-1).Draw(t, "message")
			r := model.Record{Message: history.Message(m), Place: place}
			switch what := rapid.IntRange(0, 4).Draw(t, "what"); {
			case what == 0:
				rec.Store(r.Message, p, place, 0)
				stored[m] = true
			case what == 1:
				rec.Ack(r.Message, p, 0, history.OK, place, 0, 0)
			case what == 2:
				rec.Ack(r.Message, p, 0, history.Unknown, place, 0, 0)
			case what == 3 && stored[m]:
				rec.Apply(&r, p, 0, 0, 0)
			case what == 4 && stored[m]:
				rec.Dispose(&r, p, 0, 0)
			}
		}
		unanswered, unapplied, applied := 0, 0, 0
		for m := range n {
			got := map[history.Kind]bool{}
			acked := false
			for i := range hist.Len() {
				if op := hist.Op(i); op.Message == history.Message(m) {
					got[op.Kind] = true
					acked = acked || (op.Kind == history.KindAck && op.Outcome == history.OK)
				}
			}
			if !got[history.KindAck] {
				unanswered++
			}
			if acked && !got[history.KindApply] && !got[history.KindDispose] {
				unapplied++
			}
			if got[history.KindApply] {
				applied++
			}
		}
		if rec.Unanswered != unanswered || rec.Unapplied != unapplied || rec.Applied != applied {
			t.Fatalf("unanswered %d, unapplied %d, applied %d; the history says %d, %d, %d",
				rec.Unanswered, rec.Unapplied, rec.Applied, unanswered, unapplied, applied)
		}
	})
}

// The lag of a place is what was stored there and not handled for the first time;
// MaxLag is the most that all places had at one time. Unknown places have none.
func TestRecorderLag(t *testing.T) {
	var hist history.History
	var rec model.Recorder
	rec.Reset(sim.New(1, sim.Limits{}), &hist)
	p := hist.AddProcess("p")
	a, b := hist.AddPlace("a"), hist.AddPlace("b")
	for i := range 5 {
		m := rec.Arrive(history.MessageInfo{})
		rec.Send(m, p, 0)
		rec.Store(m, p, []history.Place{a, b}[i%2], 0)
	}
	apply := func(m history.Message, place history.Place) {
		rec.Apply(&model.Record{Message: m, Place: place}, p, 0, 0, 0)
	}
	apply(0, a)
	apply(0, a) // a second time: no change
	rec.Dispose(&model.Record{Message: 1, Place: b}, p, 0, 0)
	if rec.Lag(a) != 2 || rec.Lag(b) != 1 || rec.Lag(99) != 0 ||
		rec.Stored(a) != 3 || rec.Stored(99) != 0 || rec.MaxLag != 5 {
		t.Errorf("lags %d and %d, stored %d, most %d", rec.Lag(a), rec.Lag(b), rec.Stored(a), rec.MaxLag)
	}
	if !rec.WasApplied(0) || rec.WasApplied(1) || rec.WasApplied(2) {
		t.Error("only message 0 was applied")
	}
}
