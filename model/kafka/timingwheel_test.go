package kafka

import (
	"slices"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// Whatever is added and taken back, and however far the clock goes at once, a
// time-out comes up at its millisecond: not before, and not later than the next look.
// The oracle is a list.
func TestTimingWheelsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := rapid.Int64Range(0, 1<<40).Draw(t, "start")
		var w timingWheels
		w.reset(now)
		type task struct {
			at     int64
			handle int32
		}
		pending := map[uint32]task{}
		for arg := range uint32(rapid.IntRange(1, 60).Draw(t, "steps")) {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0: // the wheels reach 20 ms, 400 ms, 8 s, 160 s and so on
				far := rapid.SampledFrom([]int64{0, 3, 25, 500, 9_000, 30_000, 200_000}).Draw(t, "reach")
				at := now + rapid.Int64Range(0, far).Draw(t, "wait")
				if handle := w.add(at, arg); handle != noTask {
					pending[arg] = task{at, handle}
				} else if at > now {
					t.Fatalf("at %d a time-out at %d is over", now, at)
				}
			case 1:
				if len(pending) > 0 {
					args := []uint32{}
					for a := range pending {
						args = append(args, a)
					}
					slices.Sort(args)
					a := rapid.SampledFrom(args).Draw(t, "cancel")
					w.cancel(pending[a].handle)
					delete(pending, a)
				}
			default:
				now += rapid.Int64Range(0, 20_000).Draw(t, "on")
				last := int64(0)
				for _, arg := range w.turn(now, nil) {
					x, ok := pending[arg]
					if !ok || x.at > now || x.at < last {
						t.Fatalf("at %d the time-out %d comes up, which is %+v, after one of %d", now, arg, x, last)
					}
					last = x.at
					delete(pending, arg)
				}
				for arg, x := range pending {
					if x.at <= now || w.next < 0 || w.next > x.at {
						t.Fatalf("at %d the time-out %d at %d is pending; next is %d", now, arg, x.at, w.next)
					}
				}
			}
			if w.live != len(pending) {
				t.Fatalf("%d time-outs are pending, want %d", w.live, len(pending))
			}
		}
	})
}

// Of two time-outs in one millisecond the one that was added later comes first, where
// it was added to a lower wheel while the other was still on an upper one.
func TestTimingWheelsOrder(t *testing.T) {
	var w timingWheels
	w.reset(0)
	w.add(25, 1) // the second wheel: the first reaches to 20
	w.add(10, 0)
	var due []uint32
	due = w.turn(10, due)
	w.add(25, 2) // the first, which has gone on to 10
	w.add(26, 3)
	for now := int64(11); now < 30; now++ {
		due = w.turn(now, due)
	}
	if want := []uint32{0, 2, 1, 3}; !slices.Equal(due, want) {
		t.Errorf("they come up as %d, want %d", due, want)
	}
	if w.next >= 0 {
		t.Errorf("a bucket is left, for %d", w.next)
	}
}

// A bucket comes up at its time though everything in it was taken back.
func TestTimingWheelsEmptyBucket(t *testing.T) {
	var w timingWheels
	w.reset(1_000)
	w.cancel(w.add(1_500, 0)) // the third wheel, whose buckets are of 400 ms
	if w.next != 1_200 {
		t.Errorf("the next bucket comes up at %d", w.next)
	}
	if due := w.turn(1_200, nil); len(due) > 0 {
		t.Errorf("what was taken back comes up: %d", due)
	}
	if w.next >= 0 {
		t.Error("the bucket is still there")
	}
}

// A fetch that finds nothing waits up to the tick of the broker's clock at which its
// time is over, which is up to 1 ms before it has waited for all of it.
func TestPurgatoryTicks(t *testing.T) {
	for _, c := range []struct{ tick, want sim.Time }{ // one way takes 1 ms
		{0, 1002 * sim.Millisecond},
		{300 * sim.Microsecond, 1001*sim.Millisecond + 700*sim.Microsecond},
		{999 * sim.Microsecond, 1001*sim.Millisecond + sim.Microsecond},
	} {
		b := newSetup().build(t)
		b.w.brokers[0].tick = c.tick
		l := b.probe().dial(0)
		start := b.sim.Now()
		l.fetch(sim.Second, mib, mib, at(0, 0)...)
		if got := b.sim.Now() - start; got != c.want {
			t.Errorf("with a clock %v ahead the answer came after %v, want %v", c.tick, got, c.want)
		}
	}
}

// A produce request waits for its in-sync replicas as long as its producer does; what
// is not replicated by then has timed out, and the next request has its turn.
func TestProducePurgatoryTimesOut(t *testing.T) {
	b, p := trio(t, [3]string{"broker", "replica.lag.time.max.ms", "10m"})
	b.cut(0, 2)
	l := p.dial(0)
	start := b.sim.Now()
	l.postProduce(1, 0, 0, 1)
	l.postProduce(1, 0, 1, 1)
	b.run(90 * sim.Second) // the time-out is 2 min
	first := b.w.arena.bodies.produce.At(l.wait().Body)
	if took := b.sim.Now() - start; first.batches[0].err != errRequestTimedOut || took != first.timeout+2*sim.Millisecond {
		t.Errorf("after %v the answer is %q", took, first.batches[0].err)
	}
	if r := b.replica(0); len(r.waiters) != 1 || r.log.end != 2 {
		t.Errorf("%d batches wait, and the log ends at %d", len(r.waiters), r.log.end)
	}
}
