package explore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// small is a scenario whose runs take a few milliseconds. Its first strategy
// breaks per-key-order, its second does not.
const small = `orderlab: 1
id: [X1]
question: Does a small expansion reorder keys?
runs: 4
system:
  kafka:
    brokers: 1
    topics: {orders: {partitions: 2, replicas: 1}}
    client: {metadata.max.age.ms: 500}
workload:
  keys: {count: 20}
  phases:
    - {name: steady, for: 3s, producers: 2, arrivals: {poisson: 60/s}}
    - {name: settle, until: drained, at_most: 60s}
consumers: {members: 2, work: {constant: 25ms}, auto.offset.reset: earliest}
scan: {after: [3, 4]}
faults:
  - {at: steady, after: 2s, expand: {topic: orders, partitions: "${after}"}}
strategies:
  naive: {}
  drain-first: {app: {expand: drain-then-expand}}
expect:
  naive: [{per-key-order: holds}]
  drain-first: [{per-key-order: holds, no-loss: holds}]
plots: [lag-over-time]
`

// registry is Kafka, with what every build of its world goes through first.
func registry(before func(env *model.Env)) *scenarios.Registry {
	system := kafka.System()
	build := system.Build
	system.Build = func(env *model.Env, plan *model.Plan) (model.World, error) {
		if before != nil {
			before(env)
		}
		return build(env, plan)
	}
	return &scenarios.Registry{Systems: []*model.System{system}, Features: app.Features()}
}

