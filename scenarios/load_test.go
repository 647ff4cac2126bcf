package scenarios_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/scenarios"
)

// file is a small scenario; parts are added to it.
func file(parts ...string) string {
	base := []string{
		"orderlab: 1",
		"question: Does it hold?",
		"system: {box: {boxes: {a: {}}}}",
		"workload: {keys: {count: 10}, phases: [{name: load, for: 10s, arrivals: {poisson: 5/s}}]}",
		"consumers: {work: {constant: 1ms}}",
		"strategies: {plain: {}}",
	}
	for _, p := range parts {
		key, _, _ := strings.Cut(p, ":")
		if i := slices.IndexFunc(base, func(b string) bool { return strings.HasPrefix(b, key+":") }); i >= 0 {
			base[i] = p
		} else {
			base = append(base, p)
		}
	}
	return strings.Join(base, "\n") + "\n"
}

// labels are the strategies and points of the cases, as text.
func labels(sc *scenarios.Scenario) []string {
	var out []string
	for _, c := range sc.Cases {
		label := c.Strategy
		for _, p := range c.Point {
			label += fmt.Sprintf(" %s=%v", p.Axis, p.Value)
		}
		out = append(out, label)
	}
	return out
}

func setting(t *testing.T, c *scenarios.Case, section, name string) model.Value {
	t.Helper()
	v, ok := c.Config.Section(section).Values.Get(name)
	if !ok {
		t.Fatalf("%s is not set in %s", name, section)
	}
	return v
}

func TestDefaults(t *testing.T) {
	sc := load(t, toy(), file())
	if sc.Runs != 20 || sc.System != "box" || !slices.Equal(sc.Strategies, []string{"plain"}) {
		t.Errorf("the scenario is %+v", sc)
	}
	c := sc.Cases[0]
	want := scenarios.Limits{Time: 24 * 3_600_000_000_000, Events: 500_000_000, Messages: 20_000_000}
	switch {
	case c.Limits != want:
		t.Errorf("the limits are %+v", c.Limits)
	case c.Config.Profile != "box-2":
		t.Errorf("the profile is %q; the first is the default", c.Config.Profile)
	case c.Workload.RecordSize != 1024 || c.Workload.Producers != 1 || c.Workload.Topic != "a":
		t.Errorf("the workload is %+v", c.Workload)
	case c.Consumers.Group != "group" || c.Consumers.Members != 1:
		t.Errorf("the consumers are %+v", c.Consumers)
	case !slices.Equal(c.Guarantees, []string{"per-key-order", "no-loss"}):
		t.Errorf("without expectations all that can be decided is: %v", c.Guarantees)
	case len(c.Expect) != 0:
		t.Errorf("nothing is expected: %v", c.Expect)
	}
}

