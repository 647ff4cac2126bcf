package app_test

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// small is a plan of one consumer and one partition, whose records take 10 ms: messages
// of the keys at 0, 1, 2, ... ms.
func small(of model.Values, keys ...int) *plan {
	p := &plan{Seed: 1, Members: 1, Parts: 1, MaxPoll: 100, Features: of, Work: 10 * sim.Millisecond}
	for i, k := range keys {
		p.Messages = append(p.Messages, arrival{At: sim.Time(i) * sim.Millisecond, Key: k})
	}
	return p
}

// story returns what became of the messages, in order: their effects and why they were
// put away.
func story(g *group) string {
	var out []string
	for i := range g.hist.Len() {
		switch op := g.hist.Op(i); op.Kind {
		case history.KindApply:
			out = append(out, fmt.Sprintf("%d", op.Message))
		case history.KindDispose:
			out = append(out, fmt.Sprintf("%d:%s", op.Message, g.hist.SymbolName(op.Detail)))
		}
	}
	return strings.Join(out, " ")
}

// most returns the largest sample of a metric.
func most(g *group, metric string) (value int64) {
	for i := range g.hist.Len() {
		if op := g.hist.Op(i); op.Kind == history.KindSample && g.hist.SymbolName(op.Detail) == metric {
			value = max(value, op.Position)
		}
	}
	return value
}

func engine() *sim.Engine { return sim.New(0, sim.Limits{}) }

// failingFirst lets the first message of every key fail for a time.
func failingFirst(long sim.Time, pairs ...any) model.Values {
	all := model.Value{Type: model.Share, Int: 1_000_000}
	return features(append(pairs, "failing_for", long)...).Set("failing_keys", all)
}

