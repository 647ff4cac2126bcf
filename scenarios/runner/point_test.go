package runner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// atAppend is a fault that strikes as the only broker passes a point of its code for
// the so manieth time; the broker is back after down.
const (
	atAppend = `[{point: {node: broker-0, name: "after append, before ack", pass: %d}, for: 2s, crash: {node: broker-0}}]`
	down     = 2_000_000_000
)

// alone makes a run with one broker and returns its history.
func alone(t *testing.T, faults string) *history.History {
	t.Helper()
	src := strings.Replace(faultyFile, "topics: {orders: {partitions: 4, replicas: 3}}",
		"brokers: 1, topics: {orders: {partitions: 4, replicas: 1}}", 1) + "faults: " + faults + "\nstrategies: {s: {}}\n"
	sc, err := scenarios.Load(registry(), "alone", "alone.yaml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := runner.New(registry())
	if _, err := r.Run(context.Background(), &sc.Cases[0], 1, runner.Options{}); err != nil {
		t.Fatal(err)
	}
	return r.History()
}

// begins returns when operations of a kind began, each time once.
func begins(h *history.History, kind history.Kind) (at []int64) {
	for i := range h.Len() {
		if op := h.Op(i); op.Kind == kind && (len(at) == 0 || at[len(at)-1] != op.Begin) {
			at = append(at, op.Begin)
		}
	}
	return at
}

// A fault at a point of a node's code strikes there and then: when the broker has
// appended as many requests as it says, and before it answers the last one.
func TestFaultStrikesAtItsPoint(t *testing.T) {
	appends := begins(alone(t, "[]"), history.KindStore)
	for _, pass := range []int{1, 2, 17, 100} {
		h := alone(t, fmt.Sprintf(atAppend, pass))
		struck := begins(h, history.KindFault)
		if len(struck) != 1 || struck[0] != appends[pass-1] {
			t.Errorf("pass %d: it strikes at %d, and the broker appends at %d", pass, struck, appends[pass-1])
			continue
		}
		stored := make(map[history.Message]bool) // as the broker dies
		acked := 0
		for i := range h.Len() {
			switch op := h.Op(i); {
			case op.Kind == history.KindStore && op.Begin == struck[0]:
				stored[op.Message] = true
			case op.Kind == history.KindAck && stored[op.Message]:
				if acked++; op.End < struck[0]+down {
					t.Errorf("pass %d: %s is acked at %d by a broker that died at %d",
						pass, h.MessageName(op.Message), op.End, struck[0])
				}
			}
		}
		if len(stored) == 0 || acked != len(stored) {
			t.Errorf("pass %d: %d messages are stored as the broker dies, %d of them acked later", pass, len(stored), acked)
		}
	}
	if got := begins(alone(t, fmt.Sprintf(atAppend, 1_000_000)), history.KindFault); len(got) > 0 {
		t.Errorf("at a point that is not passed so often it strikes at %d", got)
	}
}
