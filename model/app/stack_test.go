package app_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// stacked draws strategies that lose nothing, one upon the other.
func stacked(t *rapid.T) model.Values {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	retry := pick("retry", app.RetryInPlace, app.RetryTopic, app.RetryPark)
	v := features("retry", retry, "retry_delay", 20*sim.Millisecond,
		"dispatch", pick("dispatch", app.DispatchKey, app.DispatchShared),
		"dedup", pick("dedup", app.DedupNone, app.DedupMarkAfter, app.DedupAtomic),
		"guard", pick("guard", app.GuardNone, app.GuardVersion),
		"write", pick("write", app.WriteUpsert, app.WriteLock, app.WriteOptimistic),
		"fencing", rapid.Bool().Draw(t, "fencing"), "on_revoke", pick("on_revoke", app.RevokeGoOn, app.RevokeDiscard),
		"workers", rapid.IntRange(1, 4).Draw(t, "workers"), "commit_every", 20*sim.Millisecond, "queue", 10)
	if rapid.Bool().Draw(t, "errors") {
		v = failing(v)
	}
	if rapid.Bool().Draw(t, "poll ahead") {
		v = v.Set("poll_ahead", model.BooleanValue(true)).
			Set("when_full", model.TextValue(pick("when full", app.FullWait, app.FullPause)))
	}
	if rapid.Bool().Draw(t, "watched") {
		v = v.Set("monitor_sample", model.Value{Type: model.Share, Int: 500_000})
	}
	v = v.Set("expand", model.TextValue(pick("expand", app.Online, app.EpochMarked, app.NewTopic)))
	v = v.Set("epoch_spread", model.DurationValue(int64(50*sim.Millisecond)))
	if rapid.Bool().Draw(t, "own") {
		v = v.Set("epoch_hold", model.TextValue(app.HoldOwn))
	}
	return v.Set("commit", model.TextValue(app.CommitContiguous))
}

// What loses nothing by itself loses nothing with others: whichever strategies are
// stacked, whoever dies, stops or hands over, and while partitions are added.
func TestStackedStrategiesLoseNothing(t *testing.T) {
	e := engine()
	rapid.Check(t, func(t *rapid.T) {
		c := claim{crashes: true, pauses: true, expands: true}
		p := c.plans(stacked(t)).Draw(t, "plan")
		if what := noLoss(run(e, p)); what != "" {
			t.Fatal(what)
		}
	})
}

// What keeps the order of keys keeps it with others that do.
func TestStackedStrategiesKeepTheOrder(t *testing.T) {
	e := engine()
	rapid.Check(t, func(t *rapid.T) {
		v := stacked(t).Set("dispatch", model.TextValue(app.DispatchKey)).Set("fencing", model.BooleanValue(false)).
			Set("expand", model.TextValue(rapid.SampledFrom([]string{app.EpochMarked, app.NewTopic}).Draw(t, "way")))
		if retry, _ := v.Get("retry"); retry.Text == app.RetryTopic {
			v = v.Set("retry", model.TextValue(app.RetryInPlace))
		}
		c := claim{crashes: true, pauses: true, expands: true}
		p := c.plans(v).Draw(t, "plan")
		g := run(e, p)
		if what := perProducer(g); what != "" {
			t.Fatal(what)
		}
		if what := noLoss(g); what != "" {
			t.Fatal(what)
		}
	})
}
