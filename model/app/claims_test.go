package app_test

import (
	"fmt"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// features builds the settings of an application from pairs of a name and a value.
func features(pairs ...any) model.Values {
	var out model.Values
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		switch v := pairs[i+1].(type) {
		case string:
			out = out.Set(name, model.TextValue(v))
		case bool:
			out = out.Set(name, model.BooleanValue(v))
		case int:
			out = out.Set(name, model.IntegerValue(int64(v)))
		case sim.Time:
			out = out.Set(name, model.DurationValue(int64(v)))
		}
	}
	return out
}

// broken is a way in which a run can fail a claim. It returns what is wrong, or "".
type broken func(g *group) string

// noLoss: everything sent was applied, or put away for a reason that counts.
func noLoss(g *group) string {
	done := make([]bool, g.hist.Messages())
	reasons := app.Reasons()
	for i := range g.hist.Len() {
		op := g.hist.Op(i)
		if op.Kind == history.KindApply {
			done[op.Message] = true
		}
		for _, r := range reasons {
			if op.Kind == history.KindDispose && g.hist.SymbolName(op.Detail) == r {
				done[op.Message] = true
			}
		}
	}
	for m, ok := range done {
		if !ok {
			return fmt.Sprintf("message %d is lost", m)
		}
	}
	return ""
}

// once: nothing was applied twice.
func once(g *group) string {
	count := make([]int, g.hist.Messages())
	for i := range g.hist.Len() {
		if op := g.hist.Op(i); op.Kind == history.KindApply {
			if count[op.Message]++; count[op.Message] > 1 {
				return fmt.Sprintf("message %d was applied twice", op.Message)
			}
		}
	}
	return ""
}

// inOrder: the messages of a key took effect for the first time as they were sent.
func inOrder(g *group) string { return ordered(g, true) }

// neverBack: no effect of a key follows one of a later message.
func neverBack(g *group) string { return ordered(g, false) }

func ordered(g *group, first bool) string {
	seen := make([]bool, g.hist.Messages())
	last := make([]int, g.hist.Keys())
	for i := range g.hist.Len() {
		op := g.hist.Op(i)
		if op.Kind != history.KindApply || first && seen[op.Message] {
			continue
		}
		seen[op.Message] = true
		key := g.hist.KeyOf(op.Message)
		if int(op.Message)+1 < last[key] {
			return fmt.Sprintf("message %d of key %d after message %d", op.Message, key, last[key]-1)
		}
		last[key] = int(op.Message) + 1
	}
	return ""
}

// converges: the last effect of each key is that of its last message.
func converges(g *group) string {
	sent, applied := make([]int, g.hist.Keys()), make([]int, g.hist.Keys())
	for m := range g.hist.Messages() {
		sent[g.hist.KeyOf(history.Message(m))] = m + 1
	}
	for i := range g.hist.Len() {
		if op := g.hist.Op(i); op.Kind == history.KindApply {
			applied[g.hist.KeyOf(op.Message)] = int(op.Message) + 1
		}
	}
	for k := range sent {
		if sent[k] != applied[k] {
			return fmt.Sprintf("key %d ends with message %d, not %d", k, applied[k]-1, sent[k]-1)
		}
	}
	return ""
}

// noStale: after a newer owner has written a place, no older one does.
func noStale(g *group) string {
	newest := make([]uint16, g.hist.Places())
	for i := range g.hist.Len() {
		op := g.hist.Op(i)
		if op.Kind != history.KindApply {
			continue
		}
		if op.Epoch < newest[op.Place] {
			return fmt.Sprintf("epoch %d wrote message %d after epoch %d", op.Epoch, op.Message, newest[op.Place])
		}
		newest[op.Place] = op.Epoch
	}
	return ""
}

// claim is what a strategy promises, with a strategy that only looks like it.
type claim struct {
	name     string
	features model.Values
	holds    []broken
	// twin lacks what the strategy needs, and at least one run must show it.
	twin model.Values
	// what happens in the runs
	crashes, pauses, split, fails, expands, steps bool
	parts                                         int
}

