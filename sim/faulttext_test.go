package sim_test

import (
	"reflect"
	"strings"
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

var (
	words    = []string{"a", "broker-1", "*", "label", "for", `q"uote`, "two words", "x,y", "ü"}
	genName  = rapid.OneOf(rapid.SampledFrom(words), rapid.StringN(1, -1, -1))
	genNames = rapid.SliceOfN(genName, 1, 3)
	genTime  = rapid.Map(rapid.Int64Range(1, 1<<50), func(v int64) sim.Time { return sim.Time(v) })
	genShare = rapid.Map(rapid.Int64Range(1, 1_000_000), func(v int64) sim.Share { return sim.Share(v) })
	genRange = rapid.Custom(func(t *rapid.T) sim.Range {
		low := genTime.Draw(t, "low")
		return sim.Range{Min: low, Max: low + rapid.SampledFrom([]sim.Time{0, 1, sim.Second}).Draw(t, "width")}
	})
)

func genTrigger(t *rapid.T) sim.Trigger {
	after := rapid.SampledFrom([]sim.Time{0, 5 * sim.Millisecond}).Draw(t, "after")
	count := rapid.Uint64Range(1, 1<<40).Draw(t, "count")
	switch k := sim.TriggerKind(rapid.IntRange(int(sim.AtTime), int(sim.AtPoint)).Draw(t, "trigger")); k {
	case sim.AtTime:
		return sim.Trigger{Kind: k, Time: genTime.Draw(t, "at")}
	case sim.AtEvery:
		return sim.Trigger{Kind: k, Time: genTime.Draw(t, "from"), Every: genTime.Draw(t, "every"),
			Count: rapid.SampledFrom([]uint64{0, 3}).Draw(t, "times")}
	case sim.AtEvents:
		return sim.Trigger{Kind: k, Count: count, After: after}
	case sim.AtPoint:
		return sim.Trigger{Kind: k, Node: genName.Draw(t, "node"), Name: genName.Draw(t, "point"), Count: count, After: after}
	default:
		return sim.Trigger{Kind: k, Name: genName.Draw(t, "name"), After: after}
	}
}

func genUntil(t *rapid.T) sim.Until {
	switch k := sim.UntilKind(rapid.IntRange(int(sim.ForTime), int(sim.ForEver)).Draw(t, "until")); k {
	case sim.ForTime:
		return sim.Until{Kind: k, For: genTime.Draw(t, "for")}
	case sim.UntilPhase, sim.UntilHolding:
		return sim.Until{Kind: k, Name: genName.Draw(t, "end")}
	default:
		return sim.Until{Kind: k}
	}
}

// genFault makes a fault with every parameter that its kind knows.
func genFault(t *rapid.T) (f sim.Fault, lasts bool) {
	k := sim.FaultKind(rapid.IntRange(int(sim.Partition), int(sim.HealEverything)).Draw(t, "kind"))
	f.Kind, lasts = k, true
	switch k {
	case sim.HealEverything:
		return f, false
	case sim.Split:
		f.Nodes = []string{"a", "b"}
	case sim.Custom:
		f.Label = genName.Draw(t, "label")
	default:
		f.Nodes = genNames.Draw(t, "nodes")
	}
	if k <= sim.StallConns && k != sim.Isolate && k != sim.Split {
		f.OneWay = rapid.Bool().Draw(t, "one way")
		if rapid.Bool().Draw(t, "has peers") {
			f.Peers = genNames.Draw(t, "peers")
		}
	}
	switch k {
	case sim.Flap:
		f.Up, f.Down = genRange.Draw(t, "up"), genRange.Draw(t, "down")
	case sim.SlowLink:
		f.Factor, f.Added = genShare.Draw(t, "factor"), genTime.Draw(t, "added")
	case sim.SlowCPU, sim.SlowDisk:
		f.Factor = genShare.Draw(t, "factor")
	case sim.Throttle:
		f.Bandwidth = rapid.Int64Range(1, 1<<40).Draw(t, "bandwidth")
	case sim.Noisy:
		f.Noise = sim.Noise{Loss: genShare.Draw(t, "loss"), Duplicate: genShare.Draw(t, "duplicate"),
			Corrupt: genShare.Draw(t, "corrupt"), Reorder: genShare.Draw(t, "reorder"), Window: genTime.Draw(t, "window")}
	case sim.DropConns:
		f.Late, f.Tell, lasts = genRange.Draw(t, "late"), rapid.Bool().Draw(t, "told"), false
	case sim.ResetConns:
		lasts = false
	case sim.RollingRestart:
		f.DownFor, f.Gap, lasts = genTime.Draw(t, "down"), genTime.Draw(t, "gap"), false
	case sim.StepClock:
		f.By = -genTime.Draw(t, "by")
	case sim.DriftClock:
		f.PPB = rapid.Int64Range(-1_000_000, -1).Draw(t, "ppb")
	}
	return f, lasts
}

// What a schedule prints, it reads.
func TestScheduleRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s sim.Schedule
		for _, name := range rapid.SliceOfNDistinct(genName, 0, 4, rapid.ID).Draw(t, "names") {
			f, lasts := genFault(t)
			n := sim.Entry{Name: name, When: genTrigger(t), Fault: f}
			if lasts {
				n.Until = genUntil(t)
			}
			s = append(s, n)
		}
		if err := s.Check(); err != nil {
			t.Fatalf("%v\n%v", err, s)
		}
		again, err := sim.ParseSchedule(s.String())
		if err != nil {
			t.Fatalf("%v\n%v", err, s)
		}
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("got\n%v from\n%v", again, s)
		}
	})
}

