package app_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// The worker polls, processes the records one after another, each for its service
// time, and polls again when the last is done.
func TestWorkerOneAtATime(t *testing.T) {
	p := newProcess(nil)
	p.gate.Open()
	p.worker.Started()
	p.worker.Polled(p.records(0, 3))
	p.run(sim.Second)
	if got := p.take(); got != "0s poll; 0.03s poll" {
		t.Errorf("it polled: %s", got)
	}
	if got := p.applied(); got != "0.01s m0 s0; 0.02s m1 s0; 0.03s m2 s0" {
		t.Errorf("applied: %s", got)
	}
	p.worker.Polled(nil) // an empty answer: poll again at once
	if got := p.take(); got != "1s poll" {
		t.Errorf("after an empty poll: %s", got)
	}
}

// A closed gate holds the worker at its first record.
func TestGate(t *testing.T) {
	p := newProcess(nil)
	p.worker.Started()
	p.worker.Polled(p.records(0, 2))
	p.run(sim.Second)
	if got := p.applied(); got != "" {
		t.Errorf("with the gate closed: %s", got)
	}
	p.gate.Open()
	p.run(2 * sim.Second)
	if got := p.applied(); got != "1.01s m0 s0; 1.02s m1 s0" {
		t.Errorf("after it opened: %s", got)
	}
}

// A crash loses the records at hand; the next session begins with a poll, and what
// it applies is told apart by its session.
func TestWorkerCrash(t *testing.T) {
	p := newProcess(nil)
	p.gate.Open()
	p.worker.Started()
	records := p.records(0, 3)
	p.worker.Polled(records)
	p.run(15 * sim.Millisecond)
	p.sim.Crash(p.node)
	p.run(100 * sim.Millisecond)
	p.sim.Restart(p.node, 0)
	p.run(200 * sim.Millisecond)
	p.worker.Polled(records[1:])
	p.run(sim.Second)
	if got := p.take(); got != "0s poll; 0.1s poll; 0.22s poll" {
		t.Errorf("it polled: %s", got)
	}
	if got := p.applied(); got != "0.01s m0 s0; 0.21s m1 s1; 0.22s m2 s1" {
		t.Errorf("applied: %s", got)
	}
}

// A process that died at the gate does not begin what it was handed.
func TestCrashAtGate(t *testing.T) {
	p := newProcess(nil)
	p.worker.Started()
	p.worker.Polled(p.records(0, 2))
	p.sim.Crash(p.node)
	p.sim.Restart(p.node, 0)
	p.run(sim.Millisecond)
	p.gate.Open()
	p.run(sim.Second)
	if got := p.applied(); got != "" {
		t.Errorf("applied: %s", got)
	}
}

// New partitions are paused when they are assigned, until the time is over that
// counts from the expansion; old ones never, and new ones not any more after it.
func TestPauseNewPartitions(t *testing.T) {
	p := newProcess(model.Values{}.Set("pause_new_partitions", model.DurationValue(int64(30*sim.Second))))
	p.worker.Started()
	p.worker.Assigned(p.world.places[:2])
	p.run(10 * sim.Second)
	p.op.Expand("orders", 4)
	p.run(17 * sim.Second)
	p.take()
	p.worker.Assigned([]history.Place{p.world.places[0], p.world.places[2]})
	if got := p.take(); got != "17s pause orders/2" {
		t.Errorf("at the assignment: %s", got)
	}
	p.run(25 * sim.Second)
	p.worker.Assigned(p.world.places[2:4]) // a rebalance has moved it, or given it back
	p.run(50 * sim.Second)
	if got := p.take(); got != "25s pause orders/2; 25s pause orders/3; 40s resume orders/2; 40s resume orders/2; 40s resume orders/3" {
		t.Errorf("then: %s", got)
	}
	p.worker.Assigned(p.world.places[:4])
	if got := p.take(); got != "" {
		t.Errorf("after the pause: %s", got)
	}
}

// Without the feature nothing is paused.
func TestNoPause(t *testing.T) {
	p := newProcess(nil)
	p.worker.Started()
	p.op.Expand("orders", 4)
	p.take()
	p.worker.Assigned(p.world.places[:4])
	if got := p.take(); got != "" {
		t.Errorf("paused: %s", got)
	}
}

// The service time is a draw about the message and its delivery, so that it is
// the same whatever came before, and another for the next delivery.
func TestServiceTimeBelongsToMessage(t *testing.T) {
	took := func(first int, attempt uint16) sim.Time {
		p := newProcess(nil)
		p.gate.Open()
		settings := app.Resolve(nil)
		host := &model.AppHost{Sim: p.sim, Node: p.node, Recorder: &p.rec, Process: 1, TimerKind: 64}
		shared := app.NewShared(p.sim, &p.rec, &settings, sim.Exponential(int64(sim.Second)), nil)
		shared.Gate.Open()
		p.worker = shared.NewApplication(p, host)
		records := p.records(0, 3)
		for i := range records {
			records[i].Attempt = attempt
		}
		p.worker.Polled(records[first:])
		p.run(sim.Minute)
		for i := p.hist.Len() - 1; ; i-- {
			if op := p.hist.Op(i); op.Kind == history.KindApply { // of the last message
				return sim.Time(op.End - op.Begin)
			}
		}
	}
	if a, b := took(0, 1), took(2, 1); a != b {
		t.Errorf("after two others the message took %v, alone %v", a, b)
	}
	if a, b := took(2, 1), took(2, 2); a == b {
		t.Errorf("both deliveries took %v", a)
	}
}
