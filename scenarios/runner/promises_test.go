package runner_test

import (
	"context"
	"fmt"
	"testing"

	"orderlab/checker"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// promising returns the case of a file in which a consumer is dead from 5 s to 15 s, with
// promises and what is expected.
func promising(t *testing.T, promises, expect string) *scenarios.Case {
	t.Helper()
	src := faultyFile + "faults: [{at: steady, after: 5s, for: 10s, crash: {node: faulty-0}}]\n" +
		promises + "strategies: {s: {}}\nexpect: {s: [{" + expect + "}]}\n"
	reg := registry()
	reg.Metrics = app.Metrics()
	sc, err := scenarios.Load(reg, "faulty", "faulty.yaml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &sc.Cases[0]
}

// verdictOf runs a case and returns the verdict on a guarantee, and the history.
func verdictOf(t *testing.T, c *scenarios.Case, guarantee string) (result.Verdict, *history.History) {
	t.Helper()
	r := runner.New(registry())
	out, err := r.Run(context.Background(), c, 1, runner.Options{Witness: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.Verdicts {
		if v.Guarantee == guarantee {
			return v, r.History()
		}
	}
	t.Fatalf("%s is not judged", guarantee)
	return result.Verdict{}, nil
}

// A promise of progress is judged from the ack, or from the end of the fault, as it
// was: the time that is really needed is kept, and one nanosecond less is not.
func TestProgressIsJudgedFromTheEndOfTheFault(t *testing.T) {
	c := promising(t, "promises: {progress: 100s}\n", "progress: holds")
	v, h := verdictOf(t, c, checker.Progress)
	if v.Status != result.Holds || v.Vacuous || v.Decided == 0 {
		t.Fatalf("%+v", v)
	}
	struck, healed, acked, needed := int64(0), int64(0), map[history.Message]int64{}, int64(0)
	for i := range h.Len() {
		op := h.Op(i)
		switch {
		case op.Kind == history.KindFault:
			struck, healed = op.Begin, op.End
		case op.Kind == history.KindAck && op.Outcome == history.OK:
			acked[op.Message] = op.End
		}
	}
	if healed-struck != 10*second {
		t.Fatalf("the fault lasts %d ns", healed-struck)
	}
	for i := range h.Len() {
		op := h.Op(i)
		at, known := acked[op.Message]
		if op.Kind == history.KindApply && known {
			needed = max(needed, op.End-max(at, healed))
			delete(acked, op.Message) // the first effect counts
		}
	}
	for _, promise := range []struct {
		within int64
		want   string
	}{{needed, result.Holds}, {needed - 1, result.Violated}} {
		c.Promises.Progress = promise.within
		if v, _ := verdictOf(t, c, checker.Progress); v.Status != promise.want {
			t.Errorf("within %d ns of %d it is %s, want %s", promise.within, needed, v.Status, promise.want)
		}
	}
}

// The lag is sampled where it has a bound: the last sample of a place is the most
// messages that waited there, counted anew.
func TestLagIsSampledWhereItIsBounded(t *testing.T) {
	c := promising(t, "promises: {bounded: {lag: 1000000}}\n", "bounded: holds")
	v, h := verdictOf(t, c, checker.Bounded)
	if v.Status != result.Holds || v.Vacuous || v.Decided == 0 {
		t.Fatalf("%+v", v)
	}
	where, lag, most := map[history.Message]history.Place{}, map[history.Place]int64{}, map[history.Place]int64{}
	sampled, top := map[history.Place]int64{}, int64(0)
	for i := range h.Len() {
		op := h.Op(i)
		_, stored := where[op.Message]
		switch {
		case op.Kind == history.KindStore && !stored:
			where[op.Message] = op.Place
			lag[op.Place]++
			most[op.Place] = max(most[op.Place], lag[op.Place])
		case op.Kind == history.KindApply && stored:
			lag[where[op.Message]]--
			delete(where, op.Message)
		case op.Kind == history.KindSample:
			sampled[op.Place] = op.Position
			top = max(top, op.Position)
		}
	}
	if fmt.Sprint(sampled) != fmt.Sprint(most) {
		t.Errorf("the largest samples are %v, counted %v", sampled, most)
	}
	for _, bound := range []struct {
		most int64
		want string
	}{{top, result.Holds}, {top - 1, result.Violated}} {
		c.Promises.Bounds[0].Most = bound.most
		if v, _ := verdictOf(t, c, checker.Bounded); v.Status != bound.want {
			t.Errorf("below %d of %d it is %s, want %s", bound.most, top, v.Status, bound.want)
		}
	}
}

// What the application samples can be bounded as well, and what is not bounded is not
// sampled.
func TestBoundsOfTheApplication(t *testing.T) {
	c := promising(t, "app: {workers: 8, dispatch: by-key, poll_ahead: true}\npromises: {bounded: {in-hand: 0}}\n", "bounded: violated")
	v, h := verdictOf(t, c, checker.Bounded)
	if v.Status != result.Violated || v.Witness == nil || len(v.Witness.Operations) != 1 {
		t.Fatalf("%+v", v)
	}
	for i := range h.Len() {
		if op := h.Op(i); op.Kind == history.KindSample && h.SymbolName(op.Detail) == "lag" {
			t.Fatal("the lag is sampled though it has no bound")
		}
	}
}

// Without a promise nothing is sampled for it.
func TestNothingIsPromised(t *testing.T) {
	c := promising(t, "", "no-loss: holds")
	if _, h := verdictOf(t, c, checker.NoLoss); h.Count(history.KindSample) > 0 {
		t.Errorf("%d samples", h.Count(history.KindSample))
	}
}
