package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// crashCase is a short run in which a consumer and a producer die and come back.
func crashCase() *scenarios.Case {
	c := shortCase()
	c.Consumers.Members = 2
	c.Workload.Phases[0].For = 20 * second
	c.Faults = append(c.Faults, crash("billing-0", 12*second, 3*second), crash("producer-1", 12*second, second))
	return c
}

// A traced run is the same run: hash, verdicts and history are those of the run
// without a trace, whatever the trace reads.
func TestTracingChangesNothing(t *testing.T) {
	r := runner.New(registry())
	for _, c := range []*scenarios.Case{crashCase(), shortCase()} {
		plain, err := r.Run(context.Background(), c, 3, runner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows := r.History().Len()
		kinds := map[result.EventKind]int{}
		last, lastRow := int64(0), 0
		traced, err := r.Run(context.Background(), c, 3, runner.Options{Trace: func(e *result.Event) {
			kinds[e.Kind]++
			if e.At < last || e.Rows < lastRow || e.Node == "" || e.Text == "" {
				t.Fatalf("after %d, row %d, comes %+v", last, lastRow, *e)
			}
			last, lastRow = e.At, e.Rows
		}})
		if err != nil {
			t.Fatal(err)
		}
		if traced.Hash != plain.Hash || r.History().Len() != rows {
			t.Errorf("the hash is %x and %x with a trace, the operations are %d and %d",
				plain.Hash, traced.Hash, rows, r.History().Len())
		}
		for _, k := range []result.EventKind{result.EventFrame, result.EventConnection, result.EventTimer} {
			if kinds[k] == 0 {
				t.Errorf("the trace has no %s", k)
			}
		}
		again, err := r.Run(context.Background(), c, 3, runner.Options{})
		if err != nil || again.Hash != plain.Hash {
			t.Errorf("after a trace the hash is %x, error %v", again.Hash, err)
		}
	}
}

// A trace tells what a frame carries, which messages, and between whom; what came
// to a process that is dead; and when a fault ends.
func TestTraceTellsTheWorld(t *testing.T) {
	r := runner.New(registry())
	carried := map[history.Message]map[string]bool{}
	var lines strings.Builder
	c := crashCase()
	// So far apart that something is on its way to a process when it dies.
	far := model.Distribution{Shape: model.Constant, A: 40 * milli}
	c.Config.Top = c.Config.Top.Set("network.latency", model.DistValue(far))
	_, err := r.Run(context.Background(), c, 4, runner.Options{Trace: func(e *result.Event) {
		lines.WriteString(string(e.Kind) + " " + e.Node + " < " + e.From + ": " + e.Text + "\n")
		for _, m := range e.Messages {
			if carried[m] == nil {
				carried[m] = map[string]bool{}
			}
			name, _, _ := strings.Cut(e.Text, " ")
			carried[m][name] = true
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	h := r.History()
	for i := range h.Len() {
		if m := h.MessageAt(i); h.Kind(i) == history.KindDeliver && !(carried[m]["Produce"] && carried[m]["Fetched"]) {
			t.Errorf("%s was delivered, and carried by %v", h.MessageName(m), carried[m])
		}
	}
	for _, want := range []string{
		"< billing-0: a request for a connection\n",
		": the opening of a connection\n",
		": Metadata -> 5 partitions\n",
		"timer billing-0 < : work on a record\n",
		"timer broker-", "timer workload < : arrival of a message at producer-1\n",
		"< billing-0: the closing of a connection\n",
		"lost producer-1 < ", "fault faults < : end of crash node=billing-0\n",
	} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the trace has no line %q", want)
		}
	}
	if strings.Contains(lines.String(), "fault faults < : crash") {
		t.Error("a fault that begins is an operation, and the trace tells it as an event too")
	}
}

func TestTraceStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	n := 0
	_, err := runner.New(registry()).Run(ctx, expandCase(5, nil), 1, runner.Options{Trace: func(*result.Event) {
		if n++; n == 1000 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
