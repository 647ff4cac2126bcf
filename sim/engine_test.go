package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/sim"
)

// scripted is a node whose behaviour a test writes in place.
type scripted struct {
	timer   func(kind sim.Kind, arg uint64)
	opened  func(c sim.Conn)
	receive func(c sim.Conn, f *sim.Frame)
	digest  func(d *sim.Digest)
}

func (n *scripted) Timer(kind sim.Kind, arg uint64) {
	if n.timer != nil {
		n.timer(kind, arg)
	}
}

func (n *scripted) Opened(c sim.Conn) {
	if n.opened != nil {
		n.opened(c)
	}
}

func (n *scripted) Receive(c sim.Conn, f *sim.Frame) {
	if n.receive != nil {
		n.receive(c, f)
	}
}

func (n *scripted) Digest(d *sim.Digest) {
	if n.digest != nil {
		n.digest(d)
	}
}

func (n *scripted) Closed(sim.Conn, sim.Closing) {}
func (n *scripted) Crashed()                     {}
func (n *scripted) Restarted()                   {}

// panicOf returns what f panics with, as text, or nothing.
func panicOf(f func()) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}

func TestEventsComeInOrder(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	var got []string
	note := func(kind sim.Kind, arg uint64) { got = append(got, fmt.Sprintf("%v:%d/%d", e.Now(), kind, arg)) }
	n := e.AddNode("a", &scripted{timer: note})
	e.After(n, 2*sim.Second, 1, 10)
	e.After(n, sim.Second, 2, 20)
	e.At(sim.Second, func() { got = append(got, "call") })
	e.After(n, sim.Second, 3, 30) // at one time, in the order of scheduling
	taken := e.After(n, 3*sim.Second, 4, 40)
	e.Cancel(taken)
	e.Cancel(taken)
	if e.Pending() != 4 {
		t.Errorf("%d events are pending, want 4", e.Pending())
	}
	if s := e.Step(1); s != sim.Running || len(got) != 1 {
		t.Errorf("after one step: %v, %v", s, got)
	}
	if s := e.Step(100); s != sim.Idle || e.Status() != sim.Idle {
		t.Errorf("at the end: %v", s)
	}
	if want := "1s:2/20 call 1s:3/30 2s:1/10"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if e.Events() != 4 || e.Now() != 2*sim.Second || e.Last().Arg != 10 {
		t.Errorf("%d events, the last %v at %v", e.Events(), e.Last(), e.Now())
	}
}

