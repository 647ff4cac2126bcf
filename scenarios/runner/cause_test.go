package runner_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// explain returns why a case breaks a guarantee.
func explain(t *testing.T, c *scenarios.Case, guarantee string) *result.Cause {
	t.Helper()
	cause, err := runner.New(registry()).Explain(context.Background(), c, 1, guarantee, nil)
	if err != nil || cause == nil {
		t.Fatalf("the cause is %v, error %v", cause, err)
	}
	return cause
}

// expectChain compares a chain with a pattern a line.
func expectChain(t *testing.T, c *result.Cause, want ...string) {
	t.Helper()
	if len(c.Chain) != len(want) {
		t.Fatalf("the chain has %d lines, want %d:\n%s", len(c.Chain), len(want), strings.Join(c.Chain, "\n"))
	}
	for i, w := range want {
		if !regexp.MustCompile("^" + w + "$").MatchString(c.Chain[i]) {
			t.Errorf("line %d of the chain is %q, want %s", i, c.Chain[i], w)
		}
	}
}

// A key moves because of an expansion. The fault is named, and the chain leads from
// the late effect over the producer's metadata and the broker's image to it.
func TestExplainFindsTheFault(t *testing.T) {
	c := expandCase(5, nil)
	cause := explain(t, c, "per-key-order")
	want := []result.CausingFault{{AtS: 6.8, Fault: "expand partitions=5, topic=orders", Without: "holds"}}
	if fmt.Sprint(cause.Faults) != fmt.Sprint(want) || cause.Struck != 1 || cause.Tried != 1 || cause.WithoutAny != "" {
		t.Errorf("the cause is %+v", *cause)
	}
	expectChain(t, cause, `\d+\.\d+ s  producer-\d#\d+ is applied by billing-\d`,
		`\d+\.\d+ s  producer-1#\d+ is stored in orders/4; without the fault it is stored in orders/[0-3]`,
		`\d+\.\d+ s  Metadata -> 5 partitions from broker-2 reaches producer-1`,
		`6\.80\d s  Image 5 partitions from controller reaches broker-2`,
		`6\.80\d s  timer administrator's request for 5 partitions at controller`,
		`6\.800 s  fault: expand partitions=5, topic=orders`)
}

// Of two faults the one is named that the guarantee depends on: the expansion
// breaks order, the crash repeats messages.
func TestExplainTellsTwoFaultsApart(t *testing.T) {
	c := expandCase(5, nil)
	c.Faults = append(c.Faults, crash("billing-1", 30*second, 20*second))
	for guarantee, want := range map[string]string{"per-key-order": "expand", "no-duplicates": "crash"} {
		cause := explain(t, c, guarantee)
		if cause.Struck != 2 || cause.Tried != 2 || len(cause.Faults) != 1 ||
			!strings.HasPrefix(cause.Faults[0].Fault, want) {
			t.Errorf("%s: the cause is %+v", guarantee, *cause)
		}
	}
	expectChain(t, explain(t, c, "no-duplicates"), `\d+\.\d+ s  producer-\d#\d+ is applied by billing-1`,
		`\d+\.\d+ s  producer-\d#\d+ is delivered to billing-1 again; without the fault it is not`,
		`30\.\d+ s  without the fault, a timer would have run out at billing-1: .+`,
		`30\.000 s  fault: crash node=billing-1`)
}