// claims are those of the documentation of model/app.
func claims() []claim {
	return slices.Concat(poolClaims(), effectClaims(), retryClaims(), expansionClaims(), monitorClaims())
}

// pool is four workers that poll ahead.
func pool(more ...any) model.Values {
	all := []any{"workers", 4, "poll_ahead", true, "queue", 20, "commit_every", 20 * sim.Millisecond}
	return features(append(all, more...)...)
}

// failing lets a tenth of the attempts fail.
func failing(v model.Values) model.Values {
	return v.Set("errors", model.Value{Type: model.Share, Int: 100_000})
}

func poolClaims() []claim {
	return []claim{
		{name: "contiguous commits lose nothing", crashes: true,
			features: pool("dispatch", app.DispatchKey, "commit", app.CommitContiguous), holds: []broken{noLoss},
			twin: pool("dispatch", app.DispatchKey, "commit", app.CommitFinished)},
		{name: "a queue for each key keeps its order",
			features: pool("dispatch", app.DispatchKey, "commit", app.CommitContiguous), holds: []broken{inOrder, noLoss, once},
			twin: pool("dispatch", app.DispatchShared, "commit", app.CommitContiguous)},
		{name: "an optimistic lock loses no message",
			features: pool("commit", app.CommitContiguous, "write", app.WriteOptimistic, "retry", app.RetryInPlace,
				"retry_delay", 5*sim.Millisecond), holds: []broken{noLoss, once},
			twin: pool("commit", app.CommitContiguous, "write", app.WriteCheckInsert)},
		{name: "a lock creates a row once",
			features: pool("commit", app.CommitContiguous, "write", app.WriteLock), holds: []broken{noLoss, once},
			twin: pool("commit", app.CommitContiguous, "write", app.WriteCheckInsert)},
	}
}

// effectClaims are about what is looked at before an effect.
func effectClaims() []claim {
	return []claim{
		{name: "committing behind the work loses nothing", crashes: true,
			features: features("commit", app.CommitBatch), holds: []broken{noLoss, inOrder},
			twin: features("commit", app.CommitBefore)},
		{name: "positions with the effects apply once", crashes: true, pauses: true,
			features: features("commit", app.CommitSink), holds: []broken{noLoss, once, neverBack},
			twin: features("commit", app.CommitContiguous)},
		{name: "a mark with the effect applies once", crashes: true, pauses: true,
			features: features("commit", app.CommitBatch, "dedup", app.DedupAtomic), holds: []broken{noLoss, once},
			twin: features("commit", app.CommitBatch, "dedup", app.DedupMarkFirst)},
		{name: "a mark behind the effect loses nothing", crashes: true,
			features: features("commit", app.CommitBatch, "dedup", app.DedupMarkAfter), holds: []broken{noLoss},
			twin: features("commit", app.CommitBatch, "dedup", app.DedupMarkFirst)},
		{name: "fencing keeps old owners out", pauses: true,
			features: features("commit", app.CommitBatch, "fencing", true), holds: []broken{noStale, noLoss},
			twin: features("commit", app.CommitBatch)},
		{name: "newer versions only never go back", crashes: true, pauses: true, split: true,
			features: features("commit", app.CommitBatch, "guard", app.GuardVersion),
			holds:    []broken{neverBack, converges, noLoss, once},
			twin:     features("commit", app.CommitBatch)},
		{name: "newer versions only need no clocks", steps: true, crashes: true, split: true,
			features: features("commit", app.CommitBatch, "guard", app.GuardVersion),
			holds:    []broken{neverBack, converges, noLoss, once},
			twin:     features("commit", app.CommitBatch, "guard", app.GuardTime)},
		{name: "the next version only keeps the order", split: true, crashes: true,
			features: features("commit", app.CommitBatch, "guard", app.GuardNext, "retry", app.RetryTopic,
				"retry_delay", 50*sim.Millisecond),
			holds: []broken{inOrder, once, noLoss},
			twin:  features("commit", app.CommitBatch, "guard", app.GuardNext)},
		{name: "a resequencer puts versions in order", split: true, parts: 4,
			features: features("commit", app.CommitContiguous, "resequence", 10*sim.Minute),
			holds:    []broken{inOrder, noLoss, once},
			twin:     features("commit", app.CommitContiguous, "resequence", sim.Millisecond)},
		{name: "a resequencer that dies loses nothing", split: true, parts: 4, crashes: true,
			features: features("commit", app.CommitContiguous, "resequence", 10*sim.Minute),
			holds:    []broken{inOrder, noLoss},
			twin:     features("commit", app.CommitBefore, "resequence", 10*sim.Minute)},
		{name: "a mark that is kept for ever", crashes: true, pauses: true,
			features: features("commit", app.CommitBatch, "dedup", app.DedupAtomic), holds: []broken{once},
			twin: features("commit", app.CommitBatch, "dedup", app.DedupAtomic, "dedup_ttl", 20*sim.Millisecond)},
		{name: "a forbidden transition waits for its turn", split: true,
			features: features("commit", app.CommitBatch, "guard", app.GuardState, "states", 1000, "retry", app.RetryTopic,
				"retry_delay", 50*sim.Millisecond),
			holds: []broken{inOrder, noLoss, once},
			twin: features("commit", app.CommitBatch, "guard", app.GuardState, "states", 2, "retry", app.RetryTopic,
				"retry_delay", 50*sim.Millisecond)},
		{name: "reading until it is fresh converges",
			features: features("commit", app.CommitBatch, "content", app.ContentFresh, "retry", app.RetryInPlace,
				"retry_delay", 200*sim.Millisecond), holds: []broken{noLoss, converges},
			twin: features("commit", app.CommitBatch, "content", app.ContentFound, "retry", app.RetryInPlace,
				"retry_delay", 200*sim.Millisecond)},
	}
}

