package explore_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// slow has a consumer that is taken out of its group when it works too long on a
// message, which is then applied twice.
const slow = `orderlab: 1
question: Which times of work make a message be applied twice?
system: {kafka: {brokers: 1, topics: {orders: {partitions: 1, replicas: 1}}}}
workload:
  keys: {count: 1}
  phases:
    - name: sends
      until: drained
      at_most: 60s
      sends:
        - {at: 10s, message: "producer-0#0", key: key-0}
        - {at: 10001ms, message: "producer-0#1", key: key-0}
        - {at: 10002ms, message: "producer-0#2", key: key-0}
consumers: {group: billing, members: 2, work: {exponential: 1500ms}, auto.offset.reset: earliest, max.poll.interval.ms: 10s}
strategies: {many: {}, patient: {consumers: {max.poll.interval.ms: 60s}}}
expect: {many: {no-duplicates: violated}, patient: {no-duplicates: holds}}
`

func slowCase(t *testing.T, strategy string) *scenarios.Case {
	t.Helper()
	sc, err := scenarios.Load(registry(nil), "slow", "slow.yaml", []byte(slow), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sc.Cases {
		if sc.Cases[i].Strategy == strategy {
			return &sc.Cases[i]
		}
	}
	t.Fatalf("there is no strategy %s", strategy)
	return nil
}

func deviate(t *testing.T, strategy string, opt explore.DeviateOptions) *explore.Deviated {
	t.Helper()
	opt.Seed = 1
	found, err := explore.Deviate(context.Background(), registry(nil), slowCase(t, strategy), opt)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Where the questions do not depend on the answers, the runs are as many as the ways to
// answer up to d of three draws otherwise, each in two ways: 1, 6, 12 and 8 of them.
func TestDeviateMakesEveryRun(t *testing.T) {
	for i, want := range []int{1 + 6, 1 + 6 + 12, 1 + 6 + 12 + 8, 1 + 6 + 12 + 8} {
		deviations := i + 1
		found := deviate(t, "patient", explore.DeviateOptions{
			Deviations: deviations, Decisions: 100, Runs: 1000, Names: []string{"app.work"}})
		if found.Runs != want || found.Distinct != want || found.Branched != 3 || found.Whole != deviations ||
			found.Guarantees[0].Decided != want || found.Guarantees[0].Violated != 0 {
			t.Errorf("up to %d at a time: %+v, want %d runs", deviations, found, want)
		}
	}
}

// What it finds does not depend on the workers, and the answers that break a guarantee
// break it when they are given again; without one of them it holds.
func TestDeviateFindsTheFewestAnswers(t *testing.T) {
	opt := explore.DeviateOptions{Deviations: 2, Decisions: 100, Runs: 1000, Names: []string{"app.work"}, Workers: 1}
	found := deviate(t, "many", opt)
	opt.Workers = 3
	if again := deviate(t, "many", opt); !reflect.DeepEqual(again, found) {
		t.Errorf("three workers find %+v, and one %+v", again, found)
	}
	g := found.Guarantees[0]
	if g.Violated == 0 || len(g.Changes) == 0 || len(g.Was) != len(g.Changes) {
		t.Fatalf("nothing is found: %+v", found)
	}
	for i := range len(g.Changes) + 1 {
		answers, want := append([]runner.Answer{}, g.Changes...), result.Violated
		if i < len(answers) {
			answers, want = append(answers[:i:i], answers[i+1:]...), result.Holds
		}
		decisions, _ := runner.Answering(answers)
		r := runner.New(registry(nil))
		run, err := r.Run(context.Background(), slowCase(t, "many"), 1, runner.Options{Decisions: decisions})
		if err != nil || run.Verdicts[0].Status != want {
			t.Errorf("with %v: %+v, %v, want %s", answers, run.Verdicts, err, want)
		}
	}
}

// All decisions are tried, each once, and the bounds are kept.
func TestDeviateKeepsItsBounds(t *testing.T) {
	found := deviate(t, "patient", explore.DeviateOptions{Deviations: 1, Decisions: 10, Runs: 1000})
	if found.Branched != 10 || found.Runs < 11 || found.Runs > 31 || found.Whole != 1 || found.Asked < 50 {
		t.Errorf("with ten decisions: %+v", found)
	}
	if !slices.Contains(found.Names, "app.work") || !slices.Contains(found.Names, "link.latency") {
		t.Errorf("the names are %s", found.Names)
	}
	found = deviate(t, "patient", explore.DeviateOptions{Deviations: 2, Decisions: 100, Runs: 50})
	if found.Runs != 50 || found.Whole != 0 {
		t.Errorf("with 50 runs: %+v", found)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	few := explore.DeviateOptions{Deviations: 1, Decisions: 9, Runs: 9}
	cut, err := explore.Deviate(ctx, registry(nil), slowCase(t, "patient"), few)
	if err != nil || !cut.Interrupted || cut.Runs != 0 {
		t.Errorf("interrupted at once: %+v, %v", cut, err)
	}
}