func load(t testing.TB, reg *scenarios.Registry) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Load(reg, "small", "small.yaml", []byte(small), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func sweep(t testing.TB, reg *scenarios.Registry, opt explore.Options) *result.Set {
	t.Helper()
	sc := load(t, reg)
	set, err := explore.Sweep(context.Background(), reg, sc, sc.Cases, opt)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// The number of workers is not to be seen in the set, nor in what plots are made
// of.
func TestSetDoesNotDependOnWorkers(t *testing.T) {
	reg := registry(nil)
	one := sweep(t, reg, explore.Options{First: 3, Count: 6, Workers: 1})
	for _, workers := range []int{0, 2, 5} {
		many := sweep(t, reg, explore.Options{First: 3, Count: 6, Workers: workers})
		if !reflect.DeepEqual(one, many) {
			a, _ := json.Marshal(one)
			b, _ := json.Marshal(many)
			t.Errorf("%d workers give another set than one:\n%s\n%s", workers, b, a)
		}
	}
	if len(one.Results) != 4 || one.Results[0].Runs != 6 || one.Seeds != (result.Seeds{First: 3, Count: 6}) {
		t.Errorf("the set has %d results, the first of %d runs, seeds %v", len(one.Results), one.Results[0].Runs, one.Seeds)
	}
	for _, r := range one.Results {
		if r.Series == nil || r.Series.Seed != 3 {
			t.Errorf("%s: the series is not that of the first seed", r.Strategy)
		}
		for _, g := range r.Guarantees {
			if g.FirstSeed != nil && (g.Witness == nil || g.Witness.Seed != *g.FirstSeed) {
				t.Errorf("%s, %s: the witness is not that of the first violating seed", r.Strategy, g.ID)
			}
		}
	}
	first := one.Results[0].Guarantees[0].FirstSeed
	if one.Status != result.StatusFailed || one.Shown.Strategy != "naive" || one.Shown.Seed != *first {
		t.Errorf("status %s, shown %+v", one.Status, one.Shown)
	}
}

// An interrupted sweep keeps the runs that were finished, as they are in a whole
// one, and says that it was interrupted.
func TestInterruptKeepsWhatIsFinished(t *testing.T) {
	reg := registry(nil)
	sc := load(t, reg)
	whole := sweep(t, reg, explore.Options{First: 1, Count: 5, Workers: 2})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := 0
	set, err := explore.Sweep(ctx, reg, sc, sc.Cases, explore.Options{First: 1, Count: 5, Workers: 2,
		Progress: func(p explore.Progress) {
			if seen = p.Done; p.Done == 6 {
				cancel()
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for i, r := range set.Results {
		runs += r.Runs
		for _, run := range r.PerRun { // one that was not finished may be of a seed before another's
			if same := whole.Results[i].PerRun[run.Seed-1]; !reflect.DeepEqual(run, same) {
				t.Errorf("%s: the run is %+v, and in the whole sweep %+v", r.Strategy, run, same)
			}
		}
	}
	if !set.Interrupted || runs != seen || runs < 6 || runs == 20 {
		t.Errorf("interrupted %v with %d runs of which %d were reported", set.Interrupted, runs, seen)
	}
	if whole.Interrupted {
		t.Error("a whole sweep says that it was interrupted")
	}
}

// An interrupt that comes after the last run interrupts nothing; one before the
// first leaves a set without runs.
func TestInterruptAtTheEnds(t *testing.T) {
	reg := registry(nil)
	sc := load(t, reg)
	ctx, cancel := context.WithCancel(context.Background())
	set, err := explore.Sweep(ctx, reg, sc, sc.Cases, explore.Options{First: 1, Count: 1, Workers: 1,
		Progress: func(p explore.Progress) {
			if p.Done == p.Total {
				cancel()
			}
		}})
	if err != nil || set.Interrupted {
		t.Errorf("interrupted after the last run: interrupted %v, error %v", set.Interrupted, err)
	}
	set, err = explore.Sweep(ctx, reg, sc, sc.Cases, explore.Options{First: 1, Count: 1})
	if err != nil || !set.Interrupted || set.Shown != nil || set.Status != result.StatusUnknown {
		t.Errorf("interrupted before the first run: %+v, error %v", set, err)
	}
}

// A model that panics is named with all that is needed to see it again.
func TestPanicNamesTheRun(t *testing.T) {
	reg := registry(func(env *model.Env) {
		if env.Sim.Seed() == 7 {
			panic("the log ran over")
		}
	})
	sc := load(t, reg)
	_, err := explore.Sweep(context.Background(), reg, sc, sc.Cases[1:2], explore.Options{First: 5, Count: 4, Workers: 2})
	var p *explore.PanicError
	if !errors.As(err, &p) {
		t.Fatalf("the error is %v", err)
	}
	const want = "small, strategy naive, after=4, seed 7: the program panicked: the log ran over"
	if err.Error() != want {
		t.Errorf("the error says\n%s, want\n%s", err, want)
	}
	if !strings.Contains(string(p.Stack), "explore_test.go") {
		t.Errorf("the stack does not lead to the model:\n%s", p.Stack)
	}
}

// A model that reads what a seed does not give is caught, and only when asked.
func TestVerifyCatchesNondeterminism(t *testing.T) {
	builds := 0
	reg := registry(func(env *model.Env) {
		builds++
		mine := uint64(builds)
		env.Sim.At(1000, func() { env.Sim.Fold(mine) })
	})
	sc := load(t, reg)
	opt := explore.Options{First: 1, Count: 1, Workers: 1}
	if _, err := explore.Sweep(context.Background(), reg, sc, sc.Cases[:1], opt); err != nil {
		t.Fatalf("without verifying: %v", err)
	}
	opt.Verify = true
	_, err := explore.Sweep(context.Background(), reg, sc, sc.Cases[:1], opt)
	var n *runner.NondeterminismError
	if !errors.As(err, &n) || n.Strategy != "naive" || n.Seed != 1 || n.Event == 0 {
		t.Fatalf("the error is %v", err)
	}
}

// Verifying changes nothing about what is found.
func TestVerifiedSetIsTheSame(t *testing.T) {
	reg := registry(nil)
	plain := sweep(t, reg, explore.Options{First: 1, Count: 2})
	verified := sweep(t, reg, explore.Options{First: 1, Count: 2, Verify: true})
	if !reflect.DeepEqual(plain, verified) {
		t.Error("a verified sweep gives another set")
	}
}

func TestProgressCountsEveryRun(t *testing.T) {
	var seen []explore.Progress
	set := sweep(t, registry(nil), explore.Options{First: 1, Count: 3, Workers: 3,
		Progress: func(p explore.Progress) { seen = append(seen, p) }})
	for i, p := range seen {
		if p.Done != i+1 || p.Total != 12 || i > 0 && p.Unexpected < seen[i-1].Unexpected {
			t.Errorf("progress %d is %+v", i, p)
		}
	}
	unexpected := 0 // per-key-order of naive is the only one that fails
	for _, r := range set.Results[:2] {
		unexpected += r.Guarantees[0].ViolatedRuns
	}
	if len(seen) != 12 || unexpected == 0 || seen[11].Unexpected != unexpected {
		t.Errorf("%d calls, the last %+v; %d runs broke per-key-order", len(seen), seen[len(seen)-1], unexpected)
	}
}

// The run that is repeated is the one that was swept.
func TestRerunRepeatsTheRun(t *testing.T) {
	reg := registry(nil)
	sc := load(t, reg)
	var first, second, faults bytes.Buffer
	if _, err := explore.Rerun(context.Background(), reg, &sc.Cases[0], 2, &first, &faults); err != nil {
		t.Fatal(err)
	}
	if _, err := explore.Rerun(context.Background(), reg, &sc.Cases[0], 2, &second, &faults); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) || first.Len() == 0 {
		t.Error("two runs of a seed have different histories")
	}
	set := sweep(t, reg, explore.Options{First: 2, Count: 1})
	applied := strings.Count(first.String(), `{"op":"apply"`)
	if want := int(set.Results[0].Metrics.Applied.Mean); applied != want || want == 0 {
		t.Errorf("the history has %d effects, the sweep counted %d", applied, want)
	}
	if !strings.Contains(faults.String(), "expand: {partitions: 3, topic: orders}") {
		t.Errorf("the faults are\n%s", faults.String())
	}
}