// Every kind of value, as it arrives.
func TestValues(t *testing.T) {
	c := load(t, toy(), file(
		"system: {box: {profile: box-1, nodes: 5, latency: {lognormal: {median: 2ms, sigma: 0.25}}, boxes: {b: {copies: 2}, a: {}},"+
			" client: {wait.ms: 250, buffer: 4096, pace: 90/min, lost: 2.5%, safe: false, acks: 0, tag: x}}}",
		"workload: {topic: b, record_size: 2KiB, keys: {count: 100, hot: [{keys: 3, share: 60%}]}, phases: ["+
			"{name: backlog, preload: 60s of work}, "+
			"{name: steady, for: 2m, producers: 4, arrivals: {poisson: 160/s, total: true}}, "+
			"{name: settle, until: drained, at_most: 600s}]}",
		"consumers: {group: billing, members: 4, work: {uniform: [1ms, 20ms]}}",
		"app: {pause: 30s}",
		"faults: [{at: steady, after: 10s, for: 5s, burn: {box: b, heat: 3}}, {at: 1m, stall: {box: a}}]",
		"limits: {time: 2h, events: 1000, messages: 100000}",
	)).Cases[0]
	second := int64(1_000_000_000)
	want := scenarios.Workload{Topic: "b", RecordSize: 2048, Producers: 4,
		Keys: scenarios.Keys{Count: 100, Hot: []scenarios.HotKeys{{Keys: 3, Share: 600_000}}},
		Phases: []scenarios.Phase{
			{Name: "backlog", Preload: 60 * second, Producers: 1},
			{Name: "steady", For: 120 * second, Producers: 4,
				Arrivals: scenarios.Arrivals{Process: "poisson", Rate: 40_000_000}},
			{Name: "settle", Until: "drained", AtMost: 600 * second, Producers: 1},
		}}
	if !reflect.DeepEqual(c.Workload, want) {
		t.Errorf("the workload is\n%+v, want\n%+v", c.Workload, want)
	}
	faults := []scenarios.ScheduledFault{
		{At: "steady", After: 10 * second, For: 5 * second, Fault: model.Fault{Kind: "burn", Values: model.Values{
			{Name: "box", Value: model.TextValue("b")}, {Name: "heat", Value: model.IntegerValue(3)}}}},
		{After: 60 * second, Fault: model.Fault{Kind: "stall", Values: model.Values{
			{Name: "box", Value: model.TextValue("a")}}}},
	}
	if !reflect.DeepEqual(c.Faults, faults) {
		t.Errorf("the faults are\n%+v, want\n%+v", c.Faults, faults)
	}
	for name, want := range map[string]model.Value{
		"wait.ms": model.DurationValue(250_000_000), "buffer": model.SizeValue(4096),
		"pace": {Type: model.Rate, Int: 1_500_000}, "lost": {Type: model.Share, Int: 25_000},
		"safe": model.BooleanValue(false), "acks": model.TextValue("0"), "tag": model.TextValue("x"),
	} {
		if got := setting(t, &c, "client", name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
	if !c.Consumers.Work.Equal(model.Distribution{Shape: model.Uniform, A: 1_000_000, B: 20_000_000}) {
		t.Errorf("the work is %+v", c.Consumers.Work)
	}
	if names := c.Config.Section("boxes").Entries; names[0].Name != "a" || names[1].Name != "b" {
		t.Errorf("entries are in order of name: %v", names)
	}
}

// Settings of the system's consumers may stand under `consumers`.
func TestConsumerSettings(t *testing.T) {
	c := load(t, toy(), file("consumers: {work: {constant: 1ms}, safe: false}")).Cases[0]
	if got := setting(t, &c, "client", "safe"); !got.Equal(model.BooleanValue(false)) {
		t.Errorf("safe is %+v", got)
	}
}

// In a patch mappings merge, lists and values replace, and null removes.
func TestPatches(t *testing.T) {
	sc := load(t, toy(), file(
		"system: {box: {nodes: 5, boxes: {a: {copies: 2, partitions: 3}}, client: {safe: false, tag: x}}}",
		"faults: [{at: load, stall: {box: a}}, {at: load, burn: {box: a}}]",
		"app: {pause: 5s}",
		`strategies:
  plain: {}
  nothing:
  merged: {system: {box: {boxes: {a: {copies: 4}}, client: {tag: y}}}}
  removed: {system: {box: {nodes: null, client: {tag: null}}}, app: null}
  replaced: {faults: [{at: 1s, burn: {box: a}}]}
  emptied: {faults: []}
  readded: {consumers: {work: {constant: null, exponential: 7ms}}}`))
	by := make(map[string]*scenarios.Case)
	for i := range sc.Cases {
		by[sc.Cases[i].Strategy] = &sc.Cases[i]
	}
	plain, nothing := *by["plain"], *by["nothing"]
	if nothing.Strategy = "plain"; !reflect.DeepEqual(plain, nothing) {
		t.Error("an empty patch is the same as {}")
	}
	a := by["merged"].Config.Section("boxes").Entries[0].Values
	if copies, _ := a.Get("copies"); copies.Int != 4 {
		t.Errorf("copies are %d", copies.Int)
	}
	if partitions, _ := a.Get("partitions"); partitions.Int != 3 {
		t.Errorf("what a patch does not name stays: %v", a)
	}
	if setting(t, by["merged"], "client", "tag").Text != "y" || setting(t, by["merged"], "client", "safe").Int != 0 {
		t.Errorf("the client is %v", by["merged"].Config.Section("client"))
	}
	config, app := &by["removed"].Config, by["removed"].App
	if _, ok := config.Section("client").Values.Get("tag"); ok || len(config.Top) > 0 || len(app) > 0 {
		t.Errorf("null removes: %+v %v", config, app)
	}
	if f := by["replaced"].Faults; len(f) != 1 || f[0].After != 1_000_000_000 || len(by["emptied"].Faults) != 0 {
		t.Errorf("a list replaces: %+v, %+v", f, by["emptied"].Faults)
	}
	if w := by["readded"].Consumers.Work; w.Shape != model.Exponential || w.A != 7_000_000 {
		t.Errorf("the work is %+v", w)
	}
	if !reflect.DeepEqual(*by["plain"], load(t, toy(), file(
		"system: {box: {nodes: 5, boxes: {a: {copies: 2, partitions: 3}}, client: {safe: false, tag: x}}}",
		"faults: [{at: load, stall: {box: a}}, {at: load, burn: {box: a}}]", "app: {pause: 5s}")).Cases[0]) {
		t.Error("patches of other strategies change nothing")
	}
}

// A value that is nothing but a reference has the variable's type; inside a text
// the variable's text is put in.
func TestSubstitution(t *testing.T) {
	c := load(t, toy(), file(
		`vars: {n: 3, size: 2KiB, yes: true, word: late, "part": 5, work: 3ms}`,
		`system: {box: {nodes: "${n}", boxes: {a: {}}, client: {buffer: "${size}", safe: "${yes}", tag: "${word}-${n}.${n}"}}}`,
		`consumers: {members: "${n}", work: {constant: "${work}"}}`,
		`app: {pause: "${part}s"}`)).Cases[0]
	if nodes, _ := c.Config.Top.Get("nodes"); nodes.Int != 3 || c.Consumers.Members != 3 {
		t.Errorf("whole numbers: %v, %v", c.Config.Top, c.Consumers)
	}
	client := func(name string) model.Value { return setting(t, &c, "client", name) }
	if client("buffer").Int != 2048 || client("safe").Int != 1 || client("tag").Text != "late-3.3" {
		t.Errorf("the client is %v", c.Config.Section("client").Values)
	}
	if pause, _ := c.App.Get("pause"); pause.Int != 5_000_000_000 || c.Consumers.Work.A != 3_000_000 {
		t.Errorf("durations: %v, %v", c.App, c.Consumers.Work)
	}
}

// Axes of values multiply the strategies that refer to them, axes of patches all.
func TestScan(t *testing.T) {
	src := file(
		"scan: {after: [5, 8], load: {even: {}, uneven: {workload: {keys: {zipf: 1.1}}}}, pause: [0s, 30s]}",
		`strategies: {plain: {}, paused: {app: {pause: "${pause}"}}, copied: {system: {box: {nodes: 9, boxes: {a: {copies: "${after}"}}}}}}`)
	sc := load(t, toy(), src)
	want := []string{
		"plain load=even", "plain load=uneven",
		"paused load=even pause=0s", "paused load=even pause=30s",
		"paused load=uneven pause=0s", "paused load=uneven pause=30s",
		"copied after=5 load=even", "copied after=8 load=even", "copied after=5 load=uneven", "copied after=8 load=uneven",
	}
	if got := labels(sc); !slices.Equal(got, want) {
		t.Errorf("the cases are %q, want %q", got, want)
	}
	if v := sc.Cases[6].Point[0].Value; v != int64(5) {
		t.Errorf("a number on an axis is %T", v)
	}
	if sc.Cases[0].Workload.Keys.Zipf != 0 || sc.Cases[1].Workload.Keys.Zipf != 1_100_000 {
		t.Error("the patch of an axis changes the body")
	}
	// Variables from outside replace what the file has.
	for _, c := range []struct {
		vars []scenarios.Var
		want []string
	}{
		{[]scenarios.Var{{Name: "load", Value: "uneven"}, {Name: "pause", Value: "30s"}, {Name: "after", Value: "8"}},
			[]string{"plain load=uneven", "paused load=uneven pause=30s", "copied after=8 load=uneven"}},
		{[]scenarios.Var{{Name: "after", Value: "6"}, {Name: "after", Value: "7"}, {Name: "load", Value: "even"},
			{Name: "pause", Value: "1m"}},
			[]string{"plain load=even", "paused load=even pause=1m", "copied after=7 load=even"}},
	} {
		if got := labels(load(t, toy(), src, c.vars...)); !slices.Equal(got, c.want) {
			t.Errorf("with %v the cases are %q, want %q", c.vars, got, c.want)
		}
	}
}

// An axis counts where a strategy refers to it after all patches are applied.
func TestScanAfterPatches(t *testing.T) {
	sc := load(t, toy(), file(
		"scan: {pause: [0s, 30s]}", `app: {pause: "${pause}"}`,
		"strategies: {plain: {}, never: {app: null}, always: {app: {pause: 5s}}}"))
	want := []string{"plain pause=0s", "plain pause=30s", "never", "always"}
	if got := labels(sc); !slices.Equal(got, want) {
		t.Errorf("the cases are %q, want %q", got, want)
	}
}

// Patches apply in order: the axes as the file has them, and then the strategy.
func TestOrderOfPatches(t *testing.T) {
	sc := load(t, toy(), file(
		"scan: {first: {a: {app: {pause: 1s}}}, second: {b: {app: {pause: 2s}}}}",
		"strategies: {plain: {}, own: {app: {pause: 3s}}}"))
	for i, want := range []int64{2_000_000_000, 3_000_000_000} {
		if v, _ := sc.Cases[i].App.Get("pause"); v.Int != want {
			t.Errorf("%s pauses %d", sc.Cases[i].Strategy, v.Int)
		}
	}
}

// The first item whose `when` fits a point is what is expected there.
func TestExpect(t *testing.T) {
	src := file(
		"workload: {keys: {count: 10}, phases: [{name: settle, until: drained, at_most: 10s}]}",
		"scan: {after: [5, 6, 8], load: {even: {}, uneven: {}}}",
		`strategies: {plain: {}, paused: {app: {pause: "${after}s"}}, free: {}}`,
		`expect:
  plain: {per-key-order: violated}
  paused:
    - {when: {after: [5, 6], load: even}, per-key-order: holds, no-loss: holds}
    - {when: {after: 8}, no-loss: violated}
    - {per-key-order: violated}`)
	sc := load(t, toy(), src)
	want := map[string]string{
		"plain load=even":            "per-key-order violated",
		"plain load=uneven":          "per-key-order violated",
		"paused after=5 load=even":   "per-key-order holds, no-loss holds",
		"paused after=6 load=even":   "per-key-order holds, no-loss holds",
		"paused after=8 load=even":   "no-loss violated",
		"paused after=5 load=uneven": "per-key-order violated",
		"paused after=6 load=uneven": "per-key-order violated",
		"paused after=8 load=uneven": "no-loss violated",
		"free load=even":             "",
		"free load=uneven":           "",
	}
	for i, label := range labels(sc) {
		var got []string
		for _, e := range sc.Cases[i].Expect {
			got = append(got, e.Guarantee+" "+e.Verdict)
		}
		if text := strings.Join(got, ", "); text != want[label] {
			t.Errorf("of %s is expected %q, want %q", label, text, want[label])
		}
		if !slices.Equal(sc.Cases[i].Guarantees, []string{"per-key-order", "no-loss"}) {
			t.Errorf("%s decides %v", label, sc.Cases[i].Guarantees)
		}
	}
	if len(sc.Cases) != len(want) {
		t.Errorf("%d cases, want %d", len(sc.Cases), len(want))
	}
	// A value from outside that no condition names falls to the item without one.
	pinned := load(t, toy(), src, scenarios.Var{Name: "after", Value: "7"}, scenarios.Var{Name: "load", Value: "even"})
	if e := pinned.Cases[1].Expect; len(e) != 1 || e[0].Verdict != "violated" {
		t.Errorf("at after=7 is expected %v", e)
	}
}

// A sum of limits: as many runs as there may be, and no more.
func TestRuns(t *testing.T) {
	if sc := load(t, toy(), file("runs: 1000000")); sc.Runs != 1_000_000 {
		t.Errorf("%d runs", sc.Runs)
	}
}

func TestLibrary(t *testing.T) {
	names := scenarios.Names()
	if !slices.Contains(names, "kafka/expand") || !slices.IsSorted(names) {
		t.Errorf("the library has %v", names)
	}
	for _, name := range names {
		src, ok := scenarios.Source(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		sc, err := scenarios.Load(registry(), name, name+".yaml", src, nil)
		switch {
		case err != nil:
			t.Error(err)
		case len(sc.Cases) == 0 || sc.Name != name || sc.Question == "":
			t.Errorf("%s has %d cases and the question %q", sc.Name, len(sc.Cases), sc.Question)
		}
	}
	if got, err := scenarios.Match("kafka/expan?"); err != nil || !slices.Equal(got, []string{"kafka/expand"}) {
		t.Errorf("kafka/expan? matches %v, %v", got, err)
	}
	if _, err := scenarios.Match("kafka/["); err == nil {
		t.Error("a glob that is none")
	}
	if _, ok := scenarios.Source("kafka/none"); ok {
		t.Error("a scenario that is not there")
	}
}