func retryClaims() []claim {
	return []claim{
		{name: "in place retries keep the order", fails: true, crashes: true,
			features: failing(features("commit", app.CommitBatch, "retry", app.RetryInPlace, "retry_delay", 20*sim.Millisecond)),
			holds:    []broken{inOrder, noLoss},
			twin:     failing(features("commit", app.CommitBatch, "retry", app.RetryTopic, "retry_delay", 20*sim.Millisecond))},
		{name: "a retry topic loses nothing", fails: true, crashes: true,
			features: failing(features("commit", app.CommitBatch, "retry", app.RetryTopic, "retry_delay", 20*sim.Millisecond)),
			holds:    []broken{noLoss},
			twin:     failing(features("commit", app.CommitBatch))},
		{name: "parked keys keep the order when consumers die", fails: true, crashes: true,
			features: failing(features("commit", app.CommitBatch, "retry", app.RetryPark, "retry_delay", 50*sim.Millisecond,
				"table_latency", 5*sim.Millisecond)),
			holds: []broken{inOrder, noLoss},
			twin: failing(features("commit", app.CommitBefore, "retry", app.RetryPark, "retry_delay", 50*sim.Millisecond,
				"table_latency", 5*sim.Millisecond))},
		{name: "parked keys keep the order", fails: true,
			features: failing(features("commit", app.CommitBatch, "retry", app.RetryPark, "retry_delay", 50*sim.Millisecond,
				"table_latency", 5*sim.Millisecond)),
			holds: []broken{inOrder, noLoss, once},
			twin: failing(features("commit", app.CommitBatch, "retry", app.RetryPark, "retry_delay", 50*sim.Millisecond,
				"table_latency", 5*sim.Millisecond, "park_lock", app.ParkSeparate))},
	}
}

