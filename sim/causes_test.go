package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// A chain leads from a delivery over the frame and the timer that sent it to the
// call of the driver, with the decisions and the fault on the way.
func TestWhy(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.TraceCauses(1 << 16)
	e.SetLatency(sim.Exponential(int64(sim.Millisecond)))
	var a, b sim.NodeID
	var conn sim.Conn
	var chain sim.Chain
	speed := sim.NewDecision("a.speed")
	a = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) {
		e.Choose(speed, 7, 3)
		e.Send(a, conn, sim.Frame{Kind: 5, ID: sim.ID(arg)})
	}})
	b = e.AddNode("b", &scripted{receive: func(sim.Conn, *sim.Frame) { chain = e.Why(e.Events()) }})
	conn = e.Open(a, b, 0)
	e.At(sim.Second, func() {
		e.Note("slow link")
		e.After(a, sim.Second, 2, 11)
	})
	e.Step(100)

	text := e.DescribeChain(chain, 10)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, want := range []string{"event 5: frame 5 from a at b at 2.00", "event 4: timer 2 (11) at a at 2s; a.speed of 7: ",
		"event 3: a call at the driver at 1s; slow link"} {
		if i >= len(lines) || !strings.HasPrefix(strings.TrimSpace(lines[i]), want) {
			t.Fatalf("link %d is not %q in\n%s", i, want, text)
		}
	}
	if len(lines) != 3 || !chain.Complete {
		t.Errorf("the chain is complete: %v\n%s", chain.Complete, text)
	}
	if got := chain.Links[1].Answers; len(got) != 2 || got[1].Decision != "link.latency" {
		t.Errorf("the timer decided %v", got)
	}
	if short := e.DescribeChain(chain, 2); !strings.Contains(short, "1 more event") || strings.Contains(short, "event 4") {
		t.Errorf("two links are\n%s", short)
	}
}

// Against an oracle: timers are set, cancelled and set again at random, each
// remembering for itself in which event it was set.
func TestCausesMatchOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := sim.New(rapid.Uint64().Draw(t, "seed"), sim.Limits{Events: 300})
		budget := rapid.IntRange(1, 40_000).Draw(t, "budget")
		e.TraceCauses(budget)
		what := sim.NewDecision("what")
		var setBy []uint64             // by timer
		causes := map[uint64]uint64{}  // by event
		asked := map[uint64][]uint64{} // by event
		var timers []sim.TimerID
		var n sim.NodeID
		set := func(d sim.Time) {
			timers = append(timers, e.After(n, d, 0, uint64(len(setBy))))
			setBy = append(setBy, 0)
			if e.Status() == sim.Running && e.Events() > 0 {
				setBy[len(setBy)-1] = e.Events()
			}
		}
		n = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) {
			me := e.Events()
			causes[me] = setBy[arg]
			for k := range 3 {
				v := e.Choose(what, sim.Identity(sim.ID(me), sim.ID(k)), 4)
				asked[me] = append(asked[me], uint64(v))
				switch v {
				case 0, 1:
					set(sim.Time(k))
				case 2:
					e.Cancel(timers[len(timers)/2])
				}
			}
			checkChain(t, e, me, causes, asked)
		}})
		for i := range 3 {
			set(sim.Time(i))
		}
		for e.Step(5) == sim.Running {
		}
	})
}

func checkChain(t *rapid.T, e *sim.Engine, event uint64, causes map[uint64]uint64, asked map[uint64][]uint64) {
	chain := e.Why(event)
	for i, l := range chain.Links {
		if l.Number != event {
			t.Fatalf("link %d is event %d, want %d", i, l.Number, event)
		}
		var got []uint64
		for _, a := range l.Answers {
			got = append(got, a.Value)
		}
		// A small budget forgets answers before events; never the latest.
		if want := asked[event]; fmt.Sprint(got) != fmt.Sprint(want[len(want)-len(got):]) || i == 0 && len(got) == 0 {
			t.Fatalf("event %d decided %v, want %v", event, got, want)
		}
		event = causes[event]
	}
	if chain.Complete != (event == 0) || len(chain.Links) == 0 {
		t.Fatalf("after %d links the next is event %d, and complete is %v", len(chain.Links), event, chain.Complete)
	}
}