// The driver's calls may set calls themselves, at the same time too, and a
// number that is free again does not lead to a call that was already made.
func TestCallsAreReused(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	var got []int
	var again func()
	again = func() {
		got = append(got, len(got))
		if len(got) < 5 {
			e.At(e.Now(), again)
			e.At(e.Now()+1, func() { got = append(got, -1) })
		}
	}
	e.At(sim.Second, again)
	e.Step(100)
	if want := "[0 1 2 3 4 -1 -1 -1 -1]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestPastIsReported(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	n := e.AddNode("broker-1", &scripted{})
	e.After(n, sim.Second, 0, 0)
	e.Step(1)
	for name, c := range map[string]struct {
		f    func()
		want string
	}{
		"timer":    {func() { e.After(n, -1, 7, 0) }, "node broker-1 set a timer of kind 7 for -0.000000001s"},
		"overflow": {func() { e.After(n, 1<<63-1, 7, 0) }, "timer 7 (0) at broker-1 at -"},
		"kind":     {func() { e.After(n, 1, 0xf00, 0) }, "node broker-1 set a timer of kind 3840"},
		"call":     {func() { e.At(0, func() {}) }, "a call at the driver at 0s was scheduled in the past"},
		"restart":  {func() { e.Restart(n, -1) }, "a restart at broker-1 at 0.999999999s was scheduled in the past"},
	} {
		if got := panicOf(c.f); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	type timer = func(kind sim.Kind, arg uint64)
	for _, c := range []struct {
		name   string
		limits sim.Limits
		world  func(e *sim.Engine, bad sim.NodeID) timer // what the bad node does
		status sim.Status
		events uint64
		want   []string
	}{
		{"a leak", sim.Limits{Pending: 500}, func(e *sim.Engine, bad sim.NodeID) timer {
			return func(_ sim.Kind, arg uint64) { // every round sets a timer that it forgets
				e.After(bad, sim.Second, 0, arg+1)
				e.After(bad, sim.Minute*60, 9, arg)
			}
		}, sim.MemoryLimit, 998, []string{"limit of pending events: 501", "500 of them of node bad", "499 like timer 9"}},
		{"a run that does not end", sim.Limits{Time: 100 * sim.Second}, func(e *sim.Engine, bad sim.NodeID) timer {
			return func(_ sim.Kind, arg uint64) { e.After(bad, sim.Second, 3, arg+1) }
		}, sim.TimeLimit, 201, []string{"limit of virtual time: the next event is timer", "at 101s", "2 are pending",
			"1 of them of node"}},
		{"time that stands still", sim.Limits{Events: 1000}, func(e *sim.Engine, bad sim.NodeID) timer {
			return func(_ sim.Kind, arg uint64) { e.After(bad, 0, 3, arg+1) }
		}, sim.EventLimit, 1000, []string{"limit of events: 1000, and time stands still at 1s",
			"of the last 500 were of node bad", "timer 3"}},
		{"a node that is too busy", sim.Limits{Events: 1000}, func(e *sim.Engine, bad sim.NodeID) timer {
			return func(_ sim.Kind, arg uint64) { e.After(bad, sim.Microsecond, 3, arg+1) }
		}, sim.EventLimit, 1000, []string{"limit of events: 1000 at 1.0009", "500 of the last 500 were of node bad"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := sim.New(1, c.limits)
			a, b := &scripted{}, &scripted{}
			good, bad := e.AddNode("good", a), e.AddNode("bad", b)
			a.timer = func(sim.Kind, uint64) { e.After(good, sim.Second, 1, 0) } // once a second, which is fine
			b.timer = c.world(e, bad)
			e.After(good, 0, 1, 0)
			e.After(bad, sim.Second, 0, 0)
			for e.Step(7) == sim.Running {
			}
			pending := e.Pending()
			if e.Status() != c.status || e.Events() != c.events {
				t.Errorf("%v after %d events, want %v after %d", e.Status(), e.Events(), c.status, c.events)
			}
			for _, want := range c.want {
				if got := e.Reason(); !strings.Contains(got, want) {
					t.Errorf("the reason is %q, want %q in it", got, want)
				}
			}
			if s := e.Step(10); s != c.status || e.Pending() != pending {
				t.Errorf("another step: %v, %d pending instead of %d", s, e.Pending(), pending)
			}
		})
	}
}

// A limit is the last that is allowed, and a run that is through before it is
// idle and not limited.
func TestLimitsAreInclusive(t *testing.T) {
	for _, c := range []struct {
		limits sim.Limits
		status sim.Status
		events uint64
	}{
		{sim.Limits{Time: 9 * sim.Second}, sim.Idle, 10}, {sim.Limits{Time: 9*sim.Second - 1}, sim.TimeLimit, 9},
		{sim.Limits{Events: 10}, sim.Idle, 10},
		{sim.Limits{Events: 9}, sim.EventLimit, 9},
		{sim.Limits{Events: 1}, sim.EventLimit, 1},
		{sim.Limits{Pending: 10}, sim.Idle, 10}, {sim.Limits{Pending: 9}, sim.MemoryLimit, 0},
	} {
		e := sim.New(1, c.limits)
		n := e.AddNode("a", &scripted{})
		for i := range 10 {
			e.After(n, sim.Time(i)*sim.Second, 0, 0)
		}
		for e.Step(3) == sim.Running {
		}
		if e.Status() != c.status || e.Events() != c.events {
			t.Errorf("%+v: %v after %d, want %v after %d", c.limits, e.Status(), e.Events(), c.status, c.events)
		}
	}
}

func TestHalt(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	var n sim.NodeID
	n = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) {
		if arg == 2 {
			e.Halt()
		}
		e.After(n, 1, 0, arg+1)
	}})
	e.After(n, 0, 0, 0)
	if s := e.Step(100); s != sim.Halted || e.Events() != 3 || e.Pending() != 1 || e.Reason() != "halted" {
		t.Errorf("%v after %d events with %d pending: %s", s, e.Events(), e.Pending(), e.Reason())
	}
	if s := e.Step(100); s != sim.Halted || e.Events() != 3 {
		t.Errorf("it went on: %v after %d events", s, e.Events())
	}
	e.Reset(1, sim.Limits{})
	e.Halt()
	e.At(0, func() { t.Error("an engine that was halted before its first step ran") })
	e.Step(1)
}

