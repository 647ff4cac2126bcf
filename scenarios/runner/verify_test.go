package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// rogue is a node of a model that is not deterministic: what it does depends on
// something that the seed does not give, here how many worlds were built before.
type rogue struct {
	e     *sim.Engine
	node  sim.NodeID
	world int
	ticks int
	do    func(r *rogue)
}

func (r *rogue) Timer(sim.Kind, uint64) {
	r.ticks++
	if r.ticks == 3 {
		r.do(r)
	}
	r.e.After(r.node, 10*sim.Millisecond, 1, uint64(r.ticks))
}

func (r *rogue) Opened(sim.Conn)              {}
func (r *rogue) Closed(sim.Conn, sim.Closing) {}
func (r *rogue) Receive(sim.Conn, *sim.Frame) {}
func (r *rogue) Crashed()                     {}
func (r *rogue) Restarted()                   {}
func (r *rogue) Digest(*sim.Digest)           {}

// withRogue is a registry whose Kafka has a rogue in its world: it ticks every
// 10 ms from the 100th on, and does something odd in its third tick.
func withRogue(build func(env *model.Env, world int), do func(r *rogue)) *model.Registry {
	system := kafka.System()
	inner := system.Build
	worlds := 0
	system.Build = func(env *model.Env, plan *model.Plan) (model.World, error) {
		worlds++
		r := &rogue{e: env.Sim, world: worlds, do: do}
		r.node = env.Sim.AddNode("rogue", r)
		env.Sim.At(100*sim.Millisecond, func() {
			env.Sim.Note("the rogue wakes up")
			env.Sim.After(r.node, 0, 1, 0)
		})
		if build != nil {
			build(env, worlds)
		}
		return inner(env, plan)
	}
	return &model.Registry{Systems: []*model.System{system}, Features: app.Features()}
}

// shortCase is a second of two producers and one consumer.
func shortCase() *scenarios.Case {
	c := expandCase(5, nil)
	c.Scenario, c.Strategy = "small", "naive"
	c.Workload.Phases = []scenarios.Phase{{Name: "steady", For: second, Producers: 2,
		Arrivals: scenarios.Arrivals{Process: "poisson", Rate: 50_000_000}},
		{Name: "settle", Until: "drained", AtMost: 60 * second}}
	c.Consumers.Members = 1
	return c
}

func TestVerifyNamesTheFirstDifference(t *testing.T) {
	for name, c := range map[string]struct {
		build func(env *model.Env, world int)
		do    func(r *rogue)
		want  []string
	}{
		"a clock of the machine": {do: func(r *rogue) {
			r.e.After(r.node, sim.Time(r.world)*sim.Millisecond, 2, 0)
		}, want: []string{"the first event that differs is number ", ", timer 1 (2) at rogue at 0.12s",
			"first run:  scheduled timer 2 (0) at rogue at 0.1", "second run: scheduled timer 2 (0) at rogue at 0.1",
			"what led to it:\n  event ", ": timer 1 (1) at rogue at 0.11s", ": a call at the driver at 0.1s; the rogue wakes up"}},
		"a map's order": {do: func(r *rogue) {
			// A map of eight has eight orders at least, so all of these are the same
			// once in 16 million times.
			for range 8 {
				for k := range map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true} {
					r.e.Choose(sim.NewDecision("rogue.pick"), sim.ID(k), 100)
				}
			}
		}, want: []string{"timer 1 (2) at rogue at 0.12s", "first run:  asked for rogue.pick of "}},
		"a timer more": {do: func(r *rogue) {
			if r.world == 1 {
				r.e.Cancel(r.e.After(r.node, 0, 2, 0))
			}
		}, want: []string{"timer 1 (2) at rogue at 0.12s", "timer 2 (0) at rogue", "scheduled timer 1 (3) at rogue at 0.13s"}},
		"a value of the model": {do: func(r *rogue) {
			r.e.Fold(uint64(r.world))
		}, want: []string{"timer 1 (2) at rogue at 0.12s", "another value was fed to the trace hash"}},
		"an end": {do: func(r *rogue) {
			if r.world == 1 {
				r.e.Halt()
			}
		}, want: []string{"timer 1 (2) at rogue at 0.12s", "first run:  halted", "second run: running"}},
		"a world of its own": {build: func(env *model.Env, world int) {
			env.Sim.At(sim.Time(world), func() {})
		}, do: func(*rogue) {}, want: []string{"the worlds differ before the first event", "scheduled a call at the driver"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := runner.New(withRogue(c.build, c.do))
			err := runner.Verify(context.Background(), r, shortCase(), 1)
			var n *runner.NondeterminismError
			if !errors.As(err, &n) || n.Scenario != "small" || n.Strategy != "naive" || n.Seed != 1 {
				t.Fatalf("the error is %v", err)
			}
			for _, want := range append(c.want, "small, strategy naive, seed 1 is not deterministic: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in\n%v", want, err)
				}
			}
		})
	}
}

// A deterministic model passes, and the runner goes on as before, without
// remembering causes.
func TestVerifyPasses(t *testing.T) {
	r := runner.New(registry())
	before, err := r.Run(context.Background(), shortCase(), 1, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Verify(context.Background(), r, shortCase(), 1); err != nil {
		t.Fatal(err)
	}
	after, err := r.Run(context.Background(), shortCase(), 1, runner.Options{})
	if err != nil || before.Hash != after.Hash {
		t.Errorf("the hash was %x and is %x, error %v", before.Hash, after.Hash, err)
	}
}
