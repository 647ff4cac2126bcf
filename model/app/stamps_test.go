package app_test

import (
	"strings"
	"testing"

	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// stampedRun is six messages of a key, one every ten milliseconds, from the producers in turn,
// or all from producer-0.
func stampedRun(guard string, producers int, clocks func(*sim.Engine, []sim.NodeID), steps ...step) *plan {
	p := small(features("commit", app.CommitBatch, "guard", guard), 0, 0, 0, 0, 0, 0)
	for i := range p.Messages {
		p.Messages[i].At = sim.Time(i) * 10 * sim.Millisecond
		p.Messages[i].Producer = i % producers
	}
	p.Clocks, p.Steps = clocks, steps
	return p
}

// The last writer wins by the clocks of the producers' nodes. When one goes back, what
// is newest is put away as stale, and the key ends with an old message; versions do not
// care about clocks.
func TestSteppedClock(t *testing.T) {
	back := step{At: 25 * sim.Millisecond, By: -sim.Minute}
	for _, c := range []struct {
		name      string
		producers int
		clocks    func(*sim.Engine, []sim.NodeID)
		steps     []step
		want      string
	}{
		{name: "true clocks", producers: 2, want: "0 1 2 3 4 5"},
		{name: "back", producers: 1, steps: []step{back}, want: "0 1 2 3:stale 4:stale 5:stale"},
		{name: "one of two back", producers: 2, steps: []step{back}, want: "0 1 2 3 4:stale 5"},
		{name: "back and set right", producers: 1, want: "0 1 2 3:stale 4 5",
			steps: []step{back, {At: 35 * sim.Millisecond, By: sim.Minute}}},
		// What came while the clock was ahead is newer than what is sent for as long.
		{name: "ahead for a moment", producers: 1, want: "0 1 2:stale 3:stale 4 5",
			steps: []step{{At: 5 * sim.Millisecond, By: 25 * sim.Millisecond},
				{At: 15 * sim.Millisecond, By: -25 * sim.Millisecond}}},
		// An offset from the beginning is below zero, and no row is newer than its first message.
		{name: "behind from the beginning", producers: 2, want: "0 1 2:stale 3 4:stale 5",
			clocks: func(e *sim.Engine, n []sim.NodeID) { e.SetClock(n[0], -60*sim.Minute, 0) }},
		// It loses a quarter: 15 ms behind after 60 ms, when the other's message is 10 ms older.
		{name: "slow", producers: 2, want: "0 1 2 3 4:stale 5",
			clocks: func(e *sim.Engine, n []sim.NodeID) { e.SetClock(n[0], 0, -250_000_000) }},
		// It is set right after 25 ms, over the 128 ms from which on it is stepped.
		{name: "behind until it is corrected", producers: 2, want: "0 1 2:stale 3 4 5",
			clocks: func(e *sim.Engine, n []sim.NodeID) {
				e.SetClock(n[0], -sim.Second, 0)
				e.SetNTP(n[0], sim.NTP{Every: 25 * sim.Millisecond, Error: sim.Constant(0), StepAbove: 128 * sim.Millisecond})
			}},
	} {
		g := run(engine(), stampedRun(app.GuardTime, c.producers, c.clocks, c.steps...))
		if got := story(g); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if wrong := converges(g) != ""; wrong != strings.HasSuffix(c.want, "5:stale") {
			t.Errorf("%s: %s", c.name, converges(g))
		}
		g = run(engine(), stampedRun(app.GuardVersion, c.producers, c.clocks, c.steps...))
		if got := story(g); got != "0 1 2 3 4 5" {
			t.Errorf("%s, by versions: %s", c.name, got)
		}
	}
}

// What waits in an outbox while the clock goes back keeps the timestamp that it was written
// with.
func TestStampOfOutbox(t *testing.T) {
	const back = 51 * sim.Millisecond
	p := stampedRun(app.GuardTime, 1, nil, step{At: back, By: -sim.Minute})
	p.Features = features("commit", app.CommitBatch, "guard", app.GuardTime, "outbox", app.OutboxSerial,
		"outbox_commit", 200*sim.Millisecond)
	g := run(engine(), p)
	if got := story(g); got != "0 1 2 3 4 5" {
		t.Error(got)
	}
	late := 0
	for i := range g.hist.Len() {
		if op := g.hist.Op(i); op.Kind == history.KindSend && sim.Time(op.Begin) > back {
			late++
		}
	}
	if late == 0 {
		t.Error("all were sent before the clock went back")
	}
}
