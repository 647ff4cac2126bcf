package kafka

import (
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// commitWorld is a consumer with two partitions that commits by hand, as the test says.
func commitWorld(t testing.TB, call string, set ...string) (*bench, *consumer) {
	b := consumerWorld(t, 1, sim.Millisecond, append([]string{"consumer", "enable.auto.commit", "false",
		"consumer", "commit.call", call}, set...)...)
	ready(b)
	b.run(sim.Second)
	return b, b.w.consumers[0]
}

// calls returns the calls of commitSync that have returned, as the history has them.
func (b *bench) calls() (out []string) {
	for i := range b.hist.Len() {
		op := b.hist.Op(i)
		if op.Kind == history.KindCommit && (op.End > op.Begin || op.Outcome == history.Unknown) {
			out = append(out, fmt.Sprintf("%s=%d in %d ms: %v %s", b.hist.PlaceName(op.Place), op.Position,
				(op.End-op.Begin)/int64(sim.Millisecond), op.Outcome, b.hist.SymbolName(op.Detail)))
		}
	}
	return out
}

// commitSync holds the poll loop up for a round trip; commitAsync does not.
func TestCommitSync(t *testing.T) {
	for call, want := range map[string]string{commitAsync: "[]",
		commitSync: "[orders/0=5 in 2 ms: ok commitSync orders/1=7 in 2 ms: ok commitSync]"} {
		b, c := commitWorld(t, call)
		c.Commit(b.w.places[0], 4)
		c.Commit(b.w.places[1], 7)
		c.Commit(b.w.places[0], 5) // one call, whose later word counts
		if blocked := !c.polling; blocked != c.Committing() || blocked != (call == commitSync) {
			t.Errorf("%s: the thread waits: %v", call, blocked)
		}
		b.run(sim.Second)
		if !c.polling || fmt.Sprint(b.w.group.committed) != "[5 7]" {
			t.Errorf("%s: polls: %v; committed: %v", call, c.polling, b.w.group.committed)
		}
		wants(t, call, fmt.Sprint(b.calls()), want)
	}
}

// What is named while a commit is under way is committed after it, and then the thread
// goes on with its poll.
func TestCommitSyncOneAfterAnother(t *testing.T) {
	b, c := commitWorld(t, commitSync)
	c.Commit(b.w.places[0], 4)
	b.run(sim.Millisecond)
	c.Commit(b.w.places[0], 6)
	c.Poll() // of a thread that works meanwhile: it comes to nothing yet
	if c.polling {
		t.Error("it polls while a commit is under way")
	}
	b.run(sim.Second)
	wants(t, "two calls", fmt.Sprint(b.calls()), "[orders/0=4 in 2 ms: ok commitSync orders/0=6 in 2 ms: ok commitSync]")
	if !c.polling {
		t.Error("it does not poll")
	}
}

// An error that may pass is no end of a commitSync: it is sent again, to the broker that
// coordinates the group then. Without one it is over after default.api.timeout.ms.
func TestCommitSyncRetries(t *testing.T) {
	for timeout, want := range map[string]string{
		"60s": "[orders/0=4 in 8021 ms: ok commitSync]", "2s": "[orders/0=4 in 2000 ms: unknown TimeoutException]"} {
		b, c := commitWorld(t, commitSync, "consumer", "default.api.timeout.ms", timeout)
		b.sim.Crash(b.w.brokers[0].node)
		b.run(10 * sim.Millisecond)
		c.Commit(b.w.places[0], 4)
		b.run(2500 * sim.Millisecond)
		if c.Committing() != (timeout == "60s") {
			t.Errorf("%s: the thread waits: %v", timeout, c.Committing())
		}
		b.sim.Restart(b.w.brokers[0].node, 0)
		b.run(10 * sim.Second)
		wants(t, timeout, fmt.Sprint(b.calls()), want)
		if !c.polling {
			t.Errorf("%s: it does not poll", timeout)
		}
	}
	// The same when the request was out.
	b, c := commitWorld(t, commitSync)
	c.Commit(b.w.places[0], 4)
	b.run(sim.Millisecond / 2)
	b.sim.Crash(b.w.brokers[0].node)
	b.sim.Restart(b.w.brokers[0].node, 0)
	b.run(10 * sim.Second)
	if len(b.calls()) != 1 || b.w.group.committed[0] != 4 || c.Committing() {
		t.Errorf("a request that was lost: %v, committed %v", b.calls(), b.w.group.committed)
	}
	// Of an asynchronous one nothing is left.
	b, c = commitWorld(t, commitAsync)
	b.sim.Crash(b.w.brokers[0].node)
	b.run(10 * sim.Millisecond)
	c.Commit(b.w.places[0], 4)
	b.sim.Restart(b.w.brokers[0].node, 0)
	b.run(10 * sim.Second)
	if len(b.w.group.committed) > 0 {
		t.Errorf("committed: %v", b.w.group.committed)
	}
}

// A commitSync of a consumer that has lost its membership fails, with or without a
// question, and the loop goes on.
func TestCommitSyncFails(t *testing.T) {
	b, c := commitWorld(t, commitSync)
	b.w.group.remove(c.member.member)
	c.Commit(b.w.places[0], 4)
	b.run(sim.Second)
	c.member.state = unjoined
	c.Commit(b.w.places[0], 4)
	b.run(sim.Millisecond / 2)
	c.member.state = preparing
	c.Commit(b.w.places[0], 4)
	b.run(sim.Millisecond / 2)
	var got []string
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindCommit {
			got = append(got, b.hist.SymbolName(op.Detail))
		}
	}
	// The first is what the coordinator says.
	wants(t, "the calls", fmt.Sprint(got),
		"[UNKNOWN_MEMBER_ID CommitFailedException CommitFailedException RebalanceInProgressException]")
	if !c.polling {
		t.Error("it does not poll")
	}
}

// A process that dies in commitSync does not know whether the position is stored.
func TestCommitSyncCrash(t *testing.T) {
	b, c := commitWorld(t, commitSync)
	c.Commit(b.w.places[0], 4)
	b.run(sim.Millisecond)
	b.sim.Crash(c.node)
	wants(t, "the call", fmt.Sprint(b.calls()), "[orders/0=4 in 1 ms: unknown commitSync]")
	b.sim.Restart(c.node, 0)
	b.run(sim.Minute)
	if c.Committing() || !c.polling || b.w.group.committed[0] != 4 {
		t.Errorf("after the restart: waits %v, polls %v, committed %v", c.Committing(), c.polling, b.w.group.committed)
	}
}
