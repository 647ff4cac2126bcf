package runner_test

import (
	"context"
	"slices"
	"sort"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// A message that is taken out of a run leaves every decision about the others as
// it was, and as far as nothing is shared with it their times too.

// identity names a message in both runs.
type identity struct {
	producer history.Process
	index    uint32
}

// masking is a world that does not send some messages. The others keep their
// index, their time and their key.
type masking struct {
	model.World
	model.Expander
	model.PositionReader
	masked identity
}

func (m *masking) Send(x *model.Message) {
	if (identity{history.Process(x.Producer), x.Index}) != m.masked {
		m.World.Send(x)
	}
}

// traced is a run of a case with a message masked, its decisions recorded.
type traced struct {
	answers map[asked]uint64
	seen    map[identity]*points
	order   []identity // of first application
}

type asked struct {
	decision string
	id       sim.ID
	n        int
}

// points are what is told of a message: its place, its consumer, and the times at
// which it was sent, acked, stored, first delivered and first applied.
type points struct {
	key      history.Key
	place    string
	broker   string
	consumer history.Process
	times    [5]int64
	position int64
}

// nothing is a message that no workload has.
var nothing = identity{1 << 15, 0}

// ordinal is a source that answers what concerns the network by counting, as a
// stream of random numbers does: the twin of the one that answers by identity.
type ordinal struct {
	sim.Random
	count sim.ID
}

func (o *ordinal) Bits(d sim.Decision, id sim.ID) uint64 {
	if strings.HasPrefix(d.Name(), "link.") {
		o.count++
		id = o.count
	}
	return o.Random.Bits(d, id)
}

// byIdentity and byOrdinal make the source of a seed.
func byIdentity(seed uint64) sim.Source { return sim.Random{Seed: seed} }
func byOrdinal(seed uint64) sim.Source  { return &ordinal{Random: sim.Random{Seed: seed}} }

// trace makes the run of a seed.
func trace(t *testing.T, c *scenarios.Case, seed uint64, masked identity, source func(uint64) sim.Source) *traced {
	t.Helper()
	var recording *sim.Recording
	system := kafka.System()
	build := system.Build
	system.Build = func(env *model.Env, plan *model.Plan) (model.World, error) {
		recording = sim.Record(source(seed))
		env.Sim.SetSource(recording)
		w, err := build(env, plan)
		if err != nil {
			return nil, err
		}
		return &masking{w, w.(model.Expander), w.(model.PositionReader), masked}, nil
	}
	r := runner.New(&model.Registry{Systems: []*model.System{system}, Features: app.Features()})
	if _, err := r.Run(context.Background(), c, seed, runner.Options{}); err != nil {
		t.Fatal(err)
	}
	out := &traced{answers: map[asked]uint64{}, seen: map[identity]*points{}}
	for _, a := range recording.Answers() {
		out.answers[asked{a.Decision, a.ID, a.N}] = a.Value
	}
	h := r.History()
	for i := range h.Len() {
		out.note(h, h.Op(i))
	}
	return out
}

// note takes an operation's time down, of the first of its kind.
func (x *traced) note(h *history.History, op history.Op) {
	if op.Message == history.NoMessage {
		return
	}
	info := h.Message(op.Message)
	id := identity{info.Producer, info.Index}
	p := x.seen[id]
	if p == nil {
		p = &points{key: info.Key, times: [5]int64{-1, -1, -1, -1, -1}}
		x.seen[id] = p
	}
	which := slices.Index([]history.Kind{history.KindSend, history.KindAck, history.KindStore,
		history.KindDeliver, history.KindApply}, op.Kind)
	if which < 0 || p.times[which] >= 0 {
		return
	}
	p.times[which] = op.End
	switch op.Kind {
	case history.KindStore:
		p.place, p.broker, p.position = h.PlaceName(op.Place), h.ProcessName(op.Process), op.Position
	case history.KindApply:
		p.consumer = op.Process
		x.order = append(x.order, id)
	}
}

// apart says whether two messages share nothing: no partition, no broker and with
// it no connection, no worker.
func (p *points) apart(q *points) bool { return p.broker != q.broker && p.consumer != q.consumer }

// pair is a case run with and without one of its messages.
type pair struct {
	whole, without *traced
	id             identity
	masked         *points
}

// compare runs a case with and without a message, one from another part of the
// run for each seed.
func compare(t *testing.T, c *scenarios.Case, seed uint64, source func(uint64) sim.Source) *pair {
	t.Helper()
	p := &pair{whole: trace(t, c, seed, nothing, source)}
	p.id = p.whole.order[len(p.whole.order)*int(seed)/(seeds+1)]
	p.masked = p.whole.seen[p.id]
	p.without = trace(t, c, seed, p.id, source)
	if m := p.without.seen[p.id]; m != nil {
		t.Fatalf("the masked message has times %v", m.times)
	}
	if len(p.without.seen) != len(p.whole.seen)-1 {
		t.Fatalf("%d messages with the one and %d without it", len(p.whole.seen), len(p.without.seen))
	}
	return p
}

// decisions counts the decisions of the whole run, those that were asked in both,
// and of these those that were answered alike.
func (p *pair) decisions() (all, both, alike int) {
	for q, a := range p.whole.answers {
		if b, ok := p.without.answers[q]; ok {
			both++
			if a == b {
				alike++
			}
		}
	}
	return len(p.whole.answers), both, alike
}

// expectDecisions: every decision asked in both runs has the same answer, and
// nearly all are asked in both.
func (p *pair) expectDecisions(t *testing.T) {
	t.Helper()
	all, both, alike := p.decisions()
	t.Logf("%d decisions, %d asked in both runs, %d answered alike", all, both, alike)
	if alike < both || both < all*99/100 {
		t.Errorf("of %d decisions %d are asked in both runs and %d answered alike", all, both, alike)
	}
}

// times counts the messages that share nothing with the masked one, and those that
// keep all their times.
func (p *pair) times() (all, kept int) {
	for other, x := range p.whole.seen {
		if other == p.id || !x.apart(p.masked) {
			continue
		}
		all++
		if y := p.without.seen[other]; y.times == x.times && y.place == x.place && y.key == x.key {
			kept++
		}
	}
	return all, kept
}

// order counts the messages that share nothing with the masked one, and how many
// of them are applied in the same order.
func (p *pair) order() (all, kept int) {
	rank := map[identity]int{}
	for i, other := range p.without.order {
		rank[other] = i
	}
	var order []int
	for _, other := range p.whole.order {
		if other != p.id && p.whole.seen[other].apart(p.masked) {
			order = append(order, rank[other])
		}
	}
	return len(order), increasing(order)
}

// calmCase has resources to spare: 4 producers and 4 consumers on 12 partitions,
// 40 messages a second of which each takes 1 ms.
func calmCase() *scenarios.Case {
	c := expandCase(16, nil)
	c.Faults = nil
	topic := &c.Config.Sections[0].Entries[0]
	topic.Values = topic.Values.Set("partitions", model.IntegerValue(12))
	c.Workload.Producers = 4
	c.Workload.Phases = []scenarios.Phase{
		{Name: "steady", For: 60 * second, Producers: 4, Arrivals: scenarios.Arrivals{Process: "poisson", Rate: 10_000_000}},
		{Name: "settle", Until: "drained", AtMost: 60 * second},
	}
	c.Consumers.Work = model.Distribution{Shape: model.Exponential, A: milli}
	return c
}

// With resources to spare, all five times of at least 99 % of the messages that
// share nothing with the masked one are what they were.
func TestMaskedMessageKeepsTimes(t *testing.T) {
	for seed := range uint64(seeds) {
		p := compare(t, calmCase(), seed+1, byIdentity)
		p.expectDecisions(t)
		all, kept := p.times()
		t.Logf("seed %d: %d of %d messages that share nothing keep all their times", seed+1, kept, all)
		if all < len(p.whole.seen)/4 || kept < all*99/100 {
			t.Errorf("seed %d: %d of %d messages that share nothing keep all their times", seed+1, kept, all)
		}
	}
}

// With a backlog, an expansion and a rebalance, at least 99 % of the messages that
// share nothing with the masked one keep their order of application.
func TestMaskedMessageKeepsOrder(t *testing.T) {
	for seed := range uint64(seeds) {
		p := compare(t, expandCase(8, nil), seed+1, byIdentity)
		p.expectDecisions(t)
		all, kept := p.order()
		t.Logf("seed %d: %d of %d messages that share nothing keep their order", seed+1, kept, all)
		if all < len(p.whole.order)/4 || kept < all*99/100 {
			t.Errorf("seed %d: %d of %d messages that share nothing keep their order", seed+1, kept, all)
		}
	}
}

// With a network that is answered by count, the others' decisions and times change:
// the tests above can tell.
func TestMaskedMessageTwinOrdinals(t *testing.T) {
	p := compare(t, calmCase(), 1, byOrdinal)
	if all, both, alike := p.decisions(); both == all && alike == both {
		t.Errorf("all %d decisions are answered alike", all)
	}
	if all, kept := p.times(); kept >= all*99/100 {
		t.Errorf("%d of %d messages keep their times", kept, all)
	}
}

// increasing returns the length of the longest increasing subsequence.
func increasing(values []int) int {
	var tails []int
	for _, v := range values {
		i := sort.SearchInts(tails, v)
		if i == len(tails) {
			tails = append(tails, v)
		} else {
			tails[i] = v
		}
	}
	return len(tails)
}
