package app_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/sim"
)

// While a commit holds up the thread that polls, that thread does not work: not on what
// it has committed beforehand, and with one worker, who is that thread, on nothing. The
// workers of a pool go on.
func TestCommitHoldsWorkUp(t *testing.T) {
	for _, c := range []struct {
		commit  string
		workers int64
		applied string // before the commit has returned, at 50 ms
	}{
		{app.CommitBefore, 1, ""},
		{app.CommitBefore, 2, ""},
		{app.CommitFinished, 1, "0.01s m0 s0"},
		{app.CommitFinished, 2, "0.01s m0 s0; 0.01s m1 s0; 0.02s m2 s0"},
	} {
		p := newProcess(model.Values{}.Set("commit", model.TextValue(c.commit)).
			Set("commit_every", model.DurationValue(0)).Set("workers", model.IntegerValue(c.workers)))
		p.gate.Open()
		p.inSync = c.commit == app.CommitBefore
		p.worker.Started()
		p.worker.Polled(p.records(0, 3))
		p.inSync = true
		p.run(50 * sim.Millisecond)
		if got := p.applied(); got != c.applied {
			t.Errorf("%s, %d workers: %q are applied while the commit is under way", c.commit, c.workers, got)
		}
		p.inSync = false
		p.worker.Committed()
		p.run(100 * sim.Millisecond)
		if got := len(p.applied()); got != len("0.01s m0 s0; 0.01s m1 s0; 0.02s m2 s0") {
			t.Errorf("%s, %d workers: %q are applied in the end", c.commit, c.workers, p.applied())
		}
	}
}
