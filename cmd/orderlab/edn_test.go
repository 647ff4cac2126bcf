package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// A run of each strategy of each scenario of the library, written as Jepsen does and
// read back, has the operations and the verdicts of its history. Without ORDERLAB_LONG it is the first
// two strategies of each.
func TestRunsAsJepsenWritesThem(t *testing.T) {
	reg := newRegistry()
	r := runner.New(reg)
	violated := 0
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		sc, err := scenarios.Load(reg, name, name+".yaml", src, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i := range sc.Cases {
			long := os.Getenv("ORDERLAB_LONG") != ""
			if c := &sc.Cases[i]; !seen[c.Strategy] && (long || len(seen) < 2) {
				seen[c.Strategy] = true
				violated += sameAsJepsenWritesIt(t, r, c)
			}
		}
	}
	if violated == 0 {
		t.Error("no run has an anomaly, so nothing was compared")
	}
}

// sameAsJepsenWritesIt runs a case, and returns how many anomalies its history has.
func sameAsJepsenWritesIt(t *testing.T, r *runner.Runner, c *scenarios.Case) (violated int) {
	t.Helper()
	if _, err := r.Run(context.Background(), c, 1, runner.Options{}); err != nil {
		t.Fatal(err)
	}
	h := &anomalies.FromHistory(r.History()).History
	var text bytes.Buffer
	if err := jepsen.Write(&text, h); err != nil {
		t.Fatal(err)
	}
	back, err := jepsen.Read(&text, "history.edn", jepsen.Options{})
	if err != nil {
		t.Fatalf("%s, %s: %v", c.Scenario, c.Strategy, err)
	}
	sameOperations(t, c, h, &back.History)
	want := judgedAs(h)
	if got := judgedAs(&back.History); !slices.Equal(got, want) {
		t.Errorf("%s, %s:\n%s\nread back\n%s", c.Scenario, c.Strategy, strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
	for _, line := range want {
		if strings.Contains(line, " violated ") {
			violated++
		}
	}
	return violated
}

// sameOperations compares two histories operation by operation. The names of what was
// read back are spelt as EDN.
func sameOperations(t *testing.T, c *scenarios.Case, h, back *anomalies.History) {
	t.Helper()
	if len(h.Ops) != len(back.Ops) {
		t.Errorf("%s, %s: %d operations, and %d read back", c.Scenario, c.Strategy, len(h.Ops), len(back.Ops))
		return
	}
	for i := range h.Ops {
		if want, got := h.Text(i, strconv.Quote), back.Text(i, strings.Clone); got != want {
			t.Errorf("%s, %s: operation %d is\n%s\nread back\n%s", c.Scenario, c.Strategy, i, want, got)
			return
		}
	}
}

// judgedAs is what a history of logs is found to be.
func judgedAs(h *anomalies.History) (out []string) {
	for _, f := range anomalies.Check(h, anomalies.Log, nil, anomalies.Options{}) {
		out = append(out, fmt.Sprintf("%s %s vacuous %v: %d of %d, %d keys",
			f.ID, f.Status, f.Vacuous, f.Count, f.Decided, f.Keys))
	}
	return out
}
