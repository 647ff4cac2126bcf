package app_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// answer is what becomes of a send: when it is answered, and how.
type answer struct {
	After   sim.Time
	Outcome history.Outcome
	Stored  bool
}

// relayed sends messages through an outbox, each a millisecond after the last, to a
// broker that answers as it is told, and well from then on. It returns the messages
// in the order in which they were stored.
func relayed(e *sim.Engine, mode string, count int, answers []answer) (stored []history.Message, busy bool) {
	stored, rec, busy := relayedBy(e, features("outbox", mode), make([]int, count), answers)
	return stored, busy && rec != nil
}

// relayedBy does so with more settings, and a key for each message.
func relayedBy(e *sim.Engine, set model.Values, keys []int,
	answers []answer) (stored []history.Message, to *model.Recorder, busy bool) {
	e.Reset(1, sim.Limits{Time: sim.Minute})
	var hist history.History
	var rec model.Recorder
	rec.Reset(e, &hist)
	hist.AddProcess("producer-0")
	hist.AddKey("key-0")
	hist.AddKey("key-1")
	settings := app.Resolve(set.Set("outbox_scan", model.DurationValue(int64(50*sim.Millisecond))))
	sh := app.NewShared(e, &rec, &settings, sim.Constant(1), func(bool) {})
	sends := 0
	sh.SendBy(1, func(m *model.Message) {
		a := answer{After: sim.Millisecond, Outcome: history.OK, Stored: true}
		if sends < len(answers) {
			a = answers[sends]
		}
		sends++
		id := m.ID
		rec.Send(id, 0, 0)
		e.At(e.Now()+a.After, func() {
			if a.Stored {
				stored = append(stored, id)
			}
			rec.Ack(id, 0, 0, a.Outcome, history.NoPlace, -1, 0)
		})
	})
	for i, key := range keys {
		e.At(sim.Time(i)*sim.Millisecond, func() {
			m := model.Message{Index: uint32(i), Key: history.Key(key)}
			m.ID = rec.Arrive(history.MessageInfo{Index: uint32(i), Key: m.Key})
			sh.Send(&m)
		})
	}
	for range 100_000 {
		if e.Step(1) != sim.Running {
			break
		}
	}
	return stored, &rec, sh.Busy()
}

func drawAnswers(t *rapid.T) []answer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) answer {
		a := answer{After: sim.Time(rapid.IntRange(1, 20).Draw(t, "ms")) * sim.Millisecond, Stored: true}
		switch rapid.IntRange(0, 3).Draw(t, "outcome") {
		case 0:
			a.Outcome, a.Stored = history.Fail, false
		case 1:
			a.Outcome, a.Stored = history.Unknown, rapid.Bool().Draw(t, "stored")
		}
		return a
	}), 0, 20).Draw(t, "answers")
}

// lost and disordered judge what was stored.
func lost(stored []history.Message, count int) bool {
	seen := make(map[history.Message]bool)
	for _, m := range stored {
		seen[m] = true
	}
	return len(seen) != count
}

func disordered(stored []history.Message) bool {
	next := history.Message(0)
	for _, m := range stored {
		if m > next {
			return true
		}
		if m == next {
			next++
		}
	}
	return false
}

// Whatever becomes of its sends, an outbox leaves no message behind, and a serial one
// keeps their order.
func TestOutbox(t *testing.T) {
	e := engine()
	for _, mode := range []string{app.OutboxSerial, app.OutboxParallel, app.OutboxAfterCommit} {
		rapid.Check(t, func(t *rapid.T) {
			count := rapid.IntRange(1, 12).Draw(t, "messages")
			stored, busy := relayed(e, mode, count, drawAnswers(t))
			if busy || lost(stored, count) {
				t.Fatalf("%s: busy %v, stored %v", mode, busy, stored)
			}
			if mode == app.OutboxSerial && disordered(stored) {
				t.Fatalf("stored %v", stored)
			}
		})
	}
}

// The twins: one that fails is overtaken. Without an outbox it is left behind.
func TestOutboxTwins(t *testing.T) {
	fails := []answer{{After: sim.Millisecond, Outcome: history.Fail}}
	for _, mode := range []string{app.OutboxParallel, app.OutboxAfterCommit} {
		if stored, _ := relayed(engine(), mode, 3, fails); !disordered(stored) {
			t.Errorf("%s: stored %v", mode, stored)
		}
	}
	if stored, _ := relayed(engine(), app.OutboxNone, 3, fails); !lost(stored, 3) {
		t.Errorf("without an outbox: stored %v", stored)
	}
}

// Transactions commit in any order, but for those of a key, and the relay dies: a serial
// relay leaves nothing behind all the same, and keeps the order of each key. Nobody waits
// for an answer at the end.
func TestOutboxCommits(t *testing.T) {
	e := engine()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(0, 1), 1, 12).Draw(t, "keys")
		set := features("outbox", app.OutboxSerial, "outbox_commit", 5*sim.Millisecond,
			"relay_dies", sim.Time(rapid.IntRange(2, 30).Draw(t, "dies"))*sim.Millisecond)
		stored, rec, busy := relayedBy(e, set, keys, drawAnswers(t))
		if busy || lost(stored, len(keys)) || rec.Unanswered != 0 {
			t.Fatalf("busy %v, stored %v, %d unanswered", busy, stored, rec.Unanswered)
		}
		for key := range 2 {
			newest := history.Message(0)
			seen := map[history.Message]bool{}
			for _, m := range stored {
				if keys[m] == key && !seen[m] && m < newest {
					t.Fatalf("stored %v, of keys %v", stored, keys)
				}
				if keys[m] == key {
					newest, seen[m] = max(newest, m), true
				}
			}
		}
	})
}

// The twin: a relay that looks for larger numbers than it has sent leaves some behind.
func TestOutboxByNumber(t *testing.T) {
	set := features("outbox", app.OutboxByNumber, "outbox_commit", 20*sim.Millisecond)
	keys := []int{0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0}
	stored, rec, busy := relayedBy(engine(), set, keys, nil)
	if busy || !lost(stored, len(keys)) {
		t.Errorf("busy %v, stored %v", busy, stored)
	}
	if got := rec.Unapplied; got != len(keys) {
		t.Errorf("%d of %d messages were promised", got, len(keys))
	}
}

// A relay that dies before it has deleted what it has sent sends it again.
func TestRelayDies(t *testing.T) {
	set := features("outbox", app.OutboxSerial, "relay_dies", 2*sim.Millisecond)
	slow := []answer{{After: 5 * sim.Millisecond, Outcome: history.OK, Stored: true}}
	if stored, _, _ := relayedBy(engine(), set, []int{0}, slow); len(stored) < 2 || lost(stored, 1) {
		t.Errorf("stored %v", stored)
	}
}
