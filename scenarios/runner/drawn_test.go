package runner_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/kafka"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// drawing returns the faults of the runs of some seeds of an item, as text.
func drawing(t *testing.T, item string, seeds uint64) []string {
	t.Helper()
	c := faulty(t, "[{name: chaos, at: steady, after: 2s, draw: "+item+"}, {at: settle, heal: all}]")
	r := runner.New(registry())
	var out []string
	for seed := range seeds {
		if _, err := r.Run(context.Background(), c, seed, runner.Options{}); err != nil {
			t.Fatal(err)
		}
		out = append(out, string(r.Schedule()))
	}
	return out
}

// Each seed draws faults of its own, of every class that is not left out, on no
// node but those that are given.
func TestDrawnFaults(t *testing.T) {
	all := drawing(t, "{node: [brokers, consumers], within: 10s, lasting: [1s, 3s]}", 30)
	seen := make(map[string]bool)
	for _, text := range all {
		seen[text] = true
	}
	if len(seen) < 25 {
		t.Errorf("30 seeds drew %d schedules", len(seen))
	}
	joined := strings.Join(all, "")
	if n := strings.Count(joined, "heal: all"); n < 10 {
		t.Errorf("%d runs of 30 heal in the end; those do where a message is still under way", n)
	}
	for _, kind := range []string{"partition", "flap", "noisy", "reset", "drop", "stall", "crash", "crash-machine",
		"pause", "slow-cpu", "drift-clock", "full-disk"} {
		if !strings.Contains(joined, " "+kind+": {") {
			t.Errorf("30 seeds drew no %s", kind)
		}
	}
	few := strings.Join(drawing(t, "{node: broker-1, within: 10s, lasting: 2s, network: false, clocks: false}", 30), "")
	for _, never := range []string{"partition", "noisy", "drift-clock", "broker-0", "faulty-"} {
		if strings.Contains(few, never) {
			t.Errorf("%s was drawn, and it was left out", never)
		}
	}
	if !strings.Contains(few, "crash: {node: broker-1}") || !strings.Contains(few, "for: 2s") {
		t.Errorf("what was not left out does not come:\n%s", few)
	}
}

// What is drawn under one name stays as it is when classes are left out.
func TestDrawnFaultsStay(t *testing.T) {
	const item = "{node: brokers, within: 10s, lasting: [1s, 3s], swarm: false"
	all := drawing(t, item+"}", 10)
	for seed, text := range drawing(t, item+", network: false}", 10) {
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			if !strings.Contains(line, "heal: all") && !strings.Contains(all[seed], line) {
				t.Errorf("seed %d: without the network's another fault is different: %s\nof\n%s", seed, line, all[seed])
			}
		}
	}
}

// The faults that were drawn, as faults.yaml has them, make the same run.
func TestDrawnFaultsReplay(t *testing.T) {
	c := faulty(t, "[{at: steady, after: 1s, draw: {node: [brokers, consumers], within: 10s, lasting: [500ms, 3s], "+
		"swarm: false}}]")
	r := runner.New(registry())
	for seed := range uint64(3) {
		out, err := r.Run(context.Background(), c, seed, runner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := r.Schedule()
		again := faulty(t, "\n"+string(bytes.TrimRight(indent(text), "\n")))
		second, err := r.Run(context.Background(), again, seed, runner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if out.Metrics != second.Metrics {
			t.Errorf("seed %d: the schedule makes another run:\n%s", seed, text)
		}
	}
}

// The parameters of a fault that is drawn say what the engine drew.
func TestDrawnParameters(t *testing.T) {
	s, c := kafka.System(), faulty(t, "[]")
	f := &model.Fault{Kind: model.FaultDraw, Values: model.Values{}.
		Set("node", model.NodesValue("brokers", "consumers", "producers")).
		Set("within", model.DurationValue(10*second)).
		Set("lasting", model.Value{Type: model.Span, Dist: model.Distribution{Shape: model.Constant, A: second}}).
		Set("swarm", model.BooleanValue(false)).Set("most", model.IntegerValue(5))}
	for seed := range uint64(50) {
		drawn, err := s.Draw(f, "chaos", sim.Random{Seed: seed}, &c.Config, &c.Consumers, c.Workload.Producers)
		if err != nil {
			t.Fatal(err)
		}
		var schedule sim.Schedule
		for _, d := range drawn {
			kind := s.Kind(d.Fault.Kind)
			if kind.Engine == nil { // the system's own
				continue
			}
			entry := sim.Entry{Name: d.Name, When: sim.Trigger{Kind: sim.AtTime, Time: sim.Time(d.After)},
				Fault: kind.Engine(d.Fault.Values)}
			if d.For > 0 {
				entry.Until = sim.Until{Kind: sim.ForTime, For: sim.Time(d.For)}
			}
			schedule = append(schedule, entry)
		}
		if err := schedule.Check(); err != nil {
			t.Errorf("seed %d: %v\n%v", seed, err, schedule)
		}
	}
}

// A guarantee that drawn faults break is traced to those that broke it.
func TestDrawnFaultsAreBlamed(t *testing.T) {
	c := faulty(t, "[{at: steady, after: 1s, draw: {node: consumers, within: 20s, lasting: [5s, 20s], network: false, "+
		"connections: false, clocks: false, swarm: false, most: 1}}]")
	c.Guarantees = []string{"no-duplicates"}
	r := runner.New(registry())
	for seed := range uint64(3) {
		cause, err := r.Explain(context.Background(), c, seed, "no-duplicates", nil)
		if err != nil {
			t.Fatal(err)
		}
		if cause == nil || len(cause.Faults) == 0 && cause.WithoutAny != result.Holds {
			t.Fatalf("seed %d blames no fault: %+v", seed, cause)
		}
		if last := cause.Chain[len(cause.Chain)-1]; !strings.Contains(last, "fault: ") {
			t.Errorf("seed %d: the chain ends with %s", seed, last)
		}
	}
}
