package app_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

var drainThen = model.Values{}.Set("expand", model.TextValue(app.DrainThen))

// Online, an expansion is asked for at once and nobody is held.
func TestExpandOnline(t *testing.T) {
	p := newProcess(nil)
	p.run(3 * sim.Second)
	if !p.op.Expand("orders", 4) || p.op.Busy() {
		t.Error("the operator did not take it over, or is busy with it")
	}
	if got := p.take(); got != "3s expand to 4" {
		t.Errorf("it did: %s", got)
	}
	for i, want := range []bool{false, false, true, true, false} {
		if at, ok := p.op.NewSince(p.world.places[i]); ok != want || (ok && at != 3*sim.Second) {
			t.Errorf("orders/%d is new: %v, since %v", i, ok, at)
		}
	}
}

// Drain-then-expand takes its steps in order: hold the producers, wait until every
// send is answered and everything acked is applied, expand, wait until every
// producer knows the new partitions and the group has a position in each, let the
// producers go on.
func TestDrainThenExpand(t *testing.T) {
	p := newProcess(drainThen)
	p.world.committed = map[history.Place]bool{}
	unanswered := p.rec.Arrive(history.MessageInfo{})
	p.rec.Send(unanswered, 0, 0)
	work := p.records(0, 1)
	steps := []struct {
		at   sim.Time
		what string // comes true just after a look
		do   func()
		want string // what the operator has done a second later
	}{
		{1, "nothing", func() {}, ""},
		{2, "everything acked is applied", func() { p.rec.Apply(&work[0], 1, 0, 0, 0) }, ""},
		{3, "every send is answered", func() { p.rec.Ack(unanswered, 0, 0, history.Fail, history.NoPlace, -1, 0) }, "3.1s expand to 4"},
		{5, "one producer knows three", func() { p.world.known = 3 }, ""},
		{6, "every producer knows four", func() { p.world.known = 4 }, ""},
		{7, "one new partition has a position", func() { p.world.committed[p.world.places[2]] = true }, ""},
		{8, "both have", func() { p.world.committed[p.world.places[3]] = true }, "8.1s hold false"},
	}
	p.op.Expand("orders", 4)
	if got := p.take(); got != "0s hold true" || !p.op.Busy() {
		t.Fatalf("first it did: %s", got)
	}
	for _, s := range steps {
		p.run(s.at*sim.Second + sim.Millisecond)
		s.do()
		p.run(s.at*sim.Second + 900*sim.Millisecond)
		if got := p.take(); got != s.want {
			t.Fatalf("after %s it did %q, want %q", s.what, got, s.want)
		}
	}
	if p.op.Busy() || p.held {
		t.Error("the operator is not done")
	}
}

// What is drained is told by what was applied: a consumer that has committed what
// it is still at work on has not drained it.
func TestDrainedByApplied(t *testing.T) {
	p := newProcess(drainThen)
	p.world.committed = map[history.Place]bool{}
	for _, place := range p.world.places {
		p.world.committed[place] = true
	}
	p.world.known = 4
	p.gate.Open()
	p.worker.Started()
	p.worker.Polled(p.records(0, 50)) // half a second of work
	p.op.Expand("orders", 4)
	p.run(5 * sim.Second)
	if got := p.take(); got != "0s poll; 0s hold true; 0.5s poll; 0.6s expand to 4; 1.6s hold false" {
		t.Errorf("it did: %s", got)
	}
}

// A world that cannot be expanded leaves the change to the caller.
func TestNothingToExpand(t *testing.T) {
	settings := app.Resolve(nil)
	if app.NewOperator(sim.New(1, sim.Limits{}), new(model.Recorder), &settings, func(bool) {}).Expand("orders", 4) {
		t.Error("an operator without a world took an expansion over")
	}
}
