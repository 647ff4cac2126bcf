package runner_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// The strategies of kafka/expand that keep their order, each with twins that leave
// out one thing that it needs. The checker has to tell them apart: in every run the
// strategy holds, and in some run the twin breaks.

const seeds = 3

// change is what a twin does to the operator of a run.
type change func(*app.Operator, model.World, *model.Recorder)

// judge runs a case over seeds and returns in how many runs a guarantee was
// violated; it fails where it was not decided.
func judge(t *testing.T, r *runner.Runner, c *scenarios.Case, guarantee string, twin change) (violated int) {
	t.Helper()
	if twin == nil {
		twin = func(*app.Operator, model.World, *model.Recorder) {}
	}
	for seed := range uint64(seeds) {
		out, err := r.RunChanged(c, seed+1, twin)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range out.Verdicts {
			if v.Guarantee != guarantee {
				continue
			}
			if v.Vacuous || v.Decided == 0 || v.Status == "unknown" {
				t.Errorf("seed %d: %s was not decided: %s", seed+1, guarantee, v.Reason)
			}
			if v.Status == "violated" {
				violated++
			}
		}
	}
	return violated
}

// expectHolds and expectCaught judge the two of a pair.
func expectHolds(t *testing.T, r *runner.Runner, c *scenarios.Case, guarantee string, twin change) {
	t.Helper()
	if n := judge(t, r, c, guarantee, twin); n > 0 {
		t.Errorf("%s is violated in %d of %d runs of the strategy", guarantee, n, seeds)
	}
}

func expectCaught(t *testing.T, r *runner.Runner, c *scenarios.Case, guarantee string, twin change) {
	t.Helper()
	if judge(t, r, c, guarantee, twin) == 0 {
		t.Errorf("%s holds in all %d runs of the broken twin", guarantee, seeds)
	}
}

// drainCase expands 4 partitions to 5 by draining first. The producers' metadata
// is older than the group's, so that they are the last to know.
func drainCase() *scenarios.Case {
	c := expandCase(5, model.Values{}.Set("expand", model.TextValue(app.DrainThen)))
	c.Config.SetIn("producer", "metadata.max.age.ms", model.DurationValue(60*second))
	return c
}

func knowsAll(w model.World, count int) bool { return w.(model.Expander).Known("orders") >= count }

func TestDrainFirst(t *testing.T) {
	r := runner.New(registry())
	expectHolds(t, r, drainCase(), "per-key-order", nil)
	expectHolds(t, r, drainCase(), "no-loss", nil)
	expectHolds(t, r, drainCase(), "no-duplicates", nil)
}

// Expanding when every send is answered, while the backlog is not worked off.
func TestDrainFirstTwinStored(t *testing.T) {
	expectCaught(t, runner.New(registry()), drainCase(), "per-key-order",
		func(op *app.Operator, _ model.World, rec *model.Recorder) {
			op.Drained = func() bool { return rec.Unanswered == 0 }
		})
}

// Going on before every producer knows the new partitions.
func TestDrainFirstTwinMetadata(t *testing.T) {
	expectCaught(t, runner.New(registry()), drainCase(), "per-key-order",
		func(op *app.Operator, w model.World, _ *model.Recorder) {
			op.Adopted = func(_ string, before, count int) bool {
				places := w.(model.Expander).Partitions("orders")
				for _, p := range places[min(before, len(places)):] {
					if _, ok := w.(model.PositionReader).Committed(p); !ok {
						return false
					}
				}
				return len(places) == count
			}
		})
}

// Taking what was delivered for applied, which is what a consumer's own lag tells:
// it is zero while the last records are still in hand. The wait for the group's
// positions hides that, since the group needs all members at their next poll; so
// both of this pair go on as soon as the producers know.
func TestDrainFirstTwinDelivered(t *testing.T) {
	c := drainCase()
	c.Config.SetIn("producer", "metadata.max.age.ms", model.DurationValue(second))
	c.Config.SetIn("consumer", "max.poll.records", model.IntegerValue(500))
	r := runner.New(registry())
	adopted := func(w model.World) func(string, int, int) bool {
		return func(_ string, _, count int) bool { return knowsAll(w, count) }
	}
	expectHolds(t, r, c, "per-key-order", func(op *app.Operator, w model.World, _ *model.Recorder) {
		op.Adopted = adopted(w)
	})
	expectCaught(t, r, c, "per-key-order", func(op *app.Operator, w model.World, rec *model.Recorder) {
		op.Adopted = adopted(w)
		row, waiting := 0, 0 // of what is stored and was not delivered; nothing comes twice here
		op.Drained = func() bool {
			for h := rec.History(); row < h.Len(); row++ {
				switch h.Kind(row) {
				case history.KindStore:
					waiting++
				case history.KindDeliver:
					waiting--
				}
			}
			return rec.Unanswered == 0 && waiting == 0
		}
	})
}