// A mistake is named, with its line and what would be right.
func TestScheduleErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"partition a | b", "line 1: an entry begins with its name and a colon"},
		{"x: at 5s partition a | b for 10s\ny: soon crash a for 1s", `line 2: y: "soon" is not a trigger`},
		{"x: at 5 crash a for 1s", `"5" is not a time`},
		{"x: at 5s explode a", `"explode" is not a fault: partition, isolate`},
		{"x: at 5s partition a b for 1s", `between the nodes of a partition stands | or >, not "b"`},
		{"x: at 5s partition a | b", "needs an end: for 10s"},
		{"x: at 5s reset a | b for 1s", "a reset happens at once and has no end"},
		{"x: at 5s crash a for 1s loudly", "loudly is not expected here"},
		{"x: at 5s crash a,,b for 1s", `"a,,b" is not a list of nodes`},
		{"x: at 5s throttle a | b for 1s", "a throttle needs bandwidth"},
		{"x: at 5s noisy a | b loss 120% for 1s", "a share is between 0% and 100%, not 120%"},
		{"x: at 5s slow-cpu a factor fast for 1s", `"fast" is not a factor`},
		{"x: at 5s split a for 1s", "a split needs two nodes or more"},
		{"x: every 0s crash a for 1s", "every 0s"},
		{"x: events 0 crash a for 1s", "counts from 1"},
		{"x: at 5s drift-clock a ppb 900000000 for 1s", "drifts by at most 250000000 ppb"},
		{"x: at 5s crash a until tomorrow", `"tomorrow" does not follow until`},
		{"x: at 5s flap a | b up 3s..1s down 1s for 1s", `"3s..1s" ends before it begins`},
		{"x: at 1s crash a for 1s\nx: at 2s crash a for 1s", "two entries have this name"},
	} {
		_, err := sim.ParseSchedule(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got error %v, want one with %q", c.text, err, c.want)
		}
	}
}

// Installing finds what only the run can know.
func TestInstallErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x: at 5s crash nobody for 1s", `fault "x": there is no node "nobody"`},
		{"x: point nobody p crash a for 1s", `there is no node "nobody"`},
	} {
		e := sim.New(1, sim.Limits{})
		e.AddNode("a", &idle{})
		s, err := sim.ParseSchedule(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Install(s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got error %v, want one with %q", c.text, err, c.want)
		}
	}
	e := sim.New(1, sim.Limits{})
	e.AddNode("a", &idle{})
	good := sim.Schedule{{Name: "x", When: sim.Trigger{Kind: sim.AtTime},
		Fault: sim.Fault{Kind: sim.PauseNode, Nodes: []string{"a"}}, Until: sim.Until{Kind: sim.ForEver}}}
	if err := e.Install(good); err != nil {
		t.Error(err)
	}
	if err := e.Install(good); err == nil {
		t.Error("a second schedule was installed")
	}
}

// Times and shares are read as they are written.
func TestUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := sim.Time(rapid.Int64Range(-(1<<60), 1<<60).Draw(t, "time"))
		if got, err := sim.ParseTime(v.String()); err != nil || got != v {
			t.Fatalf("%v is read as %v, %v", v, got, err)
		}
		p := sim.Share(rapid.Int64Range(-(1<<40), 1<<40).Draw(t, "share"))
		if got, err := sim.ParseShare(p.String()); err != nil || got != p {
			t.Fatalf("%v is read as %v, %v", p, got, err)
		}
	})
	for text, want := range map[string]sim.Time{"250ms": 250 * sim.Millisecond, "1.5s": 1500 * sim.Millisecond,
		"-30s": -30 * sim.Second, "2m": 2 * sim.Minute, "1h": 60 * sim.Minute, "0.5us": 500, "7ns": 7} {
		if got, err := sim.ParseTime(text); err != nil || got != want {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "5", "1.s", ".5s", "1,5s", "0.5ns", "99999999999999999999s",
		"9999999999999h", "1ms2s"} {
		if got, err := sim.ParseTime(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
