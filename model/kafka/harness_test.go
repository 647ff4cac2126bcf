package kafka

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// bench is a small world under test: a scripted source of decisions, a constant
// latency of 1 ms, and a trace of the frames and operations that matter.
type bench struct {
	tb     testing.TB
	sim    *sim.Engine
	hist   history.History
	rec    model.Recorder
	w      *world
	apps   []*testApp
	script script
	sent   []uint32 // by producer: the index of its next message

	frames, ops []string // what the trace shows
	out         strings.Builder
	rows        int // of the history, printed so far
}

// script answers decisions alike: half of every range, the first alternative.
// Clients' metadata ages may be given, in millionths of the setting.
type script struct{ start map[sim.ID]uint64 }

func (s *script) Bits(d sim.Decision, id sim.ID) uint64 {
	if d == decideStart {
		if at, ok := s.start[id]; ok {
			return at * (1 << 63 / 500_000)
		}
	}
	return 1 << 63
}

func (s *script) Choose(sim.Decision, sim.ID, int) int { return 0 }

// testApp works on each record for a while and polls again.
type testApp struct {
	b       *bench
	client  model.ConsumerClient
	host    *model.AppHost
	work    sim.Time
	paused  []history.Place // places to pause when they are assigned
	records []model.Record
	at      int
	session uint16
	started bool
	since   sim.Time
	outputs []model.Output
}

func (a *testApp) Started() {
	a.records, a.at, a.outputs = nil, 0, a.outputs[:0]
	if a.started {
		a.session++
	}
	a.started = true
	a.client.Poll()
}

func (a *testApp) Polled(records []model.Record) {
	if len(records) == 0 {
		a.client.Poll()
		return
	}
	a.records, a.at = records, 0
	a.begin()
}

func (a *testApp) begin() {
	a.since = a.host.Sim.Now()
	a.host.After(a.work, 0, 0)
}

func (a *testApp) Timer(uint16, uint64) {
	if a.b.w.cfg.outputs {
		a.output()
		return
	}
	a.host.Recorder.Apply(&a.records[a.at], a.host.Process, a.session, a.b.hist.AddSymbol("sink"), a.since)
	if a.at++; a.at < len(a.records) {
		a.begin()
		return
	}
	a.client.Poll()
}

// output puts the effect into a transaction, which ends with the last record.
func (a *testApp) output() {
	a.outputs = append(a.outputs, model.Output{Record: a.records[a.at], Since: a.since})
	if a.at++; a.at < len(a.records) {
		a.begin()
		return
	}
	a.client.(model.Transactor).Transact(a.outputs, a.b.hist.AddSymbol("sink"))
	a.outputs = a.outputs[:0]
}

func (a *testApp) Transacted(bool) { a.client.Poll() }

func (a *testApp) Assigned(places []history.Place) {
	for _, p := range places {
		if slices.Contains(a.paused, p) {
			a.client.(model.Pauser).Pause(p)
		}
	}
}

func (a *testApp) Revoked([]history.Place) {}

// setup describes a small world.
type setup struct {
	brokers, producers, consumers int
	work                          sim.Time
	latency                       model.Distribution
	values                        map[string]model.Values // by section; "topic" is the topic's
	start                         map[string]int64        // age of a client's metadata, in millionths
	own                           map[string]model.Values // of single producers
	quotas                        map[string]model.Values // by client id
	profile                       string                  // kafka-4.0 if empty
	app                           model.Values
}

func newSetup() *setup {
	return &setup{brokers: 3, producers: 1, work: sim.Millisecond,
		latency: model.Distribution{Shape: model.Constant, A: int64(sim.Millisecond)},
		values:  map[string]model.Values{}, start: map[string]int64{}}
}

// set gives a setting in words, as "producer", "linger.ms", "5ms".
func (s *setup) set(section, name, text string) error {
	of := map[string][]model.Setting{"topic": topicSettings(), "broker": brokerSettings(), "client": clientSettings(),
		"producer": producerSettings("kafka-4.0"), "consumer": consumerSettings(), "top": topSettings()}[section]
	i := slices.IndexFunc(of, func(x model.Setting) bool { return x.Name == name })
	if i < 0 {
		return fmt.Errorf("no setting %s.%s", section, name)
	}
	v := model.Value{Type: of[i].Type, Text: text}
	var err error
	switch of[i].Type {
	case model.Duration:
		var d time.Duration
		d, err = time.ParseDuration(text)
		v = model.DurationValue(int64(d))
	case model.Boolean:
		v = model.BooleanValue(text == "true")
	case model.Integer, model.Size:
		v.Text = ""
		v.Int, err = strconv.ParseInt(text, 10, 64)
	}
	s.values[section] = s.values[section].Set(name, v)
	return err
}

// must is set for settings that are written in a test.
func (s *setup) must(section, name, text string) *setup {
	if err := s.set(section, name, text); err != nil {
		panic(err)
	}
	return s
}