// An engine that was used for anything is after Reset as good as a new one.
func TestResetIsLikeNew(t *testing.T) {
	used := sim.New(77, sim.Limits{Events: 2000})
	used.PermuteTies(5)
	used.TraceCauses(1 << 16)
	used.SetSource(sim.Record(sim.Random{Seed: 4}))
	runGossip(used)
	used.SetHashing(false)
	for seed := range uint64(5) {
		fresh := sim.New(seed, sim.Limits{})
		used.Reset(seed, sim.Limits{})
		runGossip(fresh)
		runGossip(used)
		if fresh.Hash() != used.Hash() || fresh.Digest() != used.Digest() || fresh.Events() != used.Events() {
			t.Errorf("seed %d: %d events with %x, and %d with %x after Reset",
				seed, fresh.Events(), fresh.Hash(), used.Events(), used.Hash())
		}
	}
}

// How a run is cut into steps, and whether it is watched, changes nothing in it.
func TestWatchingChangesNothing(t *testing.T) {
	plain := sim.New(3, sim.Limits{})
	runGossip(plain)
	watched := sim.New(3, sim.Limits{})
	watched.TraceCauses(1 << 20)
	recording := sim.Record(sim.Random{Seed: 3})
	watched.SetSource(recording)
	newGossip(watched)
	for watched.Step(1) == sim.Running {
		watched.Digest()
	}
	if plain.Hash() != watched.Hash() {
		t.Error("the trace hash of a run that was watched is another")
	}
	unhashed := sim.New(3, sim.Limits{})
	unhashed.SetHashing(false)
	runGossip(unhashed)
	if unhashed.Events() != plain.Events() || unhashed.Digest() != plain.Digest() {
		t.Error("a run without the trace hash went another way")
	}
	if unhashed.Hash() == plain.Hash() {
		t.Error("the trace hash was computed all the same")
	}
}

// The hash of a run is a constant of its seed, on every machine: CI runs this on
// several architectures, with and without the race detector.
func TestGoldenHash(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		ties bool
		want string
	}{
		{1, false, "2f60122011c952963e9889d5a1954ac4"}, {2, false, "e5a03d0f859afa1ce65e6ea235b7696d"},
		{2, true, "f03cdacdd052a97d13da99b43176a5c9"},
	} {
		e := sim.New(c.seed, sim.Limits{})
		if c.ties {
			e.PermuteTies(9)
		}
		runGossip(e)
		if got := hex(e.Hash()); got != c.want {
			t.Errorf("seed %d, ties permuted %v: after %d events the hash is %s, want %s",
				c.seed, c.ties, e.Events(), got, c.want)
		}
	}
}

// Each part of an event counts in the trace hash.
func TestHashTellsEventsApart(t *testing.T) {
	hash := func(at sim.Time, node int, kind sim.Kind, arg, fold uint64) string {
		e := sim.New(1, sim.Limits{})
		e.AddNode("a", &scripted{})
		e.AddNode("b", &scripted{})
		e.After(sim.NodeID(node), at, kind, arg)
		e.Step(1)
		if fold > 0 {
			e.Fold(fold)
		}
		return hex(e.Hash())
	}
	seen := map[string]bool{}
	for _, h := range []string{hash(1, 0, 0, 0, 0), hash(2, 0, 0, 0, 0), hash(1, 1, 0, 0, 0), hash(1, 0, 1, 0, 0),
		hash(1, 0, 0, 1, 0), hash(1, 0, 0, 0, 1)} {
		if seen[h] {
			t.Errorf("two different events have the hash %s", h)
		}
		seen[h] = true
	}
}

func TestEngineAllocatesNothing(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	var n sim.NodeID
	n = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) {
		e.After(n, sim.Millisecond, 0, arg+1)
		e.Cancel(e.After(n, sim.Minute, 1, arg))
	}})
	e.After(n, 0, 0, 0)
	e.Step(1000)
	if got := testing.AllocsPerRun(10, func() { e.Step(1000) }); got != 0 {
		t.Errorf("%v allocations in 1,000 events", got)
	}
}
