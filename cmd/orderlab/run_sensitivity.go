package main

import (
	"context"

	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// sensitivity makes the runs of a scenario again with other costs. It is nil when
// nothing can be said: after an interrupt, or without a cost.
func (a *cli) sensitivity(
	ctx context.Context, opt *runOptions, l *loaded, how explore.Options, runs *result.Runs,
) (*result.Sensitivity, error) {
	if ctx.Err() != nil {
		return nil, nil
	}
	total := explore.CostTrials(a.registry, l.cases) * len(l.cases) * how.Count
	p := newProgress(opt.progress.value, a.err, l.name+" with other costs", total)
	defer p.done()
	how.Progress = p.update
	return explore.Sensitivity(ctx, a.registry, l.cases, how, runs)
}