// What a fault keeps from a node is said in a plain sentence.
func TestAbsence(t *testing.T) {
	for _, c := range []struct{ what, from, want string }{
		{"timer work on a record", "", "without the fault, a timer would have run out at billing-0: work on a record"},
		{"frame Fetch", "broker-1", "without the fault, a frame Fetch from broker-1 would have reached billing-0"},
		{"the closing of a connection", "broker-1",
			"without the fault, the closing of a connection from broker-1 would have reached billing-0"},
		{"a restart", "", "without the fault, there would have been a restart at billing-0"},
	} {
		if got := runner.Absence("billing-0", c.what, c.from); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

// Where each of two faults is enough, none of them is at fault alone.
func TestExplainTwoFaultsThatAreEachEnough(t *testing.T) {
	c := expandCase(5, nil)
	c.Faults = append(c.Faults, expandCase(6, nil).Faults[0])
	c.Faults[1].After = 2 * second
	cause := explain(t, c, "per-key-order")
	if len(cause.Faults) != 0 || cause.WithoutAny != result.Holds || cause.Tried != 2 || cause.Struck != 2 {
		t.Errorf("the cause is %+v", *cause)
	}
	last := cause.Chain[len(cause.Chain)-2:]
	if last[0] != "6.800 s  fault: expand partitions=5, topic=orders" ||
		last[1] != "8.800 s  fault: expand partitions=6, topic=orders" {
		t.Errorf("the chain ends in %q", last)
	}
}

// A message that was sent before a group had a position is never read, whatever
// fault comes later. The chain is that of the events and decisions.
func TestExplainWithoutFault(t *testing.T) {
	c := expandCase(5, nil)
	c.Config.SetIn("consumer", "auto.offset.reset", model.TextValue("latest"))
	c.Workload.Phases = []scenarios.Phase{{Name: "sends", Producers: 1, Until: "drained", AtMost: 60 * second,
		Sends: []scenarios.Send{{At: second}, {At: 12 * second, Index: 1}}}}
	for _, faults := range [][]scenarios.ScheduledFault{
		nil, {crash("billing-1", 9*second, second)},
		{crash("billing-1", 9*second, second), crash("billing-2", 9*second, second)},
	} {
		c.Faults = faults
		cause := explain(t, c, "no-loss")
		want := result.Violated
		if len(faults) == 0 {
			want = ""
		}
		if len(cause.Faults) != 0 || cause.WithoutAny != want || cause.Struck != len(faults) || cause.Tried != len(faults) {
			t.Errorf("%d faults: the cause is %+v", len(faults), *cause)
		}
		text := strings.Join(cause.Chain, "\n")
		for _, want := range []string{"producer-0#0 is acked\n", "frame answer to Produce from broker-", "; decided: link.latency",
			"timer arrival of producer-0#0 at workload"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the chain\n%s", want, text)
			}
		}
		if len(cause.Chain) > 8 {
			t.Errorf("the chain has %d lines", len(cause.Chain))
		}
	}
}

// What is not broken has no cause. The runner goes on as before, and a recorded
// list of decisions is that of every run that is made.
func TestExplainLeavesTheRunnerAlone(t *testing.T) {
	r := runner.New(registry())
	c := shortCase()
	before, err := r.Run(context.Background(), c, 1, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sources := 0
	cause, err := r.Explain(context.Background(), c, 1, "no-loss", func(s sim.Source) sim.Source {
		sources++
		return s
	})
	if cause != nil || err != nil || sources != 1 {
		t.Errorf("the cause is %v, error %v, after %d runs on the source", cause, err, sources)
	}
	if _, err := r.Explain(context.Background(), expandCase(5, nil), 1, "per-key-order", nil); err != nil {
		t.Fatal(err)
	}
	after, err := r.Run(context.Background(), c, 1, runner.Options{})
	if err != nil || after.Hash != before.Hash {
		t.Errorf("the hash was %x and is %x, error %v", before.Hash, after.Hash, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := r.Explain(ctx, expandCase(5, nil), 1, "per-key-order", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// The first thing that two runs of a message do differently, in words.
func TestTurnsOfAMessage(t *testing.T) {
	op := func(kind, process, place string, ms int64) result.Operation {
		end := ms * milli
		return result.Operation{Kind: kind, Outcome: "ok", Process: process, Place: place, Message: "p#1", End: &end}
	}
	send, store := op("send", "p", "", 1000), op("store", "b", "q/1", 2000)
	lost := op("ack", "p", "", 3000)
	lost.Outcome, lost.Detail = "unknown", "TIMEOUT"
	gone := op("dispose", "c", "q/1", 4000)
	gone.Detail = "expired"
	for _, c := range []struct {
		a, b []result.Operation
		want string
	}{
		{[]result.Operation{send, store}, []result.Operation{send, op("store", "b", "q/1", 2500)}, ""},
		{[]result.Operation{send, store}, []result.Operation{send, op("store", "b", "q/2", 2000)},
			"p: 2.000 s  p#1 is stored in q/1; without the fault it is stored in q/2"},
		{[]result.Operation{send, store, op("store", "b", "q/1", 2001)}, []result.Operation{send, store},
			"p: 2.001 s  p#1 is stored in q/1 again; without the fault it is not"},
		{[]result.Operation{send}, []result.Operation{send, store}, "p: 2.000 s  p#1 is not stored in q/1; without the fault it is"},
		{[]result.Operation{send, lost}, []result.Operation{send, op("ack", "p", "", 3000)},
			"p: 3.000 s  p#1 is answered with TIMEOUT (unknown); without the fault it is acked"},
		{[]result.Operation{send, gone}, []result.Operation{send, op("apply", "c", "q/1", 3000)},
			"c: 4.000 s  p#1 is disposed of by c (expired); without the fault it is applied by c"},
		{[]result.Operation{send, op("deliver", "c", "q/1", 3000)}, nil,
			"p: 1.000 s  p#1 is sent by p; without the fault it is not"},
	} {
		if got := runner.TurnOf(c.a, c.b); got != c.want {
			t.Errorf("the turn is %q, want %q", got, c.want)
		}
	}
}