// build makes the world.
func (s *setup) build(tb testing.TB) *bench {
	b, err := s.tryBuild(tb)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// tryBuild makes the world, or returns what is wrong with the setup.
func (s *setup) tryBuild(tb testing.TB) (*bench, error) {
	b := &bench{tb: tb, sim: sim.New(1, sim.Limits{}), sent: make([]uint32, s.producers)}
	b.script.start = map[sim.ID]uint64{}
	for name, at := range s.start {
		b.script.start[sim.Named(name)] = uint64(at)
	}
	b.sim.SetSource(&b.script)
	b.rec.Reset(b.sim, &b.hist)
	top := free(s.values["top"]).Set("brokers", model.IntegerValue(int64(s.brokers))).
		Set("network.latency", model.DistValue(s.latency))
	plan := &model.Plan{
		App: s.app, Config: model.Config{Profile: cmp.Or(s.profile, "kafka-4.0"), Top: top, Sections: []model.ConfigSection{
			{Name: "topics", Entries: []model.ConfigEntry{{Name: "orders", Values: s.values["topic"]}}},
			{Name: "broker", Values: s.values["broker"]}, {Name: "client", Values: s.values["client"]},
			{Name: "producer", Values: s.values["producer"]}, {Name: "consumer", Values: s.values["consumer"]},
		}},
		Consumers: model.Consumers{Group: "billing", Members: s.consumers},
		Topic:     "orders", KeyNames: keyNames, RecordSize: 100,
		NewApp: func(c model.ConsumerClient, host *model.AppHost) model.ConsumerApp {
			a := &testApp{b: b, client: c, host: host, work: s.work}
			b.apps = append(b.apps, a)
			return a
		},
	}
	for i := range s.producers {
		name := fmt.Sprintf("producer-%d", i)
		plan.Producers = append(plan.Producers, name)
		b.hist.AddProcess(name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.own)) {
		plan.Config.Sections = append(plan.Config.Sections, model.ConfigSection{Name: "producers",
			Entries: []model.ConfigEntry{{Name: name, Values: s.own[name]}}})
	}
	for _, name := range slices.Sorted(maps.Keys(s.quotas)) {
		plan.Config.Sections = append(plan.Config.Sections, model.ConfigSection{Name: "quotas",
			Entries: []model.ConfigEntry{{Name: name, Values: s.quotas[name]}}})
	}
	built, err := System().Build(&model.Env{Sim: b.sim, Recorder: &b.rec}, plan)
	if err != nil {
		return nil, err
	}
	b.w = built.(*world)
	b.sim.Arrived = b.arrived
	return b, nil
}

// free makes all cost nothing that was not given: the rules are easier to see when
// nothing waits for a processor.
func free(top model.Values) model.Values {
	for _, cost := range costSettings() {
		if _, given := top.Get(cost.Name); !given {
			top = top.Set(cost.Name, model.Value{Type: cost.Type})
		}
	}
	return top
}

// keyNames are the keys of the test worlds.
var keyNames = strings.Split("a b c d e f g h i j k l m n o p q r s t u v w x y z", " ")

// send sends one message with the key from a producer, now.
func (b *bench) send(producer int, key string) history.Message {
	k := history.Key(slices.Index(keyNames, key))
	m := model.Message{Key: k, Producer: producer, Index: b.sent[producer], Size: 100}
	m.ID = b.rec.Arrive(history.MessageInfo{Key: k, Producer: history.Process(producer), Index: m.Index})
	b.sent[producer]++
	b.w.Send(&m)
	b.print()
	return m.ID
}

// run runs the world for a while and traces what happens.
func (b *bench) run(d sim.Time) {
	end, over := b.sim.Now()+d, false
	b.sim.At(end, func() { over = true })
	for !over && b.sim.Step(1) == sim.Running {
		b.print()
	}
}

// until runs the world until the condition holds, at most for a virtual minute.
func (b *bench) until(what string, condition func() bool) {
	b.tb.Helper()
	for limit := b.sim.Now() + sim.Minute; !condition(); {
		if b.sim.Now() > limit || b.sim.Step(1) != sim.Running {
			b.tb.Fatalf("at %v it is still not so that %s", b.sim.Now(), what)
		}
	}
}

// applied returns the messages in the order of their effects.
func (b *bench) applied() []string {
	var out []string
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindApply {
			out = append(out, b.message(op.Message))
		}
	}
	return out
}

func (b *bench) message(m history.Message) string {
	info := b.hist.Message(m)
	return fmt.Sprintf("%s%d", b.hist.KeyName(info.Key), info.Index)
}

func (b *bench) messages(ms []history.Message) string {
	names := make([]string, len(ms))
	for i, m := range ms {
		names[i] = b.message(m)
	}
	return strings.Join(names, " ")
}