// Going on before the group has a position in each new partition: with
// auto.offset.reset: latest, what is sent in between is lost.
func TestDrainFirstTwinPositions(t *testing.T) {
	c := drainCase()
	c.Config.SetIn("producer", "metadata.max.age.ms", model.DurationValue(second))
	c.Config.SetIn("consumer", "auto.offset.reset", model.TextValue("latest"))
	r := runner.New(registry())
	expectHolds(t, r, c, "no-loss", nil)
	expectCaught(t, r, c, "no-loss", func(op *app.Operator, w model.World, _ *model.Recorder) {
		op.Adopted = func(_ string, _, count int) bool { return knowsAll(w, count) }
	})
}

// pauseCase expands by an even number of partitions and pauses the new ones.
func pauseCase(after int64, pause int64, partitioner string) *scenarios.Case {
	features := model.Values{}.Set("partitioner", model.TextValue(partitioner))
	if pause > 0 {
		features = features.Set("pause_new_partitions", model.DurationValue(pause))
	}
	return expandCase(after, features)
}

// A pause that covers the drain and the producers' metadata age holds for 4 -> 8;
// a shorter one does not, and none does for 4 -> 6.
func TestPauseCoversDrain(t *testing.T) {
	r := runner.New(registry())
	expectHolds(t, r, pauseCase(8, 80*second, app.PartitionerDefault), "per-key-order", nil)
	expectHolds(t, r, pauseCase(8, 80*second, app.PartitionerDefault), "no-loss", nil)
	expectCaught(t, r, pauseCase(8, 30*second, app.PartitionerDefault), "per-key-order", nil)
	expectCaught(t, r, pauseCase(6, 180*second, app.PartitionerDefault), "per-key-order", nil)
}

// earlyPause is the application's twin that counts the pause from the start of its
// process instead of the expansion.
type earlyPause struct {
	model.ConsumerApp
	client model.ConsumerClient
	host   *model.AppHost
	until  sim.Time
}

const timerEarly uint16 = 9

func (a *earlyPause) Assigned(places []history.Place) {
	h := a.host.Recorder.History()
	for _, p := range places {
		if rest := a.until - a.host.Sim.Now(); h.PlaceName(p) >= "orders/4" && rest > 0 {
			a.client.(model.Pauser).Pause(p)
			a.host.After(rest, timerEarly, uint64(p))
		}
	}
}

func (a *earlyPause) Timer(kind uint16, arg uint64) {
	if kind == timerEarly {
		a.client.(model.Pauser).Resume(history.Place(arg))
		return
	}
	a.ConsumerApp.Timer(kind, arg)
}

// changedPlan is Kafka with a change to the plan of every world.
func changedPlan(do func(*model.Plan)) *model.Registry {
	system := kafka.System()
	build := system.Build
	system.Build = func(env *model.Env, plan *model.Plan) (model.World, error) {
		do(plan)
		return build(env, plan)
	}
	return &model.Registry{Systems: []*model.System{system}, Features: app.Features()}
}

// The pause counts from the expansion. Counted from the start of the process, a
// pause that would do ends while the old partitions have not been drained.
func TestPauseTwinMoment(t *testing.T) {
	const pause = 66 * sim.Second
	expectHolds(t, runner.New(registry()), pauseCase(8, int64(pause), app.PartitionerDefault), "per-key-order", nil)
	twin := changedPlan(func(plan *model.Plan) {
		inner := plan.NewApp
		plan.NewApp = func(c model.ConsumerClient, host *model.AppHost) model.ConsumerApp {
			return &earlyPause{ConsumerApp: inner(c, host), client: c, host: host, until: pause}
		}
	})
	expectCaught(t, runner.New(twin), pauseCase(8, 0, app.PartitionerDefault), "per-key-order", nil)
}

// rebuilt is the slot table's twin that makes its table anew for each number of
// partitions, and so moves slots between the old ones.
type rebuilt struct{ slots int }

func (p rebuilt) Partition(_ history.Key, hash uint32, count int) int {
	return int(hash&0x7fffffff) % p.slots % count
}

// rehashed is the ring's twin whose points depend on the number of partitions.
type rehashed struct{ *app.Ring }

func (r rehashed) Partition(key history.Key, hash uint32, count int) int {
	return r.Ring.Partition(key, hash*uint32(2*count+1), count)
}

// Slots and consistent hashing hold for any number of partitions once the pause
// covers the drain, because they move keys to new partitions only.
func TestPartitionerTwins(t *testing.T) {
	for name, twin := range map[string]model.Partitioner{
		app.PartitionerSlots: rebuilt{1024}, app.PartitionerConsistent: rehashed{app.NewRing(160)},
	} {
		c := pauseCase(6, 100*second, name)
		expectHolds(t, runner.New(registry()), c, "per-key-order", nil)
		expectCaught(t, runner.New(changedPlan(func(plan *model.Plan) { plan.Partitioner = twin })), c, "per-key-order", nil)
	}
}