func TestForgottenCauses(t *testing.T) {
	e := sim.New(1, sim.Limits{Events: 100_000})
	var n sim.NodeID
	n = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) { e.After(n, 1, 0, arg+1) }})
	e.After(n, 0, 0, 0)
	e.Step(10)
	e.TraceCauses(1 << 20)
	if c := e.Why(5); len(c.Links) != 0 || c.Complete {
		t.Errorf("an event before tracing is known: %v", c)
	}
	e.Step(5)
	if c := e.Why(15); len(c.Links) != 5 || c.Complete {
		t.Errorf("%d links, complete %v", len(c.Links), c.Complete)
	}
	e.Step(90_000)
	c := e.Why(e.Events())
	if len(c.Links) < 5000 || len(c.Links) > 1<<20/48/2 || c.Complete {
		t.Errorf("a megabyte holds %d links", len(c.Links))
	}
	if text := e.DescribeChain(c, 4); !strings.Contains(text, "because of an event that is not remembered") {
		t.Errorf("the text does not say that the chain is cut:\n%s", text)
	}
	if e.Why(0).Links != nil || e.Why(e.Events()+1).Links != nil {
		t.Error("an event that was not executed has causes")
	}
	e.TraceCauses(0)
	if e.Why(e.Events()).Links != nil || e.TracesCauses() || e.Effects() != nil {
		t.Error("it remembers after it was told to forget")
	}
}

// What an event did is told in order: the first difference of two runs is there.
func TestEffects(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.TraceCauses(1 << 12)
	e.PermuteTies(1)
	var n sim.NodeID
	var other sim.TimerID
	n = e.AddNode("a", &scripted{timer: func(kind sim.Kind, _ uint64) {
		if kind == 1 {
			e.Choose(sim.NewDecision("which"), 1, 2)
			e.After(n, sim.Second, 3, 4)
			e.Cancel(other)
			e.Note("done")
		}
	}})
	e.After(n, sim.Second, 1, 0)
	other = e.After(n, 5*sim.Second, 2, 0)
	e.Step(1)
	var got []string
	for _, ef := range e.Effects() {
		got = append(got, e.DescribeEffect(ef))
	}
	want := "asked for which of 1: 0 of 2; scheduled timer 3 (4) at a at 2s; took back timer 2 (0) at a at 5s; noted done"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	before := e.EffectHash()
	e.Step(1)
	if len(e.Effects()) != 0 || e.EffectHash() != before {
		t.Errorf("an event that did nothing did %v", e.Effects())
	}
}

// An event that a pause held keeps the cause that it had.
func TestHeldEventsKeepTheirCause(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.TraceCauses(1 << 16)
	var n sim.NodeID
	var text string
	n = e.AddNode("a", &scripted{timer: func(kind sim.Kind, _ uint64) {
		if kind == 0 {
			e.After(n, sim.Second, 1, 0)
			return
		}
		text = e.DescribeChain(e.Why(e.Events()), 10)
	}})
	e.After(n, 0, 0, 0)
	e.At(sim.Second/2, func() { e.Pause(n) })
	e.At(3*sim.Second, func() { e.Resume(n) })
	e.Step(100)
	if want := "timer 1 (0) at a at 3s\n  event 1: timer 0 (0) at a at 0s\n"; !strings.HasSuffix(text, want) {
		t.Errorf("got\n%s, want the end\n%s", text, want)
	}
}

// So does each of several, whose chains come to an end.
func TestAllHeldEventsKeepTheirCause(t *testing.T) {
	e := sim.New(1, sim.Limits{})
	e.TraceCauses(1 << 16)
	var n sim.NodeID
	var chains []sim.Chain
	n = e.AddNode("a", &scripted{timer: func(sim.Kind, uint64) { chains = append(chains, e.Why(e.Events())) }})
	e.At(0, func() {
		for i := range uint64(3) {
			e.After(n, sim.Second, 1, i)
		}
	})
	e.At(sim.Second/2, func() { e.Pause(n) })
	e.At(3*sim.Second, func() { e.Resume(n) })
	e.Step(100)
	for i, c := range chains {
		if len(c.Links) != 2 || !c.Complete || c.Links[1].Number != 1 {
			t.Errorf("chain %d has %d links, complete: %v", i, len(c.Links), c.Complete)
		}
	}
	if len(chains) != 3 {
		t.Errorf("%d events", len(chains))
	}
}

// BenchmarkCauses is what it costs to remember causes.
func BenchmarkCauses(b *testing.B) {
	for _, c := range []struct {
		name   string
		budget int
	}{{"off", 0}, {"on", 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			e := sim.New(1, sim.Limits{})
			e.TraceCauses(c.budget)
			var n sim.NodeID
			s := sim.Exponential(1000)
			d := sim.NewDecision("wait")
			n = e.AddNode("a", &scripted{timer: func(_ sim.Kind, arg uint64) {
				e.After(n, sim.Time(e.Draw(d, sim.ID(arg), &s)), 0, arg+1000)
			}})
			for i := range uint64(1000) {
				e.After(n, 0, 0, i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			e.Step(b.N)
		})
	}
}