// What becomes of a message that fails, and of those behind it.
func TestFailures(t *testing.T) {
	const second = sim.Second
	for _, c := range []struct {
		name string
		of   model.Values
		want string
	}{
		{"forgotten", failingFirst(second), "0:failed 1 2:failed 3"},
		{"in place", failingFirst(second, "retry", app.RetryInPlace), "0 1 2 3"},
		{"in place, given up", failingFirst(60*second, "retry", app.RetryInPlace, "retries", 2, "exhausted", app.ExhaustedDrop),
			"0:failed 1 2:failed 3"},
		{"retry topic", failingFirst(second, "retry", app.RetryTopic), "1 3 0 2"},
		{"dead letter", failingFirst(60*second, "retry", app.RetryTopic, "retries", 2), "1 3 0:dead-letter 2:dead-letter"},
		{"parked", failingFirst(second, "retry", app.RetryPark), "0 2 1 3"},
		{"parked, released", failingFirst(60*second, "retry", app.RetryPark, "retries", 2), "0:dead-letter 2:dead-letter 1 3"},
		{"parked, held", failingFirst(60*second, "retry", app.RetryPark, "retries", 2, "abandoned", app.AbandonHold),
			"0:dead-letter 2:dead-letter"},
		{"parked, all given up", failingFirst(60*second, "retry", app.RetryPark, "retries", 2, "abandoned",
			app.AbandonDeadLetter), "0:dead-letter 1:dead-letter 2:dead-letter 3:dead-letter"},
		{"missing row", failingFirst(60*second, "write", app.WriteInsertUpdate), "0:failed 1:failed 2:failed 3:failed"},
	} {
		if got := story(run(engine(), small(c.of, 0, 0, 1, 1))); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The delays of a retry topic grow by their factor.
func TestRetryDelays(t *testing.T) {
	of := failingFirst(6*sim.Second, "retry", app.RetryTopic, "retry_delay", sim.Second, "retry_factor", 2)
	g := run(engine(), small(of, 0))
	var at []string
	for i := range g.hist.Len() {
		if op := g.hist.Op(i); op.Kind == history.KindDeliver {
			at = append(at, fmt.Sprintf("%d at %v", op.Attempt, sim.Time(op.Begin)))
		}
	}
	if got := strings.Join(at, ", "); got != "2 at 1.011s, 3 at 3.021s, 4 at 7.031s" {
		t.Errorf("delivered again: %s", got)
	}
}

// A downstream bears what its nodes bear together. One call more kills a node, and what
// that carried kills the others.
func TestDownstreamCascade(t *testing.T) {
	for workers, dead := range map[int]int64{6: 0, 7: 2} {
		of := features("workers", workers, "downstream_nodes", 2, "downstream_capacity", 3,
			"downstream_restart", 0*sim.Second, "retry", app.RetryInPlace, "retries", 3, "retry_delay", 50*sim.Millisecond)
		keys := make([]int, 40)
		p := small(of, keys...)
		for i := range p.Messages {
			p.Messages[i].At = 0
		}
		g := run(engine(), p)
		if got := most(g, "downstream-dead"); got != dead {
			t.Errorf("%d workers kill %d nodes, want %d", workers, got, dead)
		}
		if applied := strings.Count(story(g), "dead-letter") == 0; applied != (dead == 0) {
			t.Errorf("%d workers: %s", workers, story(g))
		}
	}
}

// A node of the downstream that is back takes calls again.
func TestDownstreamRestarts(t *testing.T) {
	of := features("workers", 2, "downstream_nodes", 1, "downstream_capacity", 1, "downstream_restart", 5*sim.Second,
		"retry", app.RetryTopic, "retry_delay", sim.Second)
	g := run(engine(), small(of, 0, 1))
	if got := story(g); got != "0 1" || most(g, "downstream-dead") != 1 {
		t.Errorf("applied: %s, %d nodes dead", got, most(g, "downstream-dead"))
	}
	if at := sim.Time(g.hist.Op(g.hist.Len() - 1).End); at < 5*sim.Second {
		t.Errorf("the last was applied at %v, before the node was back", at)
	}
}

// A consumer with a full queue does not poll, or it pauses what it owns. What it has
// polled last may go above the queue.
func TestFullQueue(t *testing.T) {
	keys := make([]int, 60)
	for when, want := range map[string]int64{app.FullWait: 14, app.FullPause: 10} {
		p := small(features("poll_ahead", true, "queue", 10, "when_full", when, "commit", app.CommitContiguous), keys...)
		p.MaxPoll = 5
		g := run(engine(), p)
		if got := most(g, "in-hand"); got != want {
			t.Errorf("%s: %d in hand, want %d", when, got, want)
		}
		if what := noLoss(g); what != "" || g.parts[0].committed != 60 {
			t.Errorf("%s: %s, %d committed", when, what, g.parts[0].committed)
		}
	}
}

// A table of marks forgets after its time. After a crash the record comes again.
func TestMarksAreForgotten(t *testing.T) {
	for ttl, want := range map[sim.Time]string{0: "0 0:deduplicated 1", sim.Second: "0 0 1"} {
		p := small(features("commit", app.CommitBatch, "dedup", app.DedupAtomic, "dedup_ttl", ttl), 0, 0)
		p.Messages[1].At = 0
		p.Crashes = []outage{{At: 15 * sim.Millisecond, For: 5 * sim.Second}}
		if got := story(run(engine(), p)); got != want {
			t.Errorf("ttl %v: %s, want %s", ttl, got, want)
		}
	}
}

// A clock that is behind makes a new message old.
func TestClockSkew(t *testing.T) {
	lost := func(skew sim.Time) bool {
		p := small(features("guard", app.GuardTime, "clock_skew", skew), 0, 0, 0, 0, 0, 0)
		for i := range p.Messages {
			p.Messages[i].Producer = i % 2
		}
		return strings.Contains(story(run(engine(), p)), "stale")
	}
	if lost(0) || !lost(sim.Second) {
		t.Errorf("stale without skew: %v, with a second: %v", lost(0), lost(sim.Second))
	}
}

// A state machine applies a message whose transition is legal, though two are missing;
// one whose states do not come again waits for them.
func TestStateMachineCircle(t *testing.T) {
	for states, want := range map[int]string{2: "0 3 1:stale 2", 1000: "0 1 2 3"} {
		p := small(features("guard", app.GuardState, "states", states, "retry", app.RetryTopic, "retry_delay", sim.Second,
			"commit", app.CommitBatch), 0, 0, 0, 0)
		p.Parts, p.SplitKeys, p.Members = 4, true, 4
		p.Pauses = []outage{{At: 0, For: 400 * sim.Millisecond, Member: 1}, {At: 0, For: 800 * sim.Millisecond, Member: 2}}
		p.NoHandover = true
		if got := story(run(engine(), p)); got != want {
			t.Errorf("%d states: %s, want %s", states, got, want)
		}
	}
}

// A queue of what was taken away is emptied, and what a worker has begun goes on.
func TestRevoked(t *testing.T) {
	for mode, want := range map[string]int{app.RevokeGoOn: 20, app.RevokeDiscard: 1} {
		keys := make([]int, 20)
		p := small(features("poll_ahead", true, "queue", 100, "commit", app.CommitContiguous, "commit_every", 10*sim.Second,
			"on_revoke", mode), keys...)
		p.Members = 2
		for i := range p.Messages {
			p.Messages[i].At = 0
		}
		e := engine()
		p.Handovers = []outage{{At: 5 * sim.Millisecond, Member: 0}}
		g := run(e, p)
		old := 0
		for i := range g.hist.Len() {
			if op := g.hist.Op(i); op.Kind == history.KindApply && op.Process == g.members[0].process {
				old++
			}
		}
		if old != want || noLoss(g) != "" {
			t.Errorf("%s: the old owner applied %d, want %d; %s", mode, old, want, noLoss(g))
		}
	}
}

// The arithmetic of a backlog: 480,000 messages of half a second, four consumers. Here
// are a hundredth of the messages, and each time is a hundredth.
func TestBacklogArithmetic(t *testing.T) {
	for threads, want := range map[int]sim.Time{
		1:  10 * sim.Minute, // 16.7 h
		10: sim.Minute,      // 100 min
		50: 12 * sim.Second, // 20 min
	} {
		p := small(features("workers", threads, "poll_ahead", true, "queue", 2000, "commit", app.CommitContiguous),
			make([]int, 4800)...)
		p.Members, p.Parts, p.SplitKeys, p.Work, p.MaxPoll = 4, 4, true, sim.Second/2, 500
		for i := range p.Messages {
			p.Messages[i].At = 0
		}
		g := run(engine(), p)
		last := sim.Time(0)
		for i := range g.hist.Len() {
			if op := g.hist.Op(i); op.Kind == history.KindApply {
				last = max(last, sim.Time(op.End))
			}
		}
		if last < want || last > want+want/100+sim.Second {
			t.Errorf("%d threads: %v, want %v", threads, last, want)
		}
	}
}