// plans draws runs for a claim.
func (c *claim) plans(of model.Values) *rapid.Generator[*plan] {
	return rapid.Custom(func(t *rapid.T) *plan {
		p := &plan{Seed: rapid.Uint64().Draw(t, "seed"), Members: rapid.IntRange(1, 3).Draw(t, "members"),
			Parts: rapid.IntRange(1, 4).Draw(t, "partitions"), MaxPoll: rapid.IntRange(1, 12).Draw(t, "max poll"),
			Features: of, SplitKeys: c.split, Work: rapid.Just(10*sim.Millisecond).Draw(t, "work"), WorkIsExponential: true}
		if c.split { // so that a key's messages can overtake each other
			p.Parts = max(2, c.parts)
		}
		if c.parts > 0 {
			p.Members = 1
		}
		if c.pauses {
			p.Members = max(2, p.Members)
		}
		keys := rapid.IntRange(1, 6).Draw(t, "keys")
		at := sim.Time(0)
		for range rapid.IntRange(2, 80).Draw(t, "messages") {
			at += sim.Time(rapid.IntRange(0, 12).Draw(t, "gap")) * sim.Millisecond
			a := arrival{At: at, Key: rapid.IntRange(0, keys-1).Draw(t, "key")}
			if c.expands || c.steps {
				a.Producer = rapid.IntRange(0, 1).Draw(t, "producer")
			}
			p.Messages = append(p.Messages, a)
		}
		if c.expands {
			p.Expand = p.Parts + rapid.IntRange(1, 4).Draw(t, "added")
			p.ExpandAt = sim.Time(rapid.IntRange(0, int(at/sim.Millisecond)).Draw(t, "expand at")) * sim.Millisecond
		}
		outages := func(label string) (out []outage) {
			at := sim.Time(0)
			for range rapid.IntRange(0, 3).Draw(t, label) {
				at += sim.Time(rapid.IntRange(10, 300).Draw(t, "at")) * sim.Millisecond
				o := outage{At: at, For: sim.Time(rapid.IntRange(10, 200).Draw(t, "for")) * sim.Millisecond,
					Member: rapid.IntRange(0, p.Members-1).Draw(t, "member")}
				at += o.For
				out = append(out, o)
			}
			return out
		}
		if c.steps {
			p.Steps = steps(t, at)
		}
		if c.crashes {
			p.Crashes = outages("crashes")
		}
		if c.pauses && !c.crashes {
			p.Pauses = outages("pauses")
		} else if c.pauses && rapid.Bool().Draw(t, "pause instead") {
			p.Crashes, p.Pauses = nil, outages("pauses")
		}
		return p
	})
}

// steps draws how the producers' clocks go back and forward within a time.
func steps(t *rapid.T, within sim.Time) (out []step) {
	for range rapid.IntRange(1, 3).Draw(t, "steps") {
		at := rapid.IntRange(0, int(within/sim.Millisecond)).Draw(t, "step at")
		by := rapid.IntRange(-500, 500).Draw(t, "step by")
		out = append(out, step{At: sim.Time(at) * sim.Millisecond, By: sim.Time(by) * sim.Millisecond,
			Producer: rapid.IntRange(0, 1).Draw(t, "stepped producer")})
	}
	return out
}

// wrong returns what a run breaks of the claim.
func (c *claim) wrong(e *sim.Engine, p *plan) string {
	g := run(e, p)
	for _, b := range c.holds {
		if what := b(g); what != "" {
			return what
		}
	}
	return ""
}

// What the documentation of a strategy claims, it keeps in every run.
func TestClaims(t *testing.T) {
	for _, c := range claims() {
		t.Run(c.name, func(t *testing.T) {
			gen, e := c.plans(c.features), sim.New(0, sim.Limits{})
			rapid.Check(t, func(t *rapid.T) {
				if what := c.wrong(e, gen.Draw(t, "plan")); what != "" {
					t.Fatal(what)
				}
			})
		})
	}
}

// A strategy that lacks what the claim rests on is caught.
func TestTwinsAreCaught(t *testing.T) {
	const tries = 300
	for _, c := range claims() {
		t.Run(c.name, func(t *testing.T) {
			gen, e := c.plans(c.twin), sim.New(0, sim.Limits{})
			for i := range tries {
				if c.wrong(e, gen.Example(i)) != "" {
					return
				}
			}
			t.Errorf("none of %d runs of the twin breaks the claim", tries)
		})
	}
}
