package explore

import (
	"context"
	"io"

	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// Rerun repeats the run of one seed and writes its history as JSON Lines and the
// faults that struck in it as YAML. Errors are those of [Sweep], of the context
// and of the writers. The runner is returned because it has the history too.
func Rerun(
	ctx context.Context, reg *scenarios.Registry, c *scenarios.Case, seed uint64, history, faults io.Writer,
) (*runner.Runner, error) {
	r := runner.New(reg)
	if _, err := one(ctx, r, c, seed, false, runner.Options{}); err != nil {
		return nil, err
	}
	if err := r.WriteHistory(history); err != nil {
		return nil, err
	}
	_, err := faults.Write(r.Schedule())
	return r, err
}
