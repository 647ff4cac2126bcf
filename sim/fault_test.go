package sim_test

import (
	"fmt"
	"math/big"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// ear remembers what it hears.
type ear struct {
	idle
	e     *sim.Engine
	heard []string
}

func (h *ear) Timer(k sim.Kind, arg uint64) { h.hear("timer %d %d", k, arg) }
func (h *ear) Opened(sim.Conn)              { h.hear("opened") }
func (h *ear) Closed(_ sim.Conn, why sim.Closing) {
	h.hear("%v", why)
}
func (h *ear) Receive(_ sim.Conn, f *sim.Frame)    { h.hear("frame %d", f.Body) }
func (h *ear) Datagram(_ sim.NodeID, f *sim.Frame) { h.hear("datagram %d", f.Body) }
func (h *ear) hear(format string, args ...any) {
	h.heard = append(h.heard, fmt.Sprintf(format, args...))
}
func message(from string, n int) sim.Frame {
	return sim.Frame{Kind: 1, Size: 100, Body: uint32(n), ID: sim.Identity(sim.Named(from), sim.ID(n))}
}

// A paused node hears what it would have heard, in the same order, also of a
// connection that is lost meanwhile: what had arrived, and then the closing.
func TestPauseKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lost := sim.Time(rapid.Int64Range(0, int64(sim.Second)).Draw(t, "lost"))
		silently := rapid.Bool().Draw(t, "silently")
		script := func(pauses []sim.Range) []string {
			e := sim.New(3, sim.Limits{})
			a, b := &ear{e: e}, &ear{e: e}
			from, to := e.AddNode("a", a), e.AddNode("b", b)
			e.SetLatency(sim.Exponential(int64(20 * sim.Millisecond)))
			var conn sim.Conn
			e.At(0, func() { conn = e.Open(from, to, 1) })
			for i := range 60 {
				at := sim.Time(i+10) * 7 * sim.Millisecond
				e.At(at, func() { e.Send(from, conn, message("a", i)) })
				e.At(at, func() { e.SendTo(from, to, message("a", 1000+i)) })
				e.After(to, at, 1, uint64(i))
			}
			e.At(lost, func() {
				if silently {
					e.Drop(conn, to, sim.Drop{Tell: true})
				} else {
					e.Break(conn)
				}
			})
			for _, p := range pauses {
				e.At(p.Min, func() { e.Pause(to) })
				e.At(p.Max, func() { e.Resume(to) })
			}
			for e.Step(100) == sim.Running {
			}
			return b.heard
		}
		var pauses []sim.Range
		for range rapid.IntRange(1, 4).Draw(t, "pauses") {
			begin := sim.Time(rapid.Int64Range(0, int64(900*sim.Millisecond)).Draw(t, "begin"))
			last := sim.Time(rapid.Int64Range(0, int64(500*sim.Millisecond)).Draw(t, "last"))
			pauses = append(pauses, sim.Range{Min: begin, Max: begin + last})
		}
		plain, paused := script(nil), script(pauses)
		if fmt.Sprint(plain) != fmt.Sprint(paused) {
			t.Fatalf("without pauses:\n%v\nwith %v:\n%v", plain, pauses, paused)
		}
	})
}

// A timer that was held can still be taken back, as by the answer that was held
// before it.
func TestCancelOfHeldTimer(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	h := &ear{e: e}
	n := e.AddNode("a", h)
	e.After(n, sim.Second, 1, 1)
	out := e.After(n, 2*sim.Second, 1, 2)
	e.After(n, 3*sim.Second, 1, 3)
	e.At(0, func() { e.Pause(n) })
	e.At(4*sim.Second, func() { e.Cancel(out); e.Resume(n) })
	for e.Step(1) == sim.Running {
	}
	if got := fmt.Sprint(h.heard); got != "[timer 1 1 timer 1 3]" || e.Pending() != 0 {
		t.Errorf("heard %s, %d events pending", got, e.Pending())
	}
}

// Datagrams are lost, doubled, damaged and delayed as often as the shares say.
func TestNoiseShares(t *testing.T) {
	const n = 100_000
	e := sim.New(9, sim.Limits{})
	h := &countingNode{}
	a, b := e.AddNode("a", &idle{}), e.AddNode("b", h)
	noise := sim.Noise{Loss: 10 * sim.Percent, Duplicate: 5 * sim.Percent, Corrupt: 2 * sim.Percent,
		Reorder: 20 * sim.Percent, Window: sim.Second}
	e.SetNoise(a, b, noise)
	for i := range n {
		e.SendTo(a, b, message("a", i))
	}
	for e.Step(1<<20) == sim.Running {
	}
	c, through := e.Counts(), 0.90*0.98
	near(t, "the share lost", float64(c.Lost)/n, 0.10, 0.03)
	near(t, "the share damaged", float64(c.Corrupted)/n, 0.90*0.02, 0.06)
	near(t, "the share doubled", float64(c.Duplicated)/n, through*0.05, 0.05)
	near(t, "the share delayed", float64(c.Reordered)/n, through*0.20, 0.03)
	if want := n - c.Lost - c.Corrupted + c.Duplicated; h.got != want {
		t.Errorf("%d datagrams arrived, and the counts make it %d", h.got, want)
	}
	if e.Now() > sim.Second || e.Now() < 999*sim.Millisecond {
		t.Errorf("the last of 20,000 delayed datagrams came at %v, within a window of 1 s", e.Now())
	}
}

