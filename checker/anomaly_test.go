package checker_test

import (
	"slices"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/model/history"
)

// patterns are the ids of all anomalies of logs.
func patterns() (ids []string) {
	for _, g := range checker.Anomalies() {
		ids = append(ids, g.ID)
	}
	return ids
}

func anomalyVerdicts(t *testing.T, opt checker.Options, ids []string, lines string,
) (*history.History, map[string]checker.Verdict) {
	t.Helper()
	h := new(history.History)
	if _, err := history.Read(h, strings.NewReader(script(t, lines)), "test", history.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]checker.Verdict)
	for _, v := range checker.New().Check(h, ids, opt) {
		out[v.Guarantee] = v
	}
	return h, out
}

// Anomalies of logs are decided like any guarantee: with a witness of rows in order of
// time, and the messages that it is about.
func TestAnomalies(t *testing.T) {
	lines := `
		send a1 @1
		ack a1 @3 in=x:0
		send a2 @4
		ack a2 @6 in=x:1
		poll in=x:2 @7
		deliver a2 @8 in=x:1`
	h, verdicts := anomalyVerdicts(t, checker.Options{}, patterns(), lines)
	for id, v := range verdicts {
		want := checker.Holds
		if id == anomalies.LostWrite || id == anomalies.Unseen {
			want = checker.Violated
		}
		if v.Status != want || v.Status == checker.Holds && v.Decided == 0 && !v.Vacuous {
			t.Errorf("%s: %s, decided on %d", id, v.Status, v.Decided)
		}
	}
	v := verdicts[anomalies.LostWrite]
	var rows []string
	for _, row := range v.Witness.Rows {
		rows = append(rows, operationText(h, row))
	}
	want := []string{"send a1 @1", "ack a1 in=x:0 @1-3", "poll in=x:2 @7", "deliver a2 in=x:1 @8"}
	if !slices.Equal(rows, want) || v.Violations != 1 || v.Keys != 1 {
		t.Errorf("%d violations in %d keys: %q", v.Violations, v.Keys, rows)
	}
	if m := v.Witness.Messages; len(m) != 2 || h.MessageName(m[0]) != "a1" || h.MessageName(m[1]) != "a2" {
		t.Errorf("it is about %v", m)
	}
	// The rest of a history that is cut off may have what is missing.
	_, verdicts = anomalyVerdicts(t, checker.Options{Truncated: "cut off"}, patterns(), lines)
	for id, v := range verdicts {
		if v.Status != checker.Unknown || v.Reason == "" {
			t.Errorf("%s of a history that is cut off: %s", id, v.Status)
		}
	}
}

func TestAllowed(t *testing.T) {
	subscribed := checker.Options{Anomalies: anomalies.Options{Subscribe: true}}
	for _, c := range []struct {
		id   string
		opt  checker.Options
		want bool
	}{
		{anomalies.PollSkip, checker.Options{}, false}, {anomalies.PollSkip, subscribed, true},
		{anomalies.IntSendSkip, checker.Options{}, true}, {checker.NoLoss, subscribed, false},
	} {
		if got := checker.Allowed(c.id, c.opt); got != c.want {
			t.Errorf("%s with %+v: %v", c.id, c.opt.Anomalies, got)
		}
	}
}

// An empty poll after an acknowledged send shows none of the patterns, which is a known
// fault of the original. That the log is not linearizable is found.
func TestEmptyPollAfterAck(t *testing.T) {
	_, verdicts := anomalyVerdicts(t, checker.Options{}, append(patterns(), checker.LinearizableLog), `
		send a1 @1
		ack a1 @3 in=x:0
		poll in=x:0 detail=end @4-5
		poll in=x:1 detail=end @6-7
		deliver a1 @7 in=x:0`)
	for id, v := range verdicts {
		want := checker.Holds
		if id == checker.LinearizableLog {
			want = checker.Violated
		}
		if v.Status != want {
			t.Errorf("%s: %s, %s", id, v.Status, v.Reason)
		}
	}
}

// Who saw a message and sent another, of another key, has put them in an order, and a
// consumer that sees the second alone shows none of the patterns: the second known
// fault. That causal order is broken is found.
func TestCausalInversion(t *testing.T) {
	_, verdicts := anomalyVerdicts(t, checker.Options{}, append(patterns(), "causal-order"), `
		send a1 @1
		ack a1 @3 in=x:0
		deliver a1 by=q @4 in=x:0
		send b1 by=q @5
		ack b1 by=q @6 in=y:0
		deliver b1 by=c @7 in=y:0
		apply b1 by=c @8 in=y:0
		deliver a1 by=c @9 in=x:0
		apply a1 by=c @10 in=x:0`)
	for id, v := range verdicts {
		want := checker.Holds
		if id == "causal-order" {
			want = checker.Violated
		}
		if v.Status != want {
			t.Errorf("%s: %s, %s", id, v.Status, v.Reason)
		}
	}
}