type countingNode struct {
	idle
	got uint64
}

func (c *countingNode) Datagram(sim.NodeID, *sim.Frame) { c.got++ }

// The fate of a datagram is its own: leaving out others changes nothing about it.
func TestDatagramFates(t *testing.T) {
	run := func(seed uint64, leave map[int]bool) map[string]sim.Time {
		e := sim.New(seed, sim.Limits{})
		h := &arrivals{at: map[string]sim.Time{}, e: e}
		a, b := e.AddNode("a", &idle{}), e.AddNode("b", h)
		e.SetLatency(sim.Exponential(int64(sim.Millisecond)))
		e.SetNoise(a, b, sim.Noise{Loss: 20 * sim.Percent, Duplicate: 20 * sim.Percent, Corrupt: 10 * sim.Percent,
			Reorder: 30 * sim.Percent, Window: 10 * sim.Millisecond})
		for i := range 50 {
			if !leave[i] {
				e.At(sim.Time(i)*100*sim.Microsecond, func() { e.SendTo(a, b, message("a", i)) })
			}
		}
		for e.Step(100) == sim.Running {
		}
		return h.at
	}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		leave := map[int]bool{}
		for _, i := range rapid.SliceOf(rapid.IntRange(0, 49)).Draw(t, "left out") {
			leave[i] = true
		}
		all, some := run(seed, nil), run(seed, leave)
		for i := range 50 {
			for copy := range 2 {
				k := fmt.Sprint(i, ".", copy)
				if at, ok := some[k]; !leave[i] && (at != all[k] || ok != (all[k] != 0)) {
					t.Fatalf("datagram %s came at %v, and at %v without %v", k, all[k], at, leave)
				}
			}
		}
	})
}

type arrivals struct {
	idle
	e  *sim.Engine
	at map[string]sim.Time
}

func (h *arrivals) Datagram(_ sim.NodeID, f *sim.Frame) {
	k := fmt.Sprint(f.Body, ".0")
	if _, twice := h.at[k]; twice {
		k = fmt.Sprint(f.Body, ".1")
	}
	h.at[k] = h.e.Now()
}

// Clocks agree with rational arithmetic to a nanosecond for each change that they
// went through, and the monotonic one never goes back.
func TestClockOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := sim.New(1, sim.Limits{})
		n := e.AddNode("a", &idle{})
		wall, mono, rate, last := new(big.Rat), new(big.Rat), big.NewRat(1, 1), sim.Time(0)
		before := e.Monotonic(n)
		for i := range rapid.IntRange(1, 8).Draw(t, "changes") {
			at := last + sim.Time(rapid.Int64Range(0, int64(1000*sim.Second)).Draw(t, "after"))
			e.At(at, func() {})
			e.Step(1)
			passed := new(big.Rat).Mul(rate, big.NewRat(int64(at-last), 1))
			wall.Add(wall, passed)
			mono.Add(mono, passed)
			last = at
			within(t, "wall clock", e.Clock(n), wall, i+2)
			within(t, "monotonic clock", e.Monotonic(n), mono, i+2)
			if now := e.Monotonic(n); now < before {
				t.Fatalf("the monotonic clock went from %v to %v", before, now)
			}
			before = e.Monotonic(n)
			if by := rapid.Int64Range(-1e12, 1e12).Draw(t, "step"); rapid.Bool().Draw(t, "steps") {
				e.StepClock(n, sim.Time(by))
				wall.Add(wall, big.NewRat(by, 1))
			} else {
				ppb := rapid.Int64Range(-250_000_000, 250_000_000).Draw(t, "ppb")
				e.SetDrift(n, ppb)
				rate = big.NewRat(1_000_000_000+ppb, 1_000_000_000)
			}
		}
	})
}

func within(t *rapid.T, what string, got sim.Time, want *big.Rat, tolerance int) {
	diff := new(big.Rat).Sub(want, big.NewRat(int64(got), 1))
	if diff.Abs(diff).Cmp(big.NewRat(int64(tolerance), 1)) > 0 {
		t.Fatalf("the %s shows %d, and rational arithmetic %s", what, got, want.FloatString(3))
	}
}

// After a crash of the machine a file has what was synced, and of the rest nothing
// or a beginning that ends with a sector.
func TestTornWrites(t *testing.T) {
	const n, synced, written = 4000, 1000, 9000
	torn, sum := 0, 0.0
	e := sim.New(1, sim.Limits{})
	for i := range n {
		node := e.AddNode(fmt.Sprint("n", i), &idle{})
		d := e.AddDisk(node, "disk", sim.DiskSettings{Torn: 30 * sim.Percent})
		f := e.AddFile(d, "log")
		e.Append(f, synced, sim.IO{})
		e.Sync(f, sim.IO{})
		e.At(sim.Second, func() {
			e.Append(f, written-synced, sim.IO{})
			e.CrashMachine(node, 1)
			size := e.Size(f)
			if size != synced && (size%512 != 0 || size < synced || size > written) {
				t.Errorf("%d bytes are left", size)
			}
			if size > synced {
				torn++
				sum += float64(size)
			}
		})
	}
	for e.Step(1<<20) == sim.Running {
	}
	// A draw below 24 bytes does not reach the next sector.
	near(t, "the share of torn files", float64(torn)/n, 0.30*(1-24.0/8001), 0.08)
	near(t, "the mean size of a torn file", sum/float64(torn), (1024+8704)/2, 0.05)
}
